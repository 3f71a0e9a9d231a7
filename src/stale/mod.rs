//! What changed on disk.
//!
//! - [`watch`]: file events, as paths; [`poll`]: the same where there are no events; [`folders`]: where
//!   inputs may appear
//! - [`inputs`]: which files the running program was made of, and what they contain now; [`began`]:
//!   how they were when a build began; [`made`]: what that build read; [`aliases`]: where they really are
//! - [`change`]: what is told of them; [`compiled`]: what they contained when cargo compiled the host
//!
//! Stale is decided by content, never by time: a file is stale while it differs from what the
//! running program was made of.

mod aliases;
mod began;
mod change;
mod compiled;
mod folders;
mod inputs;
mod kind;
mod made;
mod poll;
mod watch;

pub(crate) use began::Began;
pub(crate) use change::{Change, Of, Retyped};
pub(crate) use compiled::CompiledSources;
pub(crate) use folders::{Depth, of_plan as folders_of_plan};
pub(crate) use inputs::Inputs;
pub(crate) use kind::{Changed, Kind, is_of_version_control};
pub(crate) use made::Making;
pub(crate) use watch::{Noticed, Watcher};
