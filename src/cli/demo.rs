//! `cargo hotmod demo`.

use std::path::PathBuf;

use clap::Args;

use crate::demo;
use crate::discover::Selection;

use super::Outcome;
use super::display::DisplayArgs;

pub(super) const EXAMPLES: &str = "Example:\n  cargo hotmod demo";

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Where to write it
    #[arg(value_name = "FOLDER", default_value = "target/demo")]
    folder: PathBuf,
    #[command(flatten)]
    display: DisplayArgs,
}

impl DemoArgs {
    pub(super) fn run(self) -> Outcome {
        let settings = self.display.settings(Selection::default(), Vec::new());
        Outcome {
            color: settings.color,
            verbosity: settings.verbosity,
            result: demo::run(&self.folder, settings),
        }
    }
}
