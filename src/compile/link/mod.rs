//! What a session changes in the links of its crates.
//!
//! - [`job`]: a link that the tool takes over from rustc
//! - [`shared`]: the dylib of what host and group have in common; [`native`] and [`slices`]: what has
//!   to be in it beside Rust's own
//! - [`allocator`]: the host's `#[global_allocator]` is set aside
//! - [`rlib`]: the members of a library; [`reclaim`]: what retired generations give back of the disk

pub(crate) mod allocator;
pub(crate) mod job;
pub(crate) mod native;
pub(crate) mod reclaim;
pub(crate) mod rlib;
pub(crate) mod shared;
pub(crate) mod slices;
