//! Directories that belong to one session and are gone with it, however it ends.
//!
//! A session that is killed can't clean up. So each directory is locked by its session for as
//! long as that runs, the kernel lets go of the lock with the process, and the next session
//! removes what nobody holds. The lock is on the directory itself: no file in it can be forgotten.

use std::fs::{self, DirEntry, File, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;
use tempfile::TempDir;

/// A directory that only this user can write to, and enter.
#[derive(Debug)]
pub(crate) struct Scratch {
    directory: TempDir,
    /// Held open for its lock.
    _lock: File,
}

impl Scratch {
    /// Makes a directory whose name starts with `prefix`, and removes those of the same prefix
    /// whose sessions are no more.
    ///
    /// The prefix must be one that nobody else uses in `parent`.
    pub(crate) fn new(parent: &Path, prefix: &str) -> io::Result<Self> {
        remove_abandoned(parent, prefix);
        loop {
            let directory = tempfile::Builder::new()
                .prefix(prefix)
                .permissions(Permissions::from_mode(0o700))
                .tempdir_in(parent)?;
            let Ok(lock) = File::open(directory.path()) else {
                // Another session took it for abandoned before it could be locked.
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

    /// Lets other users reach files in it by name: a host may change its user.
    pub(crate) fn let_others_in(&self) -> io::Result<()> {
        fs::set_permissions(self.path(), Permissions::from_mode(0o711))
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }
}

/// Those of running sessions, with this prefix.
pub(crate) fn held(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut all = ours(parent, prefix);
    all.retain(|path| is_held(path));
    all
}

/// Whether somebody holds the lock on a file or a directory, as a session does while it runs.
pub(crate) fn is_held(path: &Path) -> bool {
    // A shared lock, so that two who look at a time are no session to each other.
    File::open(path)
        .is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Best effort: what can't be removed is in nobody's way.
fn remove_abandoned(parent: &Path, prefix: &str) {
    for path in ours(parent, prefix) {
        if let Ok(lock) = File::open(&path)
            && lock.try_lock().is_ok()
        {
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// The directories of this user's with this prefix.
fn ours(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let is_ours = |entry: &DirEntry| {
        entry.file_name().to_string_lossy().starts_with(prefix)
            // Of the entry itself: a link is somebody else's trick.
            && entry
                .metadata()
                .is_ok_and(|it| it.is_dir() && it.uid() == geteuid().as_raw())
    };
    entries.filter(is_ours).map(|it| it.path()).collect()
}

/// Whether what is open is what is there.
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
