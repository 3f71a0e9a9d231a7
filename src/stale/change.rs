//! A changed input, described without a build.

use crate::compat::items::{Field, Item, Unreachable};
use crate::discover::Concern;

/// A file that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// Relative to the folder from which paths are shown.
    pub(crate) path: String,
    pub(crate) of: Of,
}

/// What a changed file belongs to, and what changed in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// Cargo: a manifest, the lock file, cargo's configuration.
    Cargo {
        /// The part of these changes that concerns the host, if cargo was asked.
        concern: Option<Concern>,
    },
    /// A package that is not reloadable.
    Unmarked {
        package: String,
        /// Its program, if its library is reloadable.
        program: Option<String>,
    },
    /// The build script of a reloadable package.
    Script { package: String },
    /// A build script of a reloadable package. Its output is the same as before.
    ScriptInput,
    /// A reloadable crate. The text that the host was built from is not known.
    Unknown,
    /// A reloadable crate.
    Reloadable {
        /// An item that determines memory layouts, and that changed.
        retyped: Option<Retyped>,
        /// An item that code outside the group uses. Its user is shown relative to the same folder
        /// as `path`.
        outside: Option<Unreachable>,
    },
}

/// An item that determines memory layouts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Retyped {
    pub(crate) item: Item,
    /// If the item is not a type: the source with the type that depends on it.
    pub(crate) user: Option<String>,
    /// The changed fields, if the item is a type with named fields.
    pub(crate) fields: Vec<Field>,
    /// Whether functions of its source changed too, and all of them name the type, as a constructor
    /// does. Then the type is the reason that tells more.
    pub(crate) is_in_changed_code: bool,
}
