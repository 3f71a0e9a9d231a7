//! What changed on disk.
//!
//! - [`watch`]: file events, as paths; [`poll`]: the same where there are no events; [`mirror`]: the same
//!   for the host; [`folders`]: where inputs may appear; [`silent`]: where some edits send no events
//! - [`inputs`]: the files from which the running program was built, and their contents now;
//!   [`began`]: their state when a build began; [`made`]: what that build read; [`aliases`]: their real paths
//! - [`change`]: a description of their changes; [`compiled`]: their contents when cargo compiled the host
//!
//! A file is stale while its content differs from the content that the running program was built
//! from. Times never decide that.

mod aliases;
mod began;
mod change;
mod compiled;
mod finished_build;
mod folders;
mod inputs;
mod kind;
mod mirror;
mod poll;
mod silent;
mod watch;

pub(crate) use began::Began;
#[cfg(test)]
pub(crate) use change::Retyped;
pub(crate) use change::{Change, Of};
pub(crate) use compiled::CompiledSources;
pub(crate) use finished_build::FinishedBuild;
pub(crate) use folders::{Depth, of_plan as folders_of_plan};
pub(crate) use inputs::Inputs;
pub(crate) use kind::{Changed, Kind, is_of_version_control};
pub(crate) use silent::silent_file_system;
pub(crate) use watch::{Noticed, Watcher};
