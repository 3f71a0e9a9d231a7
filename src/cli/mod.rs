//! The command line: what was typed, and the exit code that answers it.
//!
//! Each command has a file of its own: what it takes, and what it is given to. Two groups of
//! flags are shared: [`selection`], which program, and [`display`], what is shown.

/// What the exit codes of a command mean that asks a session.
macro_rules! codes {
    () => {
        "Exit codes: 0 what is on disk is live, 3 no session runs, 4 it does not build, 5 the \
         program does not take it, 6 the program is not running, 7 the session is paused, 8 no \
         answer in time"
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
mod man;
mod run;
mod selection;

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

/// Edit a crate, save, and the running program is the new one
#[derive(Debug, Args)]
#[command(version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Hotmod {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:\n  \
    cargo hotmod demo               a small web server to try it on\n  \
    cargo hotmod init               a workspace of your own, in an empty folder\n  \
    cargo hotmod run                the program of this workspace, until Ctrl-C\n  \
    cargo hotmod help run           all that a command takes\n\n\
    Exit codes: 0 all went well, 1 the session failed, 2 the command line, a manifest or the \
    toolchain asks for what can't be, 129, 130 or 143 after SIGHUP, Ctrl-C or SIGTERM";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the program, and reload its reloadable crates at each save
    #[command(visible_alias = "r", after_help = run::EXAMPLES)]
    Run(Box<run::RunArgs>),
    /// Make a reloadable crate, or a whole workspace with one
    #[command(after_help = init::EXAMPLES)]
    Init(init::InitArgs),
    /// Show what of a program is reloadable, what is not and why, and the session that runs
    #[command(visible_alias = "status", after_help = list::EXAMPLES)]
    List(Box<list::ListArgs>),
    /// Make what is on disk live in the session that runs here, and load it anew if it is
    #[command(after_help = ask::RELOAD)]
    Reload(ask::AskArgs),
    /// Start the program of the session that runs here again
    #[command(after_help = ask::RESTART)]
    Restart(ask::AskArgs),
    /// Wait until what is on disk is live in the session that runs here
    #[command(after_help = ask::WAIT)]
    Wait(ask::AskArgs),
    /// Find what keeps a session from running or makes it slow, with the fix of each
    #[command(after_help = doctor::EXAMPLES)]
    Doctor(Box<doctor::DoctorArgs>),
    /// Print the environment by which a host that a debugger starts joins the session
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
            Command::Restart(ask) => ask.run(Request::Restart),
            Command::Wait(ask) => ask.run(Request::Wait),
            Command::Doctor(doctor) => doctor.run(),
            Command::Env(env) => env.run(),
            Command::Demo(demo) => demo.run(),
            Command::Completions(completions) => completions.run(),
            Command::Man(man) => man.run(),
        }
    }
}

/// The command line below `cargo`, for what is made of it rather than read by it.
fn hotmod(bin_name: &'static str) -> clap::Command {
    // As the file is named: so are pages.
    Hotmod::augment_args(clap::Command::new("cargo-hotmod")).bin_name(bin_name)
}

/// How a command ended, and how its error is shown.
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

/// Runs the command line; `cargo hotmod …` and `cargo-hotmod …` alike.
pub(crate) fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let mut arguments: Vec<OsString> = arguments.collect();
    // Cargo passes the subcommand's name on; called directly there is none.
    if arguments.get(1).is_none_or(|first| first != "hotmod") {
        arguments.insert(1.min(arguments.len()), "hotmod".into());
    }
    let Cargo::Hotmod(hotmod) = match Cargo::try_parse_from(arguments) {
        Ok(parsed) => parsed,
        Err(error) => {
            // Help and version go to stdout, mistakes to stderr; nobody is there to be told
            // that either is closed.
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
