//! The user's environment may contain tokens. A session needs it for replays, and never writes it
//! to disk.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use hotmod_testkit::{Workspace, files};

const LEAF: &str = "pages/src/lib.rs";

/// A variable that no crate names, as a procedural macro may read it.
const TOKEN: &str = "REGISTRY_TOKEN";

#[test]
fn no_token_of_the_environment_is_written_to_the_target_directory() {
    let workspace = Workspace::new("basic", "secrets");
    let secret = format!("token-of-process-{}", std::process::id());
    // A source that cargo has not seen, so that it calls the wrapper.
    workspace.write(LEAF, &(workspace.read(LEAF) + "// new\n"));
    let mut session = workspace.run().variable(TOKEN, &secret).ready();
    workspace.edit(LEAF, "\"one\"", "\"two\"");
    session.wait_for("live");

    // Other tests build beside it.
    let written = fs::read_dir(workspace.target().join("hotmod")).unwrap();
    let mut written = written.map(|it| it.unwrap().path());
    let is_its = |it: &PathBuf| {
        it.file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with("secrets-")
    };
    let written = written.find(is_its).expect("nothing was built");
    let all = files(&written);
    let records: Vec<_> = all
        .iter()
        .filter(|it| it.parent().is_some_and(|it| it.ends_with("units")))
        .collect();
    assert!(!records.is_empty(), "nothing was recorded");
    for record in records {
        let mode = fs::metadata(record).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "others may read `{}`", record.display());
    }
    let search = Command::new("grep")
        .args(["--recursive", "--files-with-matches", "--fixed-strings"])
        .arg(&secret)
        .arg(&written)
        .output()
        .unwrap();
    assert_eq!(
        search.status.code(),
        Some(1),
        "the token is there: {search:?}"
    );
}

#[test]
fn a_replay_has_the_environment_of_its_own_session() {
    let workspace = Workspace::new("basic", "environment_of_a_replay");
    let source = "option_env!(\"HOME_PAGE\").unwrap_or(\"none\")";
    workspace.edit(LEAF, "\"one\"", source);
    let mut session = workspace.run().variable("HOME_PAGE", "first").ready();
    assert!(session.ask("ask").contains("page=first"));
    session.interrupt();

    // Cargo compiles the crate again; the reload after it compiles it by its record.
    let mut session = workspace.run().variable("HOME_PAGE", "second").ready();
    assert!(session.ask("ask").contains("page=second"));
    workspace.edit(LEAF, source, &format!("{{ let page = {source}; page }}"));
    session.wait_for("live");
    assert!(session.ask("ask").contains("page=second"));
}
