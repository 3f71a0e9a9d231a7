//! Stage three: from sources to a host that runs, and to generations that it can load.
//!
//! - [`host`]: the host, and what it was made of; [`cargo`]: the one run of cargo that makes it;
//!   [`keepers`], [`joins`]: what its crates can hold, and whether it joins the session
//! - [`wrapper`], [`linker`]: this tool as cargo and rustc call it; [`shared`], [`allocator`],
//!   [`native`] and [`slices`] are what it changes there
//! - [`group`]: the reloadable crates by replay of what cargo ran, and the library that they become
//! - [`invocation`], [`record`]: what cargo ran, and where it is kept; [`rebuild`]: what it has to run
//!   again
//! - [`contents`], [`digest`], [`depinfo`], [`inputs`]: what an artefact was made of;
//!   [`script`], [`listing`]: build scripts, and what they read
//! - [`workshop`], [`artifact`]: where things are; [`rlib`]: the members of a library; [`reclaim`]: what
//!   retired generations give back of the disk
//! - [`seed`], [`profile`], [`toolchain`]: what a session's build starts from; [`settings`]: what
//!   the user's own starts from
//! - [`process`]: children that can be cancelled; [`diagnostics`]: what rustc says; [`said`]: what cargo
//!   says
//!
//! Architecture invariants: cargo alone decides what the host needs; nothing that cargo made is
//! written to; no byte that the loader of a live process may have mapped is written a second time.

mod allocator;
mod artifact;
mod cargo;
mod changed_environment;
mod contents;
mod depinfo;
mod diagnostics;
mod digest;
mod group;
mod host;
mod inputs;
mod invocation;
mod joins;
mod keepers;
mod linker;
mod listing;
mod native;
mod process;
mod profile;
mod rebuild;
mod reclaim;
mod record;
mod rlib;
mod run;
mod said;
mod script;
mod seed;
mod settings;
mod shared;
mod slices;
mod toolchain;
mod workshop;
mod wrapper;

pub(crate) use contents::{Contents, Digested, Look};
pub(crate) use diagnostics::{as_of_cargo, as_of_rustc};
pub(crate) use digest::Digest;
pub(crate) use group::{BuildError, Built, Group, Library, Stamp};
pub(crate) use host::{Builder, HostBuild, HostError};
pub(crate) use linker::{LINK_VARIABLE, run as run_as_linker};
pub(crate) use process::{Cancel, RunError};
pub(crate) use profile::{ProfileError, overrides, wrappers};
pub(crate) use reclaim::{Reclaimed, loaded_end, reclaim};
pub(crate) use record::write_whole;
pub(crate) use run::{RUNNER_WORD, RunSettings, print_environment};
pub(crate) use said::Said;
pub(crate) use script::shim::{program_behind, run as run_as_script};
pub(crate) use script::{Rerun, Script, ScriptError};
pub(crate) use settings::{CargoSettings, Flags, Setting};
pub(crate) use toolchain::{Toolchain, ToolchainError};
pub(crate) use workshop::Workshop;
pub(crate) use wrapper::{WRAPPER_VARIABLE, run as run_as_wrapper};
