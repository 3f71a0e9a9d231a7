//! Directories that belong to a session, and are removed even if the session is killed.
//!
//! A session that is killed can't clean up. So each session holds a lock on its directory while it
//! runs. The kernel releases the lock when the process ends, and the next session removes
//! directories without a lock. The lock is on the directory itself, so no lock file can be left
//! behind.

use std::fs::{self, DirEntry, File, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;
use tempfile::TempDir;

/// A directory that only this user can enter and write to.
#[derive(Debug)]
pub(crate) struct Scratch {
    directory: TempDir,
    /// Open, to hold the lock.
    _lock: File,
}

impl Scratch {
    /// Creates a directory whose name starts with `prefix`, and removes directories with this
    /// prefix whose sessions have ended.
    ///
    /// No other program may use the prefix in `parent`.
    pub(crate) fn new(parent: &Path, prefix: &str) -> io::Result<Self> {
        remove_abandoned(parent, prefix);
        loop {
            let directory = tempfile::Builder::new()
                .prefix(prefix)
                .permissions(Permissions::from_mode(0o700))
                .tempdir_in(parent)?;
            let Ok(lock) = File::open(directory.path()) else {
                // Another session removed it before it was locked.
                continue;
            };
            lock.lock()?;
            if is_at(&lock, directory.path()) {
                return Ok(Scratch {
                    directory,
                    _lock: lock,
                });
            }
        }
    }

    /// Lets other users open files in it by name, because a host may change its user.
    pub(crate) fn allow_other_users(&self) -> io::Result<()> {
        fs::set_permissions(self.path(), Permissions::from_mode(0o711))
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }
}

/// The directories of running sessions with this prefix.
pub(crate) fn held(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut all = ours(parent, prefix);
    all.retain(|path| is_held(path));
    all
}

/// Whether a file or directory is locked, as by a running session.
pub(crate) fn is_held(path: &Path) -> bool {
    // A shared lock, so that two processes that check at the same time don't see each other's lock.
    File::open(path)
        .is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Removes directories of ended sessions, and ignores errors.
fn remove_abandoned(parent: &Path, prefix: &str) {
    for path in ours(parent, prefix) {
        if let Ok(lock) = File::open(&path)
            && lock.try_lock().is_ok()
        {
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// This user's directories with this prefix.
fn ours(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let is_ours = |entry: &DirEntry| {
        entry.file_name().to_string_lossy().starts_with(prefix)
            // Don't follow links, which another user may have created.
            && entry
                .metadata()
                .is_ok_and(|it| it.is_dir() && it.uid() == geteuid().as_raw())
    };
    entries.filter(is_ours).map(|it| it.path()).collect()
}

/// Whether the open directory is still the one at `path`.
fn is_at(open: &File, path: &Path) -> bool {
    match (open.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(there)) => open.ino() == there.ino() && open.dev() == there.dev(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_abandoned_directories_are_removed() {
        let parent = tempfile::tempdir().unwrap();
        let abandoned = parent.path().join("session-1");
        let foreign = parent.path().join("other");
        for directory in [&abandoned, &foreign] {
            fs::create_dir(directory).unwrap();
            fs::write(directory.join("file"), "").unwrap();
        }
        let first = Scratch::new(parent.path(), "session-").unwrap();
        assert!(!abandoned.exists());
        assert!(foreign.join("file").exists());
        assert_eq!(
            fs::metadata(first.path()).unwrap().mode() & 0o777,
            0o700,
            "others can look into it"
        );

        let second = Scratch::new(parent.path(), "session-").unwrap();
        assert!(
            first.path().exists(),
            "a running session lost its directory"
        );
        let path = second.path().to_owned();
        drop(second);
        assert!(!path.exists());
    }
}
