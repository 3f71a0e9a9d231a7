//! `cargo hotmod run`.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

use crate::session::{self, Settings};

use super::Outcome;
use super::display::DisplayArgs;
use super::selection::SelectionArgs;

pub(super) const EXAMPLES: &str = "Examples:\n  cargo hotmod run\n  cargo hotmod run -p app --bin \
    server --features tls -- --port 8080\n  cargo hotmod run --events events.jsonl\n  \
    cargo hotmod run -q                      # a program that draws on the whole terminal\n\n\
    A crate is reloadable if its manifest says so:\n  [package.metadata.hotmod]\n  \
    reloadable = true";

#[derive(Debug, Args)]
pub(super) struct RunArgs {
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

impl RunArgs {
    pub(super) fn run(self) -> Outcome {
        let settings = self.settings();
        Outcome {
            color: settings.color,
            verbosity: settings.verbosity,
            result: session::run(settings),
        }
    }

    fn settings(self) -> Settings {
        Settings {
            debuginfo: self.debuginfo.for_rustc(),
            may_restart: !self.no_restart,
            ..self.display.settings(self.selection.into(), self.arguments)
        }
    }
}
