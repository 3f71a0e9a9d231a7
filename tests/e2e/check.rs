//! `--check`: errors and warnings in the whole workspace, while idle.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::process::eventually;
use hotmod_testkit::{Session, Workspace, tool};

const PAGE: &str = "pages/src/lib.rs";
const TEST: &str = "pages/tests/api.rs";

fn run(workspace: &Workspace, words: &[&str]) -> Output {
    workspace.command(tool()).args(words).output().unwrap()
}

/// Runs a command, and wants this exit code; what was written to both streams.
fn told(workspace: &Workspace, words: &[&str], code: i32) -> String {
    let output = run(workspace, words);
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{words:?}: {text}");
    text
}

fn listed(workspace: &Workspace) -> Value {
    let text = told(workspace, &["list", "--format", "json"], 0);
    serde_json::from_str::<Value>(&text).unwrap()["session"]["check"].clone()
}

fn counts(event: &Value) -> (u64, u64) {
    let count = |of: &str| event[of].as_u64().unwrap();
    (count("errors"), count("warnings"))
}

fn start(workspace: &Workspace, arguments: &[&str]) -> Session {
    workspace.run().arguments(arguments).ready()
}

#[test]
fn errors_elsewhere_in_the_workspace_are_found_while_idle() {
    let workspace = Workspace::new("basic", "check_elsewhere");
    workspace.write(
        TEST,
        "#[test]\nfn page() {\n    let _: usize = pages::page();\n}\n",
    );
    let mut session = start(&workspace, &["--check"]);
    let event = session.wait_for("checked");
    assert_eq!(
        (&event["outcome"], counts(&event)),
        (&"failed".into(), (1, 0)),
        "{event}"
    );
    let found = &event["diagnostics"][0];
    assert_eq!((&found["path"], &found["line"]), (&TEST.into(), &3.into()));
    let line = "pages/tests/api.rs:3:20: error[E0308]: mismatched types";
    assert!(
        session.screen().contains("Checked 1 error · "),
        "{}",
        session.screen()
    );
    assert!(session.screen().contains(line), "{}", session.screen());
    let text = told(&workspace, &["wait", "--checked"], 9);
    assert!(
        text.contains("expected `usize`, found `String`")
            && text.contains(
                "error: the check of the workspace found 1 error\nhelp: the saved code is live"
            ),
        "{text}"
    );
    told(&workspace, &["wait"], 0);
    let json = told(
        &workspace,
        &["wait", "--checked", "--message-format", "json"],
        9,
    );
    let lines: Vec<Value> = json
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    assert_eq!(lines[0]["message"]["level"], "error");
    let of_session = &lines[lines.len() - 2];
    assert_eq!(
        (&of_session["outcome"], &of_session["check"]["state"]),
        (&"live".into(), &"failed".into())
    );
    assert_eq!(lines.last().unwrap()["success"], false);
    assert_eq!(listed(&workspace)["diagnostics"][0], line);

    // The program does not contain it, so nothing is reloaded.
    workspace.edit(TEST, "usize", "String");
    let text = told(&workspace, &["wait", "--checked"], 0);
    assert!(
        text.contains("Live gen 0 · ") && text.contains(" · checked: no errors or warnings"),
        "{text}"
    );
    assert_eq!(session.wait_for("checked")["outcome"], "passed");
    assert_eq!(session.count("edit"), 0);

    // A warning is new once.
    workspace.edit(PAGE, "    format!(", "    let unused = 1;\n    format!(");
    session.wait_for("live");
    let event = session.wait_for("checked");
    assert_eq!(
        (counts(&event), &event["diagnostics"][0]["is_new"]),
        ((0, 1), &true.into()),
        "{event}"
    );
    workspace.edit(PAGE, "    let unused", "\n    let unused");
    let event = session.wait_for("checked");
    assert_eq!(
        (counts(&event), &event["diagnostics"][0]["is_new"]),
        ((0, 1), &false.into()),
        "{event}"
    );
    let screen = session.screen();
    assert_eq!(
        screen.matches("warning: unused variable: `unused`").count(),
        1,
        "{screen}"
    );
    assert!(
        screen.contains("Checked 1 warning, as before · "),
        "{screen}"
    );
    let text = told(&workspace, &["list"], 0);
    assert!(
        text.contains("\n  check: 1 warning\n    pages/src/lib.rs:7:9: warning: unused variable"),
        "{text}"
    );

    // A question about code that does not build needs no check.
    workspace.edit(PAGE, "    let unused = 1;", "    let unused = ;");
    told(&workspace, &["wait", "--checked"], 4);
    assert_eq!(listed(&workspace)["state"], "waiting");
}

/// The process that the command of a check has written to a file, at this line.
fn process(workspace: &Workspace, line: usize) -> String {
    let mut found = String::new();
    eventually("the check has begun", || {
        let text = fs::read_to_string(workspace.path("checks")).unwrap_or_default();
        let whole = &text[..text.rfind('\n').unwrap_or(0)];
        found = whole.lines().nth(line).unwrap_or_default().to_owned();
        !found.is_empty()
    });
    found
}

fn runs(process: &str) -> bool {
    Path::new("/proc").join(process).exists()
}

#[test]
fn a_save_does_not_wait_for_the_check() {
    let workspace = Workspace::new("basic", "check_cancelled");
    let command = "echo $$ >> checks; sleep 600; true";
    let mut session = start(&workspace, &["--check-command", command]);
    let first = process(&workspace, 0);
    // The status is written while the command starts.
    eventually("the check is listed", || {
        listed(&workspace)["state"] == "running"
    });
    told(&workspace, &["wait"], 0);
    told(&workspace, &["wait", "--checked", "--timeout", "0.2"], 8);
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    session.wait_for("live");
    assert!(session.ask("ask").contains("page=two"));
    assert!(!runs(&first));
    let second = process(&workspace, 1);
    // Of the check only.
    workspace.write(TEST, "// A comment.\n");
    let third = process(&workspace, 2);
    assert!(!runs(&second));
    session.interrupt();
    // It is killed, and nobody waits for its end.
    eventually("the last check has ended", || !runs(&third));
    assert_eq!(session.count("checked"), 0);
}

#[test]
fn a_check_that_fails_without_diagnostics_shows_its_output() {
    let workspace = Workspace::new("basic", "check_output");
    let mut session = start(
        &workspace,
        &["--check-command", "echo no such thing >&2; exit 3"],
    );
    let event = session.wait_for("checked");
    assert_eq!(
        (&event["outcome"], counts(&event)),
        (&"failed".into(), (0, 0))
    );
    assert_eq!(event["output"], "no such thing");
    assert!(
        session.screen().contains("Checked failed · "),
        "{}",
        session.screen()
    );
    let text = told(&workspace, &["wait", "--checked"], 9);
    assert!(
        text.contains("no such thing\nerror: the check of the workspace failed\nhelp: "),
        "{text}"
    );
    drop(session);

    let _session = start(&workspace, &[]);
    let text = told(&workspace, &["wait", "--checked"], 2);
    assert_eq!(
        text,
        "error: the session does not check the workspace\nhelp: start it with `cargo hotmod run --check`\n"
    );
    assert!(listed(&workspace).is_null());
}

#[test]
fn with_no_restart_edits_that_wait_for_one_are_checked_too() {
    let workspace = Workspace::new("basic", "check_no_restart");
    let mut session = start(&workspace, &["--check", "--no-restart"]);
    assert_eq!(session.wait_for("checked")["outcome"], "passed");
    workspace.write(
        "model/tests/api.rs",
        "#[test]\nfn name() {\n    let _: u8 = model::NAME;\n}\n",
    );
    assert_eq!(session.wait_for("checked")["outcome"], "failed");
    workspace.edit(
        "model/src/lib.rs",
        "pub const NAME: &str = \"",
        "pub const NAME: u8 = 1;\npub const OLD: &str = \"",
    );
    session.wait_for("refused");
    session.wait_for("checked");
    told(&workspace, &["wait", "--checked"], 5);
}

#[test]
fn the_workspace_is_checked_with_the_flags_of_the_session() {
    let workspace = Workspace::new("basic", "check_flags");
    let mut session = start(&workspace, &["--check", "--offline", "--all-features"]);
    let event = session.wait_for("checked");
    assert_eq!(event["outcome"], "passed", "{event}");
}
