//! Libraries that a host can load.

use std::path::PathBuf;

use hotmod_protocol::BuildId;

/// A linked group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Library {
    pub(crate) build: BuildId,
    /// What it was built with.
    pub(crate) identity: u64,
    pub(crate) path: PathBuf,
}
