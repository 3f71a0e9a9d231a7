//! Stage two: what changed on disk, and what that asks for.
//!
//! - [`watch`]: file events, as paths
//! - [`inputs`]: which files the running program was made of, and what they contain now
//! - [`direct`]: the items of a source file that other code may have in it
//! - [`shape`]: the items of a source file that other code may have been compiled against
//! - [`verdict`]: nothing, reload or restart, with its reason
//!
//! Stale is decided by content, never by time: a file is stale while it differs from what the
//! running program was made of.

mod direct;
mod inputs;
mod shape;
mod verdict;
mod watch;

pub(crate) use inputs::{Changed, Inputs, Kind};
pub(crate) use verdict::{Verdict, verdict};
pub(crate) use watch::{Noticed, Watcher};
