//! `cargo hotmod run`.

use std::ffi::OsString;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::error::Error;
use crate::host::Sockets;
use crate::session::{self, Settings};

use super::display::DisplayArgs;
use super::selection::SelectionArgs;
use super::{Failure, Outcome};

pub(super) const EXAMPLES: &str = "Examples:\n  cargo hotmod run\n  cargo hotmod run -p app --bin \
    server --features tls -- --port 8080\n  cargo hotmod run --listen 3000\n  \
    cargo hotmod run --wait-for-host\n  cargo hotmod run --events events.jsonl\n  \
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
    /// Take the keyboard: `r` reloads, `R` restarts, `?` tells more; the program's stdin is empty
    #[arg(long)]
    keys: bool,
    /// Look at all files that often, where the file system sends no events; every half second if
    /// no number is given
    #[arg(
        long,
        value_name = "SECONDS",
        num_args = 0..=1,
        default_missing_value = "0.5",
        allow_negative_numbers = true,
        value_parser = interval
    )]
    poll: Option<Duration>,
    /// Hold a listening socket that each host is handed (`LISTEN_FDS`), so that no client is refused
    /// while the program restarts: `127.0.0.1:3000`, `[::1]:3000`, `localhost:3000` or `3000`
    #[arg(long, value_name = "ADDRESS", conflicts_with = "wait_for_host")]
    listen: Vec<String>,
    /// Build the program, and wait until somebody starts it who has what `cargo hotmod env` prints,
    /// such as a debugger
    #[arg(long)]
    wait_for_host: bool,
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
        let sockets = Sockets::bind(&self.listen);
        let settings = self.settings();
        Outcome {
            color: settings.color,
            verbosity: settings.verbosity,
            result: sockets
                .map_err(Error::from)
                .and_then(|sockets| {
                    session::run(Settings {
                        sockets,
                        ..settings
                    })
                })
                .map_err(Failure::from),
        }
    }

    fn settings(self) -> Settings {
        Settings {
            debuginfo: self.debuginfo.for_rustc(),
            may_restart: !self.no_restart,
            takes_keys: self.keys,
            poll: self.poll,
            waits_for_host: self.wait_for_host,
            ..self.display.settings(self.selection.into(), self.arguments)
        }
    }
}

/// Looking more often costs a core, and more seldom than once in an hour is nobody's wish.
fn interval(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "it is no number".to_owned())?;
    match (0.01..=3600.0).contains(&seconds) {
        true => Ok(Duration::from_secs_f64(seconds)),
        false => Err("it is not from 0.01 to 3600".to_owned()),
    }
}
