//! The command line: what was typed, and the exit code that answers it.
//!
//! What is here holds no more than what was typed; what a session needs of it is made in
//! [`RunArgs::settings`].

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::demo;
use crate::discover::Selection;
use crate::error::Error;
use crate::list;
use crate::report::{ColorChoice, Screen, Verbosity};
use crate::session::{self, Settings};

#[derive(Debug, Parser)]
#[command(name = "cargo", bin_name = "cargo", disable_help_subcommand = true)]
enum Cargo {
    Hotmod(Hotmod),
}

/// Edit a crate, save, and the running program is the new one
#[derive(Debug, Args)]
#[command(version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Hotmod {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 all went well, 1 the session failed, 2 the command line, \
    a manifest or the toolchain asks for what can't be, 129, 130 or 143 after SIGHUP, Ctrl-C or \
    SIGTERM";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the program, and reload its reloadable crates at each save
    #[command(visible_alias = "r", after_help = RUN_EXAMPLES)]
    Run(Box<RunArgs>),
    /// Show what of a program is reloadable, and what it uses without an entry point
    #[command(after_help = "Example:\n  cargo hotmod list --json")]
    List(Box<ListArgs>),
    /// Write a small web server to `target/demo` and run it
    #[command(after_help = "Example:\n  cargo hotmod demo")]
    Demo(DemoArgs),
}

const RUN_EXAMPLES: &str = "Examples:\n  cargo hotmod run\n  cargo hotmod run -p app --bin \
    server --features tls -- --port 8080\n  cargo hotmod run --events events.jsonl\n\n\
    A crate is reloadable if its manifest says so:\n  [package.metadata.hotmod]\n  \
    reloadable = true";

#[derive(Debug, Args)]
struct RunArgs {
    #[command(flatten)]
    selection: SelectionArgs,
    /// Debug information of reloaded code
    #[arg(long, value_name = "HOW_MUCH", value_enum, default_value_t)]
    debuginfo: DebugInfo,
    /// Never restart the program: where an edit asks for that, the old code goes on
    #[arg(long)]
    no_restart: bool,
    #[command(flatten)]
    display: DisplayArgs,
    /// Arguments for the program
    #[arg(last = true, value_name = "ARGS")]
    arguments: Vec<OsString>,
}

/// Which program, and how it is built: cargo's own flags.
#[derive(Debug, Args)]
struct SelectionArgs {
    /// Package with the program
    #[arg(short, long, value_name = "SPEC")]
    package: Option<String>,
    /// Name of the binary
    #[arg(long, value_name = "NAME", conflicts_with = "example")]
    bin: Option<String>,
    /// Name of the example
    #[arg(long, value_name = "NAME")]
    example: Option<String>,
    /// Features to activate, parted by commas or spaces
    #[arg(short = 'F', long, value_name = "FEATURES")]
    features: Vec<String>,
    /// Activate all features
    #[arg(long)]
    all_features: bool,
    /// Do not activate the `default` feature
    #[arg(long)]
    no_default_features: bool,
    /// Build with the release profile
    #[arg(short, long, conflicts_with = "profile")]
    release: bool,
    /// Build with this profile
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    /// Build for this target triple
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// The user's target directory; the session builds in `hotmod` below it
    #[arg(long, value_name = "DIRECTORY")]
    target_dir: Option<PathBuf>,
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,
    /// Require that Cargo.lock stays as it is
    #[arg(long)]
    locked: bool,
    /// Run without accessing the network
    #[arg(long)]
    offline: bool,
    /// As --locked and --offline together
    #[arg(long)]
    frozen: bool,
}

#[derive(Debug, Args)]
struct ListArgs {
    #[command(flatten)]
    selection: SelectionArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: ColorChoice,
}

#[derive(Debug, Args)]
struct DisplayArgs {
    /// Append a line of JSON for each event to this file
    #[arg(long, value_name = "PATH")]
    events: Option<PathBuf>,
    /// Show only what went wrong
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Show what led to each outcome, too; twice for cargo's own details
    #[arg(short, long, action = ArgAction::Count)]
    verbose: u8,
    /// Use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: ColorChoice,
}

/// How much debug information reloaded code has.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum DebugInfo {
    /// As much as the profile says
    #[default]
    Full,
    /// Lines for backtraces, no variables
    Lines,
    /// None: the quickest to compile
    None,
}

impl DebugInfo {
    /// The value of rustc's `-C debuginfo`, if it is another one than the profile's.
    fn for_rustc(self) -> Option<&'static str> {
        match self {
            DebugInfo::Full => None,
            DebugInfo::Lines => Some("line-tables-only"),
            DebugInfo::None => Some("none"),
        }
    }
}

#[derive(Debug, Args)]
struct DemoArgs {
    /// Where to write it
    #[arg(value_name = "FOLDER", default_value = "target/demo")]
    folder: PathBuf,
    #[command(flatten)]
    display: DisplayArgs,
}

impl DisplayArgs {
    fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, 0) => Verbosity::Normal,
            (false, _) => Verbosity::Verbose,
        }
    }

    /// The same for cargo.
    fn for_cargo(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        match self.color {
            ColorChoice::Auto => {}
            ColorChoice::Always => arguments.push("--color=always".to_owned()),
            ColorChoice::Never => arguments.push("--color=never".to_owned()),
        }
        if self.quiet {
            arguments.push("--quiet".to_owned());
        }
        if self.verbose > 1 {
            arguments.push("--verbose".to_owned());
        }
        arguments
    }

    fn settings(&self, selection: Selection, arguments: Vec<OsString>) -> Settings {
        Settings {
            selection,
            arguments,
            environment: Vec::new(),
            events: self.events.clone(),
            color: self.color,
            verbosity: self.verbosity(),
            cargo_display: self.for_cargo(),
            debuginfo: None,
            may_restart: true,
        }
    }
}

impl From<SelectionArgs> for Selection {
    fn from(typed: SelectionArgs) -> Self {
        Selection {
            manifest_path: typed.manifest_path,
            package: typed.package,
            bin: typed.bin,
            example: typed.example,
            features: typed.features,
            all_features: typed.all_features,
            no_default_features: typed.no_default_features,
            profile: typed.profile,
            release: typed.release,
            target: typed.target,
            target_dir: typed.target_dir,
            locked: typed.locked,
            offline: typed.offline,
            frozen: typed.frozen,
        }
    }
}

impl RunArgs {
    fn settings(self) -> Settings {
        Settings {
            debuginfo: self.debuginfo.for_rustc(),
            may_restart: !self.no_restart,
            ..self.display.settings(self.selection.into(), self.arguments)
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
    let (color, verbosity, outcome) = match hotmod.command {
        Command::Run(run) => {
            let settings = run.settings();
            (settings.color, settings.verbosity, session::run(settings))
        }
        Command::List(list) => {
            let outcome = list::run(&list.selection.into(), list.json);
            (list.color, Verbosity::Normal, outcome)
        }
        Command::Demo(demo) => {
            let settings = demo.display.settings(Selection::default(), Vec::new());
            let (color, verbosity) = (settings.color, settings.verbosity);
            (color, verbosity, demo::run(&demo.folder, settings))
        }
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            Screen::new(color, verbosity).error(&error.to_string(), error.help().as_deref());
            ExitCode::from(error.exit_code())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        Cargo::command().debug_assert();
    }
}
