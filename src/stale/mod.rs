//! Stage two: what changed on disk, and what that asks for.
//!
//! - [`watch`]: file events, as paths
//! - [`inputs`]: which files the running program was made of, and what they contain now
//! - [`reach`]: the items of a source file that code outside the group may have in it ([`direct`]), or
//!   may have been compiled against ([`shape`])
//! - [`verdict`]: nothing, reload or restart, with its reason
//!
//! Stale is decided by content, never by time: a file is stale while it differs from what the
//! running program was made of.

mod direct;
mod inputs;
mod reach;
mod shape;
mod verdict;
mod watch;

pub(crate) use inputs::{Began, Changed, Inputs, Kind};
pub(crate) use verdict::{Verdict, verdict};
pub(crate) use watch::{Noticed, Watcher};
