//! `cargo hotmod doctor`.

use clap::Args;

use crate::commands::doctor;
use crate::report::{ColorChoice, Verbosity};

use super::display::Format;
use super::selection::SelectionArgs;
use super::{Failure, Outcome};

pub(super) const EXAMPLES: &str = "Examples:\n  cargo hotmod doctor\n  cargo hotmod doctor -p app \
    --release\n  cargo hotmod doctor --format json\n\n\
    Exit codes: 0 a session can run, 1 an error prevents it, 2 invalid arguments";

#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    #[command(flatten)]
    selection: SelectionArgs,
    /// Output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
    /// When to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: ColorChoice,
}

impl DoctorArgs {
    pub(super) fn run(self) -> Outcome {
        let as_json = self.format == Format::Json;
        Outcome {
            color: self.color,
            verbosity: Verbosity::Normal,
            result: doctor::run(&self.selection.into(), as_json, self.color).map_err(Failure::from),
        }
    }
}
