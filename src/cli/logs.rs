//! `cargo hotmod logs`.

use clap::Args;

use crate::commands::logs::logs;
use crate::report::{ColorChoice, Verbosity};

use super::selection::SessionArgs;
use super::{Failure, Outcome};

pub(super) const EXAMPLES: &str = "Examples:\n  cargo hotmod logs\n  cargo hotmod logs --follow\n\n\
    Exit codes: 0 success, 2 invalid arguments, 3 no detached session has run";

#[derive(Debug, Args)]
pub(super) struct LogsArgs {
    #[command(flatten)]
    session: SessionArgs,
    /// Also print what follows, until the session ends
    #[arg(short, long)]
    follow: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: ColorChoice,
}

impl LogsArgs {
    pub(super) fn run(self) -> Outcome {
        Outcome {
            color: self.color,
            verbosity: Verbosity::Normal,
            result: logs(self.session.into(), self.follow).map_err(Failure::from),
        }
    }
}
