//! The digests of an object's parts.

use std::collections::{BTreeSet, HashMap};

use object::{
    Object as _, ObjectSection as _, RelocationFlags, RelocationTarget, SectionIndex, elf,
};

use super::callsite;
use super::instructions::{Instructions, Reference};
use super::object::{Reader, Relocation, Target};
use crate::base::content_hash::Digest;

impl<'a> Reader<'a> {
    /// Fills in the digests and the targets.
    pub(super) fn read_parts(&mut self) -> object::read::Result<()> {
        let relocations = self.relocations();
        let mut references: Vec<Vec<Reference<'a>>> = Vec::new();
        // Merged constants are added on the way; they refer to nothing.
        for number in 0..self.spans.len() {
            let span = self.spans[number];
            let all = relocations.get(&span.section).map_or(&[][..], |it| it);
            let from = all.partition_point(|it| it.at < span.start);
            let to = all.partition_point(|it| it.at < span.end);
            let mut own = Vec::with_capacity(to - from);
            for relocation in &all[from..to] {
                let (target, offset) = self.target(relocation)?;
                own.push(Reference {
                    at: relocation.at - span.start,
                    r_type: relocation.r_type,
                    offset,
                    target,
                });
            }
            references.push(own);
        }
        let mut tables = Tables::new(&references);
        for (number, own) in references.iter().enumerate() {
            let (digest, targets) = match self.object.parts[number].is_code {
                true => self.digest_of_code(number, own),
                false => self.digest_of_data(number, own, &mut tables),
            };
            let part = &mut self.object.parts[number];
            (part.digest, part.targets) = (digest, targets);
        }
        Ok(())
    }

    fn relocations(&self) -> HashMap<SectionIndex, Vec<Relocation>> {
        let sections = self.file.sections();
        let known = sections.filter(|it| self.sections.contains_key(&it.index()));
        let read = known.map(|section| {
            let all = section.relocations();
            let all = all.filter_map(|(at, it)| match (it.target(), it.flags()) {
                (RelocationTarget::Symbol(symbol), RelocationFlags::Elf { r_type }) => {
                    let addend = it.addend();
                    Some(Relocation {
                        at,
                        symbol,
                        r_type,
                        addend,
                    })
                }
                _ => None,
            });
            let mut all: Vec<Relocation> = all.collect();
            all.sort_by_key(|it| it.at);
            (section.index(), all)
        });
        read.collect()
    }

    /// The digest of a function, and what it refers to, in the order in which it does.
    fn digest_of_code(
        &self,
        number: usize,
        references: &[Reference<'a>],
    ) -> (u64, Vec<Target<'a>>) {
        let bytes = self.bytes(self.spans[number]);
        let mut digest = Digest::new();
        let targets = match Instructions::decode(bytes, references) {
            Some(instructions) => {
                instructions.add_to(&mut digest);
                instructions.targets(Target::Part(number))
            }
            None => {
                digest.bytes(bytes);
                references.iter().for_each(|it| it.add_to(&mut digest));
                references.iter().map(|it| it.target).collect()
            }
        };
        (digest.finish(), targets)
    }

    fn digest_of_data<'r>(
        &self,
        number: usize,
        references: &[Reference<'a>],
        tables: &mut Tables<'r, 'a>,
    ) -> (u64, Vec<Target<'a>>)
    where
        'a: 'r,
    {
        let span = self.spans[number];
        let bytes = self.bytes(span);
        let name = self.object.parts[number].name.unwrap_or_default();
        let is_callsite = callsite::is_metadata(name);
        let mut digest = Digest::new();
        let mut targets = Vec::with_capacity(references.len());
        digest.number(span.end - span.start);
        if let [
            Reference {
                at: 0,
                target: Target::Part(file),
                ..
            },
        ] = references
            && self.is_location(bytes, *file)
        {
            return (digest.finish(), targets);
        }
        for reference in references {
            if let Target::Part(part) = reference.target {
                let bytes = self.bytes(self.spans[part]);
                let is_code = self.object.parts[part].is_code;
                if let Some(number) = is_code
                    .then(|| tables.instruction(number, reference, part, bytes))
                    .flatten()
                {
                    digest.number(reference.at);
                    digest.number(number);
                    targets.push(reference.target);
                    continue;
                }
                if let Some(name) = callsite::name_of_event(bytes).filter(|_| is_callsite) {
                    digest.bytes(name);
                    continue;
                }
            }
            reference.add_to(&mut digest);
            targets.push(reference.target);
        }
        if is_callsite {
            digest.bytes(&callsite::without_line(bytes));
        } else {
            digest.bytes(bytes);
        }
        (digest.finish(), targets)
    }

    /// Whether a constant is a `core::panic::Location`: a pointer to the name of a file that ends with
    /// a zero, which no other text of rustc's does, its length without the zero, line, column.
    fn is_location(&self, bytes: &[u8], file: usize) -> bool {
        let Some(length) = bytes.get(8..16).filter(|_| bytes.len() == 24) else {
            return false;
        };
        let length = u64::from_le_bytes(length.try_into().expect("eight bytes"));
        let span = self.spans[file];
        let file = self.bytes(span);
        file.last() == Some(&0) && file.len() as u64 == length + 1
    }
}

/// Tables of where a function goes on. An entry counts from the start of its table, which is where
/// the function refers to.
struct Tables<'r, 'a> {
    /// By part.
    references: &'r [Vec<Reference<'a>>],
    /// By part, the starts of the tables in it.
    starts: HashMap<usize, BTreeSet<i64>>,
    functions: HashMap<usize, Option<Instructions<'r, 'a>>>,
}

impl<'r, 'a> Tables<'r, 'a> {
    fn new(references: &'r [Vec<Reference<'a>>]) -> Self {
        let mut starts: HashMap<usize, BTreeSet<i64>> = HashMap::new();
        for reference in references.iter().flatten() {
            if let (Target::Part(part), elf::R_X86_64_PC32) = (reference.target, reference.r_type) {
                // The reference is at the end of its instruction.
                starts.entry(part).or_default().insert(reference.offset + 4);
            }
        }
        Tables {
            references,
            starts,
            functions: HashMap::new(),
        }
    }

    /// The number of the instruction that an entry of a table leads to.
    fn instruction(
        &mut self,
        table: usize,
        entry: &Reference<'_>,
        function: usize,
        code: &'r [u8],
    ) -> Option<u64> {
        if entry.r_type != elf::R_X86_64_PC32 {
            return None;
        }
        let at = entry.at as i64;
        let start = self.starts.get(&table)?.range(..=at).next_back()?;
        let offset = u64::try_from(entry.offset - (at - start)).ok()?;
        let references = self.references;
        let decoded = self.functions.entry(function);
        let decoded =
            decoded.or_insert_with(|| Instructions::decode(code, references.get(function)?));
        Some(decoded.as_ref()?.number_at(offset))
    }
}
