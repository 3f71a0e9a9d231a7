//! The plan of a session: what the next stages build, watch and compare.
//!
//! Data only. A plan is never changed: when one of its [`Plan::manifests`] changes, a new one is
//! discovered. It holds no artefact paths; those come from cargo's own messages, later.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::package::{HostKind, LocalPackage};
use super::resolved::Resolved;
use crate::cargo::diagnostics::without_colours;
use crate::cargo::directories::Workshop;

/// All that a session has to know of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The folder of the workspace's root manifest.
    pub(crate) workspace_root: PathBuf,
    /// The user's target directory, not the session's.
    pub(crate) target_directory: PathBuf,
    /// Where cargo puts intermediate artefacts; `None` if this cargo does not say.
    pub(crate) build_directory: Option<PathBuf>,
    /// The program that runs.
    pub(crate) host: Host,
    /// The reloadable crates of the host, each after the ones it depends on; never empty.
    pub(crate) group: Vec<GroupCrate>,
    /// Unmarked local packages that the group is linked against, sorted by name.
    pub(crate) shared: Vec<LocalPackage>,
    /// The other local packages that the host's build takes: its own package first, the others
    /// sorted by name. Procedural macros and build dependencies are here, also the group's.
    pub(crate) host_side: Vec<LocalPackage>,
    /// Every file whose change changes the plan. Some need not exist yet.
    pub(crate) manifests: Vec<PathBuf>,
    /// What manifests and the lock file say that the host is built of.
    pub(crate) resolved: Resolved,
    /// Things to say once on the screen.
    pub(crate) notes: Vec<String>,
}

impl Plan {
    /// Where its sessions build.
    pub(crate) fn workshop(&self) -> Workshop {
        Workshop::new(
            &self.workspace_root,
            &self.target_directory,
            &self.host.package_id,
            &self.host.target,
        )
    }

    /// The lock file, which cargo itself writes when it is out of date.
    pub(crate) fn lock_file(&self) -> PathBuf {
        self.workspace_root.join("Cargo.lock")
    }
}

/// The binary or example that runs.
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
    /// Which of the two it is.
    pub(crate) kind: HostKind,
    /// Its root source file.
    pub(crate) src_path: PathBuf,
    /// The dependency key under which the host's package has `hotmod`, as its manifest spells it:
    /// the feature is `<key>/live`. In source code a `-` in it is a `_`.
    pub(crate) hotmod_key: String,
}

/// One crate of the group.
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
    /// The crates of the group that it depends on directly, as indices into [`Plan::group`]; all
    /// smaller than its own.
    pub(crate) depends_on: Vec<usize>,
    /// Why it is in the group.
    pub(crate) membership: Membership,
    /// Files that no dep-info names, from `watch` in `[package.metadata.hotmod]`.
    pub(crate) watch: Vec<Watch>,
}

impl GroupCrate {
    /// A diagnostic of rustc's for its library, as cargo passes it on.
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
    /// It is not marked, but stands between two crates that are.
    Sandwiched {
        /// The package that it depends on, and the package that depends on it.
        between: (String, String),
    },
}

/// An entry of `watch`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Watch {
    /// A file or a folder, absolute. It need not exist.
    Path(PathBuf),
    /// A glob that `globset` takes, to be matched against paths relative to [`GroupCrate::dir`].
    Glob(String),
}

impl Watch {
    /// The folder with all that it names, for a package in `directory`. Of a glob those are its
    /// words up to the first that is no plain name.
    pub(crate) fn folder(&self, directory: &Path) -> PathBuf {
        let is_plain = |name: &&str| !name.contains(['*', '?', '[', '{', '\\']);
        match self {
            Watch::Path(path) => path.clone(),
            Watch::Glob(glob) => {
                let folders = glob.rsplit_once('/').map_or("", |(folders, _)| folders);
                let plain = folders.split('/').take_while(is_plain);
                plain.fold(directory.to_owned(), |folder, name| match name {
                    "" => folder,
                    name => folder.join(name),
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_matches_below_its_plain_folders() {
        for (glob, folder) in [
            (".sqlx/**", "/p/.sqlx"),
            ("templates/*/a.html", "/p/templates"),
            ("a/b/c.txt", "/p/a/b"),
            ("a/{b,c}/d.txt", "/p/a"),
            ("**/*.html", "/p"),
            ("*.html", "/p"),
        ] {
            let found = Watch::Glob(glob.to_owned()).folder(Path::new("/p"));
            assert_eq!(found, Path::new(folder), "{glob}");
        }
    }
}
