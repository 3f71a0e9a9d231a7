//! Unusual processes: a host that closes inherited descriptors, changes its user or becomes another
//! program, and its child processes.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use hotmod_testkit::{Session, Workspace, without_close_range};

use super::ready;

const PAGE: &str = "pages/src/lib.rs";

/// Edits the page, and has the session bring it about without a restart.
fn reload(workspace: &Workspace, session: &mut Session, from: &str, to: &str) {
    workspace.edit(PAGE, &format!("\"{from} "), &format!("\"{to} "));
    let outcome = session.wait_for_any(&["live", "refused", "restarted", "host-exited"]);
    assert_eq!(outcome["event"], "live", "{outcome}");
    let page = session.ask("page");
    assert_eq!(page, format!("{to} in {}", outcome["generation"]));
}

/// The program closes all descriptors, and has its own under the same numbers.
fn close_descriptors(workspace: &Workspace, session: &mut Session) {
    workspace.write("owned.txt", "the program's own");
    assert_eq!(session.ask("close"), "closed");
}

/// Nothing was written to, or read from, what the program opened.
fn assert_untouched(workspace: &Workspace, session: &mut Session) {
    assert_eq!(session.ask("owned"), "61 files of [17]");
    assert_eq!(workspace.read("owned.txt"), "the program's own");
}

#[test]
fn a_host_that_closes_its_descriptors_can_be_reloaded() {
    let workspace = Workspace::new("unruly", "closed_descriptors");
    let mut session = ready(&workspace);
    reload(&workspace, &mut session, "one", "two");
    close_descriptors(&workspace, &mut session);
    reload(&workspace, &mut session, "two", "three");
    reload(&workspace, &mut session, "three", "four");
    assert_untouched(&workspace, &mut session);
    assert_eq!(session.ask("is-live"), "true");
    assert_eq!(session.count("host-exited"), 0);
}

#[test]
fn a_host_that_closes_the_connection_is_restarted_by_the_next_edit() {
    let workspace = Workspace::new("unruly", "closed_connection");
    let run = workspace.run().with(without_close_range);
    let mut session = run.ready();
    reload(&workspace, &mut session, "one", "two");
    close_descriptors(&workspace, &mut session);
    assert_untouched(&workspace, &mut session);
    workspace.edit(PAGE, "\"two ", "\"three ");
    // The session's next message makes the runtime notice. That may be the one that a build began, or the
    // generation itself, which is then refused.
    let note = session.wait_for_any(&["live", "note"]);
    let said = note["message"].as_str().unwrap_or_default();
    assert!(said.starts_with("the host left the session"), "{note}");
    let restarted = session.wait_for_any(&["live", "restarted", "host-exited"]);
    assert_eq!(
        restarted["reason"], "the host left the session",
        "{restarted}"
    );
    session.wait_for_answer("ready ");
    assert_eq!(session.ask("page"), "three in 0");
    assert_eq!(workspace.read("owned.txt"), "the program's own");
    let said =
        "the session's channel is closed: the channel failed: the program closed its descriptor";
    assert!(session.screen().contains(said), "{}", session.screen());
}

#[test]
fn a_host_that_changes_its_user_can_be_reloaded() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let workspace = Workspace::new("unruly", "other_user");
    // Nobody else comes as far as the session's directory.
    fs::set_permissions(workspace.target(), Permissions::from_mode(0o700)).unwrap();
    let mut session = ready(&workspace);
    assert_eq!(session.ask("user 65534"), "(0, 0)");
    reload(&workspace, &mut session, "one", "two");
    reload(&workspace, &mut session, "two", "three");
}

#[test]
fn child_processes_of_the_host_are_recognised_and_named_once() {
    let workspace = Workspace::new("unruly", "workers");
    let mut session = ready(&workspace);
    assert_eq!(session.ask("is-live"), "true");
    reload(&workspace, &mut session, "one", "two");
    // A worker, twice, and a copy without `exec`.
    for _ in 0..2 {
        assert_eq!(session.ask("worker"), "false, one in 0");
    }
    assert_eq!(session.ask("fork"), "false");
    assert_eq!(session.ask("is-live"), "true");
    reload(&workspace, &mut session, "two", "three");
    assert_eq!(session.count("error"), 0, "{:?}", session.events());
    let notes = session.events();
    let notes = notes.iter().filter(|it| it["event"] == "note");
    let of_workers = notes.filter(|it| it["message"].as_str().unwrap().contains("as a worker"));
    assert_eq!(of_workers.count(), 1, "{:?}", session.events());
    assert!(
        !session.screen().contains("hotmod: "),
        "{}",
        session.screen()
    );
}

#[test]
fn a_host_that_executes_itself_starts_at_the_baseline() {
    let workspace = Workspace::new("unruly", "replaced_itself");
    let mut session = ready(&workspace);
    reload(&workspace, &mut session, "one", "two");
    session.tell("exec");
    session.wait_for_answer("ready ");
    // What was saved since it was built goes live in it.
    assert_eq!(session.wait_for("live")["generation"], 1);
    assert_eq!(session.ask("page"), "two in 1");
    reload(&workspace, &mut session, "two", "three");
    assert_eq!(session.count("host-exited"), 0);
}
