//! The tool as the runner of `cargo run`: prints its environment instead of running the program.

use std::io::{self, Write as _};

use crate::cargo::run::{RUNNER_WORD, encode};

/// Prints the environment. It is not written to a file, because it can contain secrets.
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
