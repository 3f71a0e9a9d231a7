//! An editor's rust-analyzer beside a session: it runs `cargo check` at each save, and expands the
//! attributes of a plain build.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use hotmod_testkit::{Workspace, tool};

/// The `cargo check` of rust-analyzer.
fn check(workspace: &Workspace, target: &Path) -> Command {
    let mut command = workspace.command("cargo");
    command
        .args(["check", "--offline", "--workspace", "--all-targets"])
        .args(["--keep-going", "--message-format=json"])
        .arg("--target-dir")
        .arg(target);
    command
}

/// Whether cargo says that another one holds its target directory. That of its package cache is
/// held by whoever uses cargo on this machine.
fn is_of_lock(line: &str) -> bool {
    line.contains("Blocking waiting for file lock") && !line.contains("package cache")
}

/// A check ends well, waits for nobody, and has nothing to say of the crates.
#[allow(clippy::print_stderr)]
fn finds_nothing(workspace: &Workspace, target: &Path, when: &str) {
    let began = Instant::now();
    let output = check(workspace, target).output().unwrap();
    let took = began.elapsed();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{when}: {said}");
    assert!(!said.lines().any(is_of_lock), "{when}: {said}");
    let messages = String::from_utf8(output.stdout).unwrap();
    let mut checked = Vec::new();
    for line in messages.lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        assert_ne!(message["reason"], "compiler-message", "{when}: {message}");
        checked.extend(message["target"]["name"].as_str().map(str::to_owned));
    }
    for name in ["app", "pages", "widgets", "model"] {
        assert!(checked.iter().any(|it| it == name), "{when}: {checked:?}");
    }
    eprintln!("checked in {} ms {when}", took.as_millis());
}

#[test]
fn cargo_check_does_not_wait_for_the_session_and_finds_no_errors() {
    let workspace = Workspace::new("basic", "editor_check").with_own_target();
    // A session's cargo holds its lock as long as this waits.
    let fifo = workspace.fifo();
    workspace.write(
        "app/build.rs",
        "fn main() {\n    if let Some(pipe) = std::env::var_os(\"HELD_BY\") {\n        \
         std::fs::read(pipe).unwrap();\n    }\n}\n",
    );
    let edit = |number: u32| {
        for file in ["pages/src/lib.rs", "widgets/src/lib.rs"] {
            let text = workspace.read(file);
            workspace.write(file, &format!("{text}const _: u32 = {number};\n"));
        }
    };
    let of_editor = workspace.target().join("rust-analyzer");
    finds_nothing(&workspace, &of_editor, "in an empty folder");
    edit(0);
    finds_nothing(&workspace, &of_editor, "without a session");

    let mut session = workspace
        .run()
        .variable("HELD_BY", fifo.to_str().unwrap())
        .start();
    // It can be opened as soon as the other side is.
    let held = File::options().write(true).open(&fifo).unwrap();
    edit(1);
    finds_nothing(&workspace, &of_editor, "while a session builds");
    finds_nothing(&workspace, workspace.target(), "there, with cargo's own");
    // The lock is held: whoever builds where the session does waits.
    let mut waiting = check(&workspace, &workspace.target().join("hotmod"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(waiting.stderr.take().unwrap()).lines();
    assert!(said.any(|line| is_of_lock(&line.unwrap())));
    waiting.kill().unwrap();
    waiting.wait().unwrap();
    drop(held);

    // What was edited meanwhile is live.
    let waited = workspace.command(tool()).arg("wait").status().unwrap();
    assert!(waited.success());
    edit(2);
    finds_nothing(&workspace, &of_editor, "while a session reloads");
    session.wait_for("live");
    session.interrupt();
}
