//! `hotmod::settled()`: a caller gets the saved code, or the reason why not.

mod alone;
mod asks;
mod many;

use hotmod_testkit::Workspace;

const PAGE: &str = "pages/src/lib.rs";

#[test]
fn code_saved_before_the_call_is_live_after_it() {
    let workspace = Workspace::new("basic", "settle_live");
    let mut session = workspace.run().ready();
    assert_eq!(session.ask("settle"), "Live { generation: 0 }");
    let mut last = "one".to_owned();
    for number in 1..=5 {
        let next = number.to_string();
        workspace.edit(PAGE, &format!("\"{last}\""), &format!("\"{next}\""));
        assert_eq!(
            session.ask("settle"),
            format!("Live {{ generation: {number} }}")
        );
        let page = session.ask("ask");
        assert!(page.contains(&format!(" page={number} ")), "{page}");
        last = next;
    }
}

#[test]
fn failures_refusals_and_restarts_are_returned() {
    let workspace = Workspace::new("basic", "settle_not_live");
    let mut session = workspace.run().ready();
    workspace.edit(PAGE, "\"one\"", "one");
    let failed = session.ask("settle");
    assert!(failed.starts_with("Failed { diagnostics: "), "{failed}");
    assert!(failed.contains("pages/src/lib.rs:"), "{failed}");
    workspace.edit(PAGE, "one,", "\"two\",");
    assert_eq!(session.ask("settle"), "Live { generation: 1 }");

    workspace.edit("model/src/lib.rs", "\"one\"", "\"two\"");
    assert_eq!(session.ask("settle"), "Restarting");
    session.wait_for_answer("ready");
    assert_eq!(session.ask("settle"), "Live { generation: 0 }");
    assert!(session.ask("ask").contains("model=two page=two"));
}
