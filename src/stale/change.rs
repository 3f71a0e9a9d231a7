//! A change of an input, as far as it can be told without a build.

use crate::compat::items::{Item, Unreachable};
use crate::discover::Concern;

/// A file that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// As it is shown.
    pub(crate) path: String,
    pub(crate) of: Of,
}

/// What a changed file belongs to, and what changed in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// Cargo: a manifest, the lock file, its configuration.
    Cargo {
        /// What of all these changes concerns the host, if cargo was asked.
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
    /// A build script of a reloadable package that gives its crate what it gave before.
    ScriptInput,
    /// A reloadable crate, which had another text when the host was built than anybody knows.
    Unknown,
    /// A reloadable crate.
    Reloadable {
        /// An item that determines memory layouts, and that changed.
        retyped: Option<Retyped>,
        /// An item that code outside the group was made of; its user is shown as `path` is.
        outside: Option<Unreachable>,
    },
}

/// An item that determines memory layouts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Retyped {
    pub(crate) item: Item,
    /// The source with the type that is computed with it, if it is no type itself.
    pub(crate) user: Option<String>,
}
