//! The `cargo-hotmod` binary. The library's documentation gives an overview of the modules.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cargo_hotmod::main()
}
