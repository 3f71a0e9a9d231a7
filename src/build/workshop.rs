//! Where a session builds.

use std::path::{Path, PathBuf};

use crate::discover::Plan;

use super::digest::Digest;

/// Where a session builds, below the user's target directory.
#[derive(Clone, Debug)]
pub(crate) struct Workshop {
    /// Cargo's target directory for sessions.
    pub(crate) target: PathBuf,
    /// What belongs to cargo's artefacts, and is named as they are.
    pub(super) common: PathBuf,
    /// What belongs to this host: a workspace may have several.
    pub(crate) state: PathBuf,
}

impl Workshop {
    pub(crate) fn of(plan: &Plan) -> Self {
        let target = Self::target_of(&plan.workspace_root, &plan.target_directory);
        let digest = Digest::of_text(&plan.host.package_id);
        let name = format!("{}-{digest:016x}", plan.host.target);
        Workshop {
            common: target.join("session"),
            state: target.join("session").join(name),
            target,
        }
    }

    /// Cargo's target directory for the sessions of a workspace.
    pub(crate) fn target_of(workspace_root: &Path, target_directory: &Path) -> PathBuf {
        let mut target = target_directory.join("hotmod");
        if !target.starts_with(workspace_root) {
            // Others may build here too, and cargo gives the crates of two checkouts of one
            // workspace the same file names: each would replace what the other's session uses.
            let root = workspace_root.to_string_lossy();
            let name = workspace_root.file_name().unwrap_or_default();
            let digest = Digest::of_text(&root);
            target.push(format!("{}-{digest:016x}", name.to_string_lossy()));
        }
        target
    }

    /// Held by the one session of this host.
    pub(crate) fn lock(&self) -> PathBuf {
        self.state.join("lock")
    }

    /// What the session that holds the lock says of its host.
    pub(crate) fn status(&self) -> PathBuf {
        self.state.join("status.json")
    }

    /// What a session says of itself while its host has the terminal.
    pub(crate) fn log(&self) -> PathBuf {
        self.state.join("log")
    }

    /// What the sources of the last host contained.
    pub(crate) fn sources(&self) -> PathBuf {
        self.state.join("sources.json")
    }

    /// What the symbols of the last host say, for who builds none.
    pub(crate) fn symbols(&self) -> PathBuf {
        self.state.join("symbols.json")
    }
}
