//! The group's items that code outside the group uses without an entry point, and the group's mutable
//! state.
//!
//! Both are read from symbol tables: from the objects of the host's link, and the state also from each
//! generation's library. [`items`](super::items) finds the uses of items that have no symbol (constants,
//! macros, inlined code) in the sources.
//!
//! - [`name`]: symbols as names of items; [`key`]: the part of such a name that sources have, too
//! - [`graph`]: references between symbols
//! - [`redirect`]: functions that the host calls through trampolines
//! - [`state`]: writable statics
//! - [`uses`]: the items that code outside the group uses

mod graph;
mod key;
mod name;
mod redirect;
mod state;
mod uses;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use memchr::memmem;
use object::read::archive::ArchiveFile;
use object::read::elf::ElfFile64;
use object::{
    LittleEndian, Object as _, ObjectSection as _, ObjectSymbol as _, SectionFlags, SymbolKind, elf,
};
use serde::{Deserialize, Serialize};

use crate::base::mmap::map;
use crate::cargo::artifact::OBJECT;
use graph::Graph;
use name::{Crates, UnknownMangling, entry_point, heads};

pub(crate) use graph::{INITIALISERS, is_collected, is_for_the_loader};
pub(crate) use key::key;
pub(crate) use name::{
    UNNAMED, described, full_name, is_of_runtime, path_of_entry_point, shown, shown_symbol,
};
pub(crate) use redirect::{Redirect, Unmarked, digest_of};
pub(crate) use state::{Statics, declared, statics_in};
pub(crate) use uses::{HostUse, Use, Way};

/// An object or an rlib of the host's link.
#[derive(Debug)]
pub(crate) struct Linked {
    pub(crate) path: PathBuf,
    pub(crate) crate_name: String,
    pub(crate) is_reloadable: bool,
}

/// The symbols of a host's link that concern the group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HostSymbols {
    pub(crate) entry_points: BTreeSet<String>,
    /// Items that code outside the group uses without an entry point, by path.
    pub(crate) uses: BTreeMap<String, Use>,
    /// Functions that code outside the group calls through trampolines.
    #[serde(default)]
    pub(crate) redirects: Vec<Redirect>,
    /// Writable statics that each reload resets, and that may hold state.
    pub(crate) state: BTreeSet<String>,
    /// Writable statics that are filled again after a reload.
    #[serde(default)]
    pub(crate) caches: BTreeSet<String>,
    /// Items that run code when a library is loaded.
    pub(crate) initialisers: BTreeSet<String>,
}

/// Why symbols could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SymbolsError {
    #[error("`{0}` could not be read: {1}")]
    Io(PathBuf, io::Error),
    #[error("the symbols of `{0}` could not be read: {1}")]
    Unreadable(PathBuf, Unreadable),
    #[error("the debug information of `{0}` could not be read: {1}")]
    DebugInformation(PathBuf, String),
}

/// What is wrong with the symbols of a file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error(transparent)]
    Object(#[from] object::read::Error),
    #[error(transparent)]
    Mangling(#[from] UnknownMangling),
    #[error(
        "no member of it is an object whose name ends with `{OBJECT}`\n\
         help: cargo-hotmod does not know this Rust version yet: use an older toolchain, or a newer cargo-hotmod"
    )]
    NoObjects,
}

impl HostSymbols {
    /// Reads the objects of a link.
    pub(crate) fn read(linked: &[Linked]) -> Result<Self, SymbolsError> {
        let names = |is_reloadable: bool| -> BTreeSet<String> {
            let of = linked.iter().filter(|it| it.is_reloadable == is_reloadable);
            of.map(|it| it.crate_name.clone()).collect()
        };
        let (group, outside) = (names(true), names(false));
        let mut files = Vec::new();
        let (of_group, others): (Vec<_>, Vec<_>) = linked.iter().partition(|it| it.is_reloadable);
        for file in of_group.into_iter().chain(others) {
            let bytes =
                fs::read(&file.path).map_err(|error| SymbolsError::Io(file.path.clone(), error))?;
            // The metadata of an rlib contains the names of the crates that it was compiled against.
            let mentions = |name: &String| memmem::find(&bytes, name.as_bytes()).is_some();
            if !is_rlib(&file.path) || group.iter().any(mentions) {
                files.push((file, bytes));
            }
        }
        let mut graph = Graph::default();
        for (file, bytes) in &files {
            // If a program has the name of its own library, a symbol does not tell the two apart.
            let is_own = |name: &&String| !file.is_reloadable && **name == file.crate_name;
            let crates = Crates {
                group: group.iter().filter(|it| !is_own(it)).cloned().collect(),
                outside: outside.difference(&group).cloned().collect(),
            };
            let user = (!file.is_reloadable).then_some(&*file.crate_name);
            let unreadable = |error| SymbolsError::Unreadable(file.path.clone(), error);
            let objects = objects(bytes, &file.path).map_err(unreadable)?;
            // rustc writes at least one, even for a crate without functions.
            if file.is_reloadable && objects.is_empty() {
                return Err(unreadable(Unreadable::NoObjects));
            }
            for object in objects {
                graph.add(object, user, &crates).map_err(unreadable)?;
            }
        }
        Ok(Self::of(&graph, &group))
    }

    fn of(graph: &Graph, group: &BTreeSet<String>) -> Self {
        let paths = graph.items().map(|(path, _)| path);
        let entry_points: BTreeSet<String> = paths.filter_map(|it| entry_point(it)).collect();
        let data = graph.items().filter(|(_, is_data)| *is_data);
        let data: BTreeSet<&String> = data.map(|(path, _)| path).collect();
        let reached = graph.reached(&entry_points).into_iter();
        let uses = reached.map(|(path, (user, by_way_of))| {
            let its = Use {
                is_data: data.contains(&path),
                user: user.to_owned(),
                is_program: group.contains(user),
                by_way_of,
            };
            (path, its)
        });
        HostSymbols {
            uses: uses.collect(),
            redirects: Vec::new(),
            state: users_own(graph.writable()),
            caches: BTreeSet::new(),
            initialisers: users_own(graph.initialisers())
                .iter()
                .map(|it| as_written(it))
                .collect(),
            entry_points,
        }
    }

    /// The entry points, with their names for people.
    pub(crate) fn shown_entry_points(&self) -> BTreeSet<String> {
        self.entry_points.iter().map(|it| shown(it)).collect()
    }
}

fn users_own<'a>(paths: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    paths.filter(|it| !is_of_runtime(it)).cloned().collect()
}

fn is_rlib(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "rlib")
}

/// The objects in a file.
pub(crate) fn objects<'a>(bytes: &'a [u8], path: &Path) -> Result<Vec<&'a [u8]>, Unreadable> {
    if !is_rlib(path) {
        return Ok(vec![bytes]);
    }
    let mut found = Vec::new();
    for member in ArchiveFile::parse(bytes)?.members() {
        let member = member?;
        if member.name().ends_with(OBJECT.as_bytes()) {
            found.push(member.data(bytes)?);
        }
    }
    Ok(found)
}

/// The number of entry points of each crate of the group, by the symbols of a program or library. Entry points
/// that may belong to several crates don't count.
pub(crate) fn entry_points(
    bytes: &[u8],
    group: &[String],
) -> Result<BTreeMap<String, usize>, Unreadable> {
    let crates = Crates {
        group: group.iter().cloned().collect(),
        outside: BTreeSet::new(),
    };
    let mut found = BTreeSet::new();
    let of_macros = memmem::Finder::new(b"__hotmod_");
    for symbol in ElfFile64::<LittleEndian>::parse(bytes)?.symbols() {
        let name = symbol.name_bytes()?;
        if of_macros.find(name).is_some() {
            let path = crates.item(name)?;
            found.extend(path.as_deref().and_then(entry_point));
        }
    }
    let mut counts = BTreeMap::new();
    for path in &found {
        let of: BTreeSet<&str> = heads(path).into_iter().collect();
        let mut of = of.into_iter().filter(|it| crates.group.contains(*it));
        if let (Some(its_crate), None) = (of.next(), of.next()) {
            *counts.entry(its_crate.to_owned()).or_default() += 1;
        }
    }
    Ok(counts)
}

/// The innermost written item around an initialiser. Macros put theirs into a constant `_`, or give
/// them names that begin with `__`.
fn as_written(path: &str) -> String {
    let is_of_macro = |segment: &str| segment == "_" || segment.starts_with("__");
    let mut segments = path.split("::");
    let first = segments.next();
    let written = first
        .into_iter()
        .chain(segments.take_while(|it| !is_of_macro(it)));
    written.collect::<Vec<_>>().join("::")
}

/// What happens when a library of the group is loaded.
#[derive(Debug, Default)]
pub(crate) struct OnLoad {
    /// The paths of writable data, which starts with its initial value.
    pub(crate) writable: BTreeSet<String>,
    /// The items that run code.
    pub(crate) initialisers: BTreeSet<String>,
}

/// What happens when a library with these crates is loaded.
pub(crate) fn on_load(library: &Path, crates: &[String]) -> Result<OnLoad, SymbolsError> {
    let bytes = map(library).map_err(|error| SymbolsError::Io(library.to_owned(), error))?;
    let crates = Crates {
        group: crates.iter().cloned().collect(),
        outside: BTreeSet::new(),
    };
    let read = || -> Result<OnLoad, Unreadable> {
        let object = ElfFile64::<LittleEndian>::parse(&*bytes)?;
        let mut found = OnLoad::default();
        for symbol in object.symbols() {
            let is_data = matches!(symbol.kind(), SymbolKind::Data | SymbolKind::Tls);
            let Some(section) = symbol.section_index().filter(|_| is_data) else {
                continue;
            };
            let section = object.section_by_index(section)?;
            let SectionFlags::Elf { sh_flags } = section.flags() else {
                continue;
            };
            let is_writable = sh_flags & u64::from(elf::SHF_WRITE) != 0;
            let section = section.name()?;
            let is_initialiser = section.starts_with(INITIALISERS);
            if !is_initialiser && (!is_writable || is_for_the_loader(section)) {
                continue;
            }
            let path = crates.item(symbol.name_bytes()?)?;
            let path = path.filter(|it| !is_of_runtime(it));
            match is_initialiser {
                true => found.initialisers.extend(path.as_deref().map(as_written)),
                false => found.writable.extend(path),
            }
        }
        Ok(found)
    };
    read().map_err(|error| SymbolsError::Unreadable(library.to_owned(), error))
}

#[cfg(test)]
mod tests;
