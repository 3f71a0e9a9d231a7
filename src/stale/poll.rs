//! Polls files where the file system sends no events.
//!
//! A file is reported if its [`FileStamp`] changed since the last poll. Whether it was edited is
//! then decided by content, as after an event. `notify`'s own poller compares times in seconds, and
//! misses the second of two quick saves.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::base::file_stamp::FileStamp;

/// For a folder only the inode counts, since the files in it have stamps of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stamp {
    File(FileStamp),
    Folder(u64),
}

/// The entries of each folder at the last poll.
type Folders = Mutex<BTreeMap<PathBuf, BTreeMap<PathBuf, Stamp>>>;

/// Polls until it is dropped.
pub(super) struct Poller {
    folders: Arc<Folders>,
    wake: Sender<()>,
}

impl Poller {
    /// Starts polling, at first without any folder. `tell` receives the paths that changed.
    pub(super) fn start(
        interval: Duration,
        tell: impl Fn(Vec<PathBuf>) + Send + 'static,
    ) -> io::Result<Self> {
        let folders = Arc::new(Folders::default());
        let looked_at = Arc::downgrade(&folders);
        let (wake, woken) = channel();
        thread::Builder::new()
            .name("poller".to_owned())
            .spawn(move || {
                while woken.recv_timeout(interval) != Err(RecvTimeoutError::Disconnected) {
                    let Some(folders) = looked_at.upgrade() else {
                        return;
                    };
                    let touched = look(&folders);
                    if !touched.is_empty() {
                        tell(touched);
                    }
                }
            })?;
        Ok(Poller { folders, wake })
    }

    /// Polls at once.
    pub(super) fn poll_now(&self) {
        // If the thread is gone, so is the tool.
        let _ = self.wake.send(());
    }

    /// Polls a folder from now on.
    pub(super) fn watch(&self, folder: &Path) {
        lock(&self.folders).insert(folder.to_owned(), stamps(folder));
    }
}

/// The paths that changed since the last poll. The file system may be slow, so the lock is held only
/// to store what was found.
fn look(folders: &Folders) -> Vec<PathBuf> {
    let all: Vec<PathBuf> = lock(folders).keys().cloned().collect();
    let mut touched = Vec::new();
    for folder in all {
        let is = stamps(&folder);
        let is_gone = is.is_empty() && !folder.is_dir();
        let mut folders = lock(folders);
        let Some(was) = folders.get_mut(&folder) else {
            continue;
        };
        let changed = is
            .iter()
            .filter(|(path, stamp)| was.get(*path) != Some(*stamp));
        touched.extend(changed.map(|(path, _)| path.clone()));
        let removed = was.keys().filter(|path| !is.contains_key(*path));
        touched.extend(removed.cloned());
        *was = is;
        if is_gone {
            folders.remove(&folder);
            touched.push(folder);
        }
    }
    touched
}

fn stamps(folder: &Path) -> BTreeMap<PathBuf, Stamp> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let stamped = entries.filter_map(|entry| {
        let path = entry.path();
        // The stamp of a link's target, since that is what rustc reads.
        let of = fs::metadata(&path).ok()?;
        let stamp = match of.is_dir() {
            true => Stamp::Folder(of.ino()),
            false => Stamp::File(FileStamp::new(&of)),
        };
        Some((path, stamp))
    });
    stamped.collect()
}

fn lock(folders: &Folders) -> MutexGuard<'_, BTreeMap<PathBuf, BTreeMap<PathBuf, Stamp>>> {
    // The map is consistent after each statement, even if one panics.
    folders.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::time::SystemTime;

    #[test]
    fn what_is_touched_is_found_once() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        let at = |name: &str| root.join(name);
        let write = |name: &str, text: &str| fs::write(at(name), text).unwrap();
        write("edited", "one");
        write("longer", "one");
        write("kept", "one");
        write("restored", "one");
        write("removed", "one");
        fs::create_dir(at("folder")).unwrap();
        let folders = Folders::default();
        for folder in [root.to_owned(), at("folder")] {
            let found = stamps(&folder);
            lock(&folders).insert(folder, found);
        }
        assert_eq!(look(&folders), [] as [PathBuf; 0]);

        // The same length and modification time.
        let file = File::open(at("restored")).unwrap();
        let stamp = FileStamp::of(&at("restored")).unwrap();
        while !stamp.is_settled(SystemTime::now()) {
            thread::yield_now();
        }
        let was = file.metadata().unwrap().modified().unwrap();
        write("restored", "two");
        file.set_modified(was).unwrap();
        // The same second and length; and times before the previous ones.
        let file = File::options().write(true).open(at("edited")).unwrap();
        let was = file.metadata().unwrap().modified().unwrap();
        file.set_modified(was - Duration::from_nanos(1)).unwrap();
        write("longer", "longer");
        let file = File::options().write(true).open(at("longer")).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        fs::remove_file(at("removed")).unwrap();
        write("new", "");
        write("folder/inner", "");
        let mut touched = look(&folders);
        touched.sort();
        assert_eq!(
            touched,
            [
                "edited",
                "folder/inner",
                "longer",
                "new",
                "removed",
                "restored"
            ]
            .map(at)
        );
        assert_eq!(look(&folders), [] as [PathBuf; 0]);

        fs::remove_dir_all(at("folder")).unwrap();
        let mut touched = look(&folders);
        touched.sort();
        touched.dedup();
        assert_eq!(touched, ["folder", "folder/inner"].map(at));
        assert!(!lock(&folders).contains_key(&at("folder")));
    }
}
