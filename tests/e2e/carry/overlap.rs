//! Restarts with `--overlap`: faults while two processes of the program run.

use std::fs;
use std::path::Path;

use hotmod_testkit::{Session, Workspace};

use super::{edit_model, names, restart, restarted};

const MAIN: &str = "app/src/main.rs";
const FIRST: &str = "    let world = hotmod::carry(";

/// Statics that are migrated are taken over at the beginning of `main`, so there are none.
fn started(test: &str) -> (Workspace, Session) {
    let workspace = Workspace::new("carry", test);
    let migrated = "    #[migrate(serde_json)]\n";
    workspace.edit("pages/src/lib.rs", migrated, "");
    let session = workspace.run().arguments(["--overlap"]).ready();
    (workspace, session)
}

/// Has the next process do this before its first carried value.
fn first(workspace: &Workspace, statement: &str) {
    workspace.edit(MAIN, FIRST, &format!("    {statement}\n{FIRST}"));
}

fn undo(workspace: &Workspace, statement: &str) {
    workspace.edit(MAIN, &format!("    {statement}\n"), "");
}

#[test]
fn a_process_that_dies_before_its_first_value_leaves_the_old_one_running() {
    let (workspace, mut session) = started("overlap_dies");
    assert_eq!(session.ask("bounce"), "1");
    let exit = "std::process::exit(3);";
    first(&workspace, exit);
    let error = session.wait_for("error");
    assert_eq!(
        error["message"],
        "the new process exited with code 3 before it took over, so the old one keeps running"
    );
    assert_eq!(session.ask("bounce"), "2");
    // What is saved next is not reloaded into it: it is of another build.
    workspace.edit("pages/src/lib.rs", "page {}", "side {}");
    session.wait_for("error");
    let page = session.ask("page");
    assert!(page.starts_with("page"), "{page}");
    undo(&workspace, exit);
    let event = restarted(&mut session);
    assert_eq!(names(&event, "carried"), ["world", "cache"]);
    assert_eq!(session.ask("bounce"), "3");
    let page = session.ask("page");
    assert!(page.starts_with("side"), "{page}");
    assert_eq!(session.count("host-exited"), 0);
}

#[test]
fn a_process_that_dies_in_its_first_value_leaves_the_values_to_the_next() {
    let (workspace, mut session) = started("overlap_dies_later");
    assert_eq!(session.ask("bounce"), "1");
    let take = "#[derive(Debug, Default, Serialize, Deserialize)]\npub struct World";
    let abort = "impl<'a> Deserialize<'a> for World {\n    \
        fn deserialize<D: serde::Deserializer<'a>>(_: D) -> Result<Self, D::Error> {\n        \
        std::process::abort()\n    }\n}\n\n#[derive(Debug, Default, Serialize)]\npub struct World";
    workspace.edit("model/src/lib.rs", take, abort);
    assert_eq!(session.wait_for("host-exited")["signal"], 6);
    let event = edit_model(&workspace, &mut session, abort, take);
    assert_eq!(names(&event, "carried"), ["world", "cache"]);
    assert_eq!(session.ask("bounce"), "2");
}

#[test]
fn a_process_that_hangs_before_its_first_value_takes_over_after_a_time() {
    let (workspace, mut session) = started("overlap_hangs");
    assert_eq!(session.ask("bounce"), "1");
    let hang = "loop { std::thread::park() }";
    first(&workspace, hang);
    session.wait_for("restarted");
    let note = "the new process has not reached its first carried value in time";
    assert!(session.screen().contains(note), "{}", session.screen());
    undo(&workspace, hang);
    let event = restarted(&mut session);
    assert_eq!(names(&event, "carried"), ["world", "cache"]);
    assert_eq!(session.ask("bounce"), "2");
}

#[test]
fn an_edit_is_saved_and_the_old_process_answers_while_both_run() {
    let (workspace, mut session) = started("overlap_edit");
    assert_eq!(session.ask("bounce"), "1");
    // It goes on when this file is there.
    let go = workspace.root().join("go");
    let wait = format!(
        "println!(\"begins\"); while !std::path::Path::new({go:?}).exists() {{ \
         std::thread::sleep(Duration::from_millis(1)) }}"
    );
    first(&workspace, &wait);
    session.wait_for_answer("begins");
    assert_eq!(session.ask("bounce"), "2");
    workspace.edit("pages/src/lib.rs", "page {}", "side {}");
    session.wait_for("edit");
    assert_eq!(session.ask("bounce"), "3");
    fs::write(&go, "").unwrap();
    restarted(&mut session);
    session.wait_for("live");
    assert_eq!(session.ask("bounce"), "4");
    let page = session.ask("page");
    assert!(page.starts_with("side"), "{page}");
    let event = restart(&workspace, &mut session, &["--fresh"]);
    assert_eq!(names(&event, "carried"), [""; 0]);
    assert_eq!(session.ask("bounce"), "1");
}

#[test]
fn a_session_that_ends_while_both_run_ends_both() {
    let (workspace, mut session) = started("overlap_ends");
    let old = session.ask("pid");
    let hang = "println!(\"begins {}\", std::process::id()); loop { std::thread::park() }";
    first(&workspace, hang);
    let begins = session.wait_for_answer("begins");
    let new = begins.trim_start_matches("begins ");
    let runs = |pid: &str| Path::new("/proc").join(pid).exists();
    assert!(runs(&old) && runs(new));
    session.interrupt();
    assert!(!runs(&old) && !runs(new));
    assert_eq!(session.count("error"), 0);
}

#[test]
fn a_program_without_carried_values_never_runs_twice() {
    let workspace = Workspace::new("basic", "overlap_nothing");
    let mut session = workspace.run().arguments(["--overlap"]).ready();
    let main = workspace.read(MAIN);
    let body = "fn main() {\n";
    assert!(main.contains(body), "{main}");
    let alone = format!(
        "{body}    let lock = std::fs::File::create({:?}).unwrap();\n    lock.try_lock().unwrap();\n",
        workspace.root().join("lock")
    );
    workspace.edit(MAIN, body, &alone);
    restarted(&mut session);
    restart(&workspace, &mut session, &[]);
    assert_eq!(session.count("error") + session.count("host-exited"), 0);
}
