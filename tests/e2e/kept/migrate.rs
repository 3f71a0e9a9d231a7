//! `#[migrate]`: kept values whose type changes are serialized and deserialized.

use hotmod_testkit::{Session, Workspace};

const PAGE: &str = "pages/src/lib.rs";

/// Replacements in the source, saved at once.
type Edit<'a> = &'a [(&'a str, &'a str)];

const SWAPPED: Edit<'_> = &[
    (
        "    score: u32,\n    lives: u32,",
        "    lives: u32,\n    score: u32,",
    ),
    (
        "    score: u32,\n    of: u32,",
        "    of: u32,\n    score: u32,",
    ),
];

/// A field that values of before don't have.
const NAMED: Edit<'_> = &[
    (
        "    lives: u32,",
        "    lives: u32,\n    #[serde(default)]\n    name: String,",
    ),
    ("lives: 9", "lives: 9, name: String::new()"),
];

fn edited(mut text: String, edit: Edit<'_>) -> String {
    for (from, to) in edit {
        assert!(text.contains(from), "no `{from}` in:\n{text}");
        text = text.replace(from, to);
    }
    text
}

fn edit(workspace: &Workspace, edit: Edit<'_>) {
    workspace.write(PAGE, &edited(workspace.read(PAGE), edit));
}

fn refusal(session: &mut Session) -> String {
    let refused = session.wait_for("refused");
    assert_eq!(refused["restart"], true);
    refused["reason"].as_str().unwrap().to_owned()
}

#[test]
fn a_value_is_converted_only_when_its_type_changes() {
    let workspace = Workspace::new("migrate", "migrate");
    let original = workspace.read(PAGE);
    let mut session = workspace.run().ready();
    assert_eq!(
        session.ask("play"),
        "score=1 lives=9 seen=1 best=1 of=7 in 0"
    );
    edit(&workspace, NAMED);
    session.wait_for("live");
    assert_eq!(
        session.ask("play"),
        "score=2 lives=9 seen=1 best=2 of=7 in 1"
    );
    // The new type is the one that the value has, whatever the baseline's is.
    workspace.edit(PAGE, "\"\"; // more", "\" more\"; // more");
    session.wait_for("live");
    assert_eq!(
        session.ask("play"),
        "score=3 lives=9 seen=2 best=3 of=7 more in 2"
    );
    // Names alone are carried over as they are.
    edit(&workspace, &[("seen", "noted")]);
    session.wait_for("live");
    assert_eq!(
        session.ask("play"),
        "score=4 lives=9 noted=3 best=4 of=7 more in 3"
    );
    workspace.write(PAGE, &original);
    session.wait_for("live");
    assert_eq!(
        session.ask("play"),
        "score=5 lives=9 seen=1 best=5 of=7 in 4"
    );
    assert_eq!(session.count("restarted"), 0);
}

#[test]
fn swapped_fields_of_the_same_type_make_another_type() {
    let workspace = Workspace::new("migrate", "migrate_swapped");
    let mut session = workspace.run().ready();
    assert_eq!(
        session.ask("play"),
        "score=1 lives=9 seen=1 best=1 of=7 in 0"
    );
    workspace.edit(PAGE, "\"\"; // more", "\" more\"; // more");
    session.wait_for("live");
    assert_eq!(session.ask("hold"), "holds");
    edit(&workspace, SWAPPED);
    session.wait_for("live");
    assert_eq!(
        session.ask("play"),
        "score=2 lives=9 seen=1 best=2 of=7 more in 2"
    );
    // Code of before, which has not asked for the value until now, reads the one of its type.
    assert_eq!(
        session.ask("hold"),
        "score=2 lives=9 seen=2 best=2 of=7 more in 1"
    );
    assert_eq!(
        session.ask("play"),
        "score=3 lives=9 seen=2 best=3 of=7 more in 2"
    );
}

#[test]
fn a_value_that_cannot_be_deserialized_is_kept_until_a_restart() {
    let workspace = Workspace::new("migrate", "migrate_unreadable");
    let original = workspace.read(PAGE);
    let mut session = workspace.run().arguments(["--no-restart"]).ready();
    assert_eq!(
        session.ask("play"),
        "score=1 lives=9 seen=1 best=1 of=7 in 0"
    );
    let without_default = ("#[serde(default)]", "");
    workspace.write(
        PAGE,
        &edited(edited(original.clone(), NAMED), &[without_default]),
    );
    let reason = refusal(&mut session);
    let expected = "the kept static `pages::GAME` can't be read as its new type: missing field `name` at line 1 column 21";
    assert!(reason.starts_with(expected), "{reason}");
    let panics = "fn panics() -> String {\n    panic!(\"no name\")\n}\n\nimpl Best";
    let with_panic = [
        ("#[serde(default)]", "#[serde(default = \"panics\")]"),
        ("impl Best", panics),
    ];
    workspace.write(PAGE, &edited(edited(original, NAMED), &with_panic));
    let reason = refusal(&mut session);
    let expected =
        "the kept static `pages::GAME` can't be read as its new type: it panicked: no name";
    assert!(reason.starts_with(expected), "{reason}");
    assert_eq!(
        session.ask("play"),
        "score=2 lives=9 seen=2 best=2 of=7 in 0"
    );
}

#[test]
fn a_value_that_cannot_be_serialized_is_lost_with_a_restart() {
    let workspace = Workspace::new("migrate", "migrate_unwritable");
    let mut session = workspace.run().ready();
    assert_eq!(
        session.ask("play"),
        "score=1 lives=9 seen=1 best=1 of=7 in 0"
    );
    assert_eq!(session.ask("poison"), "true");
    edit(&workspace, SWAPPED);
    let restarted = session.wait_for("restarted");
    let reason = restarted["reason"].as_str().unwrap();
    let expected = "the kept static `pages::GAME` can't be written: lock poison error";
    assert!(reason.starts_with(expected), "{reason}");
    session.wait_for_answer("ready");
    assert_eq!(
        session.ask("play"),
        "score=1 lives=9 seen=1 best=1 of=7 in 0"
    );
}

#[test]
fn a_generation_that_does_not_go_live_leaves_the_old_value() {
    let workspace = Workspace::new("migrate", "migrate_rollback");
    let mut session = workspace.run().ready();
    assert_eq!(
        session.ask("play"),
        "score=1 lives=9 seen=1 best=1 of=7 in 0"
    );
    let fails = "    play();\n    return Err(\"not yet\".to_owned());\n    // outcome of the setup";
    let setup = ("    // outcome of the setup", fails);
    edit(&workspace, &[SWAPPED, &[setup]].concat());
    let refused = session.wait_for("refused");
    assert_eq!(refused["restart"], false);
    assert_eq!(refused["reason"], "setup `pages::begin` failed: not yet");
    assert_eq!(
        session.ask("play"),
        "score=2 lives=9 seen=2 best=2 of=7 in 0"
    );
    edit(&workspace, &[(fails, setup.0)]);
    session.wait_for("live");
    assert_eq!(
        session.ask("play"),
        "score=3 lives=9 seen=1 best=3 of=7 in 2"
    );
}

#[test]
fn a_type_that_crosses_elsewhere_must_keep_its_layout() {
    let workspace = Workspace::new("migrate", "migrate_crosses");
    let look = "#[hotmod::hot]\npub fn look(_: &Game) {}\n\nimpl Best";
    workspace.edit(PAGE, "impl Best", look);
    let mut session = workspace.run().arguments(["--no-restart"]).ready();
    edit(&workspace, SWAPPED);
    let reason = refusal(&mut session);
    assert!(
        reason.contains("via fn pages::look (argument 1)"),
        "{reason}"
    );
    // So must a type whose static says nothing of it, in either of two generations.
    drop(session);
    let source = workspace.read(PAGE).replace(look, "impl Best");
    let source = source.replace("#[migrate(serde_json)]", "");
    workspace.write(PAGE, &source);
    let mut session = workspace.run().arguments(["--no-restart"]).ready();
    let swapped_back = SWAPPED[0];
    edit(
        &workspace,
        &[
            (swapped_back.1, swapped_back.0),
            ("    #[allow(dead_code)]", "    #[migrate(serde_json)]"),
        ],
    );
    let reason = refusal(&mut session);
    assert!(reason.contains("via static pages::GAME"), "{reason}");
}
