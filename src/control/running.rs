//! Finds running sessions.
//!
//! Each session has its own directory in the user's runtime directory, and holds a lock on it while
//! it runs. The directory contains the session's sockets and a record that describes the session.
//! To find a session, the client reads a few small files. It does not run cargo, so it works even
//! while a manifest is broken.

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

/// Prefix of the names of sessions' directories.
const PREFIX: &str = "cargo-hotmod-session-";
const RECORD: &str = "session.json";

/// Describes a session to clients that look for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The tool's process id.
    pub(crate) pid: u32,
    pub(crate) workspace_root: PathBuf,
    /// The folders of its packages, which can be outside the workspace's root.
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) package: String,
    /// The name of the binary or example.
    pub(crate) target: String,
    pub(crate) is_example: bool,
    /// The folder of its generations.
    pub(crate) generations: PathBuf,
    /// What the session and the host print, if it is detached.
    pub(crate) output: PathBuf,
    /// The host's executable, once it has been built.
    pub(crate) program: Option<PathBuf>,
}

/// The flags that choose a session, named as for cargo.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chosen {
    pub(crate) manifest_path: Option<PathBuf>,
    pub(crate) package: Option<String>,
    pub(crate) bin: Option<String>,
    pub(crate) example: Option<String>,
}

/// A running session.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) directory: PathBuf,
    pub(crate) record: Record,
}

/// Creates the directory by which clients find this session.
pub(crate) fn rendezvous() -> io::Result<Scratch> {
    Scratch::new(&place(), PREFIX)
}

/// The path of the socket in a session's directory.
pub(super) fn socket_in(directory: &Path) -> PathBuf {
    directory.join("control")
}

/// Where sessions with this environment create their directories.
pub(crate) fn place() -> PathBuf {
    let mut parents = parents().into_iter();
    parents
        .find(|it| it.is_dir())
        .unwrap_or_else(std::env::temp_dir)
}

/// Where sessions may have their directories. A session that was started with another environment,
/// such as a desktop's, has its directory in one of the others.
fn parents() -> Vec<PathBuf> {
    let named = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let usual = PathBuf::from(format!("/run/user/{}", geteuid().as_raw()));
    let mut parents: Vec<PathBuf> = named.into_iter().collect();
    parents.extend([std::env::temp_dir(), usual]);
    parents.dedup();
    parents
}

impl Record {
    /// Writes the record to the session's directory.
    pub(crate) fn store(&self, directory: &Path) -> io::Result<()> {
        write_whole(&directory.join(RECORD), &serde_json::to_vec(self)?)
    }

    fn load(directory: &Path) -> Option<Record> {
        serde_json::from_slice(&fs::read(directory.join(RECORD)).ok()?).ok()
    }

    /// Whether a folder, without symbolic links in its path, belongs to the session's workspace.
    fn contains(&self, folder: &Path) -> bool {
        let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
        let root = real(&self.workspace_root);
        self.folders.iter().any(|it| folder.starts_with(real(it)))
            || folder.starts_with(&root)
                && !folder
                    .ancestors()
                    .take_while(|it| *it != root)
                    .any(is_workspace)
    }

    fn matches(&self, chosen: &Chosen) -> bool {
        let fits = |flag: &Option<String>, name: &str| flag.as_ref().is_none_or(|it| it == name);
        fits(&chosen.package, &self.package)
            && (chosen.bin.is_none() || !self.is_example && fits(&chosen.bin, &self.target))
            && (chosen.example.is_none() || self.is_example && fits(&chosen.example, &self.target))
    }

    /// The flags that choose this session.
    fn flags(&self) -> String {
        let kind = if self.is_example { "example" } else { "bin" };
        format!("-p {} --{kind} {}", self.package, self.target)
    }
}

/// Whether a folder contains the manifest of a workspace.
fn is_workspace(folder: &Path) -> bool {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    let mut lines = manifest.lines().map(str::trim_start);
    lines.any(|line| line.starts_with("[workspace]") || line.starts_with("[workspace."))
}

impl Running {
    /// Finds the chosen session.
    pub(crate) fn find(chosen: &Chosen) -> Result<Self, Error> {
        let folder = match &chosen.manifest_path {
            Some(manifest) => {
                discover::check_manifest(manifest)?;
                // The parent of a bare file name is empty.
                Path::new(".").join(manifest.with_file_name(""))
            }
            None => std::env::current_dir()?,
        };
        let folder = folder.canonicalize()?;
        let all = Self::all();
        let (mut here, elsewhere): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|it| it.record.contains(&folder));
        // A workspace can be inside another one's folder.
        let depth = |it: &Running| it.record.workspace_root.components().count();
        let deepest = here.iter().map(depth).max();
        here.retain(|it| Some(depth(it)) == deepest);
        let (mut meant, others): (Vec<_>, Vec<_>) =
            here.into_iter().partition(|it| it.record.matches(chosen));
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
                // Several sessions can run in the same workspace.
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

    /// The session of a process.
    pub(crate) fn of_process(pid: u32) -> Option<Self> {
        Self::all().into_iter().find(|it| it.record.pid == pid)
    }

    /// All running sessions of this user.
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
