//! The tool as the runner of `cargo run`: prints its environment and runs nothing.

use std::io::{self, Write as _};

use crate::cargo::run::{RUNNER_WORD, encode};

/// Runs as cargo's runner: prints the environment, and writes it to no file, since it may hold
/// what is secret.
pub(crate) fn print_environment() -> io::Result<()> {
    let mut line = RUNNER_WORD.to_owned();
    for (name, value) in std::env::vars_os() {
        line.push(' ');
        line.push_str(&encode(&name));
        line.push('=');
        line.push_str(&encode(&value));
    }
    writeln!(io::stdout(), "{line}")
}
