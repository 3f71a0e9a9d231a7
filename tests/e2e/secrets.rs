//! The user's environment may contain tokens. A session needs it for replays, and never writes it
//! to disk.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use hotmod_testkit::{Workspace, files};

use crate::process::eventually;
use crate::timings::path_of_page;

const LEAF: &str = "pages/src/lib.rs";

/// A variable that a procedural macro or a build script may read.
const TOKEN: &str = "REGISTRY_TOKEN";

/// A build script that needs the token, and a file.
const SCRIPT: &str = r#"fn main() {
    std::env::var("REGISTRY_TOKEN").expect("no token");
    println!("cargo::rerun-if-changed=input.txt");
    let made = std::env::var("OUT_DIR").unwrap() + "/made.txt";
    std::fs::copy("input.txt", made).unwrap();
}
"#;

fn secret() -> String {
    format!("token-of-process-{}", std::process::id())
}

/// The folder of a workspace in the target directory, in which other tests build too.
fn folder_of(workspace: &Workspace, test: &str) -> PathBuf {
    let folders = fs::read_dir(workspace.target().join("hotmod")).unwrap();
    let mut folders = folders.map(|it| it.unwrap().path());
    let is_its = |it: &PathBuf| {
        let name = it.file_name().unwrap().to_str().unwrap();
        name.strip_prefix(test)
            .is_some_and(|it| it.starts_with('-'))
    };
    folders.find(is_its).expect("nothing was built")
}

/// The files that contain the secret.
fn files_with_secret(folder: &Path) -> Vec<PathBuf> {
    let mut found = String::new();
    // The session may still build ahead, and remove files.
    eventually("no file is removed during the search", || {
        let search = Command::new("grep")
            .args(["--recursive", "--files-with-matches", "--fixed-strings"])
            .arg(secret())
            .arg(folder)
            .output()
            .unwrap();
        found = String::from_utf8(search.stdout).unwrap();
        // 1: there is none.
        matches!(search.status.code(), Some(0 | 1))
    });
    found.lines().map(PathBuf::from).collect()
}

#[test]
fn no_token_of_the_environment_is_written_to_the_target_directory() {
    let workspace = Workspace::new("basic", "secrets");
    // Cargo has not seen these sources, so it calls the wrapper, and the script's shim.
    workspace.write("widgets/build.rs", SCRIPT);
    workspace.write("widgets/input.txt", "one");
    let made = "include_str!(concat!(env!(\"OUT_DIR\"), \"/made.txt\"))";
    workspace.edit("widgets/src/lib.rs", "\"one\"", made);
    workspace.write(LEAF, &(workspace.read(LEAF) + "// new\n"));
    let mut session = workspace
        .run()
        .variable(TOKEN, &secret())
        .arguments(["--timings", "--delta", "always", "--shadow", "always"])
        .ready();
    let page = path_of_page(&session, &workspace);

    // The first generation is compiled in full, unless it was compiled before the edit.
    workspace.edit(LEAF, "\"one\"", "\"two\"");
    session.wait_for("live");
    // Earlier runs have not compiled this text.
    let third = format!("three-{}", std::process::id());
    workspace.edit(LEAF, "\"two\"", &format!("\"{third}\""));
    let live = session.wait_for("live");
    assert_eq!(live["deltas"], serde_json::json!(["pages"]), "{live}");
    session.wait_for("delta-compared");
    // The session runs the script, whose output then changes.
    workspace.write("widgets/input.txt", "two");
    let restarted = session.wait_for("restarted");
    assert_eq!(restarted["causes"][0]["kind"], "script-output");
    session.wait_for_answer("ready");
    let page_and_widget = format!("page={third} widget=two ");
    assert!(session.ask("ask").contains(&page_and_widget));
    assert!(session.ask(&format!("env {TOKEN}")).contains(&secret()));
    eventually("the page has the restart", || {
        fs::read_to_string(&page).is_ok_and(|it| it.contains("restarted"))
    });

    let written = folder_of(&workspace, "secrets");
    assert!(page.starts_with(&written), "{}", page.display());
    let all = files(&written);
    let is_record = |it: &&PathBuf| it.parent().is_some_and(|it| it.ends_with("units"));
    let (scripts, crates): (Vec<_>, Vec<_>) = all
        .iter()
        .filter(is_record)
        .partition(|it| it.extension().is_some_and(|it| it == "script"));
    assert!(!scripts.is_empty(), "{crates:?}");
    assert!(!crates.is_empty(), "{scripts:?}");
    for record in scripts.iter().chain(&crates) {
        let mode = fs::metadata(record).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "others may read `{}`", record.display());
    }
    assert_eq!(files_with_secret(&written), [] as [PathBuf; 0]);
    let events = session.events();
    let has_secret = |it: &serde_json::Value| it.to_string().contains(&secret());
    assert!(!events.iter().any(has_secret), "{events:?}");
}

/// rustc writes it to the crate and to its dep-info, as in a plain build. The session does not.
#[test]
fn the_value_of_a_variable_that_a_source_names_is_not_recorded() {
    let workspace = Workspace::new("basic", "named_secret");
    let source = format!("option_env!({TOKEN:?}).map_or(\"none\", |it| &it[..5])");
    workspace.edit(LEAF, "\"one\"", &source);
    let mut session = workspace.run().variable(TOKEN, &secret()).ready();
    workspace.edit(LEAF, "[..5]", "[..6]");
    session.wait_for("live");
    assert!(session.ask("ask").contains("page=token- "));

    let session_files = folder_of(&workspace, "named_secret").join("session");
    let found = files_with_secret(&session_files);
    let is_of_session = |it: &&PathBuf| it.extension().is_some_and(|it| it == "json");
    let recorded: Vec<_> = found.iter().filter(is_of_session).collect();
    assert!(recorded.is_empty(), "{recorded:?}");
    let dep_info = |it: &PathBuf| it.extension().is_some_and(|it| it == "d");
    assert!(found.iter().any(dep_info), "{found:?}");
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
