//! What is shown, and where.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use crate::discover::Selection;
use crate::host::Sockets;
use crate::report::{ColorChoice, Verbosity};
use crate::session::Settings;

#[derive(Debug, Args)]
pub(super) struct DisplayArgs {
    /// Append a line of JSON for each event to this file
    #[arg(long, value_name = "PATH")]
    events: Option<PathBuf>,
    /// Leave the terminal to the program, as for one that draws on all of it: show only what went
    /// wrong while it does not run, and write a log, whose path is shown first
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Show what led to each outcome, too; twice for cargo's own details
    #[arg(short, long, action = ArgAction::Count)]
    verbose: u8,
    /// Use colours
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

    /// The same for cargo.
    fn for_cargo(&self) -> Vec<String> {
        // Cargo itself sees no terminal.
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
            events: self.events.clone(),
            color: self.color,
            verbosity: self.verbosity(),
            cargo_display: self.for_cargo(),
            debuginfo: None,
            may_restart: true,
            takes_keys: false,
            poll: None,
            waits_for_host: false,
        }
    }
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// As text.
    #[default]
    Text,
    /// As JSON.
    Json,
}
