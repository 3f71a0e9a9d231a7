//! `cargo hotmod list`.

use clap::Args;

use crate::commands::list::{self, Style};
use crate::report::{ColorChoice, Verbosity};

use super::display::Format;
use super::selection::SelectionArgs;
use super::{Failure, Outcome};

pub(super) const EXAMPLES: &str = "Examples:\n  cargo hotmod list\n  cargo hotmod list --verbose\n  cargo hotmod list --format json\n  \
    cargo hotmod list --watch                # in a second terminal, next to a full-screen program";

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    selection: SelectionArgs,
    /// Output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
    /// Show each package with the reason why it is not reloadable
    #[arg(short, long, conflicts_with = "format")]
    verbose: bool,
    /// Print the listing again whenever it changes, until Ctrl-C. On a terminal, it replaces the last one
    #[arg(long)]
    watch: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: ColorChoice,
}

impl ListArgs {
    pub(super) fn run(self) -> Outcome {
        let style = match self.format {
            Format::Json => Style::Json,
            Format::Text if self.verbose => Style::Verbose,
            Format::Text => Style::Short,
        };
        Outcome {
            color: self.color,
            verbosity: Verbosity::Normal,
            result: list::run(&self.selection.into(), style, self.watch).map_err(Failure::from),
        }
    }
}
