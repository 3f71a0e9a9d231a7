//! Stage two: what changed on disk.
//!
//! - [`watch`]: file events, as paths; [`poll`]: the same where there are no events; [`folders`]: where
//!   inputs may appear
//! - [`inputs`]: which files the running program was made of, and what they contain now; [`began`]:
//!   how they were when a build began; [`made`]: what that build read; [`aliases`]: where they really are
//! - [`sources`]: the reloadable ones of them, item by item
//! - [`compiled`]: what they contained when cargo compiled the host
//! - [`reach`]: the items of a source file that code outside the group may have in it ([`direct`]), or
//!   may have been compiled against ([`shape`]); [`unseen`]: those that only a name leads to;
//!   [`given`]: what its types give to traits of other crates
//! - [`outside`]: which edits can't reach it, by its symbols or by names ([`named`])
//!
//! Stale is decided by content, never by time: a file is stale while it differs from what the
//! running program was made of.

mod aliases;
mod began;
mod compiled;
mod direct;
mod folders;
mod given;
mod inputs;
mod kind;
mod made;
mod named;
mod outside;
mod poll;
mod reach;
mod shape;
mod sources;
mod unseen;
mod watch;

pub(crate) use began::Began;
pub(crate) use compiled::CompiledSources;
pub(crate) use folders::{Depth, of_plan as folders_of_plan};
pub(crate) use inputs::Inputs;
pub(crate) use kind::{Changed, Kind, is_of_version_control};
pub(crate) use made::Making;
pub(crate) use outside::Outside;
pub(crate) use watch::{Noticed, Watcher};
