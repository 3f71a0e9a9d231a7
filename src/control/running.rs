//! Where running sessions are found.
//!
//! Each session has a directory of its own in the user's runtime directory, which it holds a lock
//! on while it runs. In it are its sockets, and a record of what it is about. So a session is found
//! by reading a few small files: no cargo runs, and a manifest that is just broken is in nobody's
//! way.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::process::geteuid;
use serde::{Deserialize, Serialize};

use crate::base::atomic_file::write_whole;
use crate::base::locked_dir as scratch;
use crate::base::locked_dir::Scratch;
use crate::discover;
use crate::error::Error;

/// What the names of sessions' directories begin with.
const PREFIX: &str = "cargo-hotmod-session-";
const RECORD: &str = "session.json";

/// What a session is about, for those who look for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The tool's process id.
    pub(crate) pid: u32,
    pub(crate) workspace_root: PathBuf,
    /// Those of its packages, which may lie elsewhere.
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) package: String,
    /// The name of the binary or example.
    pub(crate) target: String,
    pub(crate) is_example: bool,
    /// Where its generations are.
    pub(crate) generations: PathBuf,
    /// The executable of the host, once it was built.
    pub(crate) program: Option<PathBuf>,
}

/// Which session is meant, in cargo's own words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chosen {
    pub(crate) manifest_path: Option<PathBuf>,
    pub(crate) package: Option<String>,
    pub(crate) bin: Option<String>,
    pub(crate) example: Option<String>,
}

/// A session that runs.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) directory: PathBuf,
    pub(crate) record: Record,
}

/// Makes the directory in which a session is found.
pub(crate) fn rendezvous() -> io::Result<Scratch> {
    Scratch::new(&place(), PREFIX)
}

/// Where the socket of a session lies that has this directory.
pub(super) fn socket_in(directory: &Path) -> PathBuf {
    directory.join("control")
}

/// Where sessions of this environment have theirs.
pub(crate) fn place() -> PathBuf {
    let mut parents = parents().into_iter();
    parents
        .find(|it| it.is_dir())
        .unwrap_or_else(std::env::temp_dir)
}

/// Where sessions may have theirs. One that began in another environment than this one's, as in
/// that of a desktop, has it in one of the others.
fn parents() -> Vec<PathBuf> {
    let named = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let usual = PathBuf::from(format!("/run/user/{}", geteuid().as_raw()));
    let mut parents: Vec<PathBuf> = named.into_iter().collect();
    parents.extend([std::env::temp_dir(), usual]);
    parents.dedup();
    parents
}

impl Record {
    /// Writes it where it is looked for.
    pub(crate) fn store(&self, directory: &Path) -> io::Result<()> {
        write_whole(&directory.join(RECORD), &serde_json::to_vec(self)?)
    }

    fn load(directory: &Path) -> Option<Record> {
        serde_json::from_slice(&fs::read(directory.join(RECORD)).ok()?).ok()
    }

    /// Whether a folder belongs to the session's workspace.
    fn has(&self, folder: &Path) -> bool {
        self.folders.iter().any(|it| folder.starts_with(it))
            || folder.starts_with(&self.workspace_root)
                && !folder
                    .ancestors()
                    .take_while(|it| *it != self.workspace_root)
                    .any(is_workspace)
    }

    fn is(&self, chosen: &Chosen) -> bool {
        let is = |typed: &Option<String>, name: &str| typed.as_ref().is_none_or(|it| it == name);
        is(&chosen.package, &self.package)
            && (chosen.bin.is_none() || !self.is_example && is(&chosen.bin, &self.target))
            && (chosen.example.is_none() || self.is_example && is(&chosen.example, &self.target))
    }

    /// What to type to choose it.
    fn flags(&self) -> String {
        let kind = if self.is_example { "example" } else { "bin" };
        format!("-p {} --{kind} {}", self.package, self.target)
    }
}

/// Whether the manifest in a folder is that of a workspace of its own.
fn is_workspace(folder: &Path) -> bool {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    let mut lines = manifest.lines().map(str::trim_start);
    lines.any(|line| line.starts_with("[workspace]") || line.starts_with("[workspace."))
}

impl Running {
    /// The session that is meant.
    pub(crate) fn find(chosen: &Chosen) -> Result<Self, Error> {
        let folder = match &chosen.manifest_path {
            Some(manifest) => {
                discover::check_manifest(manifest)?;
                // Of a name alone the parent has none.
                Path::new(".").join(manifest.with_file_name(""))
            }
            None => std::env::current_dir()?,
        };
        let folder = folder.canonicalize()?;
        let all = Self::all();
        let (mut here, elsewhere): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|it| it.record.has(&folder));
        // A workspace may lie in the folder of another.
        let depth = |it: &Running| it.record.workspace_root.components().count();
        let deepest = here.iter().map(depth).max();
        here.retain(|it| Some(depth(it)) == deepest);
        let (mut meant, others): (Vec<_>, Vec<_>) =
            here.into_iter().partition(|it| it.record.is(chosen));
        match (meant.pop(), meant.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(last), false) => {
                meant.push(last);
                Err(Error::SeveralSessions(
                    meant.iter().map(|it| it.record.flags()).collect(),
                ))
            }
            (None, _) if !others.is_empty() => Err(Error::NoSuchSession(
                others.iter().map(|it| it.record.flags()).collect(),
            )),
            (None, _) => {
                // Several may run in one.
                let roots: BTreeSet<_> = elsewhere
                    .into_iter()
                    .map(|it| it.record.workspace_root)
                    .collect();
                Err(Error::NoSession {
                    is_in_workspace: discover::has_manifest_above(&folder),
                    elsewhere: roots.into_iter().collect(),
                })
            }
        }
    }

    /// All sessions of this user's.
    fn all() -> Vec<Running> {
        let mut found = Vec::new();
        for parent in parents() {
            for directory in scratch::held(&parent, PREFIX) {
                if let Some(record) = Record::load(&directory) {
                    found.push(Running { directory, record });
                }
            }
        }
        found.sort_by(|one, other| one.directory.cmp(&other.directory));
        found.dedup_by(|one, other| one.directory == other.directory);
        found
    }

    pub(crate) fn socket(&self) -> PathBuf {
        socket_in(&self.directory)
    }
}
