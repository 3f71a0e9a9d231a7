//! `cargo hotmod stop`.

use clap::Args;

use crate::commands::stop::stop;
use crate::report::{ColorChoice, Screen, Verbosity};

use super::selection::SessionArgs;
use super::{Failure, Outcome};

pub(super) const EXAMPLES: &str = "Example:\n  cargo hotmod stop\n\n\
    Exit codes: 0 the session has ended, 2 invalid arguments, 3 no session is running";

#[derive(Debug, Args)]
pub(super) struct StopArgs {
    #[command(flatten)]
    session: SessionArgs,
    /// Show only errors
    #[arg(short, long)]
    quiet: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: ColorChoice,
}

impl StopArgs {
    pub(super) fn run(self) -> Outcome {
        let verbosity = match self.quiet {
            true => Verbosity::Quiet,
            false => Verbosity::Normal,
        };
        let mut screen = Screen::new(self.color, verbosity);
        Outcome {
            color: self.color,
            verbosity,
            result: stop(&self.session.into(), &mut screen).map_err(Failure::from),
        }
    }
}
