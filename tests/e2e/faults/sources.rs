//! Sources that are removed while they are compiled.

use std::fs;

use super::{Desk, PAGE};
use crate::process::{eventually, is_compiling};
use hotmod_testkit::Workspace;

#[test]
fn a_source_deleted_during_a_compile_is_waited_for() {
    let workspace = Workspace::new("basic", "deleted_in_mid_compile");
    // Nobody will ever write to it: rustc waits.
    let fifo = workspace.fifo();
    let session = workspace.run().ready();
    let mut desk = Desk::new(workspace, session);
    let good = desk.workspace.read(PAGE);
    for round in ["two", "three"] {
        let text = good.replace("\"one\"", &format!("{round:?}"));
        let endless = format!("{text}\nconst _: &str = include_str!({fifo:?});\n");
        desk.workspace.write(PAGE, &endless);
        eventually("rustc runs", || is_compiling(&desk.workspace, "pages"));
        fs::remove_file(desk.workspace.path(PAGE)).unwrap();
        let rendered = desk.session.wait_for_diagnostics();
        assert!(
            rendered.contains("couldn't read `pages/src/lib.rs`"),
            "{rendered}"
        );
        desk.shows(if round == "two" { "one" } else { "two" });
        desk.workspace.write(PAGE, &text);
        desk.goes_live(round);
    }

    // With all of its folder, as by a change of branch.
    let text = good.replace("\"one\"", "\"four\"");
    desk.workspace.write(
        PAGE,
        &format!("{text}\nconst _: &str = include_str!({fifo:?});\n"),
    );
    eventually("rustc runs", || is_compiling(&desk.workspace, "pages"));
    fs::remove_dir_all(desk.workspace.path("pages/src")).unwrap();
    desk.session.wait_for("compile-error");
    desk.shows("three");
    desk.workspace.write(PAGE, &text);
    desk.goes_live("four");
    assert_eq!(desk.session.count("compile-error"), 3);
    assert_eq!(desk.session.count("restarted"), 0);
}
