//! How things were when a build began.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::base::contents::FileState;

/// What was there then.
#[derive(Debug)]
pub(crate) struct Began {
    /// At all that was known to be an input.
    pub(super) states: BTreeMap<PathBuf, FileState>,
    /// By the clock that file systems use.
    pub(crate) at: SystemTime,
}

impl Began {
    /// A beginning of which no more is known than when it was.
    pub(crate) fn now() -> Self {
        Began {
            states: BTreeMap::new(),
            at: SystemTime::now(),
        }
    }
}
