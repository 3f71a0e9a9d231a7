//! Host and tool are killed during a swap.

use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;

use super::PAGE;
use crate::process::assert_no_orphan;
use hotmod_testkit::{Session, Workspace};

const SETUP: &str = "// outcome of the setup";
const BLOCK: &str = "loop { std::thread::park(); }";

/// A session whose host is in the setup of generation 1, and stays there; and the host's process
/// id.
fn in_mid_swap(workspace: &Workspace) -> (Session, u32) {
    let mut session = workspace.run().start();
    let pid = session.wait_for("host-started")["pid"].as_u64().unwrap();
    session.wait_for_answer("ready");
    workspace.edit(PAGE, SETUP, BLOCK);
    session.wait_for_answer("pages begin 1 1");
    (session, u32::try_from(pid).unwrap())
}

#[test]
fn a_host_killed_during_a_swap_is_restarted_by_an_edit() {
    let workspace = Workspace::new("hooks", "host_killed_in_mid_swap");
    let (mut session, pid) = in_mid_swap(&workspace);
    let kill = Command::new("kill")
        .args(["-KILL", &pid.to_string()])
        .status();
    assert!(kill.unwrap().success());
    let refused = session.wait_for("refused");
    assert_eq!(refused["generation"], 1);
    let exited = session.wait_for("host-exited");
    assert_eq!(
        (&exited["signal"], &exited["generation"]),
        (&9.into(), &0.into())
    );
    assert!(
        session
            .screen()
            .contains("the host was killed by SIGKILL in gen 0; the next edit starts it again")
    );

    workspace.edit(PAGE, BLOCK, SETUP);
    assert_eq!(
        session.wait_for("restarted")["reason"],
        "the host is not running"
    );
    session.wait_for_answer("ready");
    assert_eq!(session.ask("ask"), "one asked=1 count=1 in 0");
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    session.wait_for("live");
    session.wait_for_answer("widgets end 0");
    assert_eq!(session.ask("ask"), "one two asked=2 count=2 in 1");
}

#[test]
fn after_a_tool_was_killed_during_a_swap_the_next_session_runs() {
    let workspace = Workspace::new("hooks", "tool_killed_in_mid_swap");
    let (mut session, _) = in_mid_swap(&workspace);
    session.signal("KILL");
    assert_eq!(session.wait().signal(), Some(9));
    assert_no_orphan(&workspace);

    // What was swapped in is what the next one starts with, and generation 0 is set up by nobody.
    let mut session = workspace.run().ready();
    assert_eq!(session.ask("ask"), "one asked=1 count=1 in 0");
    workspace.edit(PAGE, BLOCK, SETUP);
    session.wait_for("live");
    session.wait_for_answer("widgets end 0");
    assert_eq!(session.ask("call"), "Ok(1) then 1");
    assert_eq!(session.count("error"), 0);
}
