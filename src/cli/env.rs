//! `cargo hotmod env`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::commands::env::env;
use crate::report::{ColorChoice, Verbosity};

use super::selection::SessionArgs;
use super::{Failure, Outcome};

pub(super) const EXAMPLES: &str = "Examples:\n  cargo hotmod env --output .vscode/hotmod.env\n  \
    env $(cargo hotmod env) gdb target/hotmod/debug/app\n\n\
    A program that has these variables joins the session, if it is the one that the session built \
    last. Each session has others.\n\n\
    Exit codes: 0 they are printed, 2 the command line is wrong, 3 no session runs here";

#[derive(Debug, Args)]
pub(super) struct EnvArgs {
    #[command(flatten)]
    session: SessionArgs,
    /// Write it to this file
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How it is written
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
    /// Use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: ColorChoice,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// A line of `NAME=value` for each variable
    #[default]
    Env,
    /// JSON: `env`, and `program`, the path of what to start
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
