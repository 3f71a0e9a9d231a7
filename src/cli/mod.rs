//! The command line: parses the arguments, runs the command, and returns its exit code.
//!
//! Each command has its own file, with its arguments and the call into the library. Two groups of
//! flags are shared: [`selection`] chooses the program, and [`display`] the output.

/// The exit codes of the commands that ask a session.
macro_rules! codes {
    () => {
        "Exit codes: 0 the saved code is live, 3 no session is running, 4 the code does not build, \
         5 it \
         can't be loaded into the program, 6 the program is not running, 7 the session is paused, \
         8 \
         timeout"
    };
}

mod ask;
mod completions;
mod demo;
mod display;
mod doctor;
mod env;
mod init;
mod list;
mod logs;
mod man;
mod run;
mod selection;
mod stop;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::commands::init::InitError;
use crate::control::Request;
use crate::error::Error;
use crate::report::{ColorChoice, Screen, Verbosity};

#[derive(Debug, Parser)]
#[command(name = "cargo", bin_name = "cargo")]
enum Cargo {
    Hotmod(Hotmod),
}

/// Keep a Rust program running while you edit it
#[derive(Debug, Args)]
#[command(version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Hotmod {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:\n  \
    cargo hotmod demo               try it on a small web server\n  \
    cargo hotmod init               create a workspace in an empty folder\n  \
    cargo hotmod run                run this workspace's program, until Ctrl-C\n  \
    cargo hotmod help run           show the options of a command\n\n\
    Exit codes: 0 success, 1 the session could not be set up, 2 invalid arguments, manifest or \
    toolchain, 129, 130 or 143 after SIGHUP, Ctrl-C or SIGTERM";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the program, and reload its reloadable crates when you save
    #[command(visible_alias = "r", after_help = run::EXAMPLES)]
    Run(Box<run::RunArgs>),
    /// Create a reloadable crate, or a workspace with one
    #[command(after_help = init::EXAMPLES)]
    Init(init::InitArgs),
    /// Show what is reloadable, what isn't and why, and the running session
    #[command(visible_alias = "status", after_help = list::EXAMPLES)]
    List(Box<list::ListArgs>),
    /// Make the saved code live in the running session; load it again even if nothing changed
    #[command(after_help = ask::RELOAD)]
    Reload(ask::AskArgs),
    /// Restart the program of the running session
    #[command(after_help = ask::RESTART)]
    Restart(ask::RestartArgs),
    /// Make the code before the last reload live again, until the next save
    #[command(after_help = ask::ROLLBACK)]
    Rollback(ask::AskArgs),
    /// Wait until the saved code is live in the running session, or has failed to go live
    #[command(after_help = ask::WAIT)]
    Wait(ask::WaitArgs),
    /// End the running session and its program
    #[command(after_help = stop::EXAMPLES)]
    Stop(stop::StopArgs),
    /// Print what a detached session and its program have printed
    #[command(after_help = logs::EXAMPLES)]
    Logs(logs::LogsArgs),
    /// Find problems that prevent a session or slow it down, each with a fix
    #[command(after_help = doctor::EXAMPLES)]
    Doctor(Box<doctor::DoctorArgs>),
    /// Print the environment variables that let a program started by a debugger join the session
    #[command(after_help = env::EXAMPLES)]
    Env(Box<env::EnvArgs>),
    /// Write a small web server to `target/demo` and run it
    #[command(after_help = demo::EXAMPLES)]
    Demo(demo::DemoArgs),
    /// Print completions for a shell
    #[command(after_help = completions::EXAMPLES)]
    Completions(completions::CompletionsArgs),
    /// Print the manual page, or write one for each command
    #[command(after_help = man::EXAMPLES)]
    Man(man::ManArgs),
}

impl Command {
    fn run(self) -> Outcome {
        match self {
            Command::Run(run) => run.run(),
            Command::Init(init) => init.run(),
            Command::List(list) => list.run(),
            Command::Reload(ask) => ask.run(Request::Reload),
            Command::Restart(restart) => restart.run(),
            Command::Rollback(ask) => ask.run(Request::Rollback),
            Command::Wait(wait) => wait.run(),
            Command::Stop(stop) => stop.run(),
            Command::Logs(logs) => logs.run(),
            Command::Doctor(doctor) => doctor.run(),
            Command::Env(env) => env.run(),
            Command::Demo(demo) => demo.run(),
            Command::Completions(completions) => completions.run(),
            Command::Man(man) => man.run(),
        }
    }
}

/// The command line without `cargo`, for manual pages and completions.
fn hotmod(bin_name: &'static str) -> clap::Command {
    // The executable's name, which manual pages and completions use.
    Hotmod::augment_args(clap::Command::new("cargo-hotmod")).bin_name(bin_name)
}

/// A command's result, and how to show its error.
struct Outcome {
    color: ColorChoice,
    verbosity: Verbosity,
    result: Result<u8, Failure>,
}

/// Why a command failed, as it is shown.
struct Failure {
    message: String,
    help: Option<String>,
    exit_code: u8,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure {
            message: error.to_string(),
            help: error.help(),
            exit_code: error.exit_code(),
        }
    }
}

impl From<InitError> for Failure {
    fn from(error: InitError) -> Self {
        Failure {
            message: error.to_string(),
            help: error.help(),
            exit_code: error.exit_code(),
        }
    }
}

/// Runs the command line of `cargo hotmod …` or `cargo-hotmod …`.
pub(crate) fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let mut arguments: Vec<OsString> = arguments.collect();
    // Cargo passes the subcommand's name; a direct call has none.
    if arguments.get(1).is_none_or(|first| first != "hotmod") {
        arguments.insert(1.min(arguments.len()), "hotmod".into());
    }
    let Cargo::Hotmod(hotmod) = match Cargo::try_parse_from(arguments) {
        Ok(parsed) => parsed,
        Err(error) => {
            // Help and version go to stdout, errors to stderr. If the stream is closed, the
            // message has no reader.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Error::USAGE));
        }
    };
    let outcome = hotmod.command.run();
    match outcome.result {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            let mut screen = Screen::new(outcome.color, outcome.verbosity);
            screen.error(&failure.message, failure.help.as_deref());
            ExitCode::from(failure.exit_code)
        }
    }
}

#[cfg(test)]
mod tests;
