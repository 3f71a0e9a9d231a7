//! C symbols of native libraries in the shared dylib.
//!
//! rustc's list of exported names for a dylib has Rust's names only, and hides all others. A
//! crate's inline and generic code is compiled in the crates that use it, where it calls the
//! crate's C functions by name. So the C names join the list; what the list leaves hidden stays
//! hidden, and takes no system library's place.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use object::{Object as _, ObjectSymbol as _, SymbolScope};

use super::linker::LinkError;
use super::rlib::Members;

/// The names that native objects in the link's rlibs and archives define for others.
pub(super) fn symbols(arguments: &[String]) -> Result<BTreeSet<String>, LinkError> {
    let mut found = BTreeSet::new();
    for argument in arguments {
        let path = Path::new(argument);
        if !path.extension().is_some_and(|it| it == "rlib" || it == "a") {
            continue;
        }
        let bytes = fs::read(path)?;
        of_archive(&bytes, &mut found)
            .map_err(|error| LinkError::Object(argument.clone(), error))?;
    }
    Ok(found)
}

fn of_archive(bytes: &[u8], found: &mut BTreeSet<String>) -> object::read::Result<()> {
    for (_, data) in Members::of(bytes)?.native {
        for symbol in object::File::parse(data)?.symbols() {
            if symbol.is_definition()
                && symbol.scope() == SymbolScope::Dynamic
                && let Ok(name) = symbol.name()
            {
                found.insert(name.to_owned());
            }
        }
    }
    Ok(())
}

/// Adds names to rustc's list, which is one block of `global: …; local: *;`.
pub(super) fn export(script: &Path, symbols: &BTreeSet<String>) -> io::Result<()> {
    if symbols.is_empty() {
        return Ok(());
    }
    let list = fs::read_to_string(script)?;
    let names: String = symbols
        .iter()
        .map(|name| format!("    {name};\n"))
        .collect();
    let list = match list.split_once("global:\n") {
        Some((before, after)) => format!("{before}global:\n{names}{after}"),
        None => list.replacen('{', &format!("{{\n  global:\n{names}"), 1),
    };
    fs::write(script, list)
}
