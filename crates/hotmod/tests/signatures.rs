//! The unit tests of `src/live/signatures.rs`, which is compiled in a session alone.

#[path = "../src/live/signatures.rs"]
mod signatures;
