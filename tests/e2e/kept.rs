//! `keep!`: state in a reloadable crate that is kept across reloads.

mod migrate;

use hotmod_testkit::Workspace;

const PAGE: &str = "pages/src/lib.rs";

#[test]
fn a_kept_value_is_the_same_in_each_generation() {
    let workspace = Workspace::new("hooks", "kept");
    let mut session = workspace.run().ready();
    assert_eq!(session.ask("ask"), "one asked=1 count=1 in 0");
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    session.wait_for_answer("widgets end 0");
    assert_eq!(session.ask("ask"), "one two asked=2 count=2 in 1");

    // Another initial value is none to a value that is there, under another name it is.
    workspace.edit(PAGE, "Mutex::new(0)", "Mutex::new(7)");
    session.wait_for_answer("widgets end 1");
    assert_eq!(session.ask("ask"), "one two two asked=3 count=3 in 2");
    workspace.edit(PAGE, "COUNT", "NUMBER");
    session.wait_for_answer("widgets end 2");
    assert_eq!(session.ask("ask"), "one two two two asked=4 count=8 in 3");
    workspace.edit(PAGE, "NUMBER", "COUNT");
    session.wait_for_answer("widgets end 3");
    assert_eq!(
        session.ask("ask"),
        "one two two two two asked=5 count=4 in 4"
    );
    assert_eq!(session.count("restarted"), 0);
}

#[test]
fn a_kept_value_of_another_type_is_a_restart() {
    let workspace = Workspace::new("hooks", "kept_type");
    let mut session = workspace.run().ready();
    assert_eq!(session.ask("ask"), "one asked=1 count=1 in 0");
    workspace.edit(PAGE, "COUNT: Mutex<u32>", "COUNT: Mutex<u64>");
    let restarted = session.wait_for("restarted");
    let reason = restarted["reason"].as_str().unwrap();
    assert!(reason.contains("Mutex<u32>"), "{reason}");
    assert!(reason.contains("static pages::count::COUNT"), "{reason}");
    session.wait_for_answer("ready");
    assert_eq!(session.ask("ask"), "one asked=1 count=1 in 0");
}

#[test]
fn two_kept_statics_with_the_same_name_are_refused() {
    let workspace = Workspace::new("hooks", "kept_twice");
    let mut session = workspace.run().ready();
    let one = "{ hotmod::keep! { static TWICE: u8 = 1; } assert_eq!(*TWICE, 1); }";
    workspace.edit(PAGE, "// outcome of a call", &format!("{one}{one}"));
    let refused = session.wait_for("refused");
    assert_eq!(
        refused["reason"],
        "two kept statics are named `pages::generation::TWICE`; help: rename one of them"
    );
    assert_eq!(session.ask("call"), "Ok(0) then 0");
}
