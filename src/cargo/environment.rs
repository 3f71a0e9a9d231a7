//! What this process's environment must not pass on to the processes that it starts.
//!
//! Under `cargo run` (as from the alias of a checkout) cargo describes *this* package to the
//! process that it runs. In the user's build these variables would be wrong, and in the host's
//! they were never asked for.

use std::ffi::{OsStr, OsString};
use std::process::Command;

use crate::cargo::rustup;

/// The cargo that called this tool, unless rustup may choose another one for the next call; else
/// the one on the path.
pub(crate) fn cargo() -> OsString {
    let caller = std::env::var_os("CARGO").filter(|_| !rustup::has_chosen());
    caller.unwrap_or_else(|| "cargo".into())
}

/// Removes from a command's environment what `cargo run` put into this process's.
pub(crate) fn clean(command: &mut Command) {
    let names = std::env::vars_os().map(|(name, _)| name);
    for name in names.filter(|name| is_of_this_run(name)) {
        command.env_remove(&name);
    }
}

/// Whether `cargo run` put this variable into this process's environment.
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
