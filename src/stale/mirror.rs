//! A second set of a session's watches, for the host.
//!
//! The host gets a descriptor whose queue has an event for each event of the session's watcher. While
//! it is empty, nothing was saved, and the host need not ask. The documentation of `questions.rs` in the
//! runtime says why that is right. This is what it relies on:
//!
//! - Events are read only when the host has asked a question, before the session finds out what was
//!   saved.
//! - Each new watch is followed by an event, because files may have been saved before it began.
//! - If a folder can't be watched, an event is added before each answer.
//! - The folder of cookies is not watched.

use std::fs::{File, FileTimes};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use rustix::io::Errno;

use super::silent::silent_file_system;

/// Everything that may change a file, the files in a folder, or the folder itself.
const CHANGES: WatchFlags = WatchFlags::ATTRIB
    .union(WatchFlags::CLOSE_WRITE)
    .union(WatchFlags::CREATE)
    .union(WatchFlags::DELETE)
    .union(WatchFlags::DELETE_SELF)
    .union(WatchFlags::MODIFY)
    .union(WatchFlags::MOVE)
    .union(WatchFlags::MOVE_SELF);

#[derive(Debug)]
pub(super) struct Mirror {
    inotify: OwnedFd,
    /// The folder of cookies, which is not watched here.
    cookies: PathBuf,
    /// A watched file: touching it adds an event.
    signal: File,
    /// Whether all folders that the session watches are watched here, too.
    is_complete: bool,
}

impl Mirror {
    /// Watches nothing yet, and never the folder of cookies.
    pub(super) fn new(cookies: &Path) -> io::Result<Self> {
        let path = cookies.join("signal");
        let signal = File::create(&path)?;
        let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        // First, because later the system may have no watch left.
        inotify::add_watch(&inotify, &path, WatchFlags::ATTRIB)?;
        let mirror = Mirror {
            inotify,
            cookies: cookies.to_owned(),
            signal,
            is_complete: true,
        };
        // For everything that was saved before.
        mirror.add_event();
        Ok(mirror)
    }

    /// Watches a folder, too.
    pub(super) fn watch(&mut self, folder: &Path) {
        if folder == self.cookies {
            return;
        }
        match inotify::add_watch(&self.inotify, folder, CHANGES) {
            Ok(_) => self.is_complete &= silent_file_system(folder).is_none(),
            // The folder above has an event for it.
            Err(Errno::NOENT | Errno::NOTDIR) => {}
            Err(_) => self.is_complete = false,
        }
        self.add_event();
    }

    /// A folder can't be watched.
    pub(super) fn miss(&mut self) {
        self.is_complete = false;
    }

    /// To be called before each answer to the host.
    pub(super) fn before_answer(&self) {
        if !self.is_complete {
            self.add_event();
        }
    }

    /// Takes out all events. Call it before finding out what was saved.
    pub(super) fn drain(&self) {
        let mut events = [0; 16 * 1024];
        // Only the events from before the call, so that this ends while saves go on.
        let mut left = rustix::io::ioctl_fionread(&self.inotify).unwrap_or(0);
        while left > 0
            && let Ok(length @ 1..) = rustix::io::read(&self.inotify, &mut events)
        {
            left = left.saturating_sub(length as u64);
        }
    }

    fn add_event(&self) {
        let now = SystemTime::now();
        let now = FileTimes::new().set_accessed(now).set_modified(now);
        // The file is open, and changing its time needs no space.
        let touched = self.signal.set_times(now);
        debug_assert!(touched.is_ok(), "{touched:?}");
    }
}

impl AsFd for Mirror {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inotify.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rustix::io::ioctl_fionread;

    use super::*;

    /// Whether it has events. Takes them out.
    fn has_events(mirror: &Mirror) -> bool {
        let is_any = ioctl_fionread(&mirror.inotify).unwrap() > 0;
        mirror.drain();
        assert_eq!(ioctl_fionread(&mirror.inotify).unwrap(), 0);
        is_any
    }

    #[test]
    fn each_change_is_an_event_and_a_look_is_none() {
        let (watched, cookies) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut mirror = Mirror::new(cookies.path()).unwrap();
        assert!(has_events(&mirror), "files may have been saved before");
        mirror.watch(watched.path());
        assert!(has_events(&mirror), "files may have been saved before");
        assert!(!has_events(&mirror));

        let at = |name: &str| watched.path().join(name);
        fs::write(at("a"), "1").unwrap();
        assert!(has_events(&mirror));
        assert_eq!(fs::read(at("a")).unwrap(), b"1");
        assert_eq!(fs::read_dir(watched.path()).unwrap().count(), 1);
        assert!(!has_events(&mirror));
        fs::rename(at("a"), at("b")).unwrap();
        assert!(has_events(&mirror));
        fs::create_dir(at("c")).unwrap();
        assert!(has_events(&mirror));
        fs::remove_file(at("b")).unwrap();
        assert!(has_events(&mirror));

        mirror.watch(cookies.path());
        fs::write(cookies.path().join("cookie"), "").unwrap();
        assert!(!has_events(&mirror));
        mirror.before_answer();
        assert!(!has_events(&mirror));
        mirror.miss();
        mirror.before_answer();
        assert!(has_events(&mirror));
        // A folder that is gone needs no watch.
        fs::remove_dir_all(watched.path()).unwrap();
        assert!(has_events(&mirror));
        mirror.watch(watched.path());
    }
}
