//! What the runtime is in a session.
//!
//! - [`record`]: how what was marked is found
//! - [`entry`]: what `#[hot]` leaves behind for each entry point
//! - [`hooks`]: user code that the runtime calls
//! - [`kept`]: state that is carried over reloads; [`versions`]: where it is
//! - [`generation`]: one build of the group, once it is loaded
//! - [`published`]: the one pointer that says which generation is live
//! - [`call`]: where a call goes
//! - [`pins`]: what holds a thread to a generation, and where that is kept
//! - [`future`]: the same for async code
//! - [`handle`]: handles made by `live!`
//! - [`library`]: the dynamic loader
//! - [`image`]: a library's file, before it is loaded
//! - [`memory`]: what libraries take once they are loaded
//! - [`load`]: from an offer to a generation that may go live, or the reason why not
//! - [`refusal`]: that reason
//! - [`contract`]: what each generation must have, because something in the process calls it
//! - [`signatures`]: whether that has the signature that its callers know
//! - [`channel`]: the conversation with the tool
//! - [`panics`]: backtraces of panics in reloaded code
//! - [`socket`]: its socket, which the program may close
//! - [`start`]: where `#[hotmod::main]` joins the session
//!
//! Architecture invariants: a generation is never unloaded and never changes once it is
//! published; a call takes no lock; user code runs on the runtime's thread only where [`hooks`]
//! and [`versions`] call it, with no lock held and its panics caught, and what it does to the thread ends with it.

mod call;
mod channel;
mod contract;
mod entry;
mod future;
mod generation;
mod handle;
mod hooks;
mod image;
mod kept;
mod library;
mod load;
mod memory;
mod panics;
mod pins;
// Its items are public for `tests/loom.rs`, which includes the file.
#[allow(unreachable_pub)]
mod published;
mod record;
mod refusal;
mod signatures;
mod socket;
mod start;
mod versions;

pub use call::Guard;
pub use future::Pinned;
pub use kept::Kept;

pub(crate) use call::{enter, generation};
pub(crate) use channel::is_live;
pub(crate) use future::pinned;
pub(crate) use hooks::on_reload;

/// What the expansions of the attributes name. No part of it is public interface.
pub mod private {
    pub use super::call::{Call, call};
    pub use super::entry::{EntryPoint, IsSend, MayBeSend, Slot, output_of};
    pub use super::future::{HotFuture, Route, route_async};
    pub use super::handle::{
        Callable, Handle, HandleOfAsync, HandleOfSync, UnsafePointer, entry_point,
    };
    pub use super::hooks::{Hook, Outcome};
    pub use super::kept::KeptStatic;
    pub use super::record::{Description, Record};
    pub use super::start::start;
    pub use crate::{
        __hotmod_hook as hook, __hotmod_is_send as is_send, __hotmod_register as register,
        __hotmod_start as start,
    };
}
