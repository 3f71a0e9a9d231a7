//! Calls return at once where there is nothing to wait for.

use hotmod_testkit::Workspace;

use super::PAGE;

#[test]
fn a_setup_does_not_wait_for_its_own_generation() {
    let workspace = Workspace::new("basic", "settle_in_setup");
    let mut session = workspace.run().ready();
    let setup = "#[hotmod::setup]\npub fn set_up() {\n    \
                 let settled = hotmod::settle(std::time::Duration::MAX);\n    \
                 println!(\"in the setup: {settled:?}\");\n}\n";
    let page = workspace.read(PAGE).replace("\"one\"", "\"two\"");
    workspace.write(PAGE, &(page + setup));
    session.tell("settle");
    assert_eq!(session.answer(), "in the setup: Live { generation: 0 }");
    assert_eq!(session.answer(), "Live { generation: 1 }");
}

#[test]
fn a_host_that_closes_its_descriptors_can_wait() {
    let workspace = Workspace::new("unruly", "settle_closed");
    workspace.write("owned.txt", "the program's");
    let mut session = workspace.run().ready();
    for _ in 0..10 {
        assert_eq!(session.ask("settle"), "Live { generation: 0 }");
    }
    assert_eq!(session.ask("close"), "closed");
    assert_eq!(session.ask("settle"), "Live { generation: 0 }");
    workspace.edit(PAGE, "\"one ", "\"two ");
    assert_eq!(session.ask("settle"), "Live { generation: 1 }");
    assert_eq!(session.ask("page"), "two in 1");
    // Nothing was read in the program's place.
    assert_eq!(session.ask("owned"), "61 files of [13]");
    // In a copy of the process, nothing waits.
    assert_eq!(session.ask("fork"), "false");
}

#[test]
fn with_polling_each_call_asks() {
    let workspace = Workspace::new("basic", "settle_poll");
    // Nobody waits for the next poll.
    let mut session = workspace.run().arguments(["--poll", "600"]).ready();
    for (number, (from, to)) in [("one", "two"), ("two", "three")].into_iter().enumerate() {
        workspace.edit(PAGE, &format!("\"{from}\""), &format!("\"{to}\""));
        let generation = number + 1;
        assert_eq!(
            session.ask("settle"),
            format!("Live {{ generation: {generation} }}")
        );
        assert!(session.ask("ask").contains(&format!("page={to} ")));
    }
}
