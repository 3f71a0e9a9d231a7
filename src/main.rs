//! The `cargo-hotmod` binary. The library's documentation gives an overview of the modules.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    cargo_hotmod::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    use std::io::Write as _;

    // Without a stderr, there is nobody to tell.
    let _ = writeln!(
        std::io::stderr(),
        "error: `cargo hotmod` does not support this system (`{}`) yet: it needs Linux\n\
         help: use it in a container or a virtual machine: see `docs/containers.md` in its repository",
        std::env::consts::OS
    );
    ExitCode::from(2)
}
