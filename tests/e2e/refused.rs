//! Generations that can't go live although a restart would not help: the old code keeps running,
//! and nothing is built until something changes.

use serde_json::Value;

use hotmod_testkit::{Session, Workspace};

const PAGE: &str = "pages/src/lib.rs";

/// Waits for a refusal, after which nobody asks for a restart.
fn refused(session: &mut Session) -> Value {
    let refused = session.wait_for("refused");
    assert_eq!(refused["restart"], false, "{refused}");
    refused
}

#[test]
fn an_inconsistent_library_is_not_offered_again_until_a_source_changes() {
    let workspace = Workspace::new("basic", "refused_library");
    let mut session = workspace.run().ready();
    let one = workspace.read(PAGE);
    let twice = "pub fn both() {\n    {\n        #[hotmod::hot]\n        fn twice() {}\n        \
                 twice();\n    }\n    {\n        #[hotmod::hot]\n        fn twice() {}\n        \
                 twice();\n    }\n}\n";
    let two = one.replace("\"one\"", "\"two\"");
    workspace.write(PAGE, &format!("{two}{twice}"));
    let said = refused(&mut session);
    let reason = "two entry points are named `pages::both::twice`; help: rename one of them";
    assert_eq!(said["reason"], reason);
    assert!(session.ask("ask").contains("page=one"));
    let screen = session.screen();
    let line = format!("Refused gen 1 · {reason}; the old code keeps running until the next edit");
    assert!(screen.contains(&line), "{screen}");

    // Taken back, what is there is what runs.
    workspace.write(PAGE, &one);
    assert_eq!(session.wait_for("verdict")["verdict"], "nothing");

    workspace.write(PAGE, &format!("{two}{twice}"));
    refused(&mut session);
    workspace.write(PAGE, &two);
    assert_eq!(session.wait_for("live")["generation"], 3);
    assert!(session.ask("ask").contains("page=two"));
    assert_eq!(session.count("refused"), 2);
    assert_eq!(session.count("restarted"), 0);
    // One for each edit but the one that was taken back.
    let builds = session.events();
    let builds = builds.iter().filter(|it| it["what"] == "group").count();
    assert_eq!(builds, 3);
}
