//! The reloadable crates of a plan.

use std::path::PathBuf;

use serde_json::Value;

use super::watch::Watch;
use crate::cargo::diagnostics::without_colours;

/// A crate of the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupCrate {
    /// Cargo's id of the package.
    pub(crate) package_id: String,
    /// The name of the package.
    pub(crate) package: String,
    /// The name of its library in source code.
    pub(crate) crate_name: String,
    /// The manifest of the package.
    pub(crate) manifest_path: PathBuf,
    /// The folder of the manifest.
    pub(crate) dir: PathBuf,
    /// The root source file of the library.
    pub(crate) src_path: PathBuf,
    /// The crates of the group that it directly depends on, as indices into [`Plan::group`](super::Plan::group). All
    /// are smaller than its own index.
    pub(crate) depends_on: Vec<usize>,
    /// Why it is in the group.
    pub(crate) membership: Membership,
    /// Files that dep-info does not list, from `watch` in `[package.metadata.hotmod]`.
    pub(crate) watch: Vec<Watch>,
}

impl GroupCrate {
    /// A diagnostic from rustc for its library, in the format of cargo's messages.
    pub(crate) fn cargo_message(&self, diagnostic: Value) -> Value {
        without_colours(serde_json::json!({
            "reason": "compiler-message",
            "package_id": self.package_id,
            "manifest_path": self.manifest_path,
            "target": {
                "kind": ["lib"],
                "crate_types": ["lib"],
                "name": self.crate_name,
                "src_path": self.src_path,
            },
            "message": diagnostic,
        }))
    }
}

/// Why a crate is in the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Membership {
    /// It is marked reloadable.
    Marked,
    /// It is not marked, but sits between two marked crates.
    Sandwiched {
        /// The package that it depends on, and the package that depends on it.
        between: (String, String),
    },
}
