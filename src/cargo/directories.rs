//! The directories of a session.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use crate::base::locked_dir::is_held;

use crate::base::atomic_file::write_whole;
use crate::base::content_hash::Digest;

const LOCK: &str = "lock";

/// The directories of a session, below the user's target directory.
#[derive(Clone, Debug)]
pub(crate) struct Directories {
    /// Cargo's target directory for sessions.
    pub(crate) target: PathBuf,
    /// Files that belong to cargo's artifacts, and have their names.
    pub(crate) common: PathBuf,
    /// Files of this host. A workspace can have several hosts.
    pub(crate) state: PathBuf,
}

impl Directories {
    /// For the sessions of the program `host`, in a workspace whose own builds go to
    /// `target_directory`.
    pub(crate) fn new(
        workspace_root: &Path,
        target_directory: &Path,
        package_id: &str,
        host: &str,
    ) -> Self {
        let target = Self::target_of(workspace_root, target_directory);
        let digest = Digest::of_text(package_id);
        let name = format!("{host}-{digest:016x}");
        Directories {
            common: target.join("session"),
            state: target.join("session").join(name),
            target,
        }
    }

    /// Cargo's target directory for the sessions of a workspace.
    pub(crate) fn target_of(workspace_root: &Path, target_directory: &Path) -> PathBuf {
        let mut target = target_directory.join("hotmod");
        if !target.starts_with(workspace_root) {
            // Other workspaces may build here too. If they are clones of the same repository, cargo
            // gives their artifacts the same file names, and each would overwrite files that the
            // other's session uses.
            let root = workspace_root.to_string_lossy();
            let name = workspace_root.file_name().unwrap_or_default();
            let digest = Digest::of_text(&root);
            target.push(format!("{}-{digest:016x}", name.to_string_lossy()));
        }
        target
    }

    /// Claims the directories for the workspace at `root`. If a workspace was moved or copied, its
    /// directories contain the records of a session elsewhere. Cargo considers the crates fresh,
    /// but the recorded commands would compile the sources at the old location. So such records are
    /// removed.
    ///
    /// If a session of another workspace is using the directories, this returns its root and
    /// removes nothing.
    pub(crate) fn claim(&self, root: &Path) -> io::Result<Option<PathBuf>> {
        let owner = self.common.join("workspace");
        let was = match fs::read(&owner) {
            Ok(was) if was == root.as_os_str().as_bytes() => return Ok(None),
            Ok(was) => was,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                write_whole(&owner, root.as_os_str().as_bytes())?;
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let of_sessions = folders(&self.common)?;
        let mut others = of_sessions.iter().filter(|it| **it != self.state);
        if others.any(|it| is_held(&it.join(LOCK))) {
            return Ok(Some(PathBuf::from(OsString::from_vec(was))));
        }
        let made = folders(&self.target)?.into_iter().chain(of_sessions);
        for folder in made.filter(|it| *it != self.common && *it != self.state) {
            fs::remove_dir_all(folder)?;
        }
        write_whole(&owner, root.as_os_str().as_bytes())?;
        Ok(None)
    }

    /// Locks builds of hosts in this workspace until the file is dropped, and waits for other
    /// sessions. A session may remove artifacts that cargo considers fresh, to have them built
    /// again, and cargo's own lock does not cover that.
    pub(crate) fn lock_builds(&self, waits: impl FnOnce()) -> io::Result<File> {
        fs::create_dir_all(&self.common)?;
        let file = File::create(self.common.join("building"))?;
        if file.try_lock().is_err() {
            waits();
            file.lock()?;
        }
        Ok(file)
    }

    /// The lock of this host's session.
    pub(crate) fn lock(&self) -> PathBuf {
        self.state.join(LOCK)
    }

    /// The status file of the session that holds the lock.
    pub(crate) fn status(&self) -> PathBuf {
        self.state.join("status.json")
    }

    /// The log of a session while its host uses the terminal.
    pub(crate) fn log(&self) -> PathBuf {
        self.state.join("log")
    }

    /// The pages of all sessions with `--timings`.
    pub(crate) fn timings(&self) -> PathBuf {
        self.target.join("timings")
    }

    /// Cargo's target directory for checks of the workspace.
    pub(crate) fn check(&self) -> PathBuf {
        self.target.join("check")
    }

    /// What a detached session and its host print.
    pub(crate) fn output(&self) -> PathBuf {
        self.state.join("output.log")
    }

    /// The contents of the last host's sources.
    pub(crate) fn sources(&self) -> PathBuf {
        self.state.join("sources.json")
    }

    /// The records of cargo's commands.
    pub(crate) fn units(&self) -> PathBuf {
        self.common.join("units")
    }

    /// The code of the host that runs.
    pub(crate) fn code(&self) -> PathBuf {
        self.state.join("code.json")
    }

    /// The facts from the last host's symbols, for commands that don't build.
    pub(crate) fn symbols(&self) -> PathBuf {
        self.state.join("symbols.json")
    }
}

fn folders(parent: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(parent)?.map(|entry| entry.map(|it| it.path()));
    let folders = entries.filter(|it| it.as_ref().map_or(true, |path| path.is_dir()));
    folders.collect()
}
