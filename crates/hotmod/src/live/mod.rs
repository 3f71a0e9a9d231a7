//! What the runtime is in a session.
//!
//! - [`entry`]: what the attributes leave behind for each entry point, and how it is found
//! - [`generation`]: one build of the group, once it is loaded
//! - [`published`]: the one pointer that says which generation is live
//! - [`call`]: where a call goes
//! - [`pins`]: what holds a thread to a generation, and where that is kept
//! - [`future`]: the same for async code
//! - [`handle`]: handles made by `live!`
//! - [`library`]: the dynamic loader
//! - [`image`]: a library's file, before it is loaded
//! - [`load`]: from an offer to a generation that may go live, or the reason why not
//! - [`refusal`]: that reason
//! - [`contract`]: what each generation must have, because something in the process calls it
//! - [`channel`]: the conversation with the tool
//! - [`start`]: where `#[hotmod::main]` joins the session
//!
//! Architecture invariants: a generation is never unloaded and never changes once it is
//! published; the channel's thread never runs a user's code; a call takes no lock.

mod call;
mod channel;
mod contract;
mod entry;
mod future;
mod generation;
mod handle;
mod image;
mod library;
mod load;
mod pins;
// Its items are public for `tests/loom.rs`, which includes the file.
#[allow(unreachable_pub)]
mod published;
mod refusal;
mod start;

pub use call::Guard;
pub use future::Pinned;

pub(crate) use call::{enter, generation};
pub(crate) use channel::is_live;
pub(crate) use future::pinned;

/// What the expansions of the attributes name. No part of it is public interface.
pub mod private {
    pub use super::call::{Call, call};
    pub use super::entry::{Description, IsSend, MayBeSend, Record, Slot, output_of};
    pub use super::future::{HotFuture, Route, route_async};
    pub use super::handle::{
        Callable, Handle, HandleOfAsync, HandleOfSync, UnsafePointer, entry_point,
    };
    pub use super::start::start;
    pub use crate::{
        __hotmod_is_send as is_send, __hotmod_register as register, __hotmod_start as start,
    };
}
