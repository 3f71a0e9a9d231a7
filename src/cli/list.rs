//! `cargo hotmod list`.

use clap::Args;

use crate::list;
use crate::report::{ColorChoice, Verbosity};

use super::Outcome;
use super::selection::SelectionArgs;

pub(super) const EXAMPLES: &str = "Example:\n  cargo hotmod list --json";

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    selection: SelectionArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: ColorChoice,
}

impl ListArgs {
    pub(super) fn run(self) -> Outcome {
        Outcome {
            color: self.color,
            verbosity: Verbosity::Normal,
            result: list::run(&self.selection.into(), self.json),
        }
    }
}
