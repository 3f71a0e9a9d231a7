//! Edits that change no code: comments, formatting, and tests.

use std::fs;

use hotmod_testkit::{Session, Workspace, tool};

const PAGE: &str = "pages/src/lib.rs";
const WIDGET: &str = "widgets/src/lib.rs";
const NOTHING: &str =
    "only comments, formatting or tests changed; line numbers follow with the next reload";

/// What the next save comes to.
fn verdict(session: &mut Session) -> String {
    let event = session.wait_for("verdict");
    assert_eq!(event["verdict"], "nothing", "{event}");
    assert_eq!(event["causes"][0]["kind"], "same-tokens", "{event}");
    event["reason"].as_str().unwrap().to_owned()
}

#[test]
fn a_module_that_moves_to_another_file_is_reloaded() {
    let workspace = Workspace::new("unmarked_kinds", "same_code_moved");
    // What was recorded of this build names the file, too.
    workspace.run().ready().interrupt();
    workspace.edit("Cargo.toml", "0.1.0", "0.1.1");
    let mut session = workspace.run().ready();
    fs::create_dir_all(workspace.path("pages/src/inner")).unwrap();
    let [from, to] = ["pages/src/inner.rs", "pages/src/inner/mod.rs"].map(|it| workspace.path(it));
    fs::rename(from, to).unwrap();
    let event = session.wait_for_any(&["live", "restarted", "compile-error"]);
    assert_eq!(event["event"], "live", "{event}");
}

#[test]
fn an_edit_that_changes_no_code_builds_nothing() {
    let workspace = Workspace::new("basic", "same_code");
    let tests =
        "\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn one() {\n        panic!()\n    }\n}\n";
    workspace.write(PAGE, &(workspace.read(PAGE) + tests));
    let mut session = workspace.run().ready();
    let builds = session.count("building");
    for (from, to) in [
        ("/// What the host", "// A comment.\n\n/// What the host"),
        ("        \"one\",\n", "        \"one\", // Another.\n\n"),
        ("panic!()", "assert!(true)"),
        ("fn one()", "fn two()"),
    ] {
        workspace.edit(PAGE, from, to);
        assert_eq!(verdict(&mut session), NOTHING, "{to}");
        let waited = workspace.command(tool()).arg("wait").status().unwrap();
        assert!(waited.success(), "{to}");
    }
    assert_eq!(session.count("building"), builds);
    let list = workspace.command(tool()).arg("list").output().unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    assert!(list.contains(NOTHING), "{list}");

    // Later edits are compared with what runs, and a reload compiles what was edited before.
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    let live = session.wait_for("live");
    assert_eq!(live["generation"], 1);
    assert!(session.ask("ask").contains("page=two"));
    workspace.edit(PAGE, "// A comment.", "// No comment.");
    assert_eq!(verdict(&mut session), NOTHING);
    workspace.edit(WIDGET, "\"one\"", "\"new\"");
    let crates = session.wait_for("live")["crates"].to_string();
    assert!(crates.contains("pages"), "{crates}");
    workspace.edit(PAGE, "\"two\"", "\"one\"");
    assert_eq!(session.wait_for("live")["generation"], 3);
    assert!(session.ask("ask").contains("page=one"));

    // Documentation is an attribute, and a line may be a value.
    workspace.edit(PAGE, "/// What the host shows.", "/// What it shows.");
    session.wait_for("live");
    workspace.edit(PAGE, "\"one\"", "line!()");
    session.wait_for("live");
    workspace.edit(PAGE, "// No comment.", "//\n// A comment.");
    session.wait_for("live");
}
