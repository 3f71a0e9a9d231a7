//! The values at which a comparison of layouts begins.

use serde::Serialize;

/// Where the program passes or stores values whose layouts must match.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Root {
    /// The path of an entry point, which takes and returns values.
    EntryPoint(String),
    /// The path of a static in a `keep!`.
    Static(String),
    /// A type whose values other code may store by its `TypeId`.
    TypeId(String),
}

impl Root {
    /// The path of an item, or the name of a type.
    pub(crate) fn name(&self) -> &str {
        match self {
            Root::EntryPoint(name) | Root::Static(name) | Root::TypeId(name) => name,
        }
    }
}
