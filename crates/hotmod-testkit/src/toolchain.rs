//! The toolchain that builds the workspaces under test. The tool and the tests are built by the
//! toolchain that runs the tests.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// The name of a toolchain of rustup's, or the folder of another one.
const VARIABLE: &str = "HOTMOD_TEST_TOOLCHAIN";

/// What cargo and rustup tell the tests of the toolchain that runs them.
const OF_THE_TESTS: [&str; 6] = [
    "CARGO",
    "RUSTC",
    "RUSTDOC",
    "RUSTUP_TOOLCHAIN",
    "RUSTUP_TOOLCHAIN_SOURCE",
    "RUST_RECURSION_COUNT",
];

/// Has a command, and all that it starts, use the toolchain that was asked for.
pub(crate) fn select(command: &mut Command) {
    if let Some(asked) = std::env::var_os(VARIABLE) {
        use_toolchain(command, &asked);
    }
}

/// Whether another toolchain than the tests' own was asked for.
pub fn is_selected() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

/// The same for a toolchain that a test needs.
pub fn use_toolchain(command: &mut Command, toolchain: impl AsRef<OsStr>) {
    let toolchain = toolchain.as_ref();
    let_rustup_choose(command);
    let folder = Path::new(toolchain);
    if folder.is_absolute() {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let programs = std::iter::once(folder.join("bin"));
        let path = std::env::join_paths(programs.chain(std::env::split_paths(&path)));
        command.env("PATH", path.unwrap());
    } else {
        command.env("RUSTUP_TOOLCHAIN", toolchain);
    }
}

/// Has rustup choose the toolchain, as in a shell.
pub fn let_rustup_choose(command: &mut Command) {
    for name in OF_THE_TESTS {
        command.env_remove(name);
    }
}

/// Whether rustup has a toolchain of this name.
pub fn is_installed(toolchain: &str) -> bool {
    let mut command = Command::new("rustc");
    use_toolchain(&mut command, toolchain);
    let output = command.arg("-vV").output();
    output.is_ok_and(|output| output.status.success())
}

/// A name for what is built with the toolchain that was asked for; none for the tests' own.
pub(crate) fn label() -> Option<String> {
    let toolchain = std::env::var(VARIABLE).ok()?;
    let layout = std::env::var_os("CARGO_UNSTABLE_BUILD_DIR_NEW_LAYOUT");
    let layout = layout.map_or("", |_| "-new-layout");
    Some(toolchain.trim_matches('/').replace('/', "-") + layout)
}
