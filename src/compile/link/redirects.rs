//! Redirects the host's calls of plain functions of the group to trampolines, see
//! [`compat::redirects`](crate::compat::redirects).
//!
//! A reference to a symbol is redirected by removing the first character of its name: the symbol table of the
//! object refers to names by their position, so that is one number. The object of the trampolines defines the
//! symbols with the shorter names, and the group's own objects keep referring to the functions themselves.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use memchr::memmem;
use object::elf::{EM_X86_64, SHT_SYMTAB};
use object::read::archive::ArchiveFile;
use object::read::elf::{ElfFile64, FileHeader as _};
use object::{LittleEndian, Object as _, ObjectSymbol as _};

use super::job::LinkError;
use super::trampolines::trampolines;
use crate::base::mmap::map;
use crate::cargo::artifact::OBJECT;
use crate::compat::redirects::{self, Input, Opaque};
use crate::compat::symbols::{Linked, Redirect, objects};

/// A host's link with redirects.
#[derive(Debug, Default)]
pub(crate) struct Redirected {
    pub(crate) redirects: Vec<Redirect>,
    /// The files with references to the group, with their changed copies.
    pub(crate) copies: BTreeMap<PathBuf, PathBuf>,
    /// The object to add to the link.
    pub(crate) trampolines: Option<PathBuf>,
}

impl Redirected {
    /// Finds what can be redirected in a link, and writes the changed files into `scratch`. `sources` are those of
    /// the group.
    pub(crate) fn of(
        linked: &[Linked],
        sources: &[PathBuf],
        scratch: &Path,
    ) -> Result<Self, LinkError> {
        let mut maps = Vec::new();
        for file in linked {
            maps.push((file, map(&file.path)?));
        }
        let inputs = |is_reloadable: bool| {
            let files = maps
                .iter()
                .filter(move |it| it.0.is_reloadable == is_reloadable);
            files.map(|(file, bytes)| Input {
                path: &file.path,
                bytes,
                crate_name: &file.crate_name,
            })
        };
        let group: Vec<Input<'_>> = inputs(true).collect();
        // An rlib contains the names of the crates that it was compiled against.
        let mentions = |bytes: &[u8]| {
            let mut names = group.iter().map(|it| it.crate_name.as_bytes());
            names.any(|name| memmem::find(bytes, name).is_some())
        };
        let host = inputs(false).filter(|it| mentions(it.bytes));
        let host: Vec<Input<'_>> = host.collect();
        if !group.iter().chain(&host).all(is_supported) {
            return Ok(Redirected::default());
        }
        let mut opaque = Opaque::default();
        for source in sources {
            match fs::read_to_string(source) {
                Ok(text) => opaque.add(&text),
                Err(_) => opaque.add_unknown(),
            }
        }
        let redirects = redirects::find(&group, &host, &opaque)?;
        if redirects.is_empty() {
            return Ok(Redirected::default());
        }
        let symbols: HashSet<&[u8]> = redirects.iter().map(|it| it.symbol.as_bytes()).collect();
        let mut copies = BTreeMap::new();
        for (index, input) in host.iter().enumerate() {
            let places = references(input, &symbols)
                .map_err(|error| LinkError::Object(input.path.display().to_string(), error))?;
            if places.is_empty() {
                continue;
            }
            let mut copied = input.bytes.to_vec();
            for place in places {
                shorten(&mut copied[place]);
            }
            let name = input.path.file_name().unwrap_or_default().to_string_lossy();
            let copy = scratch.join(format!("redirected-{index}-{name}"));
            fs::write(&copy, copied)?;
            copies.insert(input.path.to_owned(), copy);
        }
        let object = scratch.join(format!("trampolines{OBJECT}"));
        fs::write(&object, trampolines(&redirects).map_err(io::Error::other)?)?;
        Ok(Redirected {
            redirects,
            copies,
            trampolines: Some(object),
        })
    }

    /// The file to use in place of another one.
    pub(crate) fn copy_of<'a>(&'a self, path: &'a Path) -> &'a Path {
        self.copies.get(path).map_or(path, PathBuf::as_path)
    }
}

/// Whether there are trampolines for the processor that a file was compiled for.
fn is_supported(input: &Input<'_>) -> bool {
    let machine = |object: &[u8]| {
        let file = ElfFile64::<LittleEndian>::parse(object).ok()?;
        Some(file.elf_header().e_machine(LittleEndian))
    };
    let objects = objects(input.bytes, input.path);
    objects.is_ok_and(|all| all.first().is_none_or(|it| machine(it) == Some(EM_X86_64)))
}

/// The positions of the references to some symbols: those of their names' positions.
fn references(
    input: &Input<'_>,
    symbols: &HashSet<&[u8]>,
) -> object::read::Result<Vec<Range<usize>>> {
    if input.path.extension().is_none_or(|it| it != "rlib") {
        return references_of_object(input.bytes, 0, symbols);
    }
    let mut found = Vec::new();
    for member in ArchiveFile::parse(input.bytes)?.members() {
        let member = member?;
        if member.name().ends_with(OBJECT.as_bytes()) {
            let start = member.file_range().0 as usize;
            let data = member.data(input.bytes)?;
            found.extend(references_of_object(data, start, symbols)?);
        }
    }
    Ok(found)
}

fn references_of_object(
    object: &[u8],
    start: usize,
    symbols: &HashSet<&[u8]>,
) -> object::read::Result<Vec<Range<usize>>> {
    /// The size of an `Elf64_Sym`, which begins with the position of its name.
    const SYMBOL_SIZE: usize = 24;
    let file = ElfFile64::<LittleEndian>::parse(object)?;
    let sections = file.elf_header().sections(file.endian(), object)?;
    let mut sections = sections.iter();
    let Some(table) = sections.find(|it| it.sh_type.get(LittleEndian) == SHT_SYMTAB) else {
        return Ok(Vec::new());
    };
    let table = start + table.sh_offset.get(LittleEndian) as usize;
    let mut found = Vec::new();
    for symbol in file.symbols().filter(|it| it.is_undefined()) {
        if symbols.contains(symbol.name_bytes()?) {
            let entry = table + symbol.index().0 * SYMBOL_SIZE;
            found.push(entry..entry + 4);
        }
    }
    Ok(found)
}

/// Moves the beginning of a name by one character.
fn shorten(position: &mut [u8]) {
    let Ok(bytes) = <[u8; 4]>::try_from(&*position) else {
        return;
    };
    let shorter = u32::from_le_bytes(bytes) + 1;
    position.copy_from_slice(&shorter.to_le_bytes());
}
