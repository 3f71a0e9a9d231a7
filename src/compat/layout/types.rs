//! A graph of types, without anything of the format that it was read from.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::root::Root;

/// A type of a [`Layout`], by its place in it.
pub(crate) type TypeId = usize;

/// What one crate's code takes types to be.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) types: Vec<Type>,
    /// The names of all crates of the group.
    pub(crate) group: Vec<String>,
    /// What crosses or may be kept. Several units may describe one thing.
    pub(crate) roots: BTreeMap<Root, Vec<TypeId>>,
    /// How many entry points were found.
    pub(crate) entry_points: usize,
    /// Kept statics, and whether their values can be made over to another type.
    pub(crate) statics: BTreeMap<Root, bool>,
    /// Two entry points of one name, so that nobody knows which of before is which now: methods of one
    /// type and name, of two traits.
    pub(crate) ambiguous: BTreeSet<Root>,
    /// Paths that only the name of a `dyn` type has in it, with that name as it is shown.
    pub(crate) by_name: BTreeMap<String, String>,
    /// Paths of types that something may keep by their `TypeId`.
    pub(crate) by_type_id: BTreeSet<String>,
}

impl Layout {
    /// Whether each entry point is told from all others, so that what was compared is what its name
    /// in the process stands for.
    pub(crate) fn tells_entry_points_apart(&self) -> bool {
        self.ambiguous.is_empty()
    }

    /// The kept statics whose values can be made over to another type.
    pub(crate) fn migrating(&self) -> impl Iterator<Item = &Root> {
        let statics = self.statics.keys();
        statics.filter(|it| self.migrates(it).is_some())
    }

    /// The type of one, if its name is no other's.
    pub(crate) fn migrates(&self, root: &Root) -> Option<TypeId> {
        match (self.statics.get(root), self.roots.get(root)) {
            (Some(true), Some(ids)) if ids.len() == 1 => Some(ids[0]),
            _ => None,
        }
    }
}

/// What a type is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// An integer, a float, `()`, `!`.
    Base,
    Struct,
    Union,
    Enum,
    /// A pointer or reference to a type of known size.
    Pointer,
    Array,
    /// A function, behind a pointer.
    Function,
    /// It was met, and not looked at yet.
    #[default]
    Unread,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Type {
    /// The full path, without the numbers that closures and impls have in it.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// In bytes.
    pub(crate) size: u64,
    /// In bytes; 0 if it is not said.
    pub(crate) align: u64,
    /// How a base type's bits are meant, as DWARF numbers it.
    pub(crate) encoding: u64,
    /// Type parameters: what a type of std keeps behind a raw pointer shows only there.
    pub(crate) parameters: Vec<(String, TypeId)>,
    pub(crate) fields: Vec<Field>,
    /// Where an enum says which variant it is, and as what.
    pub(crate) tag: Option<(u64, TypeId)>,
    pub(crate) variants: Vec<Variant>,
    /// What a pointer points to, or an array is made of.
    pub(crate) target: Option<TypeId>,
    /// An array's length.
    pub(crate) length: Option<u64>,
    /// A function's parameters.
    pub(crate) arguments: Vec<TypeId>,
    /// A function's result, if it is not `()`.
    pub(crate) result: Option<TypeId>,
}

/// A field of a struct or union.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// In bytes from the start.
    pub(crate) offset: u64,
    pub(crate) of: TypeId,
}

/// A variant of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variant {
    pub(crate) name: String,
    /// The tag's value; none for the one that holds the niche.
    pub(crate) value: Option<i128>,
    /// What it holds, as a struct; none in an enum of names alone.
    pub(crate) content: Option<TypeId>,
}
