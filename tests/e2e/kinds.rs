//! Every kind of entry point and of `main`, in a session.

use hotmod_testkit::Workspace;

#[test]
fn every_kind_of_entry_point_answers_from_the_live_generation() {
    let workspace = Workspace::new("kinds", "kinds");
    let mut session = workspace.run().ready();
    let before = session.ask("ask");
    let answers: Vec<&str> = before.split("; ").collect();
    assert_eq!(answers.len(), 38, "{before}");
    let silent: Vec<&&str> = answers.iter().filter(|it| !it.ends_with("one")).collect();
    assert!(silent.is_empty(), "{silent:?}");

    workspace.edit("old/src/lib.rs", "\"one\"", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
    assert_eq!(session.ask("ask"), before.replace("one", "two"));
}

#[test]
fn main_keeps_its_return_type() {
    let workspace = Workspace::new("kinds", "kinds_of_main");
    for (bin, code) in [("fails", 1), ("code", 5)] {
        let mut session = workspace.run().arguments(["--bin", bin]).ready();
        workspace.edit("old/src/lib.rs", "\"one\"", "\"three\"");
        session.wait_for("live");
        session.tell("end");
        let exited = session.wait_for("host-exited");
        assert_eq!(exited["code"], code);
        assert_eq!(exited["generation"], 1);
        if bin == "fails" {
            let screen = session.screen();
            assert!(screen.contains("failed with three"), "{screen}");
        }
        drop(session);
        workspace.edit("old/src/lib.rs", "\"three\"", "\"one\"");
    }
}
