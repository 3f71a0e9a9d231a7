//! `cargo hotmod run`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

use crate::commands::detach::detach;
use crate::control::Detached;
use crate::error::Error;
use crate::host::{Sockets, Stop, StopSignal};
use crate::report::Screen;
use crate::session::{self, Checker, DeltaPolicy, Settings, ShadowPolicy};

use super::display::DisplayArgs;
use super::selection::SelectionArgs;
use super::{Failure, Outcome};

pub(super) const EXAMPLES: &str = "Examples:\n  cargo hotmod run\n  cargo hotmod run -p app --bin \
    server --features tls -- --port 8080\n  cargo hotmod run --listen 3000\n  \
    cargo hotmod run --wait-for-host\n  cargo hotmod run --events events.jsonl\n  \
    cargo hotmod run --check                 # are tests and other crates still fine?\n  \
    cargo hotmod run --timings               # where does the time go?\n  \
    cargo hotmod run --detach && cargo hotmod logs --follow\n  \
    cargo hotmod run -q                      # for a program that draws on the whole terminal\n\n\
    A crate is reloadable if its manifest says so:\n  [package.metadata.hotmod]\n  \
    reloadable = true";

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    selection: SelectionArgs,
    /// How much debug information reloaded code gets
    #[arg(long, value_name = "HOW_MUCH", value_enum, default_value_t)]
    debuginfo: DebugInfo,
    /// For which edits of function bodies to compile these bodies alone first. The whole crate is compiled
    /// afterwards, in the background
    #[arg(long, value_name = "WHICH", value_enum, default_value_t)]
    delta: DeltaPolicy,
    /// Never restart the program for an edit; the old code keeps running instead
    #[arg(long)]
    no_restart: bool,
    /// Which reloads to compare with a clean build, in the background. The program is restarted if its
    /// code differs
    #[arg(long, value_name = "WHICH", value_enum, default_value_t)]
    shadow: ShadowPolicy,
    /// After each reload, check the whole workspace in the background, as `cargo check --workspace
    /// --all-targets` does
    #[arg(long)]
    check: bool,
    /// Check the workspace with this command, for the shell
    #[arg(long, value_name = "COMMAND", value_parser = NonEmptyStringValueParser::new())]
    check_command: Option<String>,
    /// Control the session from the keyboard: `r` reloads, `R` restarts, `?` shows all keys. The
    /// program's stdin is empty
    #[arg(long)]
    keys: bool,
    /// Check all files at this interval (0.5 by default), for file systems that send no change
    /// events
    #[arg(
        long,
        value_name = "SECONDS",
        num_args = 0..=1,
        default_missing_value = "0.5",
        allow_negative_numbers = true,
        value_parser = interval
    )]
    poll: Option<Duration>,
    /// Open a socket and pass it to the program (`LISTEN_FDS`), so that clients can connect while
    /// the program restarts: `127.0.0.1:3000`, `[::1]:3000`, `localhost:3000` or `3000`
    #[arg(long, value_name = "ADDRESS", conflicts_with = "wait_for_host")]
    listen: Vec<String>,
    /// Run the new process before the old one is stopped, for a server that starts slowly. The new one
    /// waits in its first `hotmod::carry`, or at the beginning of `main` if the program carries no values
    #[arg(long, conflicts_with = "wait_for_host")]
    overlap: bool,
    /// The signal that stops the program: `TERM`, `INT`, `HUP`, `QUIT`, `USR1` or `USR2`
    #[arg(long, value_name = "SIGNAL", default_value = "TERM")]
    stop_signal: StopSignal,
    /// How long the program may take to end after the signal, before it is killed
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "3",
        allow_negative_numbers = true,
        value_parser = stop_timeout
    )]
    stop_timeout: Duration,
    /// Build the program, and wait until another process, such as a debugger, starts it with the
    /// environment from `cargo hotmod env`
    #[arg(long)]
    wait_for_host: bool,
    /// Run the session in the background. This command ends when the program runs, or can't be built, with the
    /// exit codes of `cargo hotmod wait`
    #[arg(long, conflicts_with_all = ["keys", "quiet"])]
    detach: bool,
    /// The socket of the command that was called with `--detach`
    #[arg(long, value_name = "SOCKET", hide = true)]
    detached: Option<PathBuf>,
    /// Write a page that shows where the time of each reload and restart went, and print its path. Open it in
    /// a browser, also while the session runs
    #[arg(long)]
    timings: bool,
    #[command(flatten)]
    display: DisplayArgs,
    /// Arguments for the program
    #[arg(last = true, value_name = "ARGS")]
    arguments: Vec<OsString>,
}

/// How much debug information reloaded code gets.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum DebugInfo {
    /// As the profile says
    #[default]
    Full,
    /// Lines for backtraces, no variables
    Lines,
    /// None; fastest to compile
    None,
}

impl DebugInfo {
    /// The value for rustc's `-C debuginfo`, unless the profile's applies.
    fn for_rustc(self) -> Option<&'static str> {
        match self {
            DebugInfo::Full => None,
            DebugInfo::Lines => Some("line-tables-only"),
            DebugInfo::None => Some("none"),
        }
    }
}

impl RunArgs {
    pub(super) fn run(mut self) -> Outcome {
        let (starts_another, detached) = (self.detach, self.detached.take());
        let listen = std::mem::take(&mut self.listen);
        let settings = self.settings();
        let (color, verbosity) = (settings.color, settings.verbosity);
        let result = match starts_another {
            true => detach(&mut Screen::new(color, verbosity)),
            false => run(settings, &listen, detached),
        };
        Outcome {
            color,
            verbosity,
            result: result.map_err(Failure::from),
        }
    }

    fn settings(self) -> Settings {
        Settings {
            debuginfo: self.debuginfo.for_rustc(),
            deltas: self.delta,
            may_restart: !self.no_restart,
            shadow: self.shadow,
            checker: match self.check_command {
                Some(command) => Some(Checker::Command(command)),
                None => self.check.then_some(Checker::Cargo),
            },
            stop: Stop {
                signal: self.stop_signal,
                timeout: self.stop_timeout,
            },
            overlaps: self.overlap,
            takes_keys: self.keys,
            poll: self.poll,
            timings: self.timings,
            waits_for_host: self.wait_for_host,
            ..self.display.settings(self.selection.into(), self.arguments)
        }
    }
}

fn run(settings: Settings, listen: &[String], detached: Option<PathBuf>) -> Result<u8, Error> {
    session::run(Settings {
        detached: detached.map(Detached::leave_terminal).transpose()?,
        sockets: Sockets::bind(listen)?,
        ..settings
    })
}

/// A shorter interval would keep a core busy; one longer than an hour is surely a mistake.
fn interval(text: &str) -> Result<Duration, String> {
    seconds(text, 0.01)
}

/// Zero kills the program at once.
fn stop_timeout(text: &str) -> Result<Duration, String> {
    seconds(text, 0.0)
}

fn seconds(text: &str, least: f64) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (least..=3600.0).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(format!("must be between {least} and 3600"))
    }
}
