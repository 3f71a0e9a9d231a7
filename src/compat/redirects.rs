//! Calls from the host to functions of the group that are not marked.
//!
//! At its link, the host's references to *plain* functions of the group are redirected to trampolines, which jump
//! to the function of the generation that answers. Each generation has to provide the same functions. The
//! function with the same symbol is the same function. Symbols contain the numbers of impls, which shift when an
//! impl is added, so a function whose symbol is gone is looked for by its full name.
//!
//! All of this relies on rustc's v0 mangling: the symbol of an instance of a generic function contains the generic
//! arguments. So a session compiles reloadable crates with it.
//!
//! - [`plain`]: which functions can be redirected, by their symbols
//! - [`described`]: which of them have a signature that debug information describes completely
//! - [`opaque`]: which of them return a type that only the compiler knows

mod described;
mod opaque;
mod plain;

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use hotmod_protocol::ENTRIES_SYMBOL;
use object::read::elf::{ElfFile64, ElfSymbol64};
use object::{LittleEndian, Object as _, ObjectSymbol as _, SymbolKind};

use super::symbols::{Redirect, SymbolsError, Unmarked, Unreadable, objects};
use crate::base::mmap::map;
use plain::{full_path, is_plain};

pub(crate) use opaque::Opaque;
pub(crate) use plain::redirected_name;

/// An offer has to contain the addresses of all of them.
const MOST: usize = 8000;

/// The functions of a generation to which the host's calls are redirected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Targets {
    /// In the order of the redirects.
    all: Vec<Target>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    symbol: String,
    /// The distance from [`ENTRIES_SYMBOL`].
    distance: i32,
}

/// A file of the group or of the host, with its contents.
#[derive(Debug)]
pub(crate) struct Input<'a> {
    pub(crate) path: &'a Path,
    pub(crate) bytes: &'a [u8],
    pub(crate) crate_name: &'a str,
}

/// The plain functions of the group that the host refers to, sorted by their symbols.
pub(crate) fn find(
    group: &[Input<'_>],
    host: &[Input<'_>],
    opaque: &Opaque,
) -> Result<Vec<Redirect>, SymbolsError> {
    let mut wanted: HashMap<&[u8], &str> = HashMap::new();
    for input in host {
        for object in objects_of(input)? {
            let file = parse(input.path, object)?;
            for symbol in file.symbols().filter(|it| it.is_undefined()) {
                let name = symbol
                    .name_bytes()
                    .map_err(|it| unreadable(input.path, it))?;
                wanted.entry(name).or_insert(input.crate_name);
            }
        }
    }
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let crates = group.iter().map(|it| it.crate_name.to_owned()).collect();
    let mut of_group = Vec::new();
    for input in group {
        of_group.extend(objects_of(input)?);
    }
    let unmarked = Unmarked::of(crates, of_group)
        .map_err(|it| SymbolsError::Unreadable(group[0].path.to_owned(), it))?;
    let mut found: BTreeMap<String, Redirect> = BTreeMap::new();
    let mut names: HashMap<String, usize> = HashMap::new();
    for input in group {
        for object in objects_of(input)? {
            let file = parse(input.path, object)?;
            let mut here = HashMap::new();
            for symbol in file.symbols() {
                let name = symbol
                    .name_bytes()
                    .map_err(|it| unreadable(input.path, it))?;
                let is_function = symbol.kind() == SymbolKind::Text && symbol.is_definition();
                if !is_function || !symbol.is_global() {
                    continue;
                }
                let Some((name, user)) = wanted.get_key_value(name) else {
                    continue;
                };
                if !is_plain(name) {
                    continue;
                }
                let Ok(name) = std::str::from_utf8(name) else {
                    continue;
                };
                if let Some(path) = unmarked.path(name).filter(|_| !opaque.may_be(name)) {
                    here.insert(name, (path, *user));
                }
            }
            if here.is_empty() {
                continue;
            }
            let described = described::complete(object, |it| here.contains_key(it), opaque);
            for symbol in described.map_err(|error| unreadable_dwarf(input.path, error))? {
                let Some((path, user)) = here.get(&*symbol) else {
                    continue;
                };
                *names.entry(full_path(&symbol)).or_default() += 1;
                let redirect = Redirect {
                    symbol: symbol.clone(),
                    path: path.clone(),
                    of_crate: input.crate_name.to_owned(),
                    user: (*user).to_owned(),
                };
                found.insert(symbol, redirect);
            }
        }
    }
    // Nothing but the number of an impl or of a block tells two functions with the same name apart.
    found.retain(|symbol, _| names.get(&full_path(symbol)) == Some(&1));
    Ok(found.into_values().take(MOST).collect())
}

impl Targets {
    /// Finds the functions in a library. The error is the path of a function that it lacks.
    pub(crate) fn of(
        library: &Path,
        redirects: &[Redirect],
    ) -> Result<Result<Self, String>, SymbolsError> {
        if redirects.is_empty() {
            return Ok(Ok(Targets::default()));
        }
        let bytes = map(library).map_err(|it| SymbolsError::Io(library.to_owned(), it))?;
        let file = parse(library, &bytes)?;
        let wanted = redirects.iter().map(|it| it.symbol.as_bytes());
        let wanted: HashSet<&[u8]> = wanted.chain([ENTRIES_SYMBOL.as_bytes()]).collect();
        // Hashing the names of all symbols would take longer than the rest.
        let lengths: HashSet<usize> = wanted.iter().map(|it| it.len()).collect();
        let is_wanted = |name: &[u8]| lengths.contains(&name.len()) && wanted.contains(name);
        let mut addresses: HashMap<&str, u64> = HashMap::new();
        let mut entries = None;
        for (name, symbol) in defined(&file).filter(|(name, _)| is_wanted(name.as_bytes())) {
            if name == ENTRIES_SYMBOL {
                entries = Some(symbol.address());
            } else if symbol.kind() == SymbolKind::Text {
                addresses.insert(name, symbol.address());
            }
        }
        let Some(entries) = entries else {
            return Ok(Err(ENTRIES_SYMBOL.to_owned()));
        };
        // Demangles all symbols, so only if the number of an impl has shifted.
        let by_name = LazyCell::new(|| {
            let mut by_name: HashMap<String, BTreeMap<&str, u64>> = HashMap::new();
            for (name, symbol) in defined(&file).filter(|(name, _)| is_plain(name.as_bytes())) {
                if symbol.kind() == SymbolKind::Text {
                    let same = by_name.entry(full_path(name)).or_default();
                    same.insert(name, symbol.address());
                }
            }
            by_name
        });
        let mut all = Vec::new();
        for redirect in redirects {
            let found = match addresses.get_key_value(&*redirect.symbol) {
                Some((symbol, address)) => Some((*symbol, *address)),
                None => {
                    let same = by_name.get(&full_path(&redirect.symbol));
                    let only = same.filter(|it| it.len() == 1);
                    only.and_then(|it| it.first_key_value().map(|(name, at)| (*name, *at)))
                }
            };
            let found = found.and_then(|(symbol, address)| {
                let distance = address.wrapping_sub(entries).cast_signed();
                Some((symbol, i32::try_from(distance).ok()?))
            });
            let Some((symbol, distance)) = found else {
                return Ok(Err(redirect.path.clone()));
            };
            all.push(Target {
                symbol: symbol.to_owned(),
                distance,
            });
        }
        Ok(Ok(Targets { all }))
    }

    pub(crate) fn distances(&self) -> Vec<i32> {
        self.all.iter().map(|it| it.distance).collect()
    }

    /// The symbols of the functions, in the order of the redirects.
    pub(crate) fn symbols(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|it| &*it.symbol)
    }
}

/// The symbols of functions with the full names of those that are redirected, but with other symbols.
pub(crate) fn with_same_names(
    objects: &[&[u8]],
    redirects: &[Redirect],
) -> object::read::Result<BTreeSet<String>> {
    let names: HashSet<String> = redirects.iter().map(|it| full_path(&it.symbol)).collect();
    let symbols: HashSet<&str> = redirects.iter().map(|it| &*it.symbol).collect();
    let mut found = BTreeSet::new();
    for object in objects {
        for symbol in ElfFile64::<LittleEndian>::parse(*object)?.symbols() {
            let Ok(name) = std::str::from_utf8(symbol.name_bytes()?) else {
                continue;
            };
            let is_function = symbol.is_definition() && symbol.kind() == SymbolKind::Text;
            if is_function && is_plain(name.as_bytes()) && !symbols.contains(name) {
                found.extend(names.contains(&full_path(name)).then(|| name.to_owned()));
            }
        }
    }
    Ok(found)
}

fn objects_of<'a>(input: &Input<'a>) -> Result<Vec<&'a [u8]>, SymbolsError> {
    objects(input.bytes, input.path)
        .map_err(|it| SymbolsError::Unreadable(input.path.to_owned(), it))
}

/// The symbols that a file defines, with their names.
fn defined<'f, 'a>(
    file: &'f ElfFile64<'a, LittleEndian>,
) -> impl Iterator<Item = (&'a str, ElfSymbol64<'a, 'f, LittleEndian>)> {
    let defined = file.symbols().filter(|it| it.is_definition());
    defined.filter_map(|symbol| Some((symbol.name().ok()?, symbol)))
}

fn parse<'a>(path: &Path, bytes: &'a [u8]) -> Result<ElfFile64<'a, LittleEndian>, SymbolsError> {
    ElfFile64::parse(bytes).map_err(|it| unreadable(path, it))
}

fn unreadable(path: &Path, error: object::read::Error) -> SymbolsError {
    SymbolsError::Unreadable(path.to_owned(), Unreadable::Object(error))
}

fn unreadable_dwarf(path: &Path, error: super::layout::Unreadable) -> SymbolsError {
    SymbolsError::DebugInformation(PathBuf::from(path), error.to_string())
}

#[cfg(test)]
mod tests;
