//! A graph of types, independent of the format that it was read from.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::root::Root;

/// The index of a type in a [`Layout`].
pub(crate) type TypeId = usize;

/// The types that cross the group's boundary or may be stored, as the code of one crate uses them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) types: Vec<Type>,
    /// The names of all crates of the group.
    pub(crate) group: Vec<String>,
    /// The types that cross or may be stored. Several units may describe the same root.
    pub(crate) roots: BTreeMap<Root, Vec<TypeId>>,
    /// The number of entry points.
    pub(crate) entry_points: usize,
    /// Kept statics, and whether their values can be migrated to another type.
    pub(crate) statics: BTreeMap<Root, bool>,
    /// Names that stand for several entry points: methods of one type with the same name, from two
    /// traits. Which of the old ones is which new one is not known.
    pub(crate) ambiguous: BTreeSet<Root>,
    /// Paths that only the name of a `dyn` type contains, with that name for people.
    pub(crate) by_name: BTreeMap<String, String>,
    /// The names of types whose values other code may store by their `TypeId`.
    pub(crate) by_type_id: BTreeSet<String>,
}

impl Layout {
    /// Whether each entry point has its own name, so that the compared types are those of the entry
    /// point with this name in the process.
    pub(crate) fn tells_entry_points_apart(&self) -> bool {
        self.ambiguous.is_empty()
    }

    /// The kept statics whose values can be migrated to another type.
    pub(crate) fn migrating(&self) -> impl Iterator<Item = &Root> {
        let statics = self.statics.keys();
        statics.filter(|it| self.migrates(it).is_some())
    }

    /// The type of a static that can be migrated, unless its name is ambiguous.
    pub(crate) fn migrates(&self, root: &Root) -> Option<TypeId> {
        match (self.statics.get(root), self.roots.get(root)) {
            (Some(true), Some(ids)) if ids.len() == 1 => Some(ids[0]),
            _ => None,
        }
    }
}

/// The kind of a type.
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
    /// It was found, but not read yet.
    #[default]
    Unread,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Type {
    /// The full path, without the numbers of closures and impls.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// In bytes.
    pub(crate) size: u64,
    /// In bytes; 0 if the debug information doesn't say.
    pub(crate) align: u64,
    /// The encoding of a base type: a `DW_ATE` constant of DWARF.
    pub(crate) encoding: u64,
    /// Type parameters. They show the type behind a raw pointer, as in std's collections.
    pub(crate) parameters: Vec<(String, TypeId)>,
    pub(crate) fields: Vec<Field>,
    /// The offset and type of an enum's tag.
    pub(crate) tag: Option<(u64, TypeId)>,
    pub(crate) variants: Vec<Variant>,
    /// The target of a pointer, or the element of an array.
    pub(crate) target: Option<TypeId>,
    /// The length of an array.
    pub(crate) length: Option<u64>,
    /// The parameters of a function.
    pub(crate) arguments: Vec<TypeId>,
    /// The result of a function, unless it is `()`.
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
    /// The value of the tag; `None` for the variant with the niche.
    pub(crate) value: Option<i128>,
    /// Its fields, as a struct; `None` in an enum without fields.
    pub(crate) content: Option<TypeId>,
}
