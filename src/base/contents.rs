//! What files contained at one time: what is compared to tell whether something is stale.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::base::content_hash::Digest;

/// The contents of a set of files.
pub(crate) type Contents = BTreeMap<PathBuf, Digested>;

/// One file's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Digested {
    /// It had this digest.
    Content(u64),
    /// It was not there, or could not be read.
    Missing,
    /// It changed while it was read by somebody else: it equals no content.
    Unknown,
}

impl Digested {
    /// The content that a file has now.
    pub(crate) fn of(path: &Path) -> Self {
        match Digest::of_file(path) {
            Ok(digest) => Digested::Content(digest),
            Err(_) => Digested::Missing,
        }
    }

    /// The content that a file has had since a process was `started` that reads it;
    /// [`Unknown`](Self::Unknown) if it changed.
    ///
    /// The time that counts is that of the inode's last change: a file that is moved into place
    /// keeps its modification time, and gets this one. It may lag by a tick, which no process is
    /// quick enough to read anything in.
    pub(crate) fn since(started: SystemTime, path: &Path) -> Self {
        let Some((_, seconds, nanos)) = last_change(path) else {
            return Digested::Missing;
        };
        let seconds = u64::try_from(seconds).unwrap_or_default();
        let nanos = u32::try_from(nanos).unwrap_or_default();
        let changed = SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos);
        if changed < started {
            Self::of(path)
        } else {
            Digested::Unknown
        }
    }
}

/// One look at a file: what it contained, and when it had been changed last.
///
/// If a later look is the same, nothing was written in between, but for what was within the tick
/// of the kernel's clock in which the first look was: a few milliseconds, in which no compiler
/// that is started after the look comes as far as reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) content: Digested,
    /// `None` of a file that is not there.
    changed: Option<(u64, i64, i64)>,
}

impl Look {
    pub(crate) fn at(path: &Path) -> Self {
        // The time first: what is written from here on makes the next look another one.
        let changed = last_change(path);
        Look {
            content: Digested::of(path),
            changed,
        }
    }

    /// What the file has contained from then until now; [`Unknown`](Digested::Unknown) if
    /// something was written to it.
    pub(crate) fn content_until_now(&self, path: &Path) -> Digested {
        match self.changed == last_change(path) {
            true => self.content,
            false => Digested::Unknown,
        }
    }
}

/// The inode, and the time of its last change.
fn last_change(path: &Path) -> Option<(u64, i64, i64)> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.ino(), metadata.ctime(), metadata.ctime_nsec()))
}
