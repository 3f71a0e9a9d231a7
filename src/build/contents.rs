//! What files contained at one time: what is compared to tell whether something is stale.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::digest::Digest;

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

    /// The content that a file has had since then; [`Unknown`](Self::Unknown) if it changed.
    ///
    /// The time that counts is that of the inode's last change: a file that is moved into place
    /// keeps its modification time, and gets this one.
    pub(crate) fn unless_changed_since(path: &Path, begun: SystemTime) -> Self {
        let Ok(metadata) = std::fs::metadata(path) else {
            return Digested::Missing;
        };
        let seconds = u64::try_from(metadata.ctime()).unwrap_or_default();
        let nanos = u32::try_from(metadata.ctime_nsec()).unwrap_or_default();
        let changed = SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos);
        if changed + GRAIN < begun {
            Self::of(path)
        } else {
            Digested::Unknown
        }
    }
}

/// How far the times of a file system may lag: the kernel takes them from its last tick.
const GRAIN: Duration = Duration::from_millis(5);
