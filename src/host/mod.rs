//! The running host, and the communication with it.
//!
//! - [`process`]: the host's process, which never outlives the tool that started it
//! - [`channel`]: the sockets on which the host gets offers of generations
//! - [`backtrace`]: backtraces of panics in reloaded code
//! - [`ports`]: the ports on which the host listens
//! - [`stop`]: the signal that stops hosts, and how long they may take
//! - [`sockets`]: listening sockets that are passed to hosts, and outlive them
//! - [`image`]: describes a library in an offer, so that the host can verify it
//! - [`memory`]: which code of earlier generations a host still has pointers to
//!
//! Architecture invariant: this module makes no decisions. It sends a [`Signal`] for each event to
//! the session's loop, which owns the order of events.

mod backtrace;
mod channel;
mod image;
mod memory;
mod ports;
mod process;
mod sockets;
mod stop;

use std::os::unix::net::UnixStream;
use std::process::ExitStatus;

use hotmod_protocol::Message;

pub(crate) use channel::{Connection, Types, join_socket, open_channel, send_watch, socket};
pub(crate) use image::Image;
pub(crate) use memory::held;
pub(crate) use ports::listening;
pub(crate) use process::{HostProcess, HostSettings, descends_from};
pub(crate) use sockets::{ListenError, SUPERVISED_VARIABLE, SUPERVISOR_VARIABLE, Sockets};
pub(crate) use stop::{Stop, StopSignal};

/// An event of the host, for the session's loop.
#[derive(Debug)]
pub(crate) enum Signal {
    /// A process joined the session; if `is_invited`, on the socket for hosts that other processes
    /// start.
    Joined {
        connection: Connection,
        is_invited: bool,
    },
    /// The process sent a message.
    Received { channel: u64, message: Message },
    /// The process has read what filled its socket.
    HasRoom { channel: u64 },
    /// The process closed the connection, usually because it ended.
    Left { channel: u64 },
    /// The process wants a descriptor that has events if something may have been saved.
    WantsWatch { pid: u32, stream: UnixStream },
    /// A connection was rejected.
    TurnedAway { reason: String },
    /// The host's process ended. Only the process that started it learns the exit status.
    Exited {
        pid: u32,
        status: Option<ExitStatus>,
    },
}
