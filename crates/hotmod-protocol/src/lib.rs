//! The messages between `cargo hotmod` and a running host, as plain data.
//!
//! The tool and the host communicate over a Unix socket in the session's private directory. Each
//! message is one frame: a little-endian `u32` with the length of the rest (at most [`MAX_FRAME`]
//! bytes), then the protocol version (`u16`), the kind of the message (`u8`) and its fields.
//! Integers are little-endian; a string is a `u32` length and that many bytes of UTF-8.
//!
//! Both sides check the peer's user id before they read, and validate everything that they read:
//! [`Message::decode`] accepts exactly the output of [`Message::encode`].
//!
//! Architecture invariant: this crate has no dependencies, and its only I/O is reading and writing
//! one frame. It is compiled into users' programs, where a dependency could change the features,
//! and so the build, of the program's own dependencies. The one exception is the feature `cbor`: the
//! format of the values that programs carry over a restart. Only programs that enable the feature
//! `serde` of `hotmod` have it.

#[cfg(feature = "cbor")]
pub mod cbor;
mod codec;
mod digest;
mod environment;
mod message;

/// The oldest Rust version that compiles the crates of a session, which the tool checks.
pub const RUST_VERSION: &str = env!("CARGO_PKG_RUST_VERSION");

pub use codec::{FrameError, read_message, write_message};
pub use digest::digest;
pub use environment::{
    CARRIED_FILE, DIRECTORY_VARIABLE, FOLLOWS_VARIABLE, SOCKET_VARIABLE, WORKSPACE_VARIABLE,
};
pub use message::{
    BUILD_SYMBOL, Back, BuildId, Carry, Cause, ENTRIES_SYMBOL, Frame, IDENTITY_SYMBOL, MAX_FRAME,
    Message, NotCarried, Offer, Outcome, PROTOCOL_VERSION, Saved, Trace,
};
