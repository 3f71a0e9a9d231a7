//! What this process's environment must not pass on to the processes that it starts.
//!
//! Under `cargo run` (as from the alias of a checkout) cargo describes *this* package to the
//! process that it runs. In the user's build these variables would be wrong, and in the host's
//! they were never asked for.

use std::ffi::OsString;
use std::process::Command;

/// The cargo that called this tool, else the one on the path.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Takes out of a command's environment what `cargo run` put into this one's.
pub(crate) fn clean(command: &mut Command) {
    if std::env::var_os("CARGO_PKG_NAME").is_none() {
        return;
    }
    for (name, _) in std::env::vars_os() {
        let Some(text) = name.to_str() else {
            continue;
        };
        const EXACT: [&str; 6] = [
            "CARGO_MANIFEST_DIR",
            "CARGO_MANIFEST_PATH",
            "CARGO_CRATE_NAME",
            "CARGO_PRIMARY_PACKAGE",
            "LD_LIBRARY_PATH",
            "OUT_DIR",
        ];
        const PREFIXES: [&str; 3] = ["CARGO_PKG_", "CARGO_BIN_", "CARGO_FEATURE_"];
        if EXACT.contains(&text) || PREFIXES.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
}
