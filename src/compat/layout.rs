//! The memory layouts of the types that cross an entry point, and whether two builds agree on them.
//!
//! Values outlive generations: the host holds them and passes them to the live code. New code must
//! not get a value that old code created with another layout. Only the compiler knows the layout of
//! a type, with its order of fields and its niches, and writes it to the debug information. From
//! there, this module reads the graph of types that can be reached
//!
//! - from the parameters and results of entry points, and from kept statics: the runtime has a
//!   generic function of their types, whose instances describe them (`entry_types`, `kept_types`, and
//!   `migrated_types` of statics whose values can be made over to another type),
//! - from types that something may keep by their `TypeId`: those with a vtable of `Any`, and those
//!   whose `TypeId` is taken.
//!
//! Types that name no crate of the group end the walk: they are the unmarked crates', which host
//! and group have in common. What a `dyn` type names has no description of its own: that is said by
//! name, and tokens decide ([`stale`](crate::stale)).
//!
//! - [`dwarf`]: units, entries and names of one file
//! - [`walk`]: from there to a [`Layout`], beginning at its [`roots`]; [`types`]: what it is made of
//! - [`compare`]: the differences of two, found in one [`pass`] by their [`parts`]
//! - [`names`]: how types are named for people
//!
//! Format: DWARF 4 and 5, <https://dwarfstd.org>, as rustc's `debuginfo` module writes it.

mod compare;
mod difference;
mod dwarf;
mod held;
mod names;
mod parts;
mod pass;
mod root;
mod roots;
mod types;
mod walk;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) use compare::{Comparison, compare, is_changed};
pub(crate) use difference::{Difference, Part, Severity, Step, Subject};
pub(crate) use root::Root;
pub(crate) use types::{Kind, Layout};

use super::keepers::Keepers;
use super::symbols;
use crate::base::mmap::map;

/// Whether a type's name has the path of another type in it.
pub(crate) fn mentions(name: &str, path: &str) -> bool {
    name == path || names::paths(name).any(|it| it == path)
}

/// Why a file tells no layout.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("it is no whole ELF file: {0}")]
    Object(#[from] object::read::Error),
    #[error("its debug information can't be read: {0}")]
    Dwarf(#[from] gimli::Error),
    #[error("its debug information has no types")]
    NoTypes,
    #[error(
        "its symbols tell {expected} entry points of `{of_crate}`, and its debug information only {found}"
    )]
    LostEntryPoints {
        of_crate: String,
        expected: usize,
        found: usize,
    },
    #[error("its debug information describes `{of}` by {tag}, which is not known")]
    UnknownPart { of: String, tag: String },
    #[error(transparent)]
    Symbols(#[from] symbols::Unreadable),
}

/// A crate, as debug information knows it: by the root of its sources.
#[derive(Clone, Debug)]
pub(crate) struct Crate {
    /// As sources name it.
    pub(crate) name: String,
    /// Absolute.
    pub(crate) root: PathBuf,
}

/// What is looked for in a program or library.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    /// The crates of the group that are to be read.
    pub(crate) crates: Vec<&'a Crate>,
    /// Folders of crates outside the group, which may keep values by their types.
    pub(crate) others: &'a [PathBuf],
    /// The names of all crates of the group.
    pub(crate) group: &'a [String],
    /// The code that may hold values of the group's types without their types.
    pub(crate) keepers: &'a Keepers,
}

/// The layouts of crates in a program or library, by crate; those outside the group together have no
/// name.
pub(crate) fn read(
    file: &Path,
    wanted: &Wanted<'_>,
) -> Result<BTreeMap<String, Layout>, Unreadable> {
    let bytes = map(file)?;
    let sections = dwarf::Sections::of(&bytes)?;
    let program = dwarf::Program::new(&sections, wanted)?;
    // A crate may have no code that is linked. That none has any can't be.
    let mut units = program.units.iter();
    if !units.any(|unit| !unit.of_crate.is_empty()) {
        return Err(Unreadable::NoTypes);
    }
    let layouts = walk::layouts(&program, wanted)?;
    // What is lost would be compared with nothing.
    let expected = symbols::entry_points(&bytes, wanted.group)?;
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
    Ok(layouts)
}
