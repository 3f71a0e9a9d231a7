//! A session that can't start its program shows the reason, and waits for an edit.

use hotmod_testkit::Workspace;

/// Each run of it writes another text into a source file, as those do that write the time.
const SCRIPT: &str = r#"fn main() {
    let now = std::time::SystemTime::now();
    std::fs::write("src/generated.rs", format!("// {now:?}\n")).unwrap();
}
"#;

#[test]
fn a_build_that_writes_sources_and_fails_ends_with_its_error() {
    let workspace = Workspace::new("basic", "writes_and_fails");
    workspace.write("pages/build.rs", SCRIPT);
    workspace.edit("pages/src/lib.rs", "\"one\"", "1 + \"one\"");
    let mut session = workspace.run().start();
    let rendered = session.wait_for_diagnostics();
    assert!(rendered.contains("cannot add `&str` to"), "{rendered}");
    assert_eq!(session.wait_for("note")["message"], "waiting for a change");
    let note = session.wait_for("note")["message"].to_string();
    assert!(
        note.contains("each time something wrote `pages/src/generated.rs`"),
        "{note}"
    );
    // Three that failed, each after two at the most that a write cancelled.
    assert!(session.count("building") <= 9);

    workspace.edit("pages/src/lib.rs", "1 + \"one\"", "\"two\"");
    session.wait_for("host-started");
    session.wait_for_answer("ready");
    assert!(session.ask("ask").contains("page=two "));
    assert_eq!(session.count("compile-error"), 1);
}

/// While a build has failed, a file that its errors name may be what it lacks; but not this one.
#[test]
fn the_sessions_events_file_is_no_edit() {
    let workspace = Workspace::new("basic", "own_events");
    let error = "compile_error!(\"app.events.jsonl\");\n";
    let source = workspace.read("pages/src/lib.rs");
    workspace.write("pages/src/lib.rs", &(source.clone() + error));
    let record = workspace.path("app");
    let mut session = workspace.run().recorded_in(record).start();
    let rendered = session.wait_for_diagnostics();
    assert!(rendered.contains("app.events.jsonl"), "{rendered}");
    assert_eq!(session.wait_for("note")["message"], "waiting for a change");
    workspace.write("pages/src/lib.rs", &source);
    session.wait_for("host-started");
    assert_eq!(session.count("edit"), 1);
    assert_eq!(session.count("compile-error"), 1);
}
