//! What files contained at one time: what is compared to tell whether something is stale.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

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

    /// The content that a file has had since then, as far as the clock of its file system tells.
    pub(crate) fn unless_changed_since(path: &Path, begun: SystemTime) -> Self {
        let changed = std::fs::metadata(path).and_then(|it| it.modified());
        match changed {
            Ok(changed) if changed < begun => Self::of(path),
            Ok(_) => Digested::Unknown,
            Err(_) => Digested::Missing,
        }
    }
}
