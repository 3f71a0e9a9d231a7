//! A graph of types, independent of the format that it was read from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use super::root::Root;

/// A type of a [`Layout`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TypeId {
    /// The index of its fragment.
    pub(crate) fragment: usize,
    /// Its index there.
    pub(crate) index: usize,
}

impl TypeId {
    /// Another type of the same fragment.
    pub(crate) fn to(self, index: usize) -> Self {
        TypeId { index, ..self }
    }
}

/// The types of one crate that cross the group's boundary or may be stored.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// What its code was read from, in the order of the link.
    pub(crate) fragments: Vec<Arc<Fragment>>,
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
    /// The types in the names of `dyn` types, by their paths.
    pub(crate) in_names: BTreeMap<String, TypeId>,
    /// Paths that only the name of a `dyn` type contains, with that name for people.
    pub(crate) by_name: BTreeMap<String, String>,
    /// The names of types whose values other code may store by their `TypeId`.
    pub(crate) by_type_id: BTreeSet<String>,
}

/// The types that the code in one file uses, so that only files that changed are read again. Types refer to
/// each other by their indexes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Fragment {
    pub(crate) types: Vec<Type>,
    pub(crate) roots: BTreeMap<Root, Vec<usize>>,
    /// The entry points, with the paths of their descriptions.
    pub(crate) entry_points: BTreeSet<(Root, String)>,
    /// Kept statics, and whether their values can be migrated to another type.
    pub(crate) statics: BTreeMap<Root, bool>,
    /// The group's paths in the names of `dyn` types, with one of these names for people.
    pub(crate) in_names: BTreeMap<String, String>,
    /// The types with such paths that the file describes, for this and other files. `None` if it was not read.
    pub(crate) described: BTreeMap<String, Option<usize>>,
    /// The names of types whose values other code may store by their `TypeId`.
    pub(crate) by_type_id: BTreeSet<String>,
}

impl PartialEq for Layout {
    fn eq(&self, other: &Self) -> bool {
        (&self.fragments, &self.group) == (&other.fragments, &other.group)
    }
}

impl Layout {
    pub(crate) fn of(fragments: Vec<Arc<Fragment>>, group: &[String]) -> Self {
        let mut layout = Layout {
            group: group.to_vec(),
            ..Layout::default()
        };
        let mut entry_points: BTreeSet<&str> = BTreeSet::new();
        let mut paths: BTreeMap<&Root, &str> = BTreeMap::new();
        for (fragment, of) in fragments.iter().enumerate() {
            let id = |index: &usize| TypeId {
                fragment,
                index: *index,
            };
            for (root, types) in &of.roots {
                let all = layout.roots.entry(root.clone()).or_default();
                all.extend(types.iter().map(id));
            }
            for (root, migrates) in &of.statics {
                *layout.statics.entry(root.clone()).or_insert(true) &= migrates;
            }
            for (root, path) in &of.entry_points {
                entry_points.insert(path);
                if *paths.entry(root).or_insert(path) != path {
                    layout.ambiguous.insert(root.clone());
                }
            }
            for (path, index) in &of.described {
                if let Some(index) = index {
                    layout.in_names.insert(path.clone(), id(index));
                }
            }
            layout.by_type_id.extend(of.by_type_id.iter().cloned());
        }
        for (path, name) in fragments.iter().flat_map(|it| &it.in_names) {
            if !layout.in_names.contains_key(path) {
                let first = layout.by_name.entry(path.clone());
                first.or_insert_with(|| name.clone());
            }
        }
        layout.entry_points = entry_points.len();
        layout.fragments = fragments;
        layout
    }

    pub(crate) fn get(&self, id: TypeId) -> &Type {
        &self.fragments[id.fragment].types[id.index]
    }

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
    /// The group's paths in the name of a `dyn` type.
    pub(crate) in_name: Vec<String>,
    /// Type parameters. They show the type behind a raw pointer, as in std's collections.
    pub(crate) parameters: Vec<(String, usize)>,
    pub(crate) fields: Vec<Field>,
    /// The offset and type of an enum's tag.
    pub(crate) tag: Option<(u64, usize)>,
    pub(crate) variants: Vec<Variant>,
    /// The target of a pointer, or the element of an array.
    pub(crate) target: Option<usize>,
    /// The length of an array.
    pub(crate) length: Option<u64>,
    /// The parameters of a function.
    pub(crate) arguments: Vec<usize>,
    /// The result of a function, unless it is `()`.
    pub(crate) result: Option<usize>,
}

/// A field of a struct or union.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// In bytes from the start.
    pub(crate) offset: u64,
    pub(crate) of: usize,
}

/// A variant of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variant {
    pub(crate) name: String,
    /// The value of the tag; `None` for the variant with the niche.
    pub(crate) value: Option<i128>,
    /// Its fields, as a struct; `None` in an enum without fields.
    pub(crate) content: Option<usize>,
}
