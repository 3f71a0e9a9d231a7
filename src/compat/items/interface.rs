//! What other code can resolve names and method calls to, of one source.
//!
//! An edit of it may change the meaning of code that was not edited: a method that overrides a provided one, an
//! impl in place of a derive, an item that hides one that a glob brings in. What such an item *does* is no part
//! of it (see [`direct`](super::direct)); that it is there, and who may use it, is.

mod attributes;
mod finder;

use std::collections::BTreeMap;

use serde::Serialize;
use syn::visit::Visit;

use finder::Finder;

/// What can be resolved to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "part", rename_all = "kebab-case")]
pub(crate) enum Part {
    /// An impl of a trait, written or derived.
    Impl {
        of: String,
        by: String,
    },
    /// An item in an impl.
    Member {
        of: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        name: String,
    },
    /// The parameters of a type or a trait with their defaults and bounds, supertraits, `#[non_exhaustive]`.
    Head {
        name: String,
    },
    /// What a type consists of, and its `repr`.
    Body {
        name: String,
    },
    /// A variant of an enum.
    Variant {
        of: String,
        name: String,
    },
    /// A field that other crates may use.
    Field {
        of: String,
        name: String,
    },
    /// An item that a trait declares.
    TraitItem {
        of: String,
        name: String,
    },
    /// A definition of this name, by its kind.
    Name {
        name: String,
    },
    /// What an import brings in under this name.
    Import {
        name: String,
    },
    Glob {
        path: String,
    },
    Module {
        name: String,
    },
    /// What a macro is, which calls between items may make items with.
    Macro {
        name: String,
    },
    /// The call of a macro between items.
    MacroCall {
        path: String,
    },
}

/// One of several that have the same name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Detail {
    /// What must be the same.
    pub(crate) tokens: String,
    /// The type that an impl is for, in its own tokens; the module of a definition, if it stands in the same file.
    pub(crate) of: String,
    /// The trait that it is of, the same way; the names of the fields of a type.
    pub(crate) by: String,
    pub(crate) is_public: bool,
    /// Whether a trait provides the item, a derive makes the impl, or a module stands in its own file.
    pub(crate) is_apart: bool,
}

/// All of one source, or of several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Interface {
    pub(crate) parts: BTreeMap<Part, Vec<Detail>>,
    /// The signatures of functions.
    pub(crate) signatures: Vec<Signature>,
}

/// The signature of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    /// That of its code (see [`direct`](super::direct)).
    pub(crate) key: String,
    pub(crate) name: String,
    /// The type or the trait that it is of.
    pub(crate) of: Option<String>,
    pub(crate) tokens: String,
}

impl Interface {
    pub(crate) fn of(file: &syn::File) -> Self {
        let mut finder = Finder::default();
        finder.visit_file(file);
        finder.found
    }

    /// Adds another part of the source. [`sort`](Self::sort) it when it is complete.
    pub(crate) fn add(&mut self, other: &Interface) {
        for (part, details) in &other.parts {
            let all = self.parts.entry(part.clone()).or_default();
            all.extend(details.iter().cloned());
        }
        self.signatures.extend(other.signatures.iter().cloned());
    }

    /// The order of what has one name does not count.
    pub(crate) fn sort(&mut self) {
        self.parts.values_mut().for_each(|all| all.sort());
    }
}
