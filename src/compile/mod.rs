//! From sources to a host that runs, and to generations that it can load.
//!
//! - [`host`]: the host by cargo, and what it was made of
//! - [`group`]: the reloadable crates by replay of what cargo ran, and the library that they become
//! - [`link`]: what is changed in links
//! - [`script`]: build scripts of reloadable crates
//! - [`record`]: what cargo ran, as the wrapper of rustc recorded it; [`wrapper_plan`]: what the
//!   wrapper is told; [`flavour`]: what attributes are expanded for; [`watched`]: inputs that settings name
//!
//! Architecture invariants: cargo alone decides what the host needs; nothing that cargo made is
//! written to; no byte that the loader of a live process may have mapped is written a second time.

pub(crate) mod flavour;
mod group;
mod host;
pub(crate) mod link;
pub(crate) mod record;
pub(crate) mod script;
mod watched;
pub(crate) mod wrapper_plan;

pub(crate) use group::{BuildError, Built, Group, explaining_line};
pub(crate) use host::{Builder, HostBuild, HostError};
pub(crate) use link::reclaim::{Reclaimed, reclaim};
pub(crate) use script::{Rerun, Script, ScriptChange, ScriptError};
