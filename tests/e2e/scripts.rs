//! Build scripts: what they write and what they read.

use std::process::Command;

use crate::support::{Session, Workspace};

const PAGE: &str = "pages/src/lib.rs";

/// The next generation is live, and nothing was restarted for it.
fn reload(workspace: &Workspace, session: &mut Session, from: &str, to: &str) {
    workspace.edit(PAGE, &format!("{from:?}"), &format!("{to:?}"));
    let event = session.wait_for_any(&["live", "restarted", "compile-error", "error"]);
    assert_eq!(event["event"], "live", "{event}");
    assert!(session.ask("ask").contains(&format!("page={to} ")));
}

fn notes(session: &Session) -> Vec<String> {
    let events = session.events().into_iter();
    let notes = events.filter(|it| it["event"] == "note");
    notes
        .map(|it| it["message"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_script_that_writes_a_source_does_not_restart_the_program_again_and_again() {
    let workspace = Workspace::new("basic", "written_source");
    workspace.write(
        "app/build.rs",
        "fn main() {\n    std::fs::write(\"src/generated.rs\", \"pub const MADE: &str = \
         \\\"made\\\";\\n\").unwrap();\n}\n",
    );
    workspace.edit(
        "app/src/main.rs",
        "use std::io",
        "mod generated;\nuse std::io",
    );
    workspace.edit("app/src/main.rs", "model::NAME,", "generated::MADE,");
    let mut session = workspace.run().ready();
    reload(&workspace, &mut session, "one", "two");
    assert!(session.ask("ask").contains(" model=made "));
    assert_eq!(session.count("restarted"), 0);
    let restart = |session: &mut Session, name: &str| {
        let text = format!("//! {name}\n{}", workspace.read("model/src/lib.rs"));
        workspace.write("model/src/lib.rs", &text);
        let reason = "`model/src/lib.rs` changed, and `model` is not reloadable";
        assert_eq!(session.wait_for("restarted")["reason"], reason);
        session.wait_for_answer("ready");
    };
    restart(&mut session, "one");
    reload(&workspace, &mut session, "two", "three");
    assert_eq!(session.count("restarted"), 1);

    // Another text each time, in a source and in a file that only the script reads.
    workspace.write(
        "app/build.rs",
        "fn main() {\n    let now = std::time::SystemTime::now().duration_since(\
         std::time::UNIX_EPOCH).unwrap().as_nanos();\n    \
         std::fs::write(\"src/generated.rs\", format!(\"pub const MADE: &str = \\\"{now}\\\";\\n\
         \")).unwrap();\n    std::fs::write(\"stamp.txt\", now.to_string()).unwrap();\n    \
         println!(\"cargo::rerun-if-changed=stamp.txt\");\n    \
         println!(\"cargo::rerun-if-changed=src\");\n}\n",
    );
    let reason = "`app/build.rs` changed, and `app` is not reloadable";
    assert_eq!(session.wait_for("restarted")["reason"], reason);
    // Once more, since it is not known yet that the script wrote it, and not somebody who saved it.
    let reason = "`app/stamp.txt` changed, and `app` is not reloadable";
    assert_eq!(session.wait_for("restarted")["reason"], reason);
    session.wait_for_answer("ready");
    session.wait_for_answer("ready");
    let note = "`app/stamp.txt` changes in each build";
    let notes = notes(&session);
    assert!(notes.iter().any(|it| it.starts_with(note)), "{notes:?}");
    reload(&workspace, &mut session, "three", "four");
    restart(&mut session, "two");
    reload(&workspace, &mut session, "four", "five");
    restart(&mut session, "three");
    reload(&workspace, &mut session, "five", "six");
    assert_eq!(session.count("restarted"), 5);
}

#[test]
fn what_version_control_does_waits_for_the_next_restart() {
    let workspace = Workspace::new("basic", "version_control");
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(workspace.root()).args(arguments);
        let own = ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"];
        git.envs(own.map(|name| (name, "/dev/null")));
        let output = git.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    let _ = std::fs::remove_dir_all(workspace.path(".git"));
    git(&["init", "--quiet", "--initial-branch=first"]);
    workspace.write(
        "model/build.rs",
        "fn main() {\n    println!(\"cargo::rerun-if-changed=../.git/HEAD\");\n    \
         println!(\"cargo::rerun-if-changed=../.git/index\");\n    \
         let head = std::fs::read_to_string(\"../.git/HEAD\").unwrap();\n    \
         let name = head.trim().rsplit('/').next().unwrap();\n    \
         println!(\"cargo::rustc-env=BRANCH={name}\");\n}\n",
    );
    workspace.edit("model/src/lib.rs", "\"one\"", "env!(\"BRANCH\")");
    let mut session = workspace.run().ready();
    git(&["add", "model/src/lib.rs"]);
    git(&["symbolic-ref", "HEAD", "refs/heads/second"]);
    reload(&workspace, &mut session, "one", "two");
    git(&["add", "pages/src/lib.rs"]);
    reload(&workspace, &mut session, "two", "three");
    assert!(session.ask("ask").contains(" model=first "));
    assert_eq!(session.count("restarted"), 0);
    for file in ["HEAD", "index"] {
        let note = format!(
            "`.git/{file}` changed, which the build of `model` reads: the change shows after the next \
             restart"
        );
        let notes = notes(&session);
        assert_eq!(
            notes.iter().filter(|it| **it == note).count(),
            1,
            "{notes:?}"
        );
    }
    workspace.edit("app/src/main.rs", "ready {}", "ready  {}");
    let reason = "`app/src/main.rs` changed, and `app` is not reloadable";
    assert_eq!(session.wait_for("restarted")["reason"], reason);
    session.wait_for_answer("ready");
    assert!(session.ask("ask").contains(" model=second "));
    std::fs::remove_dir_all(workspace.path(".git")).unwrap();
}
