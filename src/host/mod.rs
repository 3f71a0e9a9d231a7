//! The running host, and the conversation with it.
//!
//! - [`process`]: the host's process, which never outlives the tool that started it
//! - [`channel`]: the sockets on which it is offered generations
//! - [`backtrace`]: what the addresses of a panic are
//! - [`ports`]: where it listens
//! - [`sockets`]: listening sockets that it is handed, and that outlive it
//! - [`image`]: what an offer says of a library, so that the host knows it again
//!
//! Architecture invariant: nothing here decides. What happens becomes a [`Signal`] for the
//! session's loop, which owns the order of events.

mod backtrace;
mod channel;
mod image;
mod ports;
mod process;
mod sockets;

use std::process::ExitStatus;

use hotmod_protocol::Message;

pub(crate) use channel::{Connection, Types, join_socket, open_channel, socket};
pub(crate) use image::Image;
pub(crate) use ports::listening;
pub(crate) use process::{GRACE, HostProcess, HostSettings, descends_from};
pub(crate) use sockets::{HOST_VARIABLE, ListenError, SUPERVISOR_VARIABLE, Sockets};

/// What the host does, as the session's loop learns of it.
#[derive(Debug)]
pub(crate) enum Signal {
    /// A process joined the session; `is_invited`, by the socket for those that others start.
    Joined {
        connection: Connection,
        is_invited: bool,
    },
    /// The process at the other end of a channel said something.
    Said { channel: u64, message: Message },
    /// It closed its end: most often because it ends.
    Left { channel: u64 },
    /// Somebody on the socket was turned away.
    TurnedAway { reason: String },
    /// The host's process ended. How, only the one that started it is told.
    Exited {
        pid: u32,
        status: Option<ExitStatus>,
    },
}
