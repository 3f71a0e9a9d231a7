//! A host's `#[global_allocator]` is set aside in a session.
//!
//! libstd is a dylib there, and its calls to its allocator stay inside it. With an allocator of
//! the host's own, memory that is allocated on one side would be freed on the other. So in each
//! of the host's objects the allocator's definitions become references of default visibility,
//! and libstd's definitions serve everybody.
//!
//! The symbols are those of `rustc_std_internal_symbol` (`rustc_symbol_mangling::v0`): the path
//! `__rustc::__rust_alloc` and its kin. The table's layout is ELF's (System V ABI, "Symbol
//! Table").

use std::fs;
use std::ops::Range;
use std::path::Path;

use object::read::archive::ArchiveFile;
use object::read::elf::{ElfFile64, FileHeader as _};
use object::{LittleEndian, Object as _, ObjectSymbol as _};

use super::linker::LinkError;

/// What is said of it, once.
pub(crate) const NOTE: &str = "the host's `#[global_allocator]` is off in this session: host, \
    group and libstd must share one, and libstd's is the system's\n";

const DEFINITIONS: [&str; 4] = [
    "12___rust_alloc",
    "14___rust_dealloc",
    "14___rust_realloc",
    "19___rust_alloc_zeroed",
];

/// Replaces objects and rlibs that define an allocator by changed copies in `scratch`; whether
/// there were any.
pub(super) fn set_aside(arguments: &mut [String], scratch: &Path) -> Result<bool, LinkError> {
    let mut changed = false;
    for (index, argument) in arguments.iter_mut().enumerate() {
        let path = Path::new(&*argument);
        let is_archive = path.extension().is_some_and(|it| it == "rlib");
        if !is_archive && path.extension().is_none_or(|it| it != "o") {
            continue;
        }
        let mut bytes = fs::read(path)?;
        let unreadable = |error| LinkError::Object(path.display().to_string(), error);
        let symbols = definitions(&bytes, is_archive).map_err(unreadable)?;
        if symbols.is_empty() {
            continue;
        }
        for symbol in symbols {
            make_undefined(&mut bytes[symbol]);
        }
        let copy = scratch.join(format!(
            "{index}-{}",
            path.file_name().unwrap_or_default().to_string_lossy()
        ));
        fs::write(&copy, bytes)?;
        *argument = copy.to_string_lossy().into_owned();
        changed = true;
    }
    Ok(changed)
}

/// Where in the file the symbol table's entries of an allocator are.
fn definitions(bytes: &[u8], is_archive: bool) -> object::read::Result<Vec<Range<usize>>> {
    // Nearly no file has any: look for the name before reading the structure.
    if !contains(bytes, b"___rust_alloc_zeroed") {
        return Ok(Vec::new());
    }
    if !is_archive {
        return definitions_of_object(bytes, 0);
    }
    let mut found = Vec::new();
    for member in ArchiveFile::parse(bytes)?.members() {
        let member = member?;
        if member.name().ends_with(b".o") {
            let (start, _) = member.file_range();
            found.extend(definitions_of_object(member.data(bytes)?, start as usize)?);
        }
    }
    Ok(found)
}

fn definitions_of_object(object: &[u8], start: usize) -> object::read::Result<Vec<Range<usize>>> {
    let file = ElfFile64::<LittleEndian>::parse(object)?;
    let header = file.elf_header();
    let sections = header.sections(file.endian(), object)?;
    let Some((_, table)) = sections
        .enumerate()
        .find(|(_, section)| section.sh_type.get(LittleEndian) == object::elf::SHT_SYMTAB)
    else {
        return Ok(Vec::new());
    };
    let table = start + table.sh_offset.get(LittleEndian) as usize;
    let is_allocator =
        |name: &str| name.contains("7___rustc") && DEFINITIONS.iter().any(|it| name.ends_with(it));
    let found = file
        .symbols()
        .filter(|symbol| symbol.is_definition() && symbol.name().is_ok_and(is_allocator))
        .map(|symbol| {
            let entry = table + symbol.index().0 * SYMBOL_SIZE;
            entry..entry + SYMBOL_SIZE
        });
    Ok(found.collect())
}

/// The size of an `Elf64_Sym`.
const SYMBOL_SIZE: usize = 24;

/// Clears all of an `Elf64_Sym` but its name, and makes it global.
fn make_undefined(symbol: &mut [u8]) {
    const GLOBAL_NOTYPE: u8 = object::elf::STB_GLOBAL << 4 | object::elf::STT_NOTYPE;
    symbol[4..].fill(0);
    symbol[4] = GLOBAL_NOTYPE;
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(haystack, needle).is_some()
}
