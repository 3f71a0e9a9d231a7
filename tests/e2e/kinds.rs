//! Every kind of entry point and of `main`, in a session.

use hotmod_testkit::Workspace;

#[test]
fn every_kind_of_entry_point_answers_from_the_live_generation() {
    let workspace = Workspace::new("kinds", "kinds");
    let mut session = workspace.run().ready();
    let before = session.ask("ask");
    let answers: Vec<&str> = before.split("; ").collect();
    assert_eq!(answers.len(), 43, "{before}");
    let silent: Vec<&&str> = answers.iter().filter(|it| !it.ends_with("one")).collect();
    assert!(silent.is_empty(), "{silent:?}");

    workspace.edit("old/src/lib.rs", "\"one\"", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
    assert_eq!(session.ask("ask"), before.replace("one", "two"));
}

#[test]
fn functions_in_a_marked_module_go_live_unless_they_cannot_be_entry_points() {
    let workspace = Workspace::new("kinds", "kinds_of_modules");
    let mut session = workspace.run().ready();
    let file = "kinds/src/lib.rs";
    for (from, to, event) in [
        ("\"{of} {}\", text()", "\"{of}! {}\", text()", "live"),
        ("\"private {}\"", "\"hidden {}\"", "live"),
        (
            "\"{} {}\", self.0, text()",
            "\"{}? {}\", self.0, text()",
            "live",
        ),
        ("\"generic {of}\"", "\"plain {of}\"", "restarted"),
    ] {
        workspace.edit(file, from, to);
        let events = ["live", "restarted", "refused", "compile-error"];
        assert_eq!(session.wait_for_any(&events)["event"], event, "{to}");
        if event == "restarted" {
            session.wait_for_answer("ready");
        }
    }
    let answers = session.ask("ask");
    let expected = "index! one; hidden one; page? one; load one; plain 7 ! one";
    assert!(answers.contains(expected), "{answers}");
}

#[test]
fn a_dependency_may_be_named_core() {
    let workspace = Workspace::new("basic", "kinds_core");
    workspace.edit("Cargo.toml", "members = [", "members = [\"core\", ");
    let package = "[package]\nname = \"core\"\nedition = \"2024\"\n";
    workspace.write("core/Cargo.toml", package);
    workspace.write("core/src/lib.rs", "");
    for package in ["app", "pages"] {
        let manifest = format!("{package}/Cargo.toml");
        let core = "[dependencies]\ncore = { path = \"../core\" }\n";
        workspace.edit(&manifest, "[dependencies]\n", core);
    }
    let mut session = workspace.run().ready();
    workspace.edit("pages/src/lib.rs", "\"one\"", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
    let answer = session.ask("ask");
    assert!(answer.contains("page=two"), "{answer}");
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
