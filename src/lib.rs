//! `cargo hotmod`: edit a crate, save, and the running program is the new one.
//!
//! The crate is a pipeline, and its folders are the stages:
//!
//! 1. [`discover`]: what the session is about: the host, the group, what lies on either side
//! 2. `stale`: what changed on disk
//! 3. `build`: the host by cargo, generations by replay of what cargo ran
//! 4. `check`: whether what was built agrees with what is in memory
//! 5. `signal`: the running host, and the conversation with it
//! 6. `report`: what people and programs are told
//!
//! `verdict` says what follows from what the second and the fourth found: nothing, a reload or a
//! restart. `list` says what is known without a session, `doctor` what is in the way of one, and
//! `init` writes what one needs.
//!
//! `session` alone knows all of them. It is one loop over one queue: file events, what the host
//! says and does, builds that end, signals of the terminal, and what is asked of it by other
//! processes (`control`). The stages below it are plain
//! functions and small types that know nothing of each other.
//!
//! The same binary is called by cargo as a wrapper of rustc and as a runner, by rustc as a linker
//! (`build`), and by itself to become the host or to supervise it (`signal`). The environment and the
//! first argument say which of these it is. It is also the interpreter of the files that stand for build
//! scripts.
//!
//! The other crates: `hotmod` is the runtime in the host, `hotmod-macros` its attributes,
//! `hotmod-protocol` what tool and host say to each other.

mod build;
mod check;
mod cli;
mod control;
mod demo;
pub mod discover;
mod doctor;
mod environment;
mod error;
mod init;
mod lifetime;
mod list;
mod mapped;
mod report;
mod rustup;
mod scratch;
mod session;
mod signal;
mod source;
mod stale;
mod template;
mod verdict;
mod walk;

use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use error::Error;
use report::Screen;

/// What the binary does, whoever called it.
pub fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    if let Some(script) = arguments.nth(1).map(PathBuf::from)
        && let Some(program) = build::program_behind(&script)
    {
        return become_script(&script, &program, arguments);
    }
    let arguments = std::env::args_os();
    // rustc's environment has both: the linker is the inner of the two.
    if let Some(job) = std::env::var_os(build::LINK_VARIABLE) {
        return link(&job.to_string_lossy(), arguments);
    }
    if let Some(plan) = std::env::var_os(build::WRAPPER_VARIABLE) {
        if std::env::args_os()
            .nth(1)
            .is_some_and(|it| it == build::RUNNER_WORD)
        {
            return run();
        }
        return wrap(&PathBuf::from(plan), arguments);
    }
    if std::env::var_os(signal::SUPERVISOR_VARIABLE).is_some() {
        return supervise(arguments);
    }
    if let Some(host) = std::env::var_os(signal::HOST_VARIABLE) {
        return become_host(&host, arguments);
    }
    cli::run(arguments)
}

/// Starts this binary once more, which becomes the runner.
fn supervise(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let mut command = Command::new("/proc/self/exe");
    command
        .args(arguments.skip(1))
        .env_remove(signal::SUPERVISOR_VARIABLE);
    match signal::supervise(&mut command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => fail(&format!("the program's runner can't be started: {error}")),
    }
}

/// The runner of `cargo run`, which starts nothing.
fn run() -> ExitCode {
    match build::print_environment() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("the program's environment can't be told: {error}")),
    }
}

fn fail(message: &str) -> ExitCode {
    let mut screen = Screen::new(report::ColorChoice::Auto, report::Verbosity::Normal);
    screen.error(message, None);
    ExitCode::from(Error::FAILED)
}

/// The host's pid, and all that was set up for it, is this process's.
fn become_host(host: &OsStr, arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let error = signal::become_host(host, arguments.skip(1));
    fail(&format!("`{}`: {error}", host.display()))
}

/// Cargo shows the words of a build script that can't be run.
fn become_script(
    script: &Path,
    program: &Path,
    arguments: impl Iterator<Item = OsString>,
) -> ExitCode {
    let error = match build::run_as_script(script, program, arguments) {
        Ok(never) => match never {},
        Err(error) => error,
    };
    fail(&format!("`{}`: {error}", program.display()))
}

/// A linker is a step of a build, and ends with it; rustc shows its words.
fn link(job: &str, arguments: impl Iterator<Item = OsString>) -> ExitCode {
    lifetime::end_with_parent();
    match build::run_as_linker(job, arguments.skip(1)) {
        Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Err(error) => {
            let mut screen = Screen::new(report::ColorChoice::Never, report::Verbosity::Normal);
            screen.error(&error.to_string(), None);
            ExitCode::from(Error::FAILED)
        }
    }
}

/// So is a wrapper; cargo reads its stderr as rustc's.
fn wrap(plan: &Path, arguments: impl Iterator<Item = OsString>) -> ExitCode {
    lifetime::end_with_parent();
    let error = match build::run_as_wrapper(plan, arguments.skip(1)) {
        Ok(never) => match never {},
        Err(error) => build::as_of_rustc(&error.to_string()),
    };
    // Nobody is there to be told that stderr is closed.
    let _ = writeln!(io::stderr(), "{error}");
    ExitCode::from(Error::FAILED)
}
