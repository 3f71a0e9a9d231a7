//! Environment variables that this process must not pass to its children.
//!
//! Under `cargo run` (for example through the alias in a clone), cargo sets variables that describe
//! *this* package. They would be wrong in the user's build and in the host.

use std::ffi::{OsStr, OsString};
use std::process::Command;

use crate::cargo::rustup;

/// The cargo that called this tool. If there is none, or if rustup may choose another one for the
/// next call, the cargo in `PATH`.
pub(crate) fn cargo() -> OsString {
    let caller = std::env::var_os("CARGO").filter(|_| !rustup::has_chosen());
    caller.unwrap_or_else(|| "cargo".into())
}

/// Removes the variables that `cargo run` set for this process from a command's environment.
pub(crate) fn clean(command: &mut Command) {
    let names = std::env::vars_os().map(|(name, _)| name);
    for name in names.filter(|name| is_of_this_run(name)) {
        command.env_remove(&name);
    }
}

/// Whether `cargo run` set this variable for this process.
pub(crate) fn is_of_this_run(name: &OsStr) -> bool {
    const EXACT: [&str; 6] = [
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_PATH",
        "CARGO_CRATE_NAME",
        "CARGO_PRIMARY_PACKAGE",
        "LD_LIBRARY_PATH",
        "OUT_DIR",
    ];
    const PREFIXES: [&str; 3] = ["CARGO_PKG_", "CARGO_BIN_", "CARGO_FEATURE_"];
    let Some(name) = name.to_str() else {
        return false;
    };
    std::env::var_os("CARGO_PKG_NAME").is_some()
        && (EXACT.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix)))
}
