//! Combines a delta's objects with those of the last full compilation.
//!
//! Each function and static stays defined in exactly one of them. The delta's objects lose their
//! stubs, and what a linker collects, such as the records of entry points, because the full ones have
//! it, too. What remains defined in the delta's objects is undefined in the full ones. So whatever
//! refers to it refers to the new code, and the rules of a certain linker for two definitions don't
//! matter. Both are done by changes of a few bytes in copies of the files.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;

use memchr::memmem;
use object::elf::{self, SHF_ALLOC, SHF_EXCLUDE, SHF_EXECINSTR, SHF_GNU_RETAIN};
use object::read::elf::{ElfFile64, SectionHeader as _, Sym as _};
use object::{LittleEndian, SectionIndex};

use super::strip::STUB;
use crate::base::atomic_file::link_or_copy;
use crate::base::mmap::map;
use crate::compile::group::code::files_at;
use crate::compile::group::link::Objects;
use crate::compile::link::rlib::Members;

/// The beginnings of the names of sections that a linker does not collect.
const ORDINARY: [&[u8]; 9] = [
    b".bss",
    b".data",
    b".debug_gdb_scripts",
    b".eh_frame",
    b".gcc_except_table",
    b".rodata",
    b".tbss",
    b".tdata",
    b".text",
];

/// The sizes of an `Elf64_Shdr` and an `Elf64_Sym`.
const SECTION_SIZE: usize = 64;
const SYMBOL_SIZE: usize = 24;

/// Writes the objects of a link into the folder `into`: those in the folder `delta`, and the crate's
/// others. A delta's come first, because linkers keep the first of equal groups of sections.
pub(super) fn combine(delta: &Path, full: &Objects, into: &Path) -> io::Result<()> {
    fs::create_dir_all(into)?;
    let mut defined = HashSet::new();
    for (number, file) in files_at(delta)?.iter().enumerate() {
        let mut object = fs::read(file)?;
        defined.extend(trim(&mut object).map_err(io::Error::other)?);
        fs::write(into.join(format!("0-{number:05}.rcgu.o")), object)?;
    }
    let mut number = 0;
    let mut add = |file: Option<&Path>, bytes: &[u8]| {
        let copy = into.join(format!("1-{number:05}.rcgu.o"));
        number += 1;
        match (without(bytes, &defined).map_err(io::Error::other)?, file) {
            (Some(changed), _) => fs::write(copy, changed),
            (None, Some(file)) => link_or_copy(file, &copy),
            (None, None) => fs::write(copy, bytes),
        }
    };
    let path = match full.merged.exists() {
        true => &full.merged,
        false => &full.path,
    };
    for file in files_at(path)? {
        let bytes = map(&file)?;
        match file.extension().is_some_and(|it| it == "rlib") {
            true => {
                let members = Members::of(&bytes).map_err(io::Error::other)?;
                for (_, object) in members.rust {
                    add(None, object)?;
                }
            }
            false => add(Some(&file), &bytes)?,
        }
    }
    Ok(())
}

type File<'a> = ElfFile64<'a, LittleEndian>;

/// Removes the stubs and collected sections of an object. Returns the symbols that it still defines.
fn trim(object: &mut [u8]) -> Result<Vec<Vec<u8>>, String> {
    let (sections, symbols, defined) = {
        let file = File::parse(&*object).map_err(|it| it.to_string())?;
        let removed = removed_sections(&file)?;
        let symbols = file.elf_symbol_table();
        let mut undefined = Vec::new();
        let mut defined = Vec::new();
        for (index, symbol) in symbols.enumerate() {
            if symbol.st_bind() == elf::STB_LOCAL || symbol.is_undefined(LittleEndian) {
                continue;
            }
            let section = symbols.symbol_section(LittleEndian, symbol, index);
            let section = section.map_err(|it| it.to_string())?;
            match section.is_some_and(|it| removed.contains(&it)) {
                true => undefined.push(index.0),
                false => {
                    let name = symbols.symbol_name(LittleEndian, symbol);
                    defined.push(name.map_err(|it| it.to_string())?.to_vec());
                }
            }
        }
        let table = file.elf_section_table();
        let headers = file.elf_header().e_shoff.get(LittleEndian) as usize;
        let start = table
            .section(symbols.section())
            .map_err(|it| it.to_string())?
            .sh_offset
            .get(LittleEndian) as usize;
        let sections = removed.iter().map(|it| headers + it.0 * SECTION_SIZE);
        let symbols = undefined.iter().map(|it| start + it * SYMBOL_SIZE);
        (
            sections.collect::<Vec<usize>>(),
            symbols.collect::<Vec<usize>>(),
            defined,
        )
    };
    for header in sections {
        exclude(&mut object[header..header + SECTION_SIZE]);
    }
    for symbol in symbols {
        undefine(&mut object[symbol..symbol + SYMBOL_SIZE]);
    }
    Ok(defined)
}

/// The sections of stubs, and those that a linker collects.
fn removed_sections(file: &File<'_>) -> Result<HashSet<SectionIndex>, String> {
    let table = file.elf_section_table();
    let symbols = file.elf_symbol_table();
    let mut removed = HashSet::new();
    let mut called = HashSet::new();
    // How many functions are in each section.
    let mut functions = vec![0_u32; table.len()];
    for (index, symbol) in symbols.enumerate() {
        let name = symbols.symbol_name(LittleEndian, symbol);
        let is_called = memmem::find(name.unwrap_or_default(), STUB.as_bytes()).is_some();
        let section = symbols.symbol_section(LittleEndian, symbol, index);
        let section = section.map_err(|it| it.to_string())?;
        if is_called {
            called.insert(index.0);
            removed.extend(section);
        }
        if let Some(section) = section
            && symbol.st_type() == elf::STT_FUNC
        {
            functions[section.0] += 1;
        }
    }
    for (index, section) in table.enumerate() {
        let flags = section.sh_flags(LittleEndian);
        let name = table.section_name(LittleEndian, section);
        let name = name.unwrap_or_default();
        let is_loaded = flags & u64::from(SHF_ALLOC) != 0;
        if is_loaded && !ORDINARY.iter().any(|it| name.starts_with(it)) {
            removed.insert(index);
        }
        let relocations = section.rela(LittleEndian, file.data());
        let Some((relocations, _)) = relocations.map_err(|it| it.to_string())? else {
            continue;
        };
        let of = SectionIndex(section.sh_info(LittleEndian) as usize);
        let is_code = table
            .section(of)
            .is_ok_and(|it| it.sh_flags(LittleEndian) & u64::from(SHF_EXECINSTR) != 0);
        let mut relocations = relocations.iter();
        if is_code
            && relocations.any(|it| called.contains(&(it.r_sym(LittleEndian, false) as usize)))
        {
            removed.insert(of);
        }
    }
    let is_shared = |it: &SectionIndex| functions.get(it.0).is_some_and(|count| *count > 1);
    match removed.iter().any(is_shared) {
        true => Err("several functions share a section".to_owned()),
        false => Ok(removed),
    }
}

/// A copy of an object that does not define these symbols; `None` if it has none of them.
fn without(object: &[u8], defined: &HashSet<Vec<u8>>) -> Result<Option<Vec<u8>>, String> {
    let file = File::parse(object).map_err(|it| it.to_string())?;
    let table = file.elf_section_table();
    let symbols = file.elf_symbol_table();
    // Of equal groups of sections, the linker keeps the first.
    let mut grouped = HashSet::new();
    for section in table.iter() {
        let members = section.group(LittleEndian, object);
        if let Some((_, members)) = members.map_err(|it| it.to_string())? {
            grouped.extend(members.iter().map(|it| it.get(LittleEndian) as usize));
        }
    }
    let start = table
        .section(symbols.section())
        .map_err(|it| it.to_string())?
        .sh_offset
        .get(LittleEndian) as usize;
    let mut copy = None;
    for (index, symbol) in symbols.enumerate() {
        if symbol.st_bind() == elf::STB_LOCAL || symbol.is_undefined(LittleEndian) {
            continue;
        }
        let name = symbols.symbol_name(LittleEndian, symbol);
        let section = symbols.symbol_section(LittleEndian, symbol, index);
        let section = section.map_err(|it| it.to_string())?;
        let is_grouped = section.is_some_and(|it| grouped.contains(&it.0));
        if !is_grouped && defined.contains(name.map_err(|it| it.to_string())?) {
            let copy = copy.get_or_insert_with(|| object.to_vec());
            let entry = start + index.0 * SYMBOL_SIZE;
            undefine(&mut copy[entry..entry + SYMBOL_SIZE]);
        }
    }
    Ok(copy)
}

/// Has linkers leave out the section with this header.
fn exclude(header: &mut [u8]) {
    let Some(flags) = header.get_mut(8..16) else {
        return;
    };
    let bytes: [u8; 8] = (&*flags).try_into().unwrap_or_default();
    let before = u64::from_le_bytes(bytes);
    let now = before & !u64::from(SHF_ALLOC | SHF_GNU_RETAIN) | u64::from(SHF_EXCLUDE);
    flags.copy_from_slice(&now.to_le_bytes());
}

/// Makes a symbol a reference to another object. Its kind stays.
fn undefine(symbol: &mut [u8]) {
    // `st_info` is a kind and a binding, `st_other` stays, and then come the section, the address and
    // the size.
    symbol[4] = symbol[4] & 0xf | (elf::STB_GLOBAL << 4);
    symbol[6..].fill(0);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::process::Command;

    use object::{Object as _, ObjectSection as _, ObjectSymbol as _};

    use super::*;

    /// Compiles a source to an object in a folder of its own.
    fn compile(folder: &Path, name: &str, source: &str) {
        let path = folder.join(format!("{name}.rs"));
        fs::write(&path, source).unwrap();
        let out = folder.join(name);
        fs::create_dir(&out).unwrap();
        let status = Command::new("rustc")
            .args(["--crate-name=a", "--crate-type=cdylib", "--edition=2024"])
            .args([
                "--emit=obj",
                "-Clink-dead-code",
                "-Cmetadata=m",
                "-Awarnings",
            ])
            .arg("-o")
            .args([&out.join("a.rcgu.o"), &path])
            .status();
        assert!(status.unwrap().success());
    }

    /// The parts of the names of symbols that an object defines, and its loaded sections.
    fn defined(file: &Path, names: &[&'static str]) -> (BTreeSet<&'static str>, Vec<String>) {
        let bytes = fs::read(file).unwrap();
        let object = object::File::parse(&*bytes).unwrap();
        let symbols = object
            .symbols()
            .filter(|it| it.is_definition() && it.is_global());
        let symbols: Vec<String> = symbols.map(|it| it.name().unwrap().to_owned()).collect();
        let is_defined = |name: &&&str| symbols.iter().any(|it| it.contains(**name));
        let sections = object.sections().filter(|it| {
            let object::SectionFlags::Elf { sh_flags } = it.flags() else {
                return false;
            };
            sh_flags & u64::from(SHF_ALLOC) != 0
        });
        let sections = sections.map(|it| it.name().unwrap().to_owned());
        (
            names.iter().filter(is_defined).copied().collect(),
            sections.collect(),
        )
    }

    #[test]
    fn each_symbol_is_defined_once() {
        let folder = tempfile::tempdir().unwrap();
        let common = "pub static DATA: [u8; 3] = [1; 3];\n\
            #[used]\n#[unsafe(link_section = \"records\")]\nstatic RECORD: fn() -> u8 = left_out;\n";
        let full = "pub fn left_out() -> u8 { DATA[0] }\npub fn edited() -> u8 { left_out() }\n";
        let delta = "pub fn left_out() -> u8 { crate::__hotmod_stub() }\n\
            pub fn edited() -> u8 { left_out() + new(7_u8) }\n\
            fn new<T>(it: T) -> T { it }\n\
            pub(crate) fn __hotmod_stub() -> ! { loop {} }\n";
        compile(folder.path(), "full", &format!("{common}{full}"));
        compile(folder.path(), "delta", &format!("{common}{delta}"));
        let objects = Objects {
            path: folder.path().join("full"),
            merged: folder.path().join("none"),
        };
        let into = folder.path().join("into");
        combine(&folder.path().join("delta"), &objects, &into).unwrap();

        let files = files_at(&into).unwrap();
        let names = ["DATA", "edited", "left_out", "new", STUB];
        let (of_delta, sections) = defined(&files[0], &names);
        assert_eq!(of_delta, BTreeSet::from(["DATA", "edited", "new"]));
        let has = |sections: &[String], part: &str| sections.iter().any(|it| it.contains(part));
        assert!(!has(&sections, "records") && !has(&sections, "left_out"));
        assert!(has(&sections, "edited"));
        let (of_full, sections) = defined(&files[1], &names);
        assert_eq!(of_full, BTreeSet::from(["left_out"]));
        assert!(has(&sections, "records"));
    }
}
