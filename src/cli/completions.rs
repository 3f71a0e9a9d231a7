//! `cargo hotmod completions`: what a shell has to know to complete the commands and flags.

use std::io::{self, Write as _};

use clap::Args;
use clap_complete::Shell;

use crate::report::{ColorChoice, Verbosity};

use super::Outcome;

pub(super) const EXAMPLES: &str = "Examples:\n  \
    cargo hotmod completions bash > ~/.local/share/bash-completion/completions/cargo-hotmod\n  \
    source <(cargo hotmod completions bash)      in ~/.bashrc: `cargo hotmod` too\n  \
    cargo hotmod completions zsh > ~/.zfunc/_cargo-hotmod\n  \
    cargo hotmod completions fish > ~/.config/fish/completions/cargo-hotmod.fish\n  \
    cargo hotmod completions powershell >> $PROFILE\n\n\
    `cargo-hotmod` is completed by each shell, `cargo hotmod` by bash, and by zsh with cargo's own \
    completions.";

/// For bash, whose completions of cargo know nothing of other commands.
const OF_CARGO: &str = include_str!("completions/cargo.bash");

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// Shell that reads them
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

impl CompletionsArgs {
    pub(super) fn run(self) -> Outcome {
        // Nobody is there to be told that stdout is closed.
        let _ = io::stdout().write_all(script(self.shell).as_bytes());
        Outcome {
            color: ColorChoice::Auto,
            verbosity: Verbosity::Normal,
            result: Ok(0),
        }
    }
}

fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    let mut command = super::hotmod("cargo-hotmod");
    clap_complete::generate(shell, &mut command, "cargo-hotmod", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    match shell {
        // clap_complete 4.6 has two names for a command with a hyphen, of which bash finds one.
        Shell::Bash => script.replace("cargo__subcmd__hotmod", "cargo__hotmod") + OF_CARGO,
        _ => script,
    }
}
