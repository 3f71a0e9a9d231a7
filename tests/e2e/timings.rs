//! `run --timings`: the page shows what happened so far, whatever becomes of the session.

use std::fs;
use std::path::{Path, PathBuf};

use hotmod_testkit::{Session, Workspace};

use crate::process::eventually;

const LEAF: &str = "pages/src/lib.rs";
/// HTML gives these characters a meaning.
const ODD: &str = "pages/src/a<b&c.rs";

/// The page that the session names when it begins.
pub(crate) fn path_of_page(session: &Session, workspace: &Workspace) -> PathBuf {
    let screen = session.screen();
    let line = screen.lines().find(|it| it.contains("Timings "));
    let line = line.unwrap_or_else(|| panic!("no page: {screen}"));
    workspace.path(line.split_once("Timings ").unwrap().1)
}

/// The rows of the page, the newest first.
fn rows(page: &str) -> Vec<&str> {
    assert!(page.trim_end().ends_with("</html>"), "{page}");
    let bodies = page.split("<tbody>").skip(1);
    let bodies = bodies.map(|it| it.split("</tbody>").next().unwrap());
    bodies.flat_map(|it| it.split("<tr>").skip(1)).collect()
}

/// The page, once it has so many rows: no outcome waits for it.
fn page_of(rows_of_it: usize, path: &Path) -> String {
    let mut text = String::new();
    eventually("the page has all outcomes", || {
        text = fs::read_to_string(path).unwrap_or_default();
        !text.is_empty() && rows(&text).len() == rows_of_it
    });
    text
}

#[test]
fn the_page_shows_each_outcome_and_stays_whole() {
    let workspace = Workspace::new("basic", "timings");
    workspace.write(ODD, "pub(crate) const NAME: &str = \"one\";\n");
    let leaf = workspace.read(LEAF).replace("\"one\"", "odd::NAME");
    workspace.write(LEAF, &(leaf + "#[path = \"a<b&c.rs\"]\nmod odd;\n"));
    let mut session = workspace.run().arguments(["--timings"]).ready();
    let path = path_of_page(&session, &workspace);
    let started = page_of(1, &path);
    assert!(rows(&started)[0].contains("started"), "{started}");

    workspace.edit(ODD, "\"one\"", "\"two\"");
    session.wait_for("live");
    workspace.edit("widgets/src/lib.rs", "\"one\"", "\"two\"");
    session.wait_for("live");
    workspace.edit("widgets/src/lib.rs", "\"two\"", "1 + \"two\"");
    session.wait_for_diagnostics();
    let text = page_of(4, &path);
    let [failed, second, first, started] = *rows(&text) else {
        panic!("{text}");
    };
    assert!(
        failed.contains("failed") && failed.contains("cannot add"),
        "{failed}"
    );
    assert!(
        second.contains("gen 2") && second.contains(">widgets<"),
        "{second}"
    );
    assert!(
        first.contains("gen 1") && first.contains(">pages<"),
        "{first}"
    );
    assert!(
        first.contains("a&lt;b&amp;c.rs") && !text.contains("a<b"),
        "{first}"
    );
    assert!(started.contains("started"));

    workspace.edit("widgets/src/lib.rs", "1 + \"two\"", "\"three\"");
    session.wait_for("live");
    workspace.edit("model/src/lib.rs", "\"one\"", "\"two\"");
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    let text = page_of(6, &path);
    let restarted = rows(&text)[4];
    assert!(
        restarted.contains("restarted") && restarted.contains("model"),
        "{restarted}"
    );

    // The session goes on without the page, and writes it again as soon as it can.
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let warning = "cannot write the timings to `";
    for (old, new) in [("odd::NAME", "\"three\""), ("\"three\"", "\"four\"")] {
        workspace.edit(LEAF, old, new);
        session.wait_for("live");
        eventually("the session warns", || session.screen().contains(warning));
    }
    fs::remove_dir(&path).unwrap();
    workspace.edit(LEAF, "\"four\"", "\"five\"");
    session.wait_for("live");
    page_of(9, &path);
    assert_eq!(session.screen().matches(warning).count(), 1);

    session.signal("KILL");
    session.wait();
    assert!(page_of(9, &path).contains("Reload this page"));
}

#[test]
fn a_quiet_session_says_where_the_page_is_too() {
    let workspace = Workspace::new("basic", "timings_quiet");
    let mut session = workspace.run().arguments(["--timings", "-q"]).ready();
    let path = path_of_page(&session, &workspace);
    workspace.edit(LEAF, "\"one\"", "\"two\"");
    session.wait_for("live");
    session.interrupt();
    assert_eq!(session.screen().matches("Timings ").count(), 2);
    let text = fs::read_to_string(path).unwrap();
    assert_eq!(rows(&text).len(), 2);
    assert!(!text.contains("Reload this page"));
}

#[test]
fn the_page_shows_work_in_the_background() {
    let workspace = Workspace::new("basic", "timings_background");
    let always = ["--timings", "--delta", "always", "--shadow", "always"];
    let mut session = workspace.run().arguments(always).ready();
    let path = path_of_page(&session, &workspace);
    // The first generation is compiled in full.
    for (old, new) in [("\"one\"", "\"two\""), ("\"two\"", "\"three\"")] {
        workspace.edit("widgets/src/lib.rs", old, new);
        session.wait_for("live");
        session.wait_for("host-compared");
    }
    assert_eq!(session.count("delta-compared"), 1);
    eventually("the page has the work", || {
        let text = fs::read_to_string(&path).unwrap();
        let second = rows(&text)[0];
        let compared = second.contains("check against a clean build");
        compared && second.contains("full compilation") && second.contains("delta")
    });
}
