//! Disables a host's `#[global_allocator]` in a session.
//!
//! In a session, libstd is a dylib, and always uses its own allocator. With an allocator in the
//! host, memory that is allocated on one side would be freed on the other. So in each of the host's
//! objects, the allocator's definitions become undefined references with default visibility, and
//! libstd's definitions are used everywhere.
//!
//! The names of these symbols have changed between versions of rustc. So they are recognised
//! differently: a definition is the allocator's if libstd exports the same symbol. The names of all
//! other symbols that both define contain their crate. If libstd exports nothing that looks like an
//! allocator, the host's can't be recognised, and the link is refused.
//!
//! The format of the symbol table is ELF's (System V ABI, "Symbol Table").

use std::collections::HashSet;
use std::fs;
use std::ops::Range;
use std::path::Path;

use memchr::memmem;
use object::read::archive::ArchiveFile;
use object::read::elf::{ElfFile64, FileHeader as _};
use object::{LittleEndian, Object as _, ObjectSymbol as _};

use crate::base::mmap::map;
use crate::compile::link::job::LinkError;

/// Names of allocator functions have contained these texts so far.
const ALLOCATOR: &[u8] = b"__rust_alloc";

type Names<'a> = HashSet<&'a [u8]>;

/// Replaces objects and rlibs that define an allocator by changed copies in `scratch`. Returns
/// whether there were any.
pub(crate) fn set_aside(
    arguments: &mut [String],
    libstd: &Path,
    scratch: &Path,
) -> Result<bool, LinkError> {
    let library = map(libstd)?;
    let unreadable = |path: &Path| {
        let path = path.display().to_string();
        move |error| LinkError::Object(path, error)
    };
    let exported = exported(&library).map_err(unreadable(libstd))?;
    let mut changed = false;
    for (index, argument) in arguments.iter_mut().enumerate() {
        let path = Path::new(&*argument);
        let is_archive = path.extension().is_some_and(|it| it == "rlib");
        if !is_archive && path.extension().is_none_or(|it| it != "o") {
            continue;
        }
        let bytes = map(path)?;
        let symbols = match is_archive {
            true => definitions_of_archive(&bytes, &exported),
            false => definitions_of_object(&bytes, 0, &exported),
        };
        let symbols = symbols.map_err(unreadable(path))?;
        if symbols.is_empty() {
            continue;
        }
        let mut copied = bytes.to_vec();
        for symbol in symbols {
            make_undefined(&mut copied[symbol]);
        }
        let copy = scratch.join(format!(
            "{index}-{}",
            path.file_name().unwrap_or_default().to_string_lossy()
        ));
        fs::write(&copy, copied)?;
        *argument = copy.to_string_lossy().into_owned();
        changed = true;
    }
    let mut exported = exported.iter();
    if !changed && !exported.any(|name| memmem::find(name, ALLOCATOR).is_some()) {
        return Err(LinkError::UnknownAllocator(libstd.to_owned()));
    }
    Ok(changed)
}

/// The names that libstd exports.
fn exported(library: &[u8]) -> object::read::Result<Names<'_>> {
    let library = ElfFile64::<LittleEndian>::parse(library)?;
    let symbols = library.dynamic_symbols().filter(|it| it.is_definition());
    symbols.map(|it| it.name_bytes()).collect()
}

/// The positions of an allocator's symbol table entries in an archive.
fn definitions_of_archive(
    bytes: &[u8],
    exported: &Names<'_>,
) -> object::read::Result<Vec<Range<usize>>> {
    let archive = ArchiveFile::parse(bytes)?;
    let mut members = HashSet::new();
    if let Some(index) = archive.symbols()? {
        for symbol in index {
            let symbol = symbol?;
            if exported.contains(symbol.name()) {
                members.insert(symbol.offset().0);
            }
        }
    }
    let mut found = Vec::new();
    for offset in members {
        let member = archive.member(object::read::archive::ArchiveOffset(offset))?;
        let (start, _) = member.file_range();
        let data = member.data(bytes)?;
        found.extend(definitions_of_object(data, start as usize, exported)?);
    }
    Ok(found)
}

/// The positions in an object that starts at `start`.
fn definitions_of_object(
    object: &[u8],
    start: usize,
    exported: &Names<'_>,
) -> object::read::Result<Vec<Range<usize>>> {
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
    let mut found = Vec::new();
    for symbol in file.symbols() {
        let is_its = symbol.is_definition() && symbol.is_global();
        if is_its && exported.contains(symbol.name_bytes()?) {
            let entry = table + symbol.index().0 * SYMBOL_SIZE;
            found.push(entry..entry + SYMBOL_SIZE);
        }
    }
    Ok(found)
}

/// The size of an `Elf64_Sym`.
const SYMBOL_SIZE: usize = 24;

/// Clears an `Elf64_Sym` except its name, and makes it global.
fn make_undefined(symbol: &mut [u8]) {
    const GLOBAL_NOTYPE: u8 = object::elf::STB_GLOBAL << 4 | object::elf::STT_NOTYPE;
    symbol[4..].fill(0);
    symbol[4] = GLOBAL_NOTYPE;
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Compiles C functions with these names to an object or a library.
    fn compile(folder: &Path, functions: &[&str], output: &str) -> String {
        let source = folder.join("source.c");
        let text: String = functions
            .iter()
            .map(|it| format!("void {it}(void) {{}}\n"))
            .collect();
        fs::write(&source, text).unwrap();
        let output = folder.join(output);
        let kind = match output.extension().is_some_and(|it| it == "so") {
            true => "-shared",
            false => "-c",
        };
        let mut cc = Command::new("cc");
        cc.args(["-fPIC", kind]).arg(&source).arg("-o").arg(&output);
        assert!(cc.status().unwrap().success());
        output.to_string_lossy().into_owned()
    }

    fn defined(path: &str) -> Vec<String> {
        let bytes = fs::read(path).unwrap();
        let file = object::File::parse(&*bytes).unwrap();
        let symbols = file
            .symbols()
            .filter(|it| it.is_definition() && it.is_global());
        symbols.map(|it| it.name().unwrap().to_owned()).collect()
    }

    #[test]
    fn an_allocator_of_any_name_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let (folder, scratch) = (folder.path(), tempfile::tempdir().unwrap());
        for names in [
            [
                "_RNvCs1_7___rustc12___rust_alloc",
                "_RNvCs1_7___rustc14___rust_dealloc",
            ],
            // As of rustc 1.85.
            ["__rust_alloc", "__rust_dealloc"],
            ["_Raa_allocate", "_Raa_free"],
        ] {
            let libstd = compile(folder, &names, "libstd.so");
            let object = compile(folder, &[names[0], names[1], "other"], "host.o");
            let archive = folder.join("libhost.rlib").to_string_lossy().into_owned();
            let mut ar = Command::new("ar");
            assert!(
                ar.args(["crs", &archive, &object])
                    .status()
                    .unwrap()
                    .success()
            );

            let mut arguments = ["-lc".to_owned(), object, archive];
            let changed = set_aside(&mut arguments, libstd.as_ref(), scratch.path());
            assert!(changed.unwrap(), "{names:?}");
            assert_eq!(defined(&arguments[1]), ["other"]);
            let archive = fs::read(&arguments[2]).unwrap();
            let archive = ArchiveFile::parse(&*archive).unwrap();
            let member = archive.members().next().unwrap().unwrap();
            let copy = folder.join("member.o");
            fs::write(
                &copy,
                member.data(&*fs::read(&arguments[2]).unwrap()).unwrap(),
            )
            .unwrap();
            assert_eq!(defined(&copy.to_string_lossy()), ["other"]);
        }
    }

    #[test]
    fn a_libstd_without_a_known_allocator_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (folder, scratch) = (folder.path(), tempfile::tempdir().unwrap());
        let mut arguments = [compile(folder, &["other"], "host.o")];
        let known = compile(folder, &["__rust_alloc"], "libknown.so");
        assert!(!set_aside(&mut arguments, known.as_ref(), scratch.path()).unwrap());
        let unknown = compile(folder, &["allocate"], "libunknown.so");
        let refused = set_aside(&mut arguments, unknown.as_ref(), scratch.path());
        let message = refused.unwrap_err().to_string();
        assert!(message.contains("`#[global_allocator]`"), "{message}");
        assert!(message.contains("\nhelp: "), "{message}");
    }
}
