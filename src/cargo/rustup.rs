//! rustup's proxies: the `cargo` and `rustc` in `PATH` often are proxies that choose a toolchain.
//! rustup is not required, and none of its own commands are run.

use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// Variables in which rustup passes the chosen toolchain to children, and counts nested proxies.
pub(crate) const CHOICE: [&str; 4] = [
    "RUSTUP_TOOLCHAIN",
    "RUSTUP_TOOLCHAIN_SOURCE",
    "CARGO",
    "RUST_RECURSION_COUNT",
];

/// A command that runs a program of the toolchain, for which rustup chooses the toolchain again.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    if has_chosen() {
        for name in CHOICE {
            command.env_remove(name);
        }
    }
    command
}

/// Whether rustup chose this process's toolchain from the current directory. Then a new
/// `rust-toolchain.toml` during a session can choose another one.
///
/// rustup passes its choice to its children, and since 1.29 also how it was made.
pub(crate) fn has_chosen() -> bool {
    let variable = |name| env::var(name).ok();
    is_choice(
        variable("RUSTUP_TOOLCHAIN"),
        variable("RUSTUP_TOOLCHAIN_SOURCE"),
        variable("CARGO"),
    )
}

fn is_choice(toolchain: Option<String>, source: Option<String>, cargo: Option<String>) -> bool {
    let (Some(toolchain), Some(source), Some(cargo)) = (toolchain, source, cargo) else {
        return false;
    };
    // If the user sets the toolchain variable, the other two are not set.
    let mut folders = Path::new(&cargo).iter();
    let is_of_cargo = folders.any(|folder| folder == &*toolchain);
    is_of_cargo && !matches!(&*source, "cli" | "env")
}

/// The toolchain that a proxy reports as not installed.
pub(crate) fn missing_toolchain(stderr: &str) -> Option<&str> {
    let line = stderr.lines().find(|line| line.starts_with("error: "))?;
    let line = line.strip_suffix(" is not installed")?;
    let (_, name) = line.split_once("toolchain '")?;
    name.split('\'').next()
}

/// What to do about it.
pub(crate) fn install(toolchain: &str) -> String {
    format!("install it: `rustup toolchain install {toolchain}`")
}

/// A proxy's error message without rustup's backtrace.
pub(crate) fn without_backtrace(stderr: &str) -> &str {
    let end = stderr.find("\nStack backtrace:");
    stderr[..end.unwrap_or(stderr.len())].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_by_rustup_is_recognised() {
        let cargo = "/home/me/.rustup/toolchains/stable-x86_64-unknown-linux-gnu/bin/cargo";
        for (toolchain, source, is) in [
            ("stable-x86_64-unknown-linux-gnu", "default", true),
            ("stable-x86_64-unknown-linux-gnu", "toolchain-file", true),
            ("stable-x86_64-unknown-linux-gnu", "cli", false),
            ("stable-x86_64-unknown-linux-gnu", "env", false),
            ("nightly", "default", false),
        ] {
            let [toolchain, source, cargo] = [toolchain, source, cargo].map(str::to_owned);
            let found = is_choice(Some(toolchain), Some(source.clone()), Some(cargo));
            assert_eq!(found, is, "{source}");
        }
        let some = || Some("stable".to_owned());
        assert!(
            !is_choice(some(), None, some()),
            "older versions of rustup don't report it"
        );
    }

    #[test]
    fn a_toolchain_that_is_not_installed_is_named() {
        for (words, name) in [
            (
                "error: toolchain '1.80-x86_64-unknown-linux-gnu' is not installed\n\
                 help: run `rustup toolchain install` to install it\n\nStack backtrace:\n   0: x",
                Some("1.80-x86_64-unknown-linux-gnu"),
            ),
            (
                "info: syncing\nerror: override toolchain '1.80' is not installed\n",
                Some("1.80"),
            ),
            ("error: component 'x' of 'toolchain '1.80' is broken", None),
            ("error: no such command: `metadata`", None),
            ("", None),
        ] {
            assert_eq!(missing_toolchain(words), name, "{words}");
        }
    }

    #[test]
    fn a_backtrace_is_left_out() {
        let said = "error: could not parse\n\nCaused by:\n    x\n\nStack backtrace:\n   0: y\n";
        assert_eq!(
            without_backtrace(said),
            "error: could not parse\n\nCaused by:\n    x"
        );
        assert_eq!(without_backtrace("error: x\n"), "error: x");
    }
}
