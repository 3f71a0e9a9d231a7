//! The watched folders: all that can contain an input, whether they exist or not.

use std::fs;
use std::path::Path;

use hotmod_testkit::{Session, Workspace, tool};

const PAGE: &str = "pages/src/lib.rs";

/// How many folders the tool asks the system to watch.
fn watches(session: &Session) -> usize {
    let folder = format!("/proc/{}/fdinfo", session.pid());
    let texts = fs::read_dir(folder).unwrap().flatten();
    let texts = texts.filter_map(|entry| fs::read_to_string(entry.path()).ok());
    texts
        .map(|text| text.lines().filter(|it| it.starts_with("inotify ")).count())
        .sum()
}

/// Many folders in a package, of which none is ignored by git.
fn fill(folder: &Path) {
    for number in 0..500 {
        fs::create_dir_all(folder.join(format!("package-{number}/dist"))).unwrap();
    }
}

#[test]
fn only_folders_that_can_hold_an_input_are_watched() {
    let workspace = Workspace::new("basic", "many_folders");
    let many = workspace.path("pages/node_modules");
    fill(&many);
    workspace.edit(
        "pages/Cargo.toml",
        "reloadable = true",
        "reloadable = true\nwatch = [\".sqlx/**\", \"later/deep\"]",
    );
    let mut session = workspace.run().ready();
    let before = watches(&session);
    assert!((5..60).contains(&before), "{before}");

    // What is named is noticed when it appears, hidden or not.
    workspace.write("pages/.sqlx/query.json", "one");
    let verdict = session.wait_for("verdict");
    assert_eq!(verdict["reason"], "`pages/.sqlx/query.json` changed");
    session.wait_for("live");
    workspace.write("pages/later/deep/er/file", "one");
    let verdict = session.wait_for("verdict");
    assert_eq!(verdict["reason"], "`pages/later/deep/er/file` changed");
    session.wait_for("live");
    fs::remove_dir_all(workspace.path("pages/.sqlx")).unwrap();
    session.wait_for("live");
    workspace.write("pages/.sqlx/query.json", "two");
    let verdict = session.wait_for("verdict");
    assert_eq!(verdict["reason"], "`pages/.sqlx/query.json` changed");
    session.wait_for("live");

    // Neither a failed build nor an edit takes the many in, unless git knows nothing of them.
    workspace.write(".gitignore", "node_modules\n");
    workspace.edit(PAGE, "\"one\"", "include_str!(\"../made/text\")");
    session.wait_for("compile-error");
    assert!(watches(&session) < before + 40);
    workspace.write("pages/made/text", "made");
    session.wait_for("live");
    assert!(session.ask("ask").contains("page=made "));
    fs::remove_dir_all(many).unwrap();
}

/// A build that fails may have read the folder before the file was in it, and the session watches the
/// folder only once the build has named it.
#[test]
fn a_file_that_appears_before_its_folder_is_watched_fixes_a_build() {
    let workspace = Workspace::new("basic", "appears_unwatched");
    fs::create_dir_all(workspace.path("pages/made")).unwrap();
    let _ = fs::remove_file(workspace.path("pages/made/text"));
    let mut session = workspace.run().ready();
    // From now on, nothing is built ahead of an edit.
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    session.wait_for("live");
    let fifo = workspace.fifo();
    let text = workspace.read(PAGE);
    let text = text.replace("\"two\"", "include_str!(\"../made/text\")");
    workspace.write(
        PAGE,
        &format!("{text}\nconst _: &str = include_str!({fifo:?});\n"),
    );
    // rustc has found no `made/text`, and waits here.
    let held = fs::File::options().write(true).open(&fifo).unwrap();
    workspace.write("pages/made/text", "made");
    fs::remove_file(&fifo).unwrap();
    fs::write(&fifo, "").unwrap();
    drop(held);
    session.wait_for("compile-error");
    session.wait_for("live");
    assert!(session.ask("ask").contains("page=made "));
}

#[test]
fn without_watches_left_files_are_polled() {
    let workspace = Workspace::new("basic", "no_watches_left");
    let tool = tool().display();
    let script =
        format!("echo 3 > /proc/sys/user/max_inotify_watches\nexec '{tool}' hotmod run \"$@\"");
    let arguments = ["--user", "--map-root-user", "sh", "-ec", &script, "sh"];
    let mut session = workspace.run().typed_as("unshare", &arguments).ready();
    let note = session.events();
    let note = note.iter().find(|it| it["event"] == "note").unwrap();
    assert_eq!(note["kind"], "no-watches-left");
    let words = "the system has no watches left (`fs.inotify.max_user_watches`)";
    assert!(
        note["message"].as_str().unwrap().starts_with(words),
        "{note}"
    );
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    session.wait_for("live");
    workspace.edit("widgets/src/lib.rs", "\"one\"", "\"two\"");
    session.wait_for("live");
    assert!(session.ask("ask").contains("page=two widget=two "));
}
