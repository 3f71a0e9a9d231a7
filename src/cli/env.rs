//! `cargo hotmod env`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::commands::env::env;
use crate::report::{ColorChoice, Verbosity};

use super::selection::SessionArgs;
use super::{Failure, Outcome};

pub(super) const EXAMPLES: &str = "Examples:\n  cargo hotmod env --output .vscode/hotmod.env\n  \
    env $(cargo hotmod env) gdb target/hotmod/debug/app\n\n\
    With these variables, a program joins the session if it is the one that the session built \
    last. \
    The values differ for each session.\n\n\
    Exit codes: 0 success, 2 invalid arguments, 3 no session is running";

#[derive(Debug, Args)]
pub(super) struct EnvArgs {
    #[command(flatten)]
    session: SessionArgs,
    /// Write to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
    /// When to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: ColorChoice,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// Lines of `NAME=value`
    #[default]
    Env,
    /// JSON with `env` and `program`, the path of the program to start
    Json,
}

impl EnvArgs {
    pub(super) fn run(self) -> Outcome {
        let as_json = matches!(self.format, Format::Json);
        Outcome {
            color: self.color,
            verbosity: Verbosity::Normal,
            result: env(&self.session.into(), as_json, self.output.as_deref())
                .map_err(Failure::from),
        }
    }
}
