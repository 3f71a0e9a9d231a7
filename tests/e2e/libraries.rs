//! Libraries that a reloadable crate uses exist once in the process.

use hotmod_testkit::{Run, Session, Workspace};

/// A session whose first reload is done: what it answers comes from generation 1.
fn reloaded(workspace: &Workspace, run: Run<'_>) -> Session {
    let mut session = run.ready();
    assert_eq!(session.ask("name"), "one");
    workspace.edit("pages/src/lib.rs", "\"one\"", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
    session
}

#[test]
fn host_and_group_share_the_state_of_libraries() {
    let workspace = Workspace::new("libraries", "libraries");
    let mut session = reloaded(&workspace, workspace.run());
    assert_eq!(session.ask("tokio"), "two in generation 1");
    assert_eq!(session.ask("tracing"), "tracing:two");
    assert_eq!(session.ask("log"), "log:two");
    assert_eq!(session.ask("static"), "1 2");
    assert_eq!(session.ask("static"), "3 4");
    assert_eq!(session.ask("sqlite"), "two 42");
    assert_eq!(session.ask("rayon"), "two 9999900000");
    // The counter is in C, and was not used before.
    assert_eq!(session.ask("native"), "two 40 1");

    // What C counted stays too.
    workspace.edit("pages/src/lib.rs", "\"two\"", "\"three\"");
    assert_eq!(session.wait_for("live")["generation"], 2);
    assert_eq!(session.ask("native"), "three 40 2");
    assert_eq!(session.ask("tokio"), "three in generation 2");
    assert_eq!(session.ask("static"), "5 6");
}

/// The sum that the host's `million` makes, by the same steps.
fn million() -> String {
    let bytes = |round: usize| {
        let digits = round.to_string().len();
        "two ".len() + digits + digits + 10
    };
    (0..250_000).map(bytes).sum::<usize>().to_string()
}

const NOTE: &str = "`#[global_allocator]` is off in this session";

#[test]
fn a_checking_allocator_gets_only_its_own_memory() {
    let workspace = Workspace::new("libraries", "checking_allocator");
    // What the test would find: outside a session the allocator is in use.
    let mut plain = workspace.command("cargo");
    plain.args(["run", "--quiet", "--package", "app", "--bin", "checking"]);
    plain.stdin(std::process::Stdio::null());
    let output = String::from_utf8(plain.output().unwrap().stdout).unwrap();
    assert_eq!(output, "allocated=true\nready\n");

    let run = workspace.run().arguments(["--bin", "checking"]);
    let mut session = run.start();
    session.wait_for("host-started");
    assert_eq!(session.answer(), "allocated=false");
    assert_eq!(session.answer(), "ready");
    assert_eq!(
        session.screen().matches(NOTE).count(),
        1,
        "{}",
        session.screen()
    );
    workspace.edit("pages/src/lib.rs", "\"one\"", "\"two\"");
    session.wait_for("live");
    assert_eq!(session.ask("million"), million());
    assert_eq!(session.count("host-exited"), 0);
}

#[test]
fn a_host_with_mimalloc_shares_memory_with_its_group() {
    let workspace = Workspace::new("libraries", "mimalloc");
    let run = workspace.run().arguments(["--bin", "mimalloc"]);
    let mut session = reloaded(&workspace, run);
    assert_eq!(
        session.screen().matches(NOTE).count(),
        1,
        "{}",
        session.screen()
    );
    assert_eq!(session.ask("million"), million());
    session.interrupt();

    // The note is about the program, not about its build: a session that builds nothing says it.
    let mut session = workspace.run().arguments(["--bin", "mimalloc"]).ready();
    assert_eq!(
        session.screen().matches(NOTE).count(),
        1,
        "{}",
        session.screen()
    );
    session.interrupt();
}

#[test]
fn an_allocator_that_may_be_inlined_is_refused() {
    let workspace = Workspace::new("libraries", "optimised_allocator");
    let manifest = workspace.read("Cargo.toml");
    workspace.write(
        "Cargo.toml",
        &format!("{manifest}\n[profile.dev]\nopt-level = 1\n"),
    );
    let mut session = workspace.run().arguments(["--bin", "checking"]).start();
    let error = session.wait_for("compile-error").to_string();
    assert!(
        error.contains("can't be disabled at opt-level 1"),
        "{error}"
    );
    assert!(
        error.contains("help: run the session without `--release`"),
        "{error}"
    );
    assert_eq!(session.count("host-started"), 0);
}

/// A base crate that uses a page of each thread it is called on.
const ROOM: &str = r#"
use std::cell::Cell;

thread_local! {
    static ROOM: Cell<[u8; 4096]> = const { Cell::new([1; 4096]) };
}

fn room() -> u64 {
    let room = ROOM.replace([2; 4096]);
    room.iter().map(|it| u64::from(*it)).sum()
}

pub fn widget() -> u64 {
    room() + std::thread::spawn(room).join().unwrap() + 1000
}
"#;

#[test]
fn thread_locals_of_many_generations_fit() {
    let workspace = Workspace::new("basic", "thread_locals");
    workspace.write("widgets/src/lib.rs", ROOM);
    let mut session = workspace.run().ready();
    assert!(session.ask("ask").contains("widget=9192 "));
    for generation in 1..=25 {
        // By rename: there is no moment at which the file is empty.
        let text = ROOM.replace("1000", &(1000 + generation).to_string());
        workspace.write("widgets/src/next", &text);
        let (from, to) = ("widgets/src/next", "widgets/src/lib.rs");
        std::fs::rename(workspace.path(from), workspace.path(to)).unwrap();
        assert_eq!(session.wait_for("live")["generation"], generation);
        let answer = session.ask("ask");
        let expected = format!("widget={} generation={generation}", 9192 + generation);
        assert!(answer.ends_with(&expected), "{answer}");
    }
}
