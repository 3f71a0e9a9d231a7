//! The digests of an object's parts.

use std::collections::{BTreeSet, HashMap};

use object::{
    BinaryFormat, Object as _, ObjectSection as _, ObjectSymbol as _, RelocationTarget,
    SectionIndex, SymbolIndex, elf,
};

use super::callsite;
use super::format::{has_known_instructions, relocation_type};
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
        // Only the tables of known instructions have entries of this type.
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
            let mut all: Vec<Relocation> = Vec::new();
            for (at, relocation) in section.relocations() {
                let (symbol, Some(r_type)) = (
                    self.symbol_of(&relocation),
                    relocation_type(relocation.flags()),
                ) else {
                    continue;
                };
                // The difference of two addresses refers to both.
                for symbol in symbol.into_iter().chain(relocation.subtractor()) {
                    all.push(Relocation {
                        at,
                        symbol,
                        r_type,
                        addend: self.addend(section.index(), at, &relocation),
                    });
                }
            }
            all.sort_by_key(|it| it.at);
            (section.index(), all)
        });
        read.collect()
    }

    /// The symbol that a relocation refers to. In Mach-O, it may refer to a section: its first symbol stands for it.
    fn symbol_of(&self, relocation: &object::Relocation) -> Option<SymbolIndex> {
        match relocation.target() {
            RelocationTarget::Symbol(symbol) => Some(symbol),
            RelocationTarget::Section(section) => {
                let mut symbols = self.file.symbols();
                let of_section = symbols.find(|it| it.section_index() == Some(section));
                of_section.map(|it| it.index())
            }
            _ => None,
        }
    }

    /// What is added to the target. COFF has it in the bytes that the linker replaces.
    fn addend(&self, section: SectionIndex, at: u64, relocation: &object::Relocation) -> i64 {
        let is_in_place =
            relocation.has_implicit_addend() && self.file.format() == BinaryFormat::Coff;
        let data = self.sections[&section].data.get(at as usize..);
        let data = data.filter(|_| is_in_place).unwrap_or_default();
        match (relocation.size(), data.first_chunk(), data.first_chunk()) {
            (32, Some(bytes), _) => i64::from(i32::from_le_bytes(*bytes)),
            (64, _, Some(bytes)) => i64::from_le_bytes(*bytes),
            _ => relocation.addend(),
        }
    }

    /// The digest of a function, and what it refers to, in the order in which it does.
    fn digest_of_code(
        &self,
        number: usize,
        references: &[Reference<'a>],
    ) -> (u64, Vec<Target<'a>>) {
        let bytes = self.bytes(self.spans[number]);
        let mut digest = Digest::new();
        let instructions = has_known_instructions(&self.file)
            .then(|| Instructions::decode(bytes, references))
            .flatten();
        let targets = match instructions {
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
