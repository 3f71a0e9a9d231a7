//! `cargo hotmod rollback`: the code before the last reload is live again, until the next save.

use serde_json::Value;

use hotmod_testkit::{Session, Workspace, tool};

const PAGE: &str = "pages/src/lib.rs";

/// Runs a command, and wants this exit code; what was written to both streams.
fn told(workspace: &Workspace, words: &[&str], code: i32) -> String {
    let output = workspace.command(tool()).args(words).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{words:?}: {text}");
    text
}

fn edit(workspace: &Workspace, session: &mut Session, from: &str, to: &str) {
    workspace.edit(PAGE, from, to);
    let event = session.wait_for_any(&["live", "restarted", "compile-error"]);
    assert_eq!(event["event"], "live", "{from}: {event}");
}

#[test]
fn the_earlier_code_is_live_until_the_next_save() {
    let workspace = Workspace::new("basic", "rollback");
    let mut session = workspace
        .run()
        .arguments(["--check-command", "true"])
        .ready();
    let text = told(&workspace, &["rollback"], 5);
    assert!(
        text.contains(
            "error: no generation was live before this one\nhelp: since the program started, "
        ),
        "{text}"
    );
    edit(&workspace, &mut session, "\"one\"", "\"two\"");
    edit(&workspace, &mut session, "\"two\"", "\"three\"");
    let before = session.ask("ask");
    assert!(
        before.contains("calls=1 ") && before.contains("page=three"),
        "{before}"
    );

    let text = told(&workspace, &["rollback"], 0);
    assert!(text.contains("Rolled back gen 3 · pid "), "{text}");
    let event = session.wait_for("rolled-back");
    assert_eq!(
        (&event["generation"], &event["earlier"]),
        (&3.into(), &1.into())
    );
    let after = session.ask("ask");
    let expected = before
        .replace("calls=1", "calls=2")
        .replace("page=three", "page=two");
    assert_eq!(after, expected.replace("generation=2", "generation=3"));
    let screen = session.screen();
    assert!(
        screen.contains("Rolled back gen 3 · the code of gen 1 again, until the next save"),
        "{screen}"
    );
    let text = told(&workspace, &["wait"], 10);
    assert!(
        text.contains(
            "error: the program runs the code of generation 1 again, until the next save"
        ),
        "{text}"
    );
    told(&workspace, &["wait", "--checked"], 10);
    let text = told(&workspace, &["list"], 0);
    assert!(
        text.contains("running · gen 3, the code of gen 1 again · build "),
        "{text}"
    );
    assert!(session.ask("settle").starts_with("Refused"));

    // One more step, to the code that the program was built with.
    let json = told(&workspace, &["rollback", "--message-format", "json"], 0);
    let answer: Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&answer["outcome"], &answer["generation"]),
        (&"rolled-back".into(), &4.into())
    );
    assert!(session.ask("ask").contains("page=one"));
    let listed: Value =
        serde_json::from_str(&told(&workspace, &["list", "--format", "json"], 0)).unwrap();
    assert_eq!(listed["session"]["rolled_back_to"], 0);
    assert_eq!(listed["session"]["build_id"], "0000000000000000");
    told(&workspace, &["rollback"], 5);

    // A save that changes nothing makes the saved code live again.
    let saved = workspace.read(PAGE);
    workspace.write(PAGE, &saved);
    told(&workspace, &["wait"], 0);
    let event = session.wait_for("live");
    assert_eq!(event["generation"], 5);
    assert!(
        session
            .ask("ask")
            .contains("page=three widget=one generation=5"),
        "{event}"
    );
    edit(&workspace, &mut session, "\"three\"", "\"four\"");
    told(&workspace, &["rollback"], 0);
    assert!(session.ask("ask").contains("page=three"));
    told(&workspace, &["reload"], 0);
    assert!(session.ask("ask").contains("page=four"));
    assert_eq!(session.count("restarted"), 0);
    assert_eq!(
        told(&workspace, &["wait", "--checked"], 0)
            .matches("checked")
            .count(),
        1
    );
}

#[test]
fn a_restarted_program_has_nothing_to_go_back_to() {
    let workspace = Workspace::new("basic", "rollback_restart");
    let mut session = workspace.run().ready();
    edit(&workspace, &mut session, "\"one\"", "\"two\"");
    told(&workspace, &["restart"], 0);
    session.wait_for_answer("ready");
    let text = told(&workspace, &["rollback"], 5);
    assert!(
        text.contains("error: no generation was live before this one"),
        "{text}"
    );
    // A save that is being built comes first.
    workspace.edit(PAGE, "\"two\"", "\"three\"");
    let text = told(&workspace, &["rollback"], 5);
    assert!(
        text.contains("error: a save is being built\nhelp: wait for its outcome"),
        "{text}"
    );
    told(&workspace, &["wait"], 0);
    session.tell("exit 3");
    session.wait_for("host-exited");
    let text = told(&workspace, &["rollback"], 6);
    assert_eq!(
        text,
        "error: the program is not running\nhelp: save an edit to start it\n"
    );
}

#[test]
fn an_earlier_generation_without_a_handles_entry_point_stays_retired() {
    let workspace = Workspace::new("basic", "rollback_handle");
    let mut session = workspace.run().ready();
    let page = "#[hotmod::hot]\npub fn page()";
    let extra = "#[hotmod::hot]\npub fn extra() -> u32 {\n    7\n}\n\n";
    let text = workspace.read(PAGE);
    let text = text.replace(page, &format!("{extra}{page}"));
    workspace.write(PAGE, &text.replace("\"one\"", "hotmod::live!(extra)()"));
    session.wait_for("live");
    assert!(session.ask("ask").contains("page=7"));
    let text = told(&workspace, &["rollback"], 5);
    assert!(
        text.contains(
            "error: the earlier generation can't go live again: the entry point `pages::extra` is gone\nhelp: take back the edit"
        ),
        "{text}"
    );
    // The newer one never stopped.
    assert!(session.ask("ask").contains("page=7"));
    told(&workspace, &["wait"], 0);
}

#[test]
fn functions_without_a_mark_go_back_too() {
    let workspace = Workspace::new("unmarked", "rollback_unmarked");
    let mut session = workspace.run().ready();
    edit(&workspace, &mut session, "page-1", "page-2");
    edit(&workspace, &mut session, "page-2", "page-3");
    told(&workspace, &["rollback"], 0);
    assert_eq!(session.ask("page"), "page-2 helper-1 widget-1");
    told(&workspace, &["rollback"], 0);
    assert_eq!(session.ask("page"), "page-1 helper-1 widget-1");
    edit(&workspace, &mut session, "page-3", "page-4");
    assert_eq!(session.ask("page"), "page-4 helper-1 widget-1");
}

#[test]
fn setups_run_again_and_kept_values_stay() {
    let workspace = Workspace::new("hooks", "rollback_hooks");
    let mut session = workspace.run().ready();
    let told_by = |session: &mut Session, begin: &str| session.wait_for_answer(begin);
    edit(&workspace, &mut session, "\"one\"", "\"two\"");
    told_by(&mut session, "widgets end 0");
    assert_eq!(session.ask("ask"), "two asked=1 count=1 in 1");
    edit(&workspace, &mut session, "\"two\"", "\"three\"");
    told_by(&mut session, "widgets end 1");
    assert_eq!(session.ask("ask"), "two three asked=2 count=2 in 2");
    told(&workspace, &["rollback"], 0);
    told_by(&mut session, "widgets begin 3");
    told_by(&mut session, "pages begin 3 3");
    told_by(&mut session, "reloaded 3");
    told_by(&mut session, "widgets end 2");
    assert_eq!(session.ask("ask"), "two three two asked=3 count=3 in 3");
}

#[test]
fn a_migrated_value_is_not_migrated_back() {
    let workspace = Workspace::new("migrate", "rollback_migrate");
    let mut session = workspace.run().ready();
    assert!(session.ask("play").starts_with("score=1 "));
    edit(&workspace, &mut session, "lives: u32", "lives: u64");
    let text = told(&workspace, &["rollback"], 5);
    assert!(
        text.contains("was migrated to another type since\nhelp: take back the edit in the source"),
        "{text}"
    );
    told(&workspace, &["wait"], 0);
}
