//! Sections that a linker collects, such as the distributed slices of `linkme`.
//!
//! Crates put statics into a section with a common name, and one crate reads them between
//! `__start_NAME` and `__stop_NAME`. A linker defines these symbols separately for each image. So
//! if a shared crate reads them, it finds only the elements in the shared dylib, and not the
//! program's.
//!
//! Therefore objects that use these symbols are linked with `--wrap`, and find bounds that the tool
//! defines: symbols in the first and the last object of a link. The dylib defines them for its own
//! elements. A program with elements defines them too, and the loader prefers the program's
//! symbols.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use memchr::memmem;
use object::write::{self, Symbol, SymbolSection};
use object::{
    Architecture, Object as _, ObjectSection as _, ObjectSymbol as _, SectionFlags, SectionKind,
    SymbolFlags, SymbolKind, SymbolScope, elf,
};

use super::rlib::Members;
use crate::base::mmap::map;
use crate::compile::link::job::{LinkError, architecture};
use crate::compile::note::Note;

/// A section whose bounds are used.
pub(crate) type Names = BTreeSet<String>;

const START: &str = "__start_";
const STOP: &str = "__stop_";

/// The sections whose bounds the objects of a link use.
pub(crate) fn collected(arguments: &[String]) -> Result<Names, LinkError> {
    let mut found = Names::new();
    for_each_object(arguments, &[START], |_, object| {
        let symbols = object.symbols().filter(|it| it.is_undefined());
        let names = symbols.filter_map(|it| it.name().ok()?.strip_prefix(START).map(str::to_owned));
        // Each image has its own section of the runtime.
        found.extend(names.filter(|it| !it.starts_with("hotmod_")));
    })?;
    Ok(found)
}

/// Adds to a host's link the bounds of sections that it has elements in and the shared dylib uses.
/// Returns differences to a plain build.
pub(crate) fn of_host(
    arguments: &mut Vec<String>,
    shared: &Path,
    is_of_group: impl Fn(&Path) -> bool,
    scratch: &Path,
) -> Result<Vec<Note>, LinkError> {
    let (asked, of_shared) = load(&file(shared))?;
    let filled = filled(arguments, &asked)?;
    let names: Names = filled.iter().map(|(name, _)| name.clone()).collect();
    let mut notes = Vec::new();
    for name in &names {
        let mut files = filled.iter().filter(|(its, _)| its == name);
        if of_shared.contains(name) {
            notes.push(Note::SectionIncomplete {
                section: name.clone(),
            });
        }
        if files.any(|(_, file)| is_of_group(file)) {
            notes.push(Note::SectionOfGroup {
                section: name.clone(),
            });
        }
    }
    define(arguments, &names, scratch)?;
    Ok(notes)
}

/// The sections in which the objects of a link have elements, with the files that contain them.
pub(crate) fn filled(
    arguments: &[String],
    names: &Names,
) -> Result<Vec<(String, PathBuf)>, LinkError> {
    let mut found = Vec::new();
    let texts: Vec<&str> = names.iter().map(String::as_str).collect();
    for_each_object(arguments, &texts, |path, object| {
        for section in object.sections().filter(|it| it.size() > 0) {
            if let Some(name) = section.name().ok().filter(|it| names.contains(*it)) {
                found.push((name.to_owned(), path.to_owned()));
            }
        }
    })?;
    Ok(found)
}

/// Visits the objects of a link, also in archives, that contain one of these texts.
fn for_each_object(
    arguments: &[String],
    texts: &[&str],
    mut look: impl FnMut(&Path, &object::File<'_>),
) -> Result<(), LinkError> {
    if texts.is_empty() {
        return Ok(());
    }
    for path in arguments.iter().map(Path::new) {
        let is = |extension| path.extension().is_some_and(|it| it == extension);
        if !is("o") && !is("rlib") && !is("a") {
            continue;
        }
        let bytes = map(path)?;
        if !texts
            .iter()
            .any(|it| memmem::find(&bytes, it.as_bytes()).is_some())
        {
            continue;
        }
        let unreadable = |error| LinkError::Object(path.display().to_string(), error);
        let objects = match is("o") {
            true => vec![&bytes[..]],
            false => {
                let members = Members::of(&bytes).map_err(unreadable)?;
                let all = members.rust.into_iter().chain(members.native);
                all.map(|(_, data)| data).collect()
            }
        };
        for data in objects {
            look(path, &object::File::parse(data).map_err(unreadable)?);
        }
    }
    Ok(())
}

/// The symbols that replace the bounds of these sections.
pub(crate) fn bounds(names: &Names) -> impl Iterator<Item = String> {
    let all = names.iter();
    all.flat_map(|name| [START, STOP].map(|bound| format!("__wrap_{bound}{name}")))
}

/// The options for this replacement.
pub(crate) fn options(names: &Names) -> impl Iterator<Item = String> {
    let all = names.iter();
    all.flat_map(|name| [START, STOP].map(|bound| format!("--wrap={bound}{name}")))
}

/// Adds the objects that define the bounds to a link, if there are any.
pub(crate) fn define(arguments: &mut Vec<String>, names: &Names, scratch: &Path) -> io::Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let architecture = architecture(arguments).unwrap_or(Architecture::X86_64);
    let write = |bound: &str, file: &str| -> io::Result<String> {
        let object = object_of(names, bound, architecture).map_err(io::Error::other)?;
        let path = scratch.join(file);
        fs::write(&path, object)?;
        Ok(path.to_string_lossy().into_owned())
    };
    arguments.insert(0, write(START, "slices_start.o")?);
    arguments.push(write(STOP, "slices_stop.o")?);
    Ok(())
}

/// An object with only a symbol in each of these sections.
fn object_of(
    names: &Names,
    bound: &str,
    architecture: Architecture,
) -> Result<Vec<u8>, write::Error> {
    let format = object::BinaryFormat::Elf;
    let mut object = write::Object::new(format, architecture, object::Endianness::Little);
    for name in names {
        let id = object.add_section(Vec::new(), name.clone().into_bytes(), SectionKind::Data);
        let section = object.section_mut(id);
        section.set_data(Vec::new(), 1);
        section.flags = SectionFlags::Elf {
            sh_flags: u64::from(elf::SHF_ALLOC | elf::SHF_WRITE | elf::SHF_GNU_RETAIN),
        };
        object.add_symbol(Symbol {
            name: format!("__wrap_{bound}{name}").into_bytes(),
            value: 0,
            size: 0,
            kind: SymbolKind::Data,
            scope: SymbolScope::Dynamic,
            weak: false,
            section: SymbolSection::Section(id),
            flags: SymbolFlags::None,
        });
    }
    // Without it, a linker assumes that the object needs an executable stack.
    let note = object.add_section(Vec::new(), b".note.GNU-stack".to_vec(), SectionKind::Other);
    object.section_mut(note).flags = SectionFlags::Elf { sh_flags: 0 };
    object.write()
}

/// The file with the sections that a shared dylib uses.
pub(crate) fn file(shared: &Path) -> PathBuf {
    shared.with_extension("slices")
}

/// Stores the names of the sections, and whether the dylib has elements in them.
pub(crate) fn store(file: &Path, names: &Names, filled: &Names) -> io::Result<()> {
    let line = |name: &String| format!("{} {name}\n", u8::from(filled.contains(name)));
    fs::write(file, names.iter().map(line).collect::<String>())
}

/// The names of the sections, and of those in which the dylib has elements.
fn load(file: &Path) -> io::Result<(Names, Names)> {
    let text = fs::read_to_string(file)?;
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    let names = lines.clone().map(|(_, name)| name.to_owned()).collect();
    let filled = lines.filter(|(is_filled, _)| *is_filled == "1");
    Ok((names, filled.map(|(_, name)| name.to_owned()).collect()))
}
