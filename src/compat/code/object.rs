//! One object file as parts that refer to each other.
//!
//! rustc gives each function and each static a section of its own. Where several symbols share a
//! section, each is a part; a section without sized symbols is one part. In sections of constants
//! that a linker merges, each constant is a part, because its position depends on all others.

use std::collections::HashMap;

use object::{Object as _, ObjectSymbol as _, SectionIndex, SymbolIndex, SymbolKind, elf};

use super::Kind;
use super::format::{File, has_atoms, plain_name};
use super::section::{Section, sections};
use crate::base::content_hash::Digest;
use crate::compat::symbols::{INITIALISERS, is_collected};

/// A function, a static, or a constant of an object.
pub(super) struct Part<'a> {
    pub(super) is_code: bool,
    pub(super) kind: Kind,
    /// Its symbol, unless it is private to the object.
    pub(super) name: Option<&'a [u8]>,
    pub(super) digest: u64,
    pub(super) targets: Vec<Target<'a>>,
}

#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    /// The number of a part of the same object.
    Part(usize),
    /// A symbol that another object defines.
    Symbol(&'a [u8]),
}

/// The parts of an object file.
#[derive(Default)]
pub(super) struct Object<'a> {
    pub(super) parts: Vec<Part<'a>>,
    /// The parts that other objects can name.
    pub(super) globals: Vec<(&'a [u8], usize)>,
    /// The parts of sections that the loader or a linker collects, by section.
    pub(super) collected: Vec<(&'a str, usize)>,
}

impl<'a> Object<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> object::read::Result<Self> {
        let file = File::parse(bytes)?;
        let mut reader = Reader {
            sections: sections(&file)?,
            spans: Vec::new(),
            object: Object::default(),
            file,
        };
        reader.find_parts()?;
        reader.read_parts()?;
        Ok(reader.object)
    }
}

/// A symbol that is defined in a section.
#[derive(Clone, Copy)]
struct Label<'a> {
    start: u64,
    end: u64,
    name: &'a [u8],
    is_global: bool,
}

/// Where a part is.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) section: SectionIndex,
    pub(super) start: u64,
    pub(super) end: u64,
}

/// Reads an object in two passes: first where its parts are, then what they are.
pub(super) struct Reader<'a> {
    pub(super) file: File<'a>,
    pub(super) sections: HashMap<SectionIndex, Section<'a>>,
    /// The spans of the object's parts.
    pub(super) spans: Vec<Span>,
    pub(super) object: Object<'a>,
}

/// Whether rustc gave a symbol its name from an item.
pub(super) fn is_mangled(name: &[u8]) -> bool {
    name.starts_with(b"_ZN") || name.starts_with(b"_R")
}

impl<'a> Reader<'a> {
    /// Finds out where the parts are, and what they are called.
    fn find_parts(&mut self) -> object::read::Result<()> {
        let mut labels: HashMap<SectionIndex, Vec<Label<'a>>> = HashMap::new();
        for symbol in self.file.symbols() {
            let is_label = !matches!(symbol.kind(), SymbolKind::Section | SymbolKind::File);
            let section = symbol.section_index().filter(|_| is_label);
            let Some(index) = section.filter(|it| self.sections.contains_key(it)) else {
                continue;
            };
            let name = plain_name(&self.file, symbol.name_bytes()?);
            let start = symbol.address() - self.sections[&index].address;
            let is_global = symbol.is_global() || symbol.is_weak();
            let labels = labels.entry(index).or_default();
            labels.push(Label {
                start,
                end: start + symbol.size(),
                name,
                is_global,
            });
        }
        let mut order: Vec<SectionIndex> = self.sections.keys().copied().collect();
        order.sort_by_key(|it| it.0);
        for index in order {
            let mut labels = labels.remove(&index).unwrap_or_default();
            labels.sort_by_key(|it| (it.start, u64::MAX - it.end, !is_mangled(it.name)));
            let (is_merged, size) = (
                self.sections[&index].merged.is_some(),
                self.sections[&index].size,
            );
            let has_sizes = labels.iter().any(|it| it.end > it.start);
            if !has_sizes && !is_merged {
                self.find_unsized(index, size, &labels);
                continue;
            }
            for label in labels.iter().filter(|it| it.end > it.start) {
                self.add(index, label);
            }
        }
        Ok(())
    }

    /// Assembly has symbols without a size: each ends where the next one starts.
    fn find_unsized(&mut self, section: SectionIndex, size: u64, labels: &[Label<'a>]) {
        let has_atoms = has_atoms(&self.file);
        let starts = labels.iter().filter(|it| it.is_global || has_atoms);
        let mut starts: Vec<Label<'a>> = starts.copied().collect();
        if starts.first().is_none_or(|it| it.start > 0) {
            let unnamed = Label {
                start: 0,
                end: 0,
                name: b"",
                is_global: false,
            };
            starts.insert(0, unnamed);
        }
        for at in 0..starts.len() {
            let next = starts[at..].iter().find(|it| it.start > starts[at].start);
            let end = next.map_or(size, |it| it.start);
            self.add(section, &Label { end, ..starts[at] });
        }
    }

    /// Adds a part, or another name for one.
    fn add(&mut self, index: SectionIndex, label: &Label<'a>) {
        let section = self.sections.get_mut(&index).expect("a known section");
        let Label {
            start,
            end,
            name,
            is_global,
        } = *label;
        let number = match section.parts.last() {
            Some((last, number)) if *last == start => *number,
            _ => {
                let number = self.spans.len();
                section.parts.push((start, number));
                self.spans.push(Span {
                    section: index,
                    start,
                    end,
                });
                self.object.parts.push(Part {
                    is_code: section.is_code,
                    kind: match section.is_writable {
                        true => Kind::Writable,
                        false => Kind::Constant,
                    },
                    name: (is_global || is_mangled(name)).then_some(name),
                    digest: 0,
                    targets: Vec::new(),
                });
                if is_collected(section.name) || section.name.starts_with(INITIALISERS) {
                    self.object.collected.push((section.name, number));
                }
                number
            }
        };
        if is_global {
            self.object.globals.push((name, number));
        }
    }

    pub(super) fn bytes(&self, span: Span) -> &'a [u8] {
        let section = &self.sections[&span.section];
        let data = section.data.get(span.start as usize..span.end as usize);
        data.unwrap_or_default()
    }

    /// Where a reference leads to, and by how much it is off the start of it.
    pub(super) fn target(
        &mut self,
        relocation: &Relocation,
    ) -> object::read::Result<(Target<'a>, i64)> {
        let symbol = self.file.symbol_by_index(relocation.symbol)?;
        let known = symbol.section_index();
        let Some(index) = known.filter(|it| self.sections.contains_key(it)) else {
            let name = plain_name(&self.file, symbol.name_bytes()?);
            return Ok((Target::Symbol(name), relocation.addend));
        };
        let address = symbol.address() - self.sections[&index].address;
        let position = match symbol.kind() {
            SymbolKind::Section => {
                address.wrapping_add_signed(relocation.addend + relocation.bias())
            }
            _ => address,
        };
        let part = self.part_at(index, position);
        let start = self.spans[part].start;
        let offset = (address as i64 - start as i64) + relocation.addend;
        Ok((Target::Part(part), offset))
    }

    /// The part at a position of a section.
    fn part_at(&mut self, index: SectionIndex, position: u64) -> usize {
        let section = &self.sections[&index];
        let after = section
            .parts
            .partition_point(|(start, _)| *start <= position);
        let before = after.checked_sub(1).map(|it| section.parts[it].1);
        let Some((size, is_text)) = section.merged else {
            // Every section of these has a part.
            return before.unwrap_or_else(|| section.parts.first().map_or(0, |it| it.1));
        };
        if let Some(part) = before.filter(|it| position < self.spans[*it].end) {
            return part;
        }
        let (start, end) = section.constant_at(position, size, is_text);
        let span = Span {
            section: index,
            start,
            end,
        };
        let mut digest = Digest::new();
        digest.bytes(self.bytes(span));
        digest.number(span.end - span.start);
        let number = self.spans.len();
        self.spans.push(span);
        self.object.parts.push(Part {
            is_code: false,
            kind: Kind::Constant,
            name: None,
            digest: digest.finish(),
            targets: Vec::new(),
        });
        let parts = &mut self
            .sections
            .get_mut(&index)
            .expect("a known section")
            .parts;
        parts.insert(after, (start, number));
        number
    }
}

/// A reference as the file has it.
pub(super) struct Relocation {
    /// Its position in the section.
    pub(super) at: u64,
    pub(super) symbol: SymbolIndex,
    pub(super) r_type: u32,
    pub(super) addend: i64,
}

impl Relocation {
    /// What is added to an offset that counts from the end of the reference.
    fn bias(&self) -> i64 {
        match self.r_type {
            elf::R_X86_64_PC32
            | elf::R_X86_64_PLT32
            | elf::R_X86_64_GOTPCREL
            | elf::R_X86_64_GOTPCRELX
            | elf::R_X86_64_REX_GOTPCRELX => 4,
            _ => 0,
        }
    }
}
