//! `cargo hotmod`: edit a crate, save, and the running program is the new one.
//!
//! `ARCHITECTURE.md` explains the modules: what happens in a session, which module does it, and who
//! may import whom.

mod base;
mod cargo;
mod cli;
mod commands;
mod compat;
mod compile;
mod control;
mod decide;
mod discover;
mod error;
mod host;
mod report;
mod session;
mod shims;
mod stale;

use std::process::ExitCode;

/// What the binary does, whoever called it.
pub fn main() -> ExitCode {
    shims::run().unwrap_or_else(|| cli::run(std::env::args_os()))
}
