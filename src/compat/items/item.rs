//! Items of a source, by what they are and by name.

use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ItemKind {
    /// A `type` in an impl.
    AssociatedType,
    Const,
    ConstFn,
    /// A `const fn` of a type: other code calls it by a name that says too little.
    ConstMethod,
    Enum,
    /// A file that a macro reads.
    File,
    Fn,
    /// A glob import, by the path that it is of.
    Glob,
    /// The definition of a macro.
    Macro,
    /// The call of a macro between items.
    MacroCall,
    Struct,
    Trait,
    Type,
    Union,
    Use,
    Variant,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Item {
    pub(crate) kind: ItemKind,
    /// With the modules of its file that it is in: `m::S`.
    pub(crate) name: String,
}

impl ItemKind {
    /// Whether such an item may be computed when a type is laid out: the length of an array, for one,
    /// is part of it.
    pub(crate) fn is_computed(self) -> bool {
        matches!(
            self,
            ItemKind::Const | ItemKind::ConstFn | ItemKind::ConstMethod | ItemKind::Macro
        )
    }
}

impl Item {
    pub(crate) fn new(kind: ItemKind, name: impl Into<String>) -> Self {
        Item {
            kind,
            name: name.into(),
        }
    }

    /// `S` of `m::S`.
    pub(crate) fn last_name(&self) -> &str {
        last_name(&self.name)
    }
}

/// The last name of a path.
pub(crate) fn last_name(path: &str) -> &str {
    path.rsplit(':').next().unwrap_or(path)
}
