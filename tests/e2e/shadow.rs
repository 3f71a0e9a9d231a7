//! Compares the host's code with a clean build: while idle, and before a restart.

use std::fs;
use std::path::PathBuf;

use hotmod_testkit::{Session, Workspace, files};
use serde_json::Value;

const PAGES: &str = "pages/src/lib.rs";
const MODEL: &str = "model/src/lib.rs";

/// Replaces text in the sources of the pages.
fn edit(workspace: &Workspace, session: &mut Session, from: &str, to: &str) -> Value {
    workspace.edit(PAGES, from, to);
    session.wait_for_any(&["live", "restarted", "compile-error"])
}

/// A reference is cloned, as long as its target can't be: no name in the sources tells.
fn clone_a_reference(workspace: &Workspace) {
    let dropped = "        drop(guard);";
    let cloned = "        #[allow(noop_method_call)]\n        let _copy = (&guard).clone();\n        drop(guard);";
    workspace.edit("app/src/main.rs", dropped, cloned);
}

/// From now on its target is.
fn make_the_target_cloneable(workspace: &Workspace) {
    workspace.edit(
        PAGES,
        "impl Drop for Guard",
        "impl Clone for Guard {\n    fn clone(&self) -> Guard {\n        Guard(self.0 + 1)\n    }\n}\n\nimpl Drop for Guard",
    );
}

#[test]
fn different_code_in_the_host_is_found_while_idle() {
    let workspace = Workspace::new("direct", "shadow_finds");
    clone_a_reference(&workspace);
    let mut session = workspace.run().ready();
    workspace.edit(
        PAGES,
        "struct Home;",
        "struct Home;\n\npub struct Other;\n\nimpl Other {\n    pub fn new() -> Self {\n        Other\n    }\n}",
    );
    session.wait_for("live");
    assert_eq!(session.wait_for("host-compared")["outcome"], "same");
    // Only bodies change.
    assert_eq!(
        edit(&workspace, &mut session, "inside-1", "inside-2")["event"],
        "live"
    );
    assert_eq!(session.wait_for("host-compared")["outcome"], "skipped");
    make_the_target_cloneable(&workspace);
    session.wait_for("live");
    assert_eq!(session.wait_for("host-compared")["outcome"], "different");
    let event = session.wait_for("restarted");
    let reason = event["reason"].as_str().unwrap();
    assert!(
        reason.contains("`<pages::Guard as Clone>::clone`") && reason.ends_with("in `app::main`"),
        "{reason}"
    );
    assert_eq!(event["causes"][0]["kind"], "code");
    session.wait_for_answer("ready");
    assert_eq!(session.count("host-compared"), 3);
}

#[test]
fn an_edit_that_changes_no_code_of_the_host_is_no_restart() {
    let workspace = Workspace::new("direct", "shadow_same");
    let mut session = workspace.run().ready();
    // Of an unmarked crate: a comment, then a function that nobody calls.
    for (from, to) in [
        ("use std", "// A comment.\nuse std"),
        ("/// Keeps", "fn unused() {}\n\n/// Keeps"),
    ] {
        workspace.edit(MODEL, from, to);
        let event = session.wait_for_any(&["live", "restarted"]);
        assert_eq!(event["event"], "live", "{event}");
    }
    // Many editors save by a rename, which is several events.
    let new = workspace.path("model/src/new");
    let text = workspace.read(MODEL);
    fs::write(&new, format!("{text}// The last line.\n")).unwrap();
    fs::rename(&new, workspace.path(MODEL)).unwrap();
    fs::write(&new, "").unwrap();
    let event = session.wait_for_any(&["live", "restarted"]);
    assert_eq!(event["event"], "live", "{event}");
    fs::remove_file(&new).unwrap();
    // Of the program itself: no generation has any of it.
    workspace.edit("app/src/main.rs", "use std", "// A comment.\nuse std");
    assert_eq!(session.wait_for("verdict")["verdict"], "restart");
    let event = session.wait_for_any(&["verdict", "restarted"]);
    assert_eq!(
        event["reason"], "the program's code is unchanged",
        "{event}"
    );
    // Of a reloadable crate: code that is not compiled, in a function that the host has.
    workspace.edit(
        PAGES,
        "fn helper() -> String {",
        "fn helper() -> String {\n    #[cfg(any())]\n    let x = 1;\n",
    );
    let event = session.wait_for_any(&["live", "restarted"]);
    assert_eq!(event["event"], "live", "{event}");
    assert!(session.ask("ask").contains("helper-1"));
    // The next edit is compared with what was found to be the same.
    workspace.edit(PAGES, "inside-1", "inside-2");
    assert_eq!(session.wait_for("verdict")["verdict"], "reload");
    session.wait_for("live");
    // With other code there is a restart. The first reload was made with the new crate.
    workspace.edit(MODEL, "Cell::new(\"nothing\")", "Cell::new(\"silence\")");
    let event = session.wait_for_any(&["live", "restarted"]);
    assert_eq!(
        event["reason"],
        "`model/src/lib.rs` changed, and `model` is not reloadable"
    );
    session.wait_for_answer("ready");
    // What only generations call of an unmarked crate counts, too.
    workspace.edit(
        PAGES,
        "format!(\"page-1,",
        "model::say(\"page\");\n    format!(\"page-1,",
    );
    session.wait_for("live");
    workspace.edit(MODEL, "HEARD.set(word);", "HEARD.set(word.trim());");
    let event = session.wait_for_any(&["live", "restarted"]);
    assert_eq!(event["event"], "restarted", "{event}");
}

#[test]
fn edits_are_compared_after_a_module_has_moved() {
    let workspace = Workspace::new("direct", "shadow_moved_module");
    let code = "pub fn part() {}\n";
    workspace.write("pages/src/part.rs", code);
    workspace.edit(PAGES, "struct Home;", "struct Home;\n\npub mod part;");
    let mut session = workspace.run().arguments(["--shadow", "always"]).ready();
    workspace.edit(PAGES, "mod part;", &format!("mod part {{ {code} }}"));
    fs::remove_file(workspace.path("pages/src/part.rs")).unwrap();
    session.wait_for("live");
    assert_eq!(session.wait_for("host-compared")["outcome"], "same");
    assert_eq!(
        edit(&workspace, &mut session, "inside-1", "inside-2")["event"],
        "live"
    );
    assert_eq!(session.wait_for("host-compared")["outcome"], "same");
}

#[test]
fn a_program_that_no_longer_compiles_is_reported() {
    let workspace = Workspace::new("direct", "shadow_fails");
    let mut session = workspace.run().ready();
    workspace.edit(PAGES, "impl Drop for Guard", "impl PartialEq for Guard {\n    fn eq(&self, _: &Guard) -> bool {\n        true\n    }\n}\n\nimpl Drop for Guard");
    session.wait_for("live");
    session.wait_for("host-compared");
    workspace.edit(PAGES, "pub struct Guard(pub u8);", "pub struct Guard(u8);");
    session.wait_for("compile-error");
    workspace.edit(PAGES, "pub struct Guard(u8);", "pub struct Guard(pub u8);");
    session.wait_for_any(&["live", "verdict"]);
}

#[test]
fn with_no_restart_the_restart_stays_due() {
    let workspace = Workspace::new("direct", "shadow_due");
    clone_a_reference(&workspace);
    let mut session = workspace.run().arguments(["--no-restart"]).ready();
    make_the_target_cloneable(&workspace);
    let refused = session.wait_for("refused");
    assert!(session.ask("ask").contains("page-1"));
    // Reloads that need no restart go on.
    let live = edit(&workspace, &mut session, "inside-1", "inside-2");
    assert_eq!(live["event"], "live");
    let due = live["restart_due"][0].as_str().unwrap();
    assert!(refused["reason"].as_str().unwrap().starts_with(due));
}

#[test]
fn the_comparison_can_be_turned_off_and_on() {
    let workspace = Workspace::new("direct", "shadow_always");
    let mut session = workspace.run().arguments(["--shadow", "always"]).ready();
    edit(&workspace, &mut session, "inside-1", "inside-2");
    assert_eq!(session.wait_for("host-compared")["outcome"], "same");
}

#[test]
fn unreadable_code_is_reported_and_restarts() {
    let workspace = Workspace::new("direct", "shadow_unknown");
    let mut session = workspace.run().ready();
    let mut files = files(&workspace.target().join("hotmod")).into_iter();
    let is_code = |it: &PathBuf| {
        let is_its = it.to_string_lossy().contains("shadow_unknown");
        is_its && it.ends_with("code.json")
    };
    let code = files.find(is_code).expect("no code was recorded");
    fs::remove_file(&code).unwrap();
    fs::write(code, r#"{"Err":"it is unreadable"}"#).unwrap();
    workspace.edit(PAGES, "struct Home;", "struct Home;\n\npub struct Other;");
    session.wait_for("live");
    let note = session.wait_for("note");
    let why = "the program's code can't be compared with a clean build: it is unreadable";
    assert_eq!(note["message"], why);
    workspace.edit(MODEL, "use std", "// A comment.\nuse std");
    session.wait_for("restarted");
}

#[test]
fn without_restarts_an_edit_is_compared_before_it_is_refused() {
    let workspace = Workspace::new("direct", "shadow_before_refusal");
    let mut session = workspace.run().arguments(["--no-restart"]).ready();
    // Code that is not compiled, in a function that the host has.
    workspace.edit(
        PAGES,
        "fn inlined() -> &'static str {",
        "fn inlined() -> &'static str {\n    #[cfg(any())]\n    let x = 1;\n",
    );
    let event = session.wait_for_any(&["live", "refused"]);
    assert_eq!(event["event"], "live", "{event}");

    workspace.edit(PAGES, "inlined-1", "inlined-2");
    let event = session.wait_for_any(&["live", "refused"]);
    assert_eq!(event["event"], "refused", "{event}");
    assert_eq!(event["causes"][0]["kind"], "direct");
    assert_eq!(event["causes"][1]["kind"], "code");

    // A reload is linked with what the host was linked with.
    workspace.edit(PAGES, "inlined-2", "inlined-1");
    assert_eq!(session.wait_for("verdict")["verdict"], "nothing");
    assert_eq!(
        edit(&workspace, &mut session, "inside-1", "inside-2")["event"],
        "live"
    );
    assert!(session.ask("ask").contains("helper-1"));
    // An edit after which the program does not compile is no refusal.
    workspace.edit(
        PAGES,
        "fn helper() -> String {",
        "fn helper(_: u8) -> String {",
    );
    session.wait_for("compile-error");
}
