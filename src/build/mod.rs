//! Stage three: from sources to a host that runs, and to generations that it can load.
//!
//! - [`host`]: the host, and what it was made of; [`cargo`]: the one run of cargo that makes it
//! - [`wrapper`], [`linker`]: this tool as cargo and rustc call it; [`shared`], [`allocator`] and
//!   [`native`] are what it changes there
//! - [`group`]: the reloadable crates by replay of what cargo ran; [`unit`]: one of them
//! - [`flavour`]: the commands that compile them; [`compile`]: which have to be, and when
//! - [`interface`]: which need not be, though what they name was
//! - [`link`]: the library that they become; [`driver`]: the linker's own command
//! - [`invocation`], [`record`]: what cargo ran, and where it is kept
//! - [`contents`], [`digest`], [`depinfo`], [`inputs`]: what an artefact was made of
//! - [`workshop`], [`artifact`]: where things are
//! - [`seed`], [`profile`], [`toolchain`]: what a session's build starts from
//! - [`jobs`]: several rustc at a time; [`process`]: children that can be cancelled;
//!   [`diagnostics`]: what rustc says
//!
//! Architecture invariants: cargo alone decides what the host needs; nothing that cargo made is
//! written to; no file that a live process may have mapped is written a second time.

mod allocator;
mod artifact;
mod cargo;
mod compile;
mod contents;
mod depinfo;
mod diagnostics;
mod digest;
mod driver;
mod flavour;
mod group;
mod host;
mod inputs;
mod interface;
mod invocation;
mod jobs;
mod link;
mod linker;
mod native;
mod process;
mod profile;
mod record;
mod seed;
mod shared;
mod toolchain;
mod unit;
mod workshop;
mod wrapper;

pub(crate) use contents::{Contents, Digested, Look};
pub(crate) use diagnostics::as_of_rustc;
pub(crate) use group::{BuildError, Built, Group};
pub(crate) use host::{Builder, HostBuild, HostError};
pub(crate) use jobs::Stamp;
pub(crate) use linker::{LINK_VARIABLE, run as run_as_linker};
pub(crate) use process::Cancel;
pub(crate) use profile::ProfileError;
pub(crate) use toolchain::{Toolchain, ToolchainError};
pub(crate) use workshop::Workshop;
pub(crate) use wrapper::{WRAPPER_VARIABLE, run as run_as_wrapper};
