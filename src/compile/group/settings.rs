//! The settings of a build.

use clap::ValueEnum;

use super::jobs::Jobs;
use crate::base::child_process::Cancel;

/// Settings for all units of a build.
pub(crate) struct Settings<'a> {
    /// Whether dependents may be left alone if an interface did not change.
    pub(crate) may_keep: bool,
    /// Which crates may be compiled as a delta.
    pub(crate) deltas: DeltaPolicy,
    pub(crate) jobs: &'a Jobs,
    pub(crate) cancel: &'a Cancel,
}

/// Which edits are compiled as a delta.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeltaPolicy {
    /// Those for which it is faster
    #[default]
    Auto,
    /// All for which it is possible
    Always,
    /// None
    Never,
}
