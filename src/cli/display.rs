//! Flags that choose what is shown, and where.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use crate::discover::Selection;
use crate::host::{Sockets, Stop};
use crate::report::{ColorChoice, Verbosity};
use crate::session::{DeltaPolicy, Settings, ShadowPolicy};

#[derive(Debug, Args)]
pub(super) struct DisplayArgs {
    /// Append each event to this file, as a line of JSON
    #[arg(long, value_name = "PATH")]
    events: Option<PathBuf>,
    /// Leave the terminal to the program: show only errors and notes, and only while it is not running.
    /// Everything is written to a log file, whose path is printed at the start
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Also show the steps that led to each outcome; twice for cargo's verbose output
    #[arg(short, long, action = ArgAction::Count)]
    verbose: u8,
    /// When to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: ColorChoice,
}

impl DisplayArgs {
    fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, 0) => Verbosity::Normal,
            (false, _) => Verbosity::Verbose,
        }
    }

    /// The corresponding arguments for cargo.
    fn for_cargo(&self) -> Vec<String> {
        // Cargo's stderr is a pipe, so it would choose no colours.
        let color = match self.color.is_on() {
            true => "--color=always",
            false => "--color=never",
        };
        let mut arguments = vec![color.to_owned()];
        if self.verbose > 1 {
            arguments.push("--verbose".to_owned());
        }
        arguments
    }

    pub(super) fn settings(&self, selection: Selection, arguments: Vec<OsString>) -> Settings {
        Settings {
            selection,
            arguments,
            sockets: Sockets::default(),
            stop: Stop::default(),
            events: self.events.clone(),
            timings: false,
            color: self.color,
            verbosity: self.verbosity(),
            cargo_display: self.for_cargo(),
            debuginfo: None,
            deltas: DeltaPolicy::default(),
            may_restart: true,
            shadow: ShadowPolicy::default(),
            checker: None,
            overlaps: false,
            takes_keys: false,
            poll: None,
            detached: None,
            waits_for_host: false,
        }
    }
}

/// Output format of `list` and `doctor`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Text
    #[default]
    Text,
    /// JSON, for scripts
    Json,
}
