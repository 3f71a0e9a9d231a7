//! `cargo hotmod completions`: shell scripts that complete commands and flags.

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
    All of these shells complete `cargo-hotmod`. bash also completes `cargo hotmod`, and so does \
    zsh with \
    cargo's own completions.";

/// For bash, whose completions of cargo don't include other subcommands.
const CARGO_SUBCOMMAND: &str = include_str!("completions/cargo.bash");

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// Shell to print completions for
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

impl CompletionsArgs {
    pub(super) fn run(self) -> Outcome {
        // If stdout is closed, the script has no reader.
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
        // clap_complete 4.6 gives a command with a hyphen two names, and bash finds only one.
        Shell::Bash => script.replace("cargo__subcmd__hotmod", "cargo__hotmod") + CARGO_SUBCOMMAND,
        _ => script,
    }
}
