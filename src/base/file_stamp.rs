//! What the file system says of a file without reading it.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Everything that changes when a file is written to, replaced, or given another time.
///
/// The time of the last write can be set back, and is kept by a file that is moved into place. The
/// time of the inode's last change can't, unless the clock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileStamp {
    device: u64,
    inode: u64,
    size: u64,
    /// Seconds and nanoseconds.
    modified: (i64, i64),
    changed: (i64, i64),
}

impl FileStamp {
    /// Of the file that a path leads to; `None` if there is none.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().map(|it| Self::new(&it))
    }

    pub(crate) fn new(metadata: &Metadata) -> Self {
        FileStamp {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// When the inode was changed last. It may lag by a tick of the kernel's clock.
    pub(crate) fn changed(&self) -> SystemTime {
        let (seconds, nanoseconds) = self.changed;
        let seconds = u64::try_from(seconds).unwrap_or_default();
        let nanoseconds = u32::try_from(nanoseconds).unwrap_or_default();
        SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds)
    }

    /// Whether a write after `read` gives the file another stamp. A write that follows the last one
    /// within a tick gets the same time, and so does one within two seconds on a file system that
    /// keeps whole seconds.
    pub(crate) fn is_settled(&self, read: SystemTime) -> bool {
        /// More than a tick of any kernel.
        const TICK: Duration = Duration::from_millis(50);
        let (_, nanoseconds) = self.changed;
        nanoseconds != 0 && self.changed() + TICK <= read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_settled_when_later_writes_get_another_time() {
        let at = |millis| SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        for (changed, read, expected, why) in [
            ((10, 1), 10_051, true, "later than a tick"),
            ((10, 1), 10_049, false, "within a tick"),
            ((10, 1), 9_000, false, "the clock was set back"),
            ((10, 0), 20_000, false, "whole seconds"),
        ] {
            let stamp = FileStamp {
                device: 1,
                inode: 1,
                size: 1,
                modified: (0, 0),
                changed,
            };
            assert_eq!(stamp.is_settled(at(read)), expected, "{why}");
        }
    }
}
