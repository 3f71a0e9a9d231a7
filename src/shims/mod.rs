//! The other programs in this binary. The environment and the first argument choose one.
//!
//! - [`rustc_wrapper`], [`linker`]: called by cargo and rustc in a session's build;
//!   [`host_code`]: whether a host has other code than the one that runs
//! - [`build_script`]: called by cargo instead of a build script
//! - [`runner`]: called by `cargo run` instead of the program
//! - [`supervisor`]: started by the session instead of the program's runner

mod build_script;
mod host_code;
mod linker;
mod runner;
mod rustc_wrapper;
mod supervisor;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::base::own_id::tell_own_id;
use crate::base::termination::end_with_parent;
use crate::cargo::diagnostics::rustc_error;
use crate::cargo::run::RUNNER_WORD;
use crate::compile::link::job::LINK_VARIABLE;
use crate::compile::script::shim;
use crate::compile::wrapper_plan::WRAPPER_VARIABLE;
use crate::error::Error;
use crate::host::{SUPERVISED_VARIABLE, SUPERVISOR_VARIABLE, Stop};
use crate::report::{self, Screen};

/// Runs the program that the environment chooses; `None` if this is the command line tool.
pub(crate) fn run() -> Option<ExitCode> {
    let mut arguments = std::env::args_os();
    if let Some(script) = arguments.nth(1).map(PathBuf::from)
        && let Some(program) = shim::program_behind(&script)
    {
        return Some(become_script(&script, &program, arguments));
    }
    let arguments = std::env::args_os();
    // rustc's environment has both variables: this is the linker, which rustc calls.
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
    if let Some(stop) = std::env::var_os(SUPERVISOR_VARIABLE) {
        // The session sets it, so it is valid.
        let stop = stop.to_string_lossy().parse().unwrap_or_default();
        return Some(supervise(stop, arguments));
    }
    None
}

/// Starts the runner, and supervises it.
fn supervise(stop: Stop, arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let runner = std::env::var_os(SUPERVISED_VARIABLE).unwrap_or_default();
    let mut command = Command::new(&runner);
    command
        .args(arguments.skip(1))
        .env_remove(SUPERVISED_VARIABLE)
        .env_remove(SUPERVISOR_VARIABLE);
    // Without sockets from the session, inherited ones are not for the program.
    let are_from_session =
        std::env::var_os("LISTEN_FDS").is_some() && std::env::var_os("LISTEN_PID").is_none();
    let told = match are_from_session {
        true => tell_own_id(&mut command, "LISTEN_PID"),
        false => Ok(()),
    };
    match told.and_then(|()| supervisor::supervise(&mut command, stop)) {
        Ok(code) => ExitCode::from(code),
        Err(error) => fail(&format!("`{}`: {error}", runner.display())),
    }
}

/// The runner of `cargo run`, which only prints its environment.
fn print_environment() -> ExitCode {
    match runner::print_environment() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!(
            "could not print the program's environment: {error}"
        )),
    }
}

fn fail(message: &str) -> ExitCode {
    let mut screen = Screen::new(report::ColorChoice::Auto, report::Verbosity::Normal);
    screen.error(message, None);
    ExitCode::from(Error::FAILED)
}

/// Replaces this process with a build script. Cargo shows the error if that fails.
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

/// Runs as the linker, which ends with the build. rustc shows its errors.
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

/// Runs as the rustc wrapper, which ends with the build. Cargo parses its stderr like rustc's.
fn wrap(plan: &Path, arguments: impl Iterator<Item = OsString>) -> ExitCode {
    end_with_parent();
    let error = match rustc_wrapper::run(plan, arguments.skip(1)) {
        Ok(never) => match never {},
        Err(error) => rustc_error(&error.to_string()),
    };
    // If stderr is closed, the message has no reader.
    let _ = writeln!(io::stderr(), "{error}");
    ExitCode::from(Error::FAILED)
}
