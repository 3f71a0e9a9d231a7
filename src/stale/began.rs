//! The state of the inputs when a build began.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::base::contents::FileState;

/// The state of the inputs at that time.
#[derive(Debug)]
pub(crate) struct Began {
    /// All files that were known as inputs.
    pub(super) states: BTreeMap<PathBuf, FileState>,
    /// By the system's clock, which also stamps files.
    pub(crate) at: SystemTime,
}

impl Began {
    /// A build that begins now, when no inputs are known yet.
    pub(crate) fn now() -> Self {
        Began {
            states: BTreeMap::new(),
            at: SystemTime::now(),
        }
    }
}
