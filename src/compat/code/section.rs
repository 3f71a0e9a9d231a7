//! The sections of an object file that can change what a program does.

use std::collections::HashMap;

use object::{Object as _, ObjectSection as _, SectionIndex};

use super::format::{File, loaded};
use crate::compat::symbols::is_for_the_loader;

/// The section of the runtime's own records, which lead to all entry points and hooks.
pub(super) const OF_RUNTIME: &str = "hotmod_entries";

pub(super) struct Section<'a> {
    pub(super) name: &'a str,
    /// Without bytes in the file, it is zero.
    pub(super) data: &'a [u8],
    pub(super) size: u64,
    /// Where it begins, as symbols count.
    pub(super) address: u64,
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
        let name = section.name_bytes()?;
        let name = std::str::from_utf8(name).unwrap_or_default();
        let Some(loaded) = loaded(file, &section, name) else {
            continue;
        };
        let read = Section {
            name,
            data: section.data()?,
            size: section.size(),
            address: section.address(),
            is_code: loaded.is_code,
            is_writable: loaded.is_writable && !is_for_the_loader(name),
            merged: loaded.merged,
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
