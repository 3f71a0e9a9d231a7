//! What `cargo hotmod` and a running host say to each other: data only.
//!
//! The two ends talk over a Unix socket in the session's private directory. Each message is one
//! frame: a little-endian `u32` with the length of what follows (at most [`MAX_FRAME`] bytes),
//! then the protocol version (`u16`), the kind of the message (`u8`) and its fields. Integers are
//! little-endian; a string is a `u32` length and that many bytes of UTF-8.
//!
//! Both ends check the peer's user id before they read, and everything they read before they
//! believe it: [`Message::decode`] accepts exactly what [`Message::encode`] writes.
//!
//! Architecture invariant: this crate has no dependency and does no more I/O than reading and
//! writing one frame. The runtime that uses it is compiled into users' programs, where another
//! dependency could change the features, and so the build, of theirs.

mod codec;
mod digest;
mod environment;
mod message;

/// The oldest Rust version that compiles the crates of a session, which the tool checks.
pub const RUST_VERSION: &str = env!("CARGO_PKG_RUST_VERSION");

pub use codec::{FrameError, read_message, write_message};
pub use digest::digest;
pub use environment::{DIRECTORY_VARIABLE, SOCKET_VARIABLE};
pub use message::{
    BUILD_SYMBOL, BuildId, Cause, ENTRIES_SYMBOL, Frame, IDENTITY_SYMBOL, MAX_FRAME, Message,
    Offer, PROTOCOL_VERSION, Trace,
};
