//! `cargo hotmod`: keeps a Rust program running while you edit it.
//!
//! `ARCHITECTURE.md` explains what happens in a session, which module does it, and which modules
//! may import each other.

#![cfg(target_os = "linux")]

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

/// Runs the binary in the role that the environment chooses.
pub fn main() -> ExitCode {
    shims::run().unwrap_or_else(|| cli::run(std::env::args_os()))
}
