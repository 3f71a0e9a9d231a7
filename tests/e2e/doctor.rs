//! `cargo hotmod doctor`: it finds nothing in a healthy workspace, and names each problem with a
//! fix.

mod broken;
mod machine;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use hotmod_testkit::{Workspace, tool};

/// The doctor's command in a workspace, with nothing of the caller's settings.
fn doctor(workspace: &Workspace) -> Command {
    let mut command = workspace.command(tool());
    // What the tests run under is not what is tested.
    for name in ["RUSTFLAGS", "RUSTC_WRAPPER", "CARGO_BUILD_TARGET", "RUSTC"] {
        command.env_remove(name);
    }
    command.arg("doctor");
    command
}

/// Runs it, and returns the code, and the findings that are not well.
fn findings(command: &mut Command) -> (Option<i32>, Vec<Value>) {
    let output = command.args(["--format", "json"]).output().unwrap();
    assert!(output.stderr.is_empty(), "{output:?}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let all = answer["findings"].as_array().unwrap();
    let count = |severity: &str| all.iter().filter(|it| it["severity"] == severity).count();
    assert_eq!(answer["errors"], count("error"));
    assert_eq!(answer["warnings"], count("warning"));
    let bad = all.iter().filter(|it| it["severity"] != "ok").cloned();
    (output.status.code(), bad.collect())
}

fn text(output: Output) -> String {
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_healthy_workspace_has_no_findings_and_nothing_is_written() {
    let workspace = Workspace::new("basic", "doctor_healthy").with_own_target();
    let output = doctor(&workspace).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let shown = text(output);
    for line in [
        "          Ok link: `cc` links a library\n",
        "          Ok workspace: `app` · reloadable: widgets, pages\n    Finished no problems \
         found\n",
    ] {
        assert!(shown.contains(line), "no {line:?} in:\n{shown}");
    }
    let words = shown.lines().map(|line| line.split_whitespace().next());
    assert!(
        words
            .flatten()
            .all(|word| word == "Ok" || word == "Finished"),
        "{shown}"
    );
    assert!(!shown.contains('\x1b'), "colours in a pipe");
    assert!(!workspace.target().exists(), "it wrote a target directory");

    let coloured = doctor(&workspace).args(["--color", "always"]).output();
    let coloured = text(coloured.unwrap());
    assert!(coloured.contains('\x1b'), "{coloured}");
    let plain = console::strip_ansi_codes(&coloured);
    assert_eq!(without_numbers(&plain), without_numbers(&shown));
}

/// The free space of a disk changes between two looks at it.
fn without_numbers(shown: &str) -> String {
    shown.replace(|it: char| it.is_ascii_digit(), "")
}

#[test]
fn a_finding_is_shown_with_its_fix_below_it() {
    let workspace = Workspace::new("basic", "doctor_shown").with_own_target();
    workspace.edit("app/src/main.rs", "#[hotmod::main]\n", "");
    let output = doctor(&workspace).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let shown = text(output);
    let main = workspace.path("app/src/main.rs");
    let expected = format!(
        "       Error workspace: `fn main` at `{}:6` has no `#[hotmod::main]`\n       help: put \
         `#[hotmod::main]` above `fn main`\n    Finished 1 error prevents a session\n",
        main.display()
    );
    assert!(shown.ends_with(&expected), "{shown}");
}

#[test]
fn outside_a_workspace_the_machine_is_checked() {
    let elsewhere = tempfile::tempdir().unwrap();
    let at = |folder: &Path| {
        let mut command = Command::new(tool());
        command.arg("doctor").current_dir(folder);
        command
    };
    let output = at(elsewhere.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let shown = text(output);
    for line in [
        "Ok toolchain: rustc ",
        "Ok socket: can be created in `",
        "Ok watching: the system reports edits\n",
        "Ok workspace: none here, so only the machine was checked\n",
    ] {
        assert!(shown.contains(line), "no {line:?} in:\n{shown}");
    }
    // One that is asked for is not passed over.
    let mut command = at(elsewhere.path());
    command.args(["--manifest-path", "none/Cargo.toml"]);
    let (code, found) = findings(&mut command);
    assert_eq!(code, Some(1));
    assert_eq!(found[0]["check"], "workspace");
    let what = found[0]["what"].as_str().unwrap();
    assert!(what.contains("none/Cargo.toml` does not exist"), "{what}");
}

#[test]
fn facts_of_a_build_are_included() {
    let workspace = Workspace::new("direct", "doctor_after_a_build");
    workspace.run().ready().interrupt();
    let (code, found) = findings(&mut doctor(&workspace));
    assert_eq!(code, Some(0));
    let named = ["pages::HITS", "pages::LOCAL"].map(|name| {
        json!({
            "check": "crates",
            "severity": "warning",
            "what": format!("`{name}` is reset by every reload"),
            "help": "if it is state, keep it with `hotmod::keep!`, or move it to a crate that is not reloadable",
        })
    });
    assert_eq!(found, named);
}

#[test]
fn invalid_requests_exit_with_code_2() {
    let workspace = Workspace::new("basic", "doctor_mistakes").with_own_target();
    for (arguments, words) in [
        (&["--format", "xml"][..], "[possible values: text, json]"),
        (&["--fix"], "unexpected argument '--fix'"),
        (&["--release", "--profile", "dev"], "cannot be used with"),
    ] {
        let output = doctor(&workspace).args(arguments).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr.contains(words), "{arguments:?}: {stderr}");
    }
}
