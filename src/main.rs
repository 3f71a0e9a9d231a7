//! The `cargo-hotmod` binary. The library's documentation gives an overview of the modules.

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_hotmod::main()
}
