//! The plan of a session: what the next stages build, watch and compare.
//!
//! It is plain data and never changes. When one of its [`Plan::manifests`] changes, a new plan is
//! made. It has no paths of artifacts; those come later, from cargo's messages.

use std::path::PathBuf;

use super::group_crate::GroupCrate;
use super::note::Note;
use super::package::{HostKind, LocalPackage};
use super::resolved::Resolved;
use super::users::Users;
use crate::cargo::directories::Directories;

/// What a session needs to know about the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The folder of the workspace's root manifest.
    pub(crate) workspace_root: PathBuf,
    /// The user's target directory, not the session's.
    pub(crate) target_directory: PathBuf,
    /// Cargo's directory for intermediate artifacts; `None` if this version of cargo does not
    /// report it.
    pub(crate) build_directory: Option<PathBuf>,
    /// The program to run.
    pub(crate) host: Host,
    /// The reloadable crates of the host, each after the ones it depends on; never empty.
    pub(crate) group: Vec<GroupCrate>,
    /// Unmarked local packages that the group is linked against, sorted by name.
    pub(crate) shared: Vec<LocalPackage>,
    /// The other local packages of the host's build: the host's own package first, the others
    /// sorted by name. They include all procedural macros and build dependencies, even those of the
    /// group.
    pub(crate) host_side: Vec<LocalPackage>,
    /// Which packages outside the group may use its items.
    pub(crate) users: Users,
    /// The files that require a new plan when they change. Some may not exist yet.
    pub(crate) manifests: Vec<PathBuf>,
    /// The parts of the manifests and the lock file that affect the host.
    pub(crate) resolved: Resolved,
    /// Notes to show once.
    pub(crate) notes: Vec<Note>,
}

impl Plan {
    /// The directories of its sessions.
    pub(crate) fn directories(&self) -> Directories {
        Directories::new(
            &self.workspace_root,
            &self.target_directory,
            &self.host.package_id,
            &self.host.target,
        )
    }

    /// The local packages that are not reloadable.
    pub(crate) fn unmarked(&self) -> impl Iterator<Item = &LocalPackage> {
        self.shared.iter().chain(&self.host_side)
    }

    /// The folders of all local packages.
    pub(crate) fn package_dirs(&self) -> impl Iterator<Item = &PathBuf> {
        let group = self.group.iter().map(|it| &it.dir);
        group.chain(self.unmarked().map(|it| &it.dir))
    }

    /// The lock file. Cargo updates it if it is out of date.
    pub(crate) fn lock_file(&self) -> PathBuf {
        self.workspace_root.join("Cargo.lock")
    }
}

/// The binary or example to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    /// Cargo's id of the host's package.
    pub(crate) package_id: String,
    /// The name of the host's package.
    pub(crate) package: String,
    /// The manifest of the host's package.
    pub(crate) manifest_path: PathBuf,
    /// The name of the binary or example.
    pub(crate) target: String,
    /// Whether it is a binary or an example.
    pub(crate) kind: HostKind,
    /// Its root source file.
    pub(crate) src_path: PathBuf,
    /// The key of `hotmod` in the dependencies of the host's package, as written in its manifest.
    /// The feature is `<key>/live`. In source code, a `-` in the key is a `_`.
    pub(crate) hotmod_key: String,
    /// The same for `hotmod-web`, if the host's package depends on it.
    pub(crate) hotmod_web_key: Option<String>,
}
