//! rustup stands between this tool and the compiler: the `cargo` and `rustc` on the path are often
//! its proxies. It is never needed, and no command of its own is run.

use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// What rustup and its cargo tell their children of the toolchain, and how many proxies have called
/// one another.
pub(crate) const CHOICE: [&str; 4] = [
    "RUSTUP_TOOLCHAIN",
    "RUSTUP_TOOLCHAIN_SOURCE",
    "CARGO",
    "RUST_RECURSION_COUNT",
];

/// The command of a program of the toolchain's, for which rustup may choose again.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    if has_chosen() {
        for name in CHOICE {
            command.env_remove(name);
        }
    }
    command
}

/// Whether rustup chose the toolchain of this process by itself, from the current directory: a
/// `rust-toolchain.toml` that comes during a session chooses another one.
///
/// rustup tells its choice to all that it runs, and says since 1.29 how it was made.
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
    // Somebody who sets the toolchain by hand leaves the other two as they were.
    let mut folders = Path::new(&cargo).iter();
    let is_of_cargo = folders.any(|folder| folder == &*toolchain);
    is_of_cargo && !matches!(&*source, "cli" | "env")
}

/// The toolchain that a proxy could not run since it is not installed.
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

/// What a proxy says, without the calls in rustup that led there.
pub(crate) fn without_backtrace(stderr: &str) -> &str {
    let end = stderr.find("\nStack backtrace:");
    stderr[..end.unwrap_or(stderr.len())].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_rustups_own_unless_it_was_told_which() {
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
            "an older rustup does not say"
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
