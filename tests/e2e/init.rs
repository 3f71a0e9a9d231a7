//! `cargo hotmod init`: its result works at once, everything else stays as it is, and all of it can
//! be reverted.

mod crates;
mod editors;
mod entry_points;
mod mistakes;
mod templates;
mod twelve;
mod undo;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Output};

use hotmod_testkit::{Workspace, files, tool};

/// The tool, called in a workspace.
fn init(workspace: &Workspace, arguments: &[&str]) -> Output {
    let mut command = workspace.command(tool());
    command.env_remove("CARGO_TERM_COLOR");
    command.arg("init").args(arguments).output().unwrap()
}

/// What it says, when all goes well.
fn says(workspace: &Workspace, arguments: &[&str]) -> String {
    let output = init(workspace, arguments);
    let screen = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {screen}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    screen
}

/// All files of a workspace, but for what was built.
fn snapshot(workspace: &Workspace) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = files(workspace.root()).into_iter();
    let files = files.filter(|path| !path.ends_with("Cargo.lock"));
    files
        .map(|path| {
            let content = std::fs::read(&path).unwrap();
            (
                path.strip_prefix(workspace.root()).unwrap().to_owned(),
                content,
            )
        })
        .collect()
}

/// What every workspace has to pass. Returns what its tests say.
fn assert_sound(workspace: &Workspace) -> String {
    let mut tests = String::new();
    for arguments in [
        &["build", "--workspace"][..],
        &["test", "--workspace"],
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
        &["fmt", "--all", "--check"],
    ] {
        let output = workspace.command("cargo").args(arguments).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{arguments:?}: {stdout}{stderr}");
        if arguments[0] == "test" {
            tests += &stdout;
        }
    }
    tests
}

/// What stands in backticks behind a word of the screen's.
fn told<'a>(screen: &'a str, word: &str) -> &'a str {
    let mark = format!("{word:>12} `");
    let line = screen.lines().find_map(|line| line.strip_prefix(&mark));
    let line = line.unwrap_or_else(|| panic!("no `{word}` in:\n{screen}"));
    line.split('`').next().unwrap()
}

/// Makes `cargo hotmod` the tool under test.
fn search_path() -> String {
    let path = std::env::var("PATH").unwrap();
    format!("{}:{path}", tool().parent().unwrap().display())
}

/// A command as it was told, in a workspace.
fn as_told(workspace: &Workspace, told: &str) -> Command {
    let mut words = told.split(' ');
    let mut command = workspace.command(words.next().unwrap());
    command.args(words).env("PATH", search_path());
    command
}
