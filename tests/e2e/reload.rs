//! The outcome of an edit of a leaf crate, of a base crate, and of a crate that is not reloadable.

use hotmod_testkit::Workspace;

#[test]
fn an_edit_of_a_leaf_shows_in_the_same_process() {
    let workspace = Workspace::new("basic", "edit_of_a_leaf");
    let mut session = workspace.run().host_arguments(&["--port", "1"]).start();
    session.wait_for("host-started");
    assert_eq!(session.answer(), "ready --port 1");
    let before = session.ask("ask");
    assert!(before.contains(" calls=1 model=one page=one widget=one generation=0"));

    workspace.edit("pages/src/lib.rs", "\"one\"", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
    let after = session.ask("ask");
    let pid = before.split(' ').next().unwrap();
    assert_eq!(
        after,
        format!("{pid} calls=2 model=one page=two widget=one generation=1")
    );

    // By now both crates have been compiled for the group: only the leaf is again.
    workspace.edit("pages/src/lib.rs", "\"two\"", "\"three\"");
    let live = session.wait_for("live");
    assert_eq!(live["crates"], serde_json::json!(["pages"]));
    assert_eq!(live["pid"].to_string(), pid.replace("pid=", ""));
}

#[test]
fn an_edit_of_a_base_reaches_the_crates_above_it() {
    let workspace = Workspace::new("basic", "edit_of_a_base");
    let mut session = workspace.run().ready();
    workspace.edit("widgets/src/lib.rs", "\"one\"", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
    assert!(
        session
            .ask("ask")
            .ends_with("page=one widget=two generation=1")
    );
}

#[test]
fn an_edit_of_an_unmarked_crate_restarts_the_host() {
    let workspace = Workspace::new("basic", "edit_of_unmarked");
    let mut session = workspace.run().ready();
    session.ask("ask");
    workspace.edit("model/src/lib.rs", "\"one\"", "\"two\"");
    let restarted = session.wait_for("restarted");
    assert_eq!(
        restarted["reason"],
        "`model/src/lib.rs` changed, and `model` is not reloadable"
    );
    session.wait_for_answer("ready");
    let answer = session.ask("ask");
    assert!(answer.contains("calls=1 model=two"), "{answer}");
    assert!(session.screen().contains("Restarted"));

    // What was live before is the baseline now, and the next edit goes live on top of it.
    workspace.edit("pages/src/lib.rs", "\"one\"", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
    assert!(
        session
            .ask("ask")
            .ends_with("page=two widget=one generation=1")
    );
}

#[test]
fn code_compiled_into_the_host_or_a_type_is_never_reloaded_silently() {
    let workspace = Workspace::new("basic", "compiled_into_the_host");
    workspace.edit(
        "pages/src/lib.rs",
        "/// What the host shows.",
        "pub const TITLE: &str = \"old\";\n\
         pub const LENGTH: usize = 2;\n\
         pub struct Row(pub [u8; LENGTH]);\n\
         const fn rows() -> usize {\n    4\n}\n\
         const ROWS: usize = rows();\n\
         pub struct Rows(pub [u8; ROWS]);\n\
         pub const UNUSED: u8 = 1;\n\n\
         #[inline(always)]\n\
         pub fn footer() -> &'static str {\n    \"old\"\n}\n\n\
         /// What the host shows.",
    );
    workspace.edit(
        "app/src/main.rs",
        "model::NAME,",
        "model::NAME.replace(pages::TITLE, pages::footer()),",
    );
    let mut session = workspace.run().arguments(["--debuginfo", "lines"]).ready();
    for (from, to, item, user) in [
        (
            "TITLE: &str = \"old\"",
            "TITLE: &str = \"new\"",
            "const TITLE",
            "app/src/main.rs",
        ),
        ("    \"old\"", "    \"new\"", "fn footer", "app/src/main.rs"),
        ("usize = 2", "usize = 3", "const LENGTH", "pages/src/lib.rs"),
        ("    4", "    5", "const fn rows", "pages/src/lib.rs"),
    ] {
        workspace.edit("pages/src/lib.rs", from, to);
        assert_eq!(
            session.wait_for_any(&["restarted", "live"])["reason"],
            format!("`{item}` in `pages/src/lib.rs` changed, and it is compiled into `{user}`")
        );
        session.wait_for_answer("ready");
    }
    // Nothing crosses that has it, and nothing else is told by tokens.
    workspace.edit("pages/src/lib.rs", "u8 = 1", "u8 = 2");
    assert_eq!(
        session.wait_for_any(&["restarted", "live"])["generation"],
        1
    );
}
