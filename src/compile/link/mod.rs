//! Changes that a session makes to links.
//!
//! - [`job`]: a link that the tool takes over from rustc
//! - [`shared`]: the dylib with the crates that host and group share; [`native`] and [`slices`]:
//!   its C symbols, and its sections that linkers collect
//! - [`allocator`]: disables the host's `#[global_allocator]`
//! - [`redirects`]: sends the host's calls of unmarked functions through [`trampolines`]
//! - [`rlib`]: the members of a library; [`reclaim`]: frees disk space of retired generations

pub(crate) mod allocator;
pub(crate) mod job;
pub(crate) mod native;
pub(crate) mod reclaim;
pub(crate) mod redirects;
pub(crate) mod rlib;
pub(crate) mod shared;
pub(crate) mod slices;
mod trampolines;
