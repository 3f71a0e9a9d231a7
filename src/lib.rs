//! `cargo hotmod`: edit a crate, save, and the running program is the new one.
//!
//! The crate is a pipeline, and its folders are the stages:
//!
//! 1. [`discover`]: what the session is about: the host, the group, what lies on either side
//! 2. `stale`: what changed on disk, and what that asks for
//! 3. `build`: the host by cargo, generations by replay of what cargo ran
//! 4. `signal`: the running host, and the conversation with it
//! 5. `report`: what people and programs are told
//!
//! `session` alone knows all of them. It is one loop over one queue: file events, what the host
//! says and does, builds that end, signals of the terminal. The stages below it are plain
//! functions and small types that know nothing of each other.
//!
//! The same binary is called by cargo as a wrapper of rustc and by rustc as a linker (`build`).
//! Which of the three it is, the environment says.
//!
//! The other crates: `hotmod` is the runtime in the host, `hotmod-macros` its attributes,
//! `hotmod-protocol` what tool and host say to each other.

mod build;
mod cli;
mod demo;
pub mod discover;
mod environment;
mod error;
mod lifetime;
mod report;
mod scratch;
mod session;
mod signal;
mod stale;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use error::Error;
use report::Screen;

/// What the binary does, whoever called it.
pub fn main() -> ExitCode {
    let arguments = std::env::args_os();
    // rustc's environment has both: the linker is the inner of the two.
    if let Some(job) = std::env::var_os(build::LINK_VARIABLE) {
        return inner(link(&job.to_string_lossy(), arguments));
    }
    if let Some(plan) = std::env::var_os(build::WRAPPER_VARIABLE) {
        return inner(wrap(&PathBuf::from(plan), arguments));
    }
    cli::run(arguments)
}

/// Either is a step of a build, and ends with it.
fn link(job: &str, arguments: impl Iterator<Item = OsString>) -> Result<u8, String> {
    lifetime::end_with_parent();
    build::run_as_linker(job, arguments.skip(1))
        .map(|code| u8::try_from(code).unwrap_or(1))
        .map_err(|error| error.to_string())
}

fn wrap(plan: &std::path::Path, arguments: impl Iterator<Item = OsString>) -> Result<u8, String> {
    lifetime::end_with_parent();
    match build::run_as_wrapper(plan, arguments.skip(1)) {
        Ok(never) => match never {},
        Err(error) => Err(error.to_string()),
    }
}

/// The exit code of a wrapper or a linker; its words go to rustc's or cargo's stderr.
fn inner(outcome: Result<u8, String>) -> ExitCode {
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(words) => {
            Screen::new(report::ColorChoice::Never, report::Verbosity::Normal).error(&words, None);
            ExitCode::from(Error::FAILED)
        }
    }
}
