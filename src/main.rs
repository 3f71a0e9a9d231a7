//! The `cargo-hotmod` binary; see the library's documentation for what happens where.

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_hotmod::main()
}
