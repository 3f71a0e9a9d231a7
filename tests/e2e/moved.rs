//! A workspace that is copied or moved with its target directory: a session builds the sources in
//! the new place.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::Value;

use hotmod_testkit::{Session, Workspace, tool};

const PAGE: &str = "pages/src/lib.rs";

/// Edits the page, and waits until that is live; the number of its generation.
fn show(workspace: &Workspace, session: &mut Session, from: &str, to: &str) -> Value {
    workspace.edit(PAGE, &format!("\"{from}\""), &format!("\"{to}\""));
    let generation = session.wait_for("live")["generation"].clone();
    let answer = session.ask("ask");
    assert!(answer.contains(&format!("page={to} ")), "{answer}");
    generation
}

#[test]
fn a_copy_is_a_workspace_of_its_own() {
    let original = Workspace::new("basic", "copied").with_own_target();
    let mut session = original.run().ready();
    show(&original, &mut session, "one", "two");
    session.interrupt();
    let copy = original.copied_to("copy");

    let mut session = copy.run().ready();
    original.edit(PAGE, "\"two\"", "\"original\"");
    assert_eq!(show(&copy, &mut session, "two", "three"), 1);
    session.interrupt();

    // It is the copy's from now on: what nobody edited is not built again.
    let mut session = copy.run().ready();
    assert!(
        !session.screen().contains("Compiling model"),
        "{}",
        session.screen()
    );
    session.interrupt();
    let mut session = original.run().ready();
    assert!(session.ask("ask").contains("page=original "));
}

#[test]
fn a_workspace_that_was_moved_runs() {
    let origin = Workspace::new("basic", "moved_from").with_own_target();
    let mut session = origin.run().ready();
    show(&origin, &mut session, "one", "two");
    session.interrupt();
    let moved = origin.copied_to("moved_to");
    fs::remove_dir_all(origin.root()).unwrap();
    // Cargo has something to build, of what it finds fresh.
    moved.edit("app/src/main.rs", "\"ready {}\"", "\"ready! {}\"");
    let mut session = moved.run().ready();
    show(&moved, &mut session, "two", "three");
}

#[test]
fn files_that_another_session_uses_are_kept() {
    let workspace = Workspace::new("basic", "two_ways_to_one").with_own_target();
    let link = workspace.root().with_extension("link");
    let _ = fs::remove_file(&link);
    symlink(workspace.root(), &link).unwrap();
    let manifest = link.join("Cargo.toml");

    let mut first = workspace.run().ready();
    let mut command = workspace.command(tool());
    command.arg("run").arg("--manifest-path").arg(&manifest);
    command.env("CARGO_TARGET_DIR", link.join("target"));
    let second = command.output().unwrap();
    let said = String::from_utf8_lossy(&second.stderr);
    let expected = format!(
        "error: a session of the workspace `{}` is using this target directory\nhelp: stop that session, or use another target directory: `--target-dir`",
        workspace.root().display()
    );
    assert_eq!(second.status.code(), Some(1), "{said}");
    assert!(said.contains(&expected), "{said}");
    show(&workspace, &mut first, "one", "two");
}
