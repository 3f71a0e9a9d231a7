//! Where a session builds.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use crate::base::locked_dir::is_held;

use crate::base::atomic_file::write_whole;
use crate::base::content_hash::Digest;

const LOCK: &str = "lock";

/// Where a session builds, below the user's target directory.
#[derive(Clone, Debug)]
pub(crate) struct Workshop {
    /// Cargo's target directory for sessions.
    pub(crate) target: PathBuf,
    /// What belongs to cargo's artefacts, and is named as they are.
    pub(crate) common: PathBuf,
    /// What belongs to this host: a workspace may have several.
    pub(crate) state: PathBuf,
}

impl Workshop {
    /// Of the sessions of a program, `host`, in a workspace whose own builds go to `target_directory`.
    pub(crate) fn new(
        workspace_root: &Path,
        target_directory: &Path,
        package_id: &str,
        host: &str,
    ) -> Self {
        let target = Self::target_of(workspace_root, target_directory);
        let digest = Digest::of_text(package_id);
        let name = format!("{host}-{digest:016x}");
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

    /// Makes it the workspace's at `root`. A workspace that was moved or copied brings along what a
    /// session made elsewhere: cargo finds its crates fresh, and the commands that were recorded for
    /// them compile the sources that are, or were, there. That is removed.
    ///
    /// Returns where a session runs that builds here too, if one does: then nothing is removed.
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

    /// Waits until no other session of the workspace builds its host, and keeps others from it until
    /// the file is dropped. A session may remove what cargo holds for fresh, to have it built again,
    /// and cargo's own lock does not cover that.
    pub(crate) fn lock_builds(&self, waits: impl FnOnce()) -> io::Result<File> {
        fs::create_dir_all(&self.common)?;
        let file = File::create(self.common.join("building"))?;
        if file.try_lock().is_err() {
            waits();
            file.lock()?;
        }
        Ok(file)
    }

    /// Held by the one session of this host.
    pub(crate) fn lock(&self) -> PathBuf {
        self.state.join(LOCK)
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

fn folders(parent: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(parent)?.map(|entry| entry.map(|it| it.path()));
    let folders = entries.filter(|it| it.as_ref().map_or(true, |path| path.is_dir()));
    folders.collect()
}
