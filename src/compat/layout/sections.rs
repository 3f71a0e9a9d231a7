//! The sections of a file with its debug information.

use std::borrow::Cow;
use std::collections::BTreeMap;

use gimli::{Dwarf, EndianSlice, LittleEndian, SectionId};
use object::read::elf::ElfFile64;
use object::{Object as _, ObjectSection as _, ObjectSymbol as _, RelocationTarget};

use super::Unreadable;
use crate::base::content_hash::Digest;

pub(crate) type Reader<'a> = EndianSlice<'a, LittleEndian>;

/// The sections that are needed, uncompressed.
#[derive(Debug)]
pub(crate) struct Sections<'a>(BTreeMap<&'static str, Cow<'a, [u8]>>);

const READ: [SectionId; 7] = [
    SectionId::DebugAbbrev,
    SectionId::DebugAddr,
    SectionId::DebugInfo,
    // Only the header of each unit.
    SectionId::DebugLine,
    SectionId::DebugLineStr,
    SectionId::DebugStr,
    SectionId::DebugStrOffsets,
];

type File<'a> = ElfFile64<'a, object::LittleEndian>;

fn parse(bytes: &[u8]) -> Result<File<'_>, Unreadable> {
    Ok(File::parse(bytes)?)
}

impl<'a> Sections<'a> {
    /// Those of a linked file.
    pub(crate) fn of(bytes: &'a [u8]) -> Result<Self, Unreadable> {
        Self::of_file(&parse(bytes)?)
    }

    fn of_file(file: &File<'a>) -> Result<Self, Unreadable> {
        let mut sections = BTreeMap::new();
        for id in READ {
            if let Some(section) = file.section_by_name(id.name()) {
                sections.insert(id.name(), section.uncompressed_data()?);
            }
        }
        Ok(Sections(sections))
    }

    /// The digest of all that is read of an object file. References to debug information are relative to the starts
    /// of its sections, and those to code are not read, so values of symbols are not part of it.
    pub(crate) fn digest(bytes: &[u8]) -> Result<u128, Unreadable> {
        let file = parse(bytes)?;
        let mut digest = Digest::new();
        for section in file.sections() {
            let name = section.name()?;
            let of = name.strip_prefix(".rela").unwrap_or(name);
            if READ.iter().any(|it| it.name() == of) {
                digest.text(name);
                let data = section.data()?;
                digest.number(data.len() as u64);
                digest.bytes(data);
            }
        }
        Ok(digest.finish_wide())
    }

    /// Those of an object file, whose references to other sections are only in its relocations.
    pub(crate) fn of_object(bytes: &'a [u8]) -> Result<Self, Unreadable> {
        let file = parse(bytes)?;
        let mut sections = Self::of_file(&file)?;
        for (name, data) in &mut sections.0 {
            let Some(section) = file.section_by_name(name) else {
                continue;
            };
            for (at, relocation) in section.relocations() {
                let RelocationTarget::Symbol(symbol) = relocation.target() else {
                    continue;
                };
                let value = file.symbol_by_index(symbol)?.address();
                let value = value.wrapping_add_signed(relocation.addend()).to_le_bytes();
                let length = usize::from(relocation.size() / 8).min(value.len());
                let at = usize::try_from(at).unwrap_or(usize::MAX);
                let place = at.checked_add(length).map(|end| at..end);
                if let Some(place) = place.and_then(|it| data.to_mut().get_mut(it)) {
                    place.copy_from_slice(&value[..length]);
                }
            }
        }
        Ok(sections)
    }

    pub(crate) fn dwarf(&self) -> Result<Dwarf<Reader<'_>>, gimli::Error> {
        Dwarf::load(|id| {
            let data = self.0.get(id.name()).map_or(&[][..], |data| data);
            Ok(EndianSlice::new(data, LittleEndian))
        })
    }
}
