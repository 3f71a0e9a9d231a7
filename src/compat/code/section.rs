//! The sections of an object file that can change what a program does.

use std::collections::HashMap;

use object::read::elf::ElfFile64;
use object::{Object as _, ObjectSection as _, SectionFlags, SectionIndex, elf};

use crate::compat::symbols::is_for_the_loader;

/// The section of the runtime's own records, which lead to all entry points and hooks.
pub(super) const OF_RUNTIME: &str = "hotmod_entries";

pub(super) type File<'a> = ElfFile64<'a, object::LittleEndian>;

pub(super) struct Section<'a> {
    pub(super) name: &'a str,
    /// Without bytes in the file, it is zero.
    pub(super) data: &'a [u8],
    pub(super) size: u64,
    pub(super) is_code: bool,
    pub(super) is_writable: bool,
    /// The size of one constant, and whether they are texts that end with a zero, if a linker merges
    /// equal ones.
    pub(super) merged: Option<(u64, bool)>,
    /// The parts by where they start.
    pub(super) parts: Vec<(u64, usize)>,
}

/// The sections that are loaded with a program and can change what it does.
pub(super) fn sections<'a>(
    file: &File<'a>,
) -> object::read::Result<HashMap<SectionIndex, Section<'a>>> {
    let mut found = HashMap::new();
    for section in file.sections() {
        let SectionFlags::Elf { sh_flags } = section.flags() else {
            continue;
        };
        let has = |flag: u32| sh_flags & u64::from(flag) != 0;
        let header = section.elf_section_header();
        let name = file
            .elf_section_table()
            .section_name(file.endian(), header)?;
        let name = std::str::from_utf8(name).unwrap_or_default();
        let is_unwinding = name == ".eh_frame" || name.starts_with(".gcc_except_table");
        let is_note = name.starts_with(".note") || name == ".debug_gdb_scripts";
        if !has(elf::SHF_ALLOC) || is_unwinding || is_note {
            continue;
        }
        let entry = header.sh_entsize.get(file.endian()).max(1);
        let merged = has(elf::SHF_MERGE).then_some((entry, has(elf::SHF_STRINGS)));
        let read = Section {
            name,
            data: section.data()?,
            size: section.size(),
            is_code: has(elf::SHF_EXECINSTR),
            is_writable: has(elf::SHF_WRITE) && !is_for_the_loader(name),
            merged,
            parts: Vec::new(),
        };
        found.insert(section.index(), read);
    }
    Ok(found)
}

impl Section<'_> {
    /// The bounds of the constant at a position of a merged section.
    pub(super) fn constant_at(&self, position: u64, size: u64, is_text: bool) -> (u64, u64) {
        let start = position - position % size;
        let end = match is_text {
            true => {
                let rest = self.data.get(start as usize..).unwrap_or_default();
                let units = rest.chunks(size as usize);
                let length = units.take_while(|it| it.iter().any(|byte| *byte != 0));
                start + (length.count() as u64 + 1) * size
            }
            false => start + size,
        };
        (start, end.min(self.size))
    }
}
