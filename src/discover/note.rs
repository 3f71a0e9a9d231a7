//! What the plan tells the user, as data. `report` makes the sentences.

use serde::Serialize;

/// What the user may not expect of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Note {
    /// A marked package is not a member of the workspace.
    NotAMember { package: String },
    /// A marked package is not linked into the host.
    NotLinked { package: String, host: String },
    /// A package without a mark is between two reloadable crates.
    Sandwiched {
        package: String,
        base: String,
        top: String,
    },
    /// A package uses `hotmod-web`, but the host does not depend on it.
    NoWebDependency { package: String, host: String },
}
