//! `cargo hotmod`: edit a crate, save, and the running program is the new one.
//!
//! A session is a pipeline, and its stages are folders:
//!
//! 1. `discover`: which program, which crates are reloadable, and what else the program is built of
//! 2. `stale`: which files changed
//! 3. `compile`: the host by cargo, and generations by replaying the commands that cargo ran
//! 4. `compat`: what a changed item can reach, and whether a build agrees with what is in memory
//! 5. `decide`: nothing, a reload or a restart
//! 6. `host`: the running program, and the channel to it
//! 7. `report`: what people and programs are told
//!
//! `session` is the loop that runs them. `base` and `cargo` are what every stage builds on. `commands` has
//! the other commands, `control` how they reach a session, and `cli` the command line. `shims` has the other
//! programs of this binary: cargo and rustc call it while they build, and it becomes the host.
//!
//! The other crates: `hotmod` is the runtime in the host, `hotmod-macros` its attributes,
//! `hotmod-protocol` the messages between tool and host.

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
