//! The contents of files at some time, which are compared to find stale files.
//!
//! # When a file is read again
//! A reload needs the content of every input, but most inputs did not change. So the hash of a file
//! is cached with the file's stamp, and the file is not read again while its stamp is the same,
//! provided that every later write changes the stamp ([`FileStamp::is_settled`]; compare git's
//! "racy" rule). Two kinds of files are always read:
//! - files with an event ([`forget`]), because a program can write through a mapping of the file,
//!   which changes no time
//! - all files under `--poll` ([`trust_no_stamps`]), which is for file systems of other machines
//!   with other clocks and caches

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::base::content_hash::ContentHash;
use crate::base::file_stamp::FileStamp;

/// The contents of a set of files.
pub(crate) type Contents = BTreeMap<PathBuf, Digested>;

/// The content of a file, as a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Digested {
    /// The hash of the content.
    Content(ContentHash),
    /// The file did not exist, or could not be read.
    Missing,
    /// The file changed while another process read it. This equals no content.
    Unknown,
}

impl Digested {
    /// The current content of a file.
    pub(crate) fn of(path: &Path) -> Self {
        Self::through(&MEMORY, path)
    }

    fn through(memory: &Mutex<Memory>, path: &Path) -> Self {
        let Some(stamp) = FileStamp::of(path) else {
            return Digested::Missing;
        };
        if let Some(content) = lock(memory).known(path, stamp) {
            return content;
        }
        // Without the lock: if two threads read the same file, the result is the same.
        let started = SystemTime::now();
        let Ok((stamp, content)) = read(path) else {
            return Digested::Missing;
        };
        lock(memory).learn(path, stamp, content, started);
        content
    }

    /// The content of a file since a process that reads it `started`; [`Unknown`](Self::Unknown) if
    /// it changed since.
    ///
    /// This compares the time of the inode's last change, because a file that is moved keeps its
    /// modification time. The time may lag by a tick of the kernel's clock, but no process starts
    /// and reads a file that quickly.
    pub(crate) fn since(started: SystemTime, path: &Path) -> Self {
        let Some(stamp) = FileStamp::of(path) else {
            return Digested::Missing;
        };
        if stamp.changed() < started {
            Self::of(path)
        } else {
            Digested::Unknown
        }
    }
}

/// The content and the stamp of a file at some time.
///
/// If a later look is equal, nothing was written in between, except possibly within the same tick
/// of the kernel's clock. A tick is a few milliseconds, in which a compiler that is started after
/// the look does not get to reading the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileState {
    pub(crate) content: Digested,
    /// `None` if the file does not exist.
    stamp: Option<FileStamp>,
}

impl FileState {
    pub(crate) fn at(path: &Path) -> Self {
        // Read the stamp first, so that a later write makes the next look differ.
        let stamp = FileStamp::of(path);
        FileState {
            content: Digested::of(path),
            stamp,
        }
    }

    /// The content from then until now; [`Unknown`](Digested::Unknown) if the file was written to.
    pub(crate) fn content_until_now(&self, path: &Path) -> Digested {
        if self.stamp == FileStamp::of(path) {
            self.content
        } else {
            Digested::Unknown
        }
    }
}

/// The cached contents, by path.
#[derive(Debug, Default)]
struct Memory {
    contents: BTreeMap<PathBuf, (FileStamp, Digested)>,
    trusts_no_stamps: bool,
}

static MEMORY: Mutex<Memory> = Mutex::new(Memory::new());

fn lock(memory: &Mutex<Memory>) -> MutexGuard<'_, Memory> {
    // Each change is one insertion or one field, so a panic leaves no partial change.
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the next request for a file's content read the file, whatever its stamp.
pub(crate) fn forget(path: &Path) {
    lock(&MEMORY).contents.remove(path);
}

/// From now on, reads files for each request for their content.
pub(crate) fn trust_no_stamps() {
    let mut memory = lock(&MEMORY);
    memory.trusts_no_stamps = true;
    memory.contents.clear();
}

impl Memory {
    const fn new() -> Self {
        Memory {
            contents: BTreeMap::new(),
            trusts_no_stamps: false,
        }
    }

    /// The cached content of a file, if it need not be read again.
    fn known(&self, path: &Path, now: FileStamp) -> Option<Digested> {
        let (stamp, content) = self.contents.get(path)?;
        (*stamp == now).then_some(*content)
    }

    /// Caches the content of a file that had this stamp before it was read.
    fn learn(&mut self, path: &Path, stamp: FileStamp, content: Digested, started: SystemTime) {
        if stamp.is_settled(started) && !self.trusts_no_stamps {
            self.contents.insert(path.to_owned(), (stamp, content));
        }
    }
}

/// The content of a file, and its stamp before it was read.
fn read(path: &Path) -> std::io::Result<(FileStamp, Digested)> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    file.read_to_end(&mut bytes)?;
    #[cfg(test)]
    tests::count(bytes.len());
    let content = Digested::Content(ContentHash::new(&bytes));
    Ok((FileStamp::new(&metadata), content))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::fs::{self, FileTimes};

    thread_local! {
        static READ: Cell<usize> = const { Cell::new(0) };
    }

    /// Counts the bytes that this thread reads from files.
    pub(super) fn count(bytes: usize) {
        READ.set(READ.get() + bytes);
    }

    /// The content of a file, and how many bytes were read for it.
    fn look(memory: &Mutex<Memory>, path: &Path) -> (Digested, usize) {
        let before = READ.get();
        let content = Digested::through(memory, path);
        (content, READ.get() - before)
    }

    fn content(text: &str) -> Digested {
        Digested::Content(ContentHash::new(text.as_bytes()))
    }

    /// Waits until a read now can be trusted later.
    fn settle(path: &Path) {
        while !FileStamp::of(path).unwrap().is_settled(SystemTime::now()) {
            std::thread::yield_now();
        }
    }

    /// Writes without a new time of writing, as `touch -d` and archive tools do.
    fn write_unseen(path: &Path, text: &str) {
        let modified = fs::metadata(path).unwrap().modified().unwrap();
        fs::write(path, text).unwrap();
        let file = File::options().write(true).open(path).unwrap();
        file.set_times(FileTimes::new().set_modified(modified))
            .unwrap();
    }

    #[test]
    fn a_file_is_read_again_only_if_it_may_have_changed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        let (other, link) = (directory.path().join("b"), directory.path().join("link"));
        let memory = Mutex::default();
        let is_read_as = |text: &str| {
            settle(&path);
            assert_eq!(look(&memory, &path), (content(text), text.len()));
            assert_eq!(look(&memory, &path), (content(text), 0));
        };
        fs::write(&path, "one").unwrap();
        is_read_as("one");
        write_unseen(&path, "two");
        is_read_as("two");
        fs::write(&other, "six").unwrap();
        let times = fs::metadata(&path).unwrap().modified().unwrap();
        let file = File::options().write(true).open(&other).unwrap();
        file.set_times(FileTimes::new().set_modified(times))
            .unwrap();
        fs::rename(&other, &path).unwrap();
        is_read_as("six");
        fs::hard_link(&path, &link).unwrap();
        write_unseen(&link, "ten");
        is_read_as("ten");
        fs::remove_file(&path).unwrap();
        assert_eq!(look(&memory, &path), (Digested::Missing, 0));
        fs::rename(&link, &path).unwrap();
        is_read_as("ten");
    }

    #[test]
    fn an_edit_right_after_a_read_is_never_missed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        fs::write(&path, "0000").unwrap();
        let memory = Mutex::default();
        for number in 1..500 {
            let text = format!("{number:04}");
            write_unseen(&path, &text);
            assert_eq!(look(&memory, &path).0, content(&text));
        }
    }

    #[test]
    fn a_content_that_was_read_within_a_tick_of_a_write_is_not_remembered() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let stamp = FileStamp::of(file.path()).unwrap();
        for (millis, expected) in [(0, None), (49, None), (50, Some(content("one")))] {
            let started = stamp.changed() + std::time::Duration::from_millis(millis);
            let mut memory = Memory::new();
            memory.learn(file.path(), stamp, content("one"), started);
            assert_eq!(memory.known(file.path(), stamp), expected, "{millis} ms");
        }
    }

    #[test]
    fn nothing_is_remembered_where_stamps_are_not_trusted() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        fs::write(&path, "one").unwrap();
        settle(&path);
        let memory = Mutex::new(Memory {
            trusts_no_stamps: true,
            ..Memory::new()
        });
        assert_eq!(look(&memory, &path), (content("one"), 3));
        assert_eq!(look(&memory, &path), (content("one"), 3));
    }
}
