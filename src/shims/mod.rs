//! The other programs of this binary. The environment and the first argument say which one it is.
//!
//! - [`rustc_wrapper`], [`linker`]: what cargo and rustc call in a session's build
//! - [`build_script`]: what cargo calls in place of a build script
//! - [`runner`]: what `cargo run` calls in place of the program
//! - [`become_host`], [`supervisor`]: what the session starts in place of the program

mod become_host;
mod build_script;
mod linker;
mod runner;
mod rustc_wrapper;
mod supervisor;

use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::base::termination::end_with_parent;
use crate::cargo::diagnostics::as_of_rustc;
use crate::cargo::run::RUNNER_WORD;
use crate::compile::link::job::LINK_VARIABLE;
use crate::compile::script::shim;
use crate::compile::wrapper_plan::WRAPPER_VARIABLE;
use crate::error::Error;
use crate::host::{HOST_VARIABLE, SUPERVISOR_VARIABLE};
use crate::report::{self, Screen};

/// What this process is to do, if it is not the command that a user typed.
pub(crate) fn run() -> Option<ExitCode> {
    let mut arguments = std::env::args_os();
    if let Some(script) = arguments.nth(1).map(PathBuf::from)
        && let Some(program) = shim::program_behind(&script)
    {
        return Some(become_script(&script, &program, arguments));
    }
    let arguments = std::env::args_os();
    // rustc's environment has both: the linker is the inner of the two.
    if let Some(job) = std::env::var_os(LINK_VARIABLE) {
        return Some(link(&job.to_string_lossy(), arguments));
    }
    if let Some(plan) = std::env::var_os(WRAPPER_VARIABLE) {
        if std::env::args_os()
            .nth(1)
            .is_some_and(|it| it == RUNNER_WORD)
        {
            return Some(print_environment());
        }
        return Some(wrap(&PathBuf::from(plan), arguments));
    }
    if std::env::var_os(SUPERVISOR_VARIABLE).is_some() {
        return Some(supervise(arguments));
    }
    if let Some(host) = std::env::var_os(HOST_VARIABLE) {
        return Some(become_host(&host, arguments));
    }
    None
}

/// Starts this binary once more, which becomes the runner.
fn supervise(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let mut command = Command::new("/proc/self/exe");
    command
        .args(arguments.skip(1))
        .env_remove(SUPERVISOR_VARIABLE);
    match supervisor::supervise(&mut command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => fail(&format!("the program's runner can't be started: {error}")),
    }
}

/// The runner of `cargo run`, which starts nothing.
fn print_environment() -> ExitCode {
    match runner::print_environment() {
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
    let error = become_host::become_host(host, arguments.skip(1));
    fail(&format!("`{}`: {error}", host.display()))
}

/// Cargo shows the words of a build script that can't be run.
fn become_script(
    script: &Path,
    program: &Path,
    arguments: impl Iterator<Item = OsString>,
) -> ExitCode {
    let error = match build_script::run(script, program, arguments) {
        Ok(never) => match never {},
        Err(error) => error,
    };
    fail(&format!("`{}`: {error}", program.display()))
}

/// A linker is a step of a build, and ends with it; rustc shows its words.
fn link(job: &str, arguments: impl Iterator<Item = OsString>) -> ExitCode {
    end_with_parent();
    match linker::run(job, arguments.skip(1)) {
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
    end_with_parent();
    let error = match rustc_wrapper::run(plan, arguments.skip(1)) {
        Ok(never) => match never {},
        Err(error) => as_of_rustc(&error.to_string()),
    };
    // Nobody is there to be told that stderr is closed.
    let _ = writeln!(io::stderr(), "{error}");
    ExitCode::from(Error::FAILED)
}
