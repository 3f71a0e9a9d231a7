//! Builds the host, and generations for it to load.
//!
//! - [`host`]: builds the host with cargo, and collects its inputs
//! - [`group`]: compiles the reloadable crates by replaying cargo's commands, and links their
//!   library
//! - [`link`]: changes to links
//! - [`script`]: build scripts of reloadable crates
//! - [`check`]: the check of the whole workspace
//! - [`note`]: what a build tells the user
//! - [`record`]: cargo's commands, as the rustc wrapper recorded them; [`wrapper_plan`]: the
//!   wrapper's input; [`flavour`]: how attributes expand; [`watched`]: inputs in `watch` settings
//!
//! Architecture invariants: only cargo decides what the host needs; files that cargo created are
//! not modified; bytes that the loader of a running process may have mapped are never overwritten.

mod check;
pub(crate) mod flavour;
mod group;
mod host;
pub(crate) mod link;
mod note;
pub(crate) mod record;
pub(crate) mod script;
mod watched;
pub(crate) mod wrapper_plan;

#[cfg(test)]
pub(crate) use check::{CheckOutcome, Level, Place};
pub(crate) use check::{CheckReport, Checker, Diagnostic};
pub(crate) use group::{
    BuildError, Built, CodeFiles, DeltaPolicy, Followed, Group, Proof, explaining_line,
};
pub(crate) use host::{Builder, Compared, Comparing, HostBuild, HostError, HostOutcome};
pub(crate) use link::reclaim::{Reclaimed, reclaim};
pub(crate) use note::Note;
pub(crate) use script::{Reads as ScriptReads, Rerun, Script, ScriptChange, ScriptError};
