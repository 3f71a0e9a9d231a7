//! Edits of manifests and of the lock file: those that don't affect the host restart nothing.

use hotmod_testkit::{Session, Workspace};

const PAGE: &str = "pages/src/lib.rs";

/// The basic workspace with a member that the host does not use.
fn workspace(test: &str) -> Workspace {
    let workspace = Workspace::new("basic", test);
    workspace.edit(
        "Cargo.toml",
        "members = [\"app\"",
        "members = [\"extra\", \"app\"",
    );
    workspace.write(
        "extra/Cargo.toml",
        "[package]\nname = \"extra\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    );
    workspace.write("extra/src/lib.rs", "//! Used by nobody.\n");
    workspace
}

/// Gives the member a new version, and the lock file too, as editors do.
fn set_version(workspace: &Workspace, from: &str, to: &str) {
    workspace.edit("extra/Cargo.toml", from, to);
    let mut cargo = workspace.command("cargo");
    let metadata = cargo.args(["metadata", "--format-version=1", "--offline"]);
    assert!(metadata.output().unwrap().status.success());
    assert!(workspace.read("Cargo.lock").contains(to));
}

fn nothing(session: &mut Session) {
    let verdict = session.wait_for_any(&["verdict", "refused", "error"]);
    assert_eq!(verdict["verdict"], "nothing", "{verdict}");
    assert_eq!(
        verdict["reason"], "`Cargo.lock` changed, but not in a way that affects `app`",
        "{verdict}"
    );
}

#[test]
fn edits_that_do_not_affect_the_host_restart_nothing() {
    let workspace = workspace("other_member");
    let mut session = workspace.run().arguments(["-p", "app"]).ready();
    set_version(&workspace, "0.1.0", "0.1.1");
    nothing(&mut session);
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
    // What is live is not what cargo built, and still nothing is to be built.
    set_version(&workspace, "0.1.1", "0.1.2");
    nothing(&mut session);
    workspace.edit(PAGE, "\"two\"", "\"three\"");
    assert_eq!(session.wait_for("live")["generation"], 2);
    assert_eq!(session.count("restarted"), 0);

    // Several files at once: the reason is the one that concerns the host.
    workspace.write("app/examples/shown.rs", "fn main() {}\n");
    workspace.edit(
        "extra/Cargo.toml",
        "edition",
        "description = \"more\"\nedition",
    );
    workspace.edit(
        "app/Cargo.toml",
        "[dependencies]",
        "[dependencies]\nextra = { path = \"../extra\" }",
    );
    let restarted = session.wait_for("restarted");
    assert_eq!(restarted["reason"], "`app/Cargo.toml` changed");
    session.wait_for_answer("ready");
    workspace.edit(PAGE, "\"three\"", "\"four\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
    assert_eq!(session.count("restarted"), 1);
}

#[test]
fn a_refused_manifest_blocks_no_reload() {
    let workspace = workspace("refused_manifest");
    let arguments = ["-p", "app", "--no-restart"];
    let mut session = workspace.run().arguments(arguments).ready();
    set_version(&workspace, "0.1.0", "0.1.1");
    nothing(&mut session);

    workspace.edit(
        "Cargo.toml",
        "[workspace.package]",
        "[profile.dev]\ndebug = 1\n\n[workspace.package]",
    );
    let refused = session.wait_for_any(&["refused", "restarted", "live"]);
    let reason = "`Cargo.toml` changed; the old code keeps running until the program is restarted";
    assert_eq!(refused["reason"], reason, "{refused}");
    for (generation, (from, to)) in [("one", "two"), ("two", "three")].into_iter().enumerate() {
        workspace.edit(PAGE, &format!("{from:?}"), &format!("{to:?}"));
        let event = session.wait_for_any(&["live", "refused", "restarted"]);
        assert_eq!(event["event"], "live", "{event}");
        assert_eq!(event["generation"], generation + 1);
        assert!(session.ask("ask").contains(&format!("page={to} ")));
    }
    // So does a crate that is not reloadable; each edit of it is refused once.
    for (from, to) in [("one", "two"), ("two", "three")] {
        workspace.edit("model/src/lib.rs", &format!("{from:?}"), &format!("{to:?}"));
        session.wait_for("refused");
    }
    workspace.edit(PAGE, "\"three\"", "\"four\"");
    let event = session.wait_for_any(&["live", "refused", "restarted"]);
    assert_eq!(event["event"], "live", "{event}");
    assert!(session.ask("ask").contains("model=one page=four "));
}
