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
