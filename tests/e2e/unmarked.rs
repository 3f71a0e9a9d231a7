//! The host's calls of functions that are not marked.

use hotmod_testkit::{Session, Workspace};

const PAGES: &str = "pages/src/lib.rs";

/// Edits the group, and waits until the edit is live.
fn edit(workspace: &Workspace, session: &mut Session, file: &str, from: &str, to: &str) {
    workspace.edit(file, from, to);
    let event = session.wait_for_any(&["live", "restarted", "compile-error"]);
    assert_eq!(event["event"], "live", "{from}: {event}");
}

#[test]
fn bodies_of_functions_that_the_host_calls_go_live() {
    let workspace = Workspace::new("unmarked", "unmarked_bodies");
    let mut session = workspace.run().ready();
    for (file, word, question, answer) in [
        (PAGES, "page-1", "page", "page-2 helper-1 widget-1"),
        (PAGES, "helper-1", "pointer", "page-2 helper-2 widget-1"),
        (
            "widgets/src/lib.rs",
            "widget-1",
            "page",
            "page-2 helper-2 widget-2",
        ),
        (PAGES, "step-1", "step", "step-2 1"),
        // The vtables are from before: one of the baseline, and one of the host.
        (PAGES, "draw-1", "home", "draw-2 untitled"),
        ("widgets/src/lib.rs", "label-1", "label", "[text] label-2"),
        (PAGES, "user-1", "user", "user-2"),
        (PAGES, "in-1", "recurse", "in-2 in-2 end-1"),
        (PAGES, "fail-1", "fail", "fail-2 3"),
        (
            PAGES,
            "c + 1",
            "many",
            "(1267650600228229401496703205378, [1, 2, 3], 4.0, 17)",
        ),
        (PAGES, "private-1", "private", "private-2 1"),
        (PAGES, "marked-1", "marked", "marked-2 helper-2"),
    ] {
        edit(
            &workspace,
            &mut session,
            file,
            word,
            &word.replace('1', "2"),
        );
        assert_eq!(session.ask(question), answer, "{word}");
    }
    // A new function, and another layout of a type that the host does not know.
    let text = workspace.read(PAGES);
    let text = text
        .replace("one: u32", "two: u8, one: u64")
        .replace("one: 1", "two: new(), one: 1")
        .replace("private.one", "private.one + u64::from(private.two)")
        .replace("struct Private", "fn new() -> u8 { 3 }\n\nstruct Private");
    workspace.write(PAGES, &text);
    session.wait_for("live");
    assert_eq!(session.ask("private"), "private-2 4");
    assert_eq!(session.count("restarted"), 0);
}

#[test]
fn bodies_go_live_with_a_target_directory_that_is_a_symbolic_link() {
    let workspace = Workspace::new("unmarked", "unmarked_link").with_own_target();
    let real = workspace.path("real");
    std::fs::create_dir_all(&real).unwrap();
    let _ = std::fs::remove_file(workspace.target());
    std::os::unix::fs::symlink(&real, workspace.target()).unwrap();
    let mut session = workspace.run().ready();
    edit(&workspace, &mut session, PAGES, "page-1", "page-2");
    assert_eq!(session.ask("page"), "page-2 helper-1 widget-1");
}

#[test]
fn what_is_not_plain_still_restarts() {
    let workspace = Workspace::new("unmarked", "unmarked_not_plain");
    let mut session = workspace.run().ready();
    for (word, question) in [
        ("opaque-1", "opaque"),
        ("later-1", "later"),
        ("generic-1", "generic"),
        ("inlined-1", "inlined"),
    ] {
        let new = word.replace('1', "2");
        workspace.edit(PAGES, word, &new);
        let event = session.wait_for_any(&["live", "restarted", "compile-error"]);
        assert_eq!(event["event"], "restarted", "{word}: {event}");
        session.wait_for_answer("ready");
        assert!(session.ask(question).starts_with(&new), "{word}");
    }
}

#[test]
fn a_function_that_the_host_can_no_longer_call_restarts() {
    let workspace = Workspace::new("unmarked", "unmarked_signatures");
    let mut session = workspace.run().ready();
    // The numbers of impls shift, and a method keeps its name.
    edit(
        &workspace,
        &mut session,
        PAGES,
        "impl Counter",
        "impl Clone for Home {\n    fn clone(&self) -> Self {\n        Home\n    }\n}\n\nimpl Counter",
    );
    edit(&workspace, &mut session, PAGES, "step-1", "step-2");
    assert_eq!(session.ask("step"), "step-2 1");
    edit(&workspace, &mut session, PAGES, "draw-1", "draw-2");
    assert_eq!(session.ask("home"), "draw-2 untitled");
    // A parameter that the host does not pass by the type that it knows.
    let mut restarts = |from: &str, to: &str| {
        workspace.edit(PAGES, from, to);
        let event = session.wait_for_any(&["live", "restarted", "compile-error"]);
        assert_eq!(event["event"], "restarted", "{to}: {event}");
        session.wait_for_answer("ready");
        event
    };
    restarts("a: u8, b: [u8; 3]", "a: u16, b: [u8; 3]");
    restarts("    pub count: u32,", "    pub count: u64,");
    // A function that is gone is one that the host does not compile with, unless it changes as well.
    let app = workspace.read("app/src/main.rs");
    workspace.write(
        "app/src/main.rs",
        &app.replace("pages::private()", "pages::page()"),
    );
    restarts("pub fn private", "pub fn public");
}

#[test]
fn threads_call_one_generation_at_a_time_while_generations_change() {
    let workspace = Workspace::new("unmarked", "unmarked_threads");
    let mut session = workspace.run().ready();
    assert_eq!(session.ask("storm"), "began");
    for number in 1000..1005 {
        let next = (number + 1).to_string();
        edit(&workspace, &mut session, PAGES, &number.to_string(), &next);
    }
    let answer = session.ask("calm");
    assert!(answer.starts_with("true "), "{answer}");
}
