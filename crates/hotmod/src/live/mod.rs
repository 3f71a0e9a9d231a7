//! The runtime in a session.
//!
//! Each module uses only modules above it in this list:
//! - [`sync`], [`stderr`], [`panic_message`]: helpers
//! - [`published`]: the one pointer that says which generation is live
//! - [`function`]: functions as types
//! - [`redirects`]: where the host's calls of functions go that are not marked
//! - [`slot`], [`entry`]: what `#[hot]` leaves behind for each entry point
//! - [`hook`], [`kept_static`]: the same for setups and teardowns, and for statics of `keep!`
//! - [`record`]: how the runtime finds all of these
//! - [`called`]: whether an entry point was called
//! - [`generation`]: one build of the group, once it is loaded
//! - [`versions`]: the values of `keep!`
//! - [`signatures`]: whether an entry point has the signature that its callers know
//! - [`contract`]: which generation is live, and what the next ones must have
//! - [`frames`]: when generations go live in a program that says when its frames begin
//! - [`globals`]: what there is one of in a process
//! - [`pins`]: what holds a thread to a generation, and where that is kept
//! - [`call`]: where a call goes; [`future`]: the same for async code; [`handle`]: for `live!`
//! - [`kept`]: what `keep!` declares; [`migration`]: values of types that changed
//! - [`lifecycle`]: runs setups, teardowns, and callbacks
//! - [`library`]: the dynamic loader; [`image`]: a library's file, before it is loaded;
//!   [`memory`]: the memory of loaded libraries
//! - [`refusal`]: why an offer is refused; [`load`]: from an offer to a live generation
//! - [`socket`], [`peer`]: the connection to the tool, which the program may close;
//!   [`host`]: whether there is one; [`outbox`]: messages to the tool from any thread
//! - [`watches`]: whether something may have been saved; [`questions`]: what this process asks the tool
//!   about the saved code; [`settled`]: the same for users
//! - [`mapping`], [`carried_file`], [`carried`]: values that survive restarts
//! - [`yields`], [`in_progress`], [`gate`], [`stopping`]: the end of this process for a restart
//! - [`reporter`]: tells the tool which entry points were called
//! - [`panics`]: backtraces of panics in reloaded code
//! - [`channel`]: the conversation with the tool
//! - [`start`]: where `#[hotmod::main]` joins the session
//!
//! Architecture invariants: a generation is never unloaded, and its code never changes once it
//! is published; a call takes no lock; user code runs on the runtime's thread only where [`lifecycle`]
//! and [`migration`] call it, with no lock held and its panics caught.

mod call;
mod called;
mod carried;
mod carried_file;
mod channel;
mod contract;
mod entry;
mod frames;
mod function;
mod future;
mod gate;
mod generation;
mod globals;
mod handle;
mod hook;
mod host;
mod image;
mod in_progress;
mod kept;
mod kept_static;
mod library;
mod lifecycle;
mod load;
mod mapping;
mod memory;
mod migration;
mod outbox;
mod panic_message;
mod panics;
mod peer;
mod pins;
mod published;
mod questions;
mod record;
mod redirects;
mod refusal;
mod reporter;
mod settled;
mod signatures;
mod slot;
mod socket;
mod start;
mod stderr;
mod stopping;
mod sync;
#[cfg(test)]
mod tests;
mod versions;
mod watches;
mod yields;

pub use call::Guard;
pub use future::Pinned;
pub use kept::Kept;

pub(crate) use call::{enter, generation};
#[cfg(feature = "serde")]
pub(crate) use carried::carry;
pub(crate) use carried::{carry_with, checkpoint};
pub(crate) use future::pinned;
pub(crate) use host::is_live;
pub(crate) use lifecycle::on_reload;
pub(crate) use settled::{Outcomes, advance, outcomes, settle, settled};
pub(crate) use stopping::{on_restart, yield_to_restart};

/// The names that the expansions of the attributes and `hotmod-web` use. No part of it is public
/// interface.
pub mod private {
    // The crates that use the macros may have a dependency of this name.
    pub extern crate core;

    pub use super::call::{Call, call};
    pub use super::entry::{EntryPoint, IsSend, MayBeSend, is_send, output_of, register};
    pub use super::function::{Callable, UnsafePointer};
    pub use super::future::{HotFuture, PinTo, Route, route_async};
    pub use super::handle::{Handle, HandleOfAsync, HandleOfSync, Handled, entry_point};
    pub use super::hook::{Hook, Outcome, hook};
    pub use super::host::is_joining;
    pub use super::in_progress::InProgress;
    pub use super::kept_static::KeptStatic;
    pub use super::record::{Description, Record};
    pub use super::slot::Slot;
    pub use super::start::start;
    pub use super::stopping::ends_at_once;
}
