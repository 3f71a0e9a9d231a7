//! Saves in rapid succession.

use std::fs;
use std::time::{Duration, Instant};

use super::PAGE;
use hotmod_testkit::{Session, Workspace, given};

#[test]
#[expect(clippy::print_stdout, reason = "what it came to is asked for")]
fn many_saves_in_a_row_lose_no_call_and_the_last_one_wins() {
    let workspace = Workspace::new("basic", "many_saves");
    let saves = given("SAVES").unwrap_or(300);
    let mut session = workspace.run().ready();
    let memory = |pid: u32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find(|it| it.starts_with("VmHWM:")).unwrap();
        line.split_whitespace()
            .nth(1)
            .unwrap()
            .parse::<u64>()
            .unwrap()
            / 1024
    };
    workspace.edit(PAGE, "\"one\"", "\"warm\"");
    session.wait_for("live");
    let before = memory(session.pid());
    let text = workspace.read(PAGE);
    let mut calls = 0;
    let mut expect_answer = |session: &mut Session| {
        calls += 1;
        let answer = session.ask("ask");
        assert!(
            answer.contains(&format!(" calls={calls} ")),
            "{calls}: {answer}"
        );
        answer
    };
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for save in 1..=saves {
                workspace.write(PAGE, &text.replace("\"warm\"", &format!("\"save-{save}\"")));
                let due = Duration::from_secs(10) * save / 3000;
                std::thread::sleep(due.saturating_sub(begun.elapsed()));
            }
        });
        while !writer.is_finished() {
            expect_answer(&mut session);
        }
    });
    let took = begun.elapsed();
    let last = format!(" page=save-{saves} ");
    while !expect_answer(&mut session).contains(&last) {
        session.wait_for("live");
    }
    let after = memory(session.pid());
    let live = session.count("live");
    println!(
        "{saves} saves in {took:?}: {live} live, {calls} calls; the tool took {before} MB before and {after} MB after"
    );
    for event in [
        "refused",
        "compile-error",
        "error",
        "restarted",
        "host-exited",
    ] {
        assert_eq!(session.count(event), 0, "{event}");
    }
    assert!((2..=saves as usize).contains(&live), "{live}");
    assert!(after < before + 100, "{before} MB, then {after} MB");
}
