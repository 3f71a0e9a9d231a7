//! The memory layouts of the types that cross an entry point, and whether two builds agree on them.
//!
//! Values outlive generations: the host holds them and passes them to the live code. New code must
//! not get a value that old code created with another layout. Only the compiler knows the layout of
//! a type, with its order of fields and its niches, and writes it to the debug information. From
//! there, this module reads the graph of types that can be reached
//!
//! - from the parameters and results of entry points, and from kept statics. The runtime has
//!   generic functions whose instances describe these types: `entry_types`, `kept_types`, and
//!   `migrated_types` for statics whose values can be migrated to another type,
//! - from types whose values other code may store by their `TypeId`: those with a vtable of `Any`,
//!   and those whose `TypeId` is taken.
//!
//! The walk ends at types that name no crate of the group. They belong to unmarked crates, which host
//! and group share. The types that only the name of a `dyn` type contains are not described in the debug
//! information. They are compared by tokens ([`items`](super::items)).
//!
//! - [`sections`]: the sections of a file with debug information; [`dwarf`]: the units, entries and names in them
//! - [`walk`]: reads a [`Fragment`](types::Fragment) of a [`Layout`] from them, beginning at its [`roots`];
//!   [`types`]: the parts of a layout
//! - [`objects`]: the fragments of a crate's objects, each read once
//! - [`compare`]: the differences between layouts; [`pass`] walks two at a time, and [`parts`] compares
//!   fields and variants
//! - [`names`]: the names of types, for comparison and for people
//!
//! Format: DWARF 4 and 5, <https://dwarfstd.org>, as rustc's `debuginfo` module writes it.

mod compare;
mod difference;
pub(super) mod dwarf;
mod held;
mod names;
mod objects;
mod parts;
mod pass;
mod root;
mod roots;
pub(super) mod sections;
mod types;
mod walk;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use compare::{Comparison, Same, compare, is_changed};
pub(crate) use difference::{Difference, Part, Severity, Step, Subject};
pub(crate) use objects::Fragments;
pub(crate) use root::Root;
pub(crate) use types::{Kind, Layout};

use super::keepers::Keepers;
use super::symbols::{self, Redirect};
use crate::base::mmap::map;
use objects::read_objects;
use sections::Sections;
use walk::Paths;

/// Whether a type's name contains the path of another type.
pub(crate) fn mentions(name: &str, path: &str) -> bool {
    name == path || names::paths(name).any(|it| it == path)
}

/// Why the layouts in a file can't be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("it is not a complete ELF file: {0}")]
    Object(#[from] object::read::Error),
    #[error("its debug information can't be read: {0}")]
    Dwarf(#[from] gimli::Error),
    #[error("its debug information has no types")]
    NoTypes,
    #[error(
        "its symbols name {expected} entry points of `{of_crate}`, but its debug information describes only {found}"
    )]
    LostEntryPoints {
        of_crate: String,
        expected: usize,
        found: usize,
    },
    #[error("its debug information does not describe `{0}`")]
    LostFunction(String),
    #[error("its debug information describes `{of}` by {tag}, which is not known")]
    UnknownPart { of: String, tag: String },
    #[error(transparent)]
    Symbols(#[from] symbols::Unreadable),
}

/// A crate, which debug information names by the root of its sources.
#[derive(Clone, Debug)]
pub(crate) struct Crate {
    /// Its name in sources.
    pub(crate) name: String,
    /// Absolute.
    pub(crate) root: PathBuf,
}

/// The layouts to read from a program or library.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    /// The crates of the group to read.
    pub(crate) crates: Vec<&'a Crate>,
    /// The other crates of the group.
    pub(crate) siblings: Vec<&'a Crate>,
    /// The folders of crates outside the group that may store values by their `TypeId`.
    pub(crate) others: &'a [PathBuf],
    /// The names of all crates of the group.
    pub(crate) group: &'a [String],
    /// The crates that may store values of the group's types type-erased.
    pub(crate) keepers: &'a Keepers,
    /// The functions that the host calls through trampolines, by their symbols in the file.
    pub(crate) redirected: BTreeMap<&'a str, &'a Redirect>,
}

impl Wanted<'_> {
    /// Whether a crate with this root is part of the group.
    fn is_of_group(&self, root: &Path) -> bool {
        let mut group = self.crates.iter().chain(&self.siblings);
        group.any(|it| it.root == root)
    }

    /// The name of the crate with this root, if it is wanted; empty for one outside the group.
    fn crate_of(&self, root: &Path) -> Option<String> {
        if let Some(found) = self.crates.iter().find(|it| it.root == root) {
            return Some(found.name.clone());
        }
        let is_other = self.others.iter().any(|folder| root.starts_with(folder));
        is_other.then(String::new)
    }
}

/// The layouts in a program or library, by crate. All crates outside the group share one layout, whose
/// name is empty.
pub(crate) fn read(
    file: &Path,
    wanted: &Wanted<'_>,
) -> Result<BTreeMap<String, Layout>, Unreadable> {
    let bytes = map(file)?;
    let sections = Sections::of(&bytes)?;
    let program = dwarf::Program::new(&sections, wanted)?;
    let all = Paths {
        asked: &BTreeSet::new(),
        supplied: None,
    };
    let fragments = walk::fragments(&program, wanted, all)?.into_iter();
    let layouts = fragments.map(|(name, fragment)| {
        let layout = Layout::of(vec![Arc::new(fragment)], wanted.group);
        (name, layout)
    });
    let layouts = layouts.collect();
    find_lost(&bytes, &layouts, wanted)?;
    Ok(layouts)
}

/// The same of a library that was linked from these `objects` of the wanted crates. `known` is what was read of
/// earlier objects, by crate, and `asked` are paths that `dyn` types of a crate may contain.
pub(crate) fn read_linked<'a>(
    library: &Path,
    objects: impl Fn(&Crate) -> Vec<&'a [u8]>,
    wanted: &Wanted<'_>,
    asked: impl Fn(&str) -> BTreeSet<String>,
    known: &mut BTreeMap<String, Fragments>,
) -> Result<BTreeMap<String, Layout>, Unreadable> {
    let mut layouts = BTreeMap::new();
    for of in &wanted.crates {
        let known = known.entry(of.name.clone()).or_default();
        let layout = read_objects(&objects(of), of, wanted, &asked(&of.name), known)?;
        layouts.extend(layout.map(|it| (of.name.clone(), it)));
    }
    if layouts.is_empty() {
        // Other crates of the library show whether it has debug information.
        return read(library, wanted);
    }
    find_lost(&map(library)?, &layouts, wanted)?;
    Ok(layouts)
}

/// Finds entry points and redirected functions that the debug information does not describe. They would not be
/// compared at all.
fn find_lost(
    bytes: &[u8],
    layouts: &BTreeMap<String, Layout>,
    wanted: &Wanted<'_>,
) -> Result<(), Unreadable> {
    let expected = symbols::entry_points(bytes, wanted.group)?;
    for (of_crate, expected) in expected {
        let found = layouts.get(&of_crate).map_or(0, |it| it.entry_points);
        let is_wanted = wanted.crates.iter().any(|it| it.name == of_crate);
        if is_wanted && found < expected {
            return Err(Unreadable::LostEntryPoints {
                of_crate,
                expected,
                found,
            });
        }
    }
    let lost = wanted.redirected.values().find(|it| {
        let root = Root::EntryPoint(it.path.clone());
        let is_wanted = wanted.crates.iter().any(|of| of.name == it.of_crate);
        let layout = layouts.get(&it.of_crate);
        is_wanted && !layout.is_some_and(|layout| layout.roots.contains_key(&root))
    });
    match lost {
        Some(lost) => Err(Unreadable::LostFunction(lost.path.clone())),
        None => Ok(()),
    }
}
