//! `--poll`: edits are found by polling, where a file system sends no events.

use std::fs;

use hotmod_testkit::{Session, Workspace, tool};

const PAGE: &str = "pages/src/lib.rs";

/// Whether the tool has asked the system for events.
fn has_inotify(session: &Session) -> bool {
    let files = fs::read_dir(format!("/proc/{}/fd", session.pid())).unwrap();
    let mut links = files
        .flatten()
        .filter_map(|it| fs::read_link(it.path()).ok());
    links.any(|link| link.as_os_str() == "anon_inode:inotify")
}

#[test]
fn edits_go_live_without_events() {
    let workspace = Workspace::new("basic", "poll");
    let original = workspace.read(PAGE);
    let mut session = workspace.run().arguments(["--poll", "0.05"]).ready();
    assert!(!has_inotify(&session));

    // In place, by rename, and by removal.
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
    assert!(session.ask("ask").contains("page=two "));
    workspace.write("pages/src/lib.rs.new", &original.replace("one", "six"));
    fs::rename(workspace.path("pages/src/lib.rs.new"), workspace.path(PAGE)).unwrap();
    assert_eq!(session.wait_for("live")["generation"], 2);
    fs::remove_file(workspace.path(PAGE)).unwrap();
    workspace.write(PAGE, &original.replace("\"one\"", "inner::NAME"));
    session.wait_for("compile-error");

    // In a folder that was not there, named by an edit of a file that was.
    workspace.write(
        "pages/src/inner/mod.rs",
        "pub(crate) const NAME: &str = \"new\";\n",
    );
    let with_module = original.replace("\"one\"", "inner::NAME") + "mod inner;\n";
    workspace.write(PAGE, &with_module);
    assert_eq!(session.wait_for("live")["generation"], 3);
    assert!(session.ask("ask").contains("page=new "));
    workspace.edit("pages/src/inner/mod.rs", "new", "newer");
    assert_eq!(session.wait_for("live")["generation"], 4);
    assert!(session.ask("ask").contains("page=newer "));

    // What is not reloadable.
    workspace.edit("model/src/lib.rs", "\"one\"", "\"two\"");
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    assert!(session.ask("ask").contains("model=two "));
    assert_eq!(session.count("error"), 0);
}

#[test]
fn the_default_interval_is_half_a_second() {
    let workspace = Workspace::new("unruly", "poll_without_a_number");
    let mut session = workspace.run().arguments(["--poll"]).ready();
    assert!(!has_inotify(&session));
    workspace.edit(PAGE, "\"one ", "\"two ");
    session.wait_for("live");
    assert_eq!(session.ask("page"), "two in 1");
}

#[test]
fn invalid_intervals_are_refused() {
    let workspace = Workspace::new("basic", "poll_mistakes").with_own_target();
    for (given, words) in [
        ("often", "not a number"),
        ("0", "must be between 0.01 and 3600"),
        ("-1", "must be between 0.01 and 3600"),
        ("1e9", "must be between 0.01 and 3600"),
        ("NaN", "must be between 0.01 and 3600"),
    ] {
        let mut command = workspace.command(tool());
        let output = command.args(["run", "--poll", given]).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{given}: {stderr}");
        assert!(stderr.contains(words), "{given}: {stderr}");
        assert!(!workspace.target().exists());
    }
}
