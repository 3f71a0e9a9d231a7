//! Reports new code that was not called, because a program may keep the results of earlier calls.

use std::fs;
use std::path::{Path, PathBuf};

use hotmod_testkit::{Session, Workspace, tool};
use serde_json::{Value, json};

use crate::process::eventually;

const GAME: &str = "game/src/lib.rs";

const BUILD: &str = "<game::Gameplay as Plugin>::build";

/// Replaces text in the sources of the game, and waits until it is live.
fn edit(workspace: &Workspace, session: &mut Session, from: &str, to: &str) {
    workspace.edit(GAME, from, to);
    let event = session.wait_for_any(&["live", "restarted", "compile-error"]);
    assert_eq!(event["event"], "live", "{event}");
}

/// The target directory also has those of the sessions of other tests.
fn status_file(session: &Session) -> PathBuf {
    let events = session.events();
    let mut hosts = events.iter().filter(|it| it["event"] == "host-started");
    let pid = &hosts.next().unwrap()["pid"];
    let environment = fs::read_to_string(format!("/proc/{pid}/environ")).unwrap();
    let mut variables = environment.split('\0');
    let folder = variables.find_map(|it| it.strip_prefix("HOTMOD_DIR="));
    Path::new(folder.unwrap()).with_file_name("status.json")
}

fn not_called(file: &Path) -> Value {
    let status: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    status["not_called"].clone()
}

#[test]
fn new_code_that_only_a_plugins_setup_calls_is_not_called_yet() {
    let workspace = Workspace::new("plugins", "calls_build");
    let mut session = workspace.run().ready();
    assert_eq!(session.ask("run"), "closure-1 system-1 drop-1");
    // What the baseline's code was is known from the first generation on.
    edit(&workspace, &mut session, "frame-1", "frame-2");
    assert_eq!(session.ask("frame"), "frame-2 helper-1");
    for (from, to) in [
        ("closure-1", "closure-2"),
        ("system-1", "system-2"),
        ("store(1", "store(2"),
    ] {
        edit(&workspace, &mut session, from, to);
        assert_eq!(session.ask("frame"), "frame-2 helper-1");
        let event = session.wait_for("not-called");
        assert_eq!(event["entry_points"], json!([BUILD]), "{to}");
        assert_eq!(session.ask("run"), "closure-1 system-1 drop-1");
    }
    let line = format!("gen 4 · live, not called yet: {BUILD}\nhelp: closures");
    eventually("the screen says it", || session.screen().contains(&line));
    let file = status_file(&session);
    let status_is = |names: Value| {
        eventually("the status file says it", || not_called(&file) == names);
    };
    status_is(json!([BUILD]));
    let mut wait = workspace.command(tool());
    wait.args(["hotmod", "wait", "--message-format", "json"]);
    let answer = wait.output().unwrap().stdout;
    let answer = answer.split(|byte| *byte == b'\n').next().unwrap();
    let answer: Value = serde_json::from_slice(answer).unwrap();
    assert_eq!(answer["not_called"], json!([BUILD]));
    // A generation with other changes does not make it called.
    edit(&workspace, &mut session, "frame-2", "frame-3");
    assert_eq!(session.ask("frame"), "frame-3 helper-1");
    let event = session.wait_for("not-called");
    assert_eq!(event["entry_points"], json!([BUILD]));
    assert_eq!(session.ask("build"), "built");
    let event = session.wait_for("called");
    assert_eq!(event["entry_points"], json!([BUILD]));
    status_is(json!([]));
    assert_eq!(session.ask("run"), "closure-2 system-2 drop-2");
    assert_eq!(session.count("restarted"), 0);
}

#[test]
fn code_that_is_called_is_not_reported() {
    let workspace = Workspace::new("plugins", "calls_frame");
    let mut session = workspace.run().ready();
    edit(&workspace, &mut session, "frame-1", "frame-2");
    assert_eq!(session.ask("frame"), "frame-2 helper-1");
    // Either of two entry points calls it.
    edit(&workspace, &mut session, "helper-1", "helper-2");
    assert_eq!(session.ask("pause"), "pause-1 helper-2");
    // Nobody calls this one in time.
    edit(&workspace, &mut session, "pause-1", "pause-2");
    let event = session.wait_for("not-called");
    assert_eq!(event["generation"], 3);
    assert_eq!(event["entry_points"], json!(["game::pause"]));
    assert_eq!(session.count("not-called"), 1);
    // A handle calls it, too.
    assert_eq!(session.ask("handle"), "pause-2 helper-2");
    assert_eq!(session.wait_for("called")["generation"], 3);
}

#[test]
fn a_closure_that_is_stored_under_its_type_id_may_be_kept() {
    let workspace = Workspace::new("plugins", "calls_cached");
    let mut session = workspace.run().ready();
    assert_eq!(session.ask("cached"), "cached-1");
    edit(&workspace, &mut session, "frame-1", "frame-2");
    assert_eq!(session.ask("frame"), "frame-2 helper-1");
    edit(&workspace, &mut session, "cached-1", "cached-2");
    assert_eq!(session.ask("cached"), "cached-1");
    loop {
        let note = session.wait_for("note");
        let message = note["message"].as_str().unwrap();
        if message.starts_with("gen 2: code of `game::cached::{closure_env}` changed") {
            break;
        }
    }
    assert_eq!(session.count("restarted"), 0);
}

#[test]
fn pointers_to_earlier_code_are_reported() {
    // A pointer to a function, and the method table of a closure.
    for (kept, function) in [
        ("add_system(system as fn() -> String)", "game::system"),
        (
            "add_system(|| system())",
            "<game::Gameplay as engine::Plugin>::build::{closure#1}",
        ),
    ] {
        let workspace = Workspace::new("plugins", "calls_held");
        workspace.edit(GAME, "add_system(system)", kept);
        workspace.edit(GAME, "\"system-1\".to_owned()", "helper().to_owned()");
        let mut session = workspace.run().ready();
        assert_eq!(session.ask("run"), "closure-1 helper-1 drop-1");
        edit(&workspace, &mut session, "frame-1", "frame-2");
        assert_eq!(session.ask("frame"), "frame-2 helper-1");
        // Both an entry point and the pointer lead to it.
        edit(&workspace, &mut session, "helper-1", "helper-2");
        assert_eq!(session.ask("frame"), "frame-2 helper-2");
        let note = loop {
            let note = session.wait_for("note");
            if note["kind"] == "held-code" {
                break note;
            }
        };
        assert_eq!(session.ask("run"), "closure-1 helper-1 drop-1");
        assert_eq!(note["generation"], 2);
        let functions = note["functions"].as_array().unwrap();
        assert!(functions.contains(&json!(function)), "{note}");
        assert_eq!(session.count("restarted"), 0);
    }
}
