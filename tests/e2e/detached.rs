//! Sessions in the background: `run --detach`, `stop` and `logs`.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};

use hotmod_testkit::{Workspace, tool};

use super::process::eventually;

const PAGES: &str = "pages/src/lib.rs";

const HOST: &str = "\
#[hotmod::main]
fn main() {
    hotmod::on_reload(|generation| println!(\"{} in generation {generation}\", pages::page()));
    println!(\"{} at the start\", pages::page());
    loop {
        std::thread::park();
    }
}
";

/// A workspace whose session is ended with the test.
struct Background(Workspace);

impl Background {
    fn new(test: &str) -> Self {
        let workspace = Workspace::new("basic", test);
        workspace.write("app/src/main.rs", HOST);
        Background(workspace)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.0.command(tool());
        command.args(arguments);
        command
    }

    /// Calls the tool, and returns what it prints on stderr, and its exit code.
    fn says(&self, arguments: &[&str]) -> (String, Option<i32>) {
        let Output { status, stderr, .. } = self.command(arguments).output().unwrap();
        (String::from_utf8(stderr).unwrap(), status.code())
    }

    fn logs(&self) -> String {
        let output = self.command(&["logs"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let _ = self.command(&["stop"]).output();
    }
}

#[test]
fn a_detached_session_runs_until_it_is_stopped() {
    let background = Background::new("detached");
    let (screen, code) = background.says(&["run", "--detach"]);
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains("Detached `app` · pid "), "{screen}");
    assert!(screen.contains("Live gen 0"), "{screen}");

    let (screen, code) = background.says(&["run"]);
    assert_eq!(code, Some(1), "{screen}");
    assert!(screen.contains("`cargo hotmod stop` ends it"), "{screen}");

    let mut following = background.command(&["logs", "--follow"]);
    let mut following = following.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
    let mut until = |end: &str| {
        let found = lines
            .by_ref()
            .map(Result::unwrap)
            .find(|it| it.contains(end));
        found.unwrap_or_else(|| panic!("no `{end}`"))
    };
    until("at the start");
    background.0.edit(PAGES, "\"one\"", "\"two\"");
    let (screen, code) = background.says(&["wait"]);
    assert_eq!(code, Some(0), "{screen}");
    assert!(until("in generation 1").starts_with("page=two "));

    let status = background
        .command(&["list", "--format", "json"])
        .output()
        .unwrap();
    let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    let pid = status["session"]["pid"].as_u64().unwrap();
    let (screen, code) = background.says(&["stop"]);
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains("Stopped `app` · pid "), "{screen}");
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
    // It ends with the session.
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(following.wait().unwrap().success());
    assert!(
        rest.iter().any(|it| it.contains("Reloaded gen 1")),
        "{rest:?}"
    );

    let logs = background.logs();
    assert!(logs.contains("at the start"), "{logs}");
    assert!(logs.contains("Reloaded gen 1"), "{logs}");
    let (screen, code) = background.says(&["stop"]);
    assert_eq!(code, Some(3), "{screen}");
}

#[test]
fn a_detached_session_waits_for_a_program_that_builds() {
    let background = Background::new("detached_failing");
    background.0.edit(PAGES, "\"one\",", "one,");
    let (screen, code) = background.says(&["run", "--detach"]);
    assert_eq!(code, Some(4), "{screen}");
    assert!(screen.contains("cannot find value `one`"), "{screen}");
    background.0.edit(PAGES, " one,", " \"one\",");
    let (screen, code) = background.says(&["wait"]);
    assert_eq!(code, Some(0), "{screen}");
    // The program has begun, and prints at any time.
    eventually("it printed", || background.logs().contains("at the start"));
}

#[test]
fn what_prevents_a_detached_session_is_said_at_once() {
    let background = Background::new("detached_prevented");
    let (screen, code) = background.says(&["run", "--detach", "-p", "nobody"]);
    assert_eq!(code, Some(2), "{screen}");
    assert!(screen.starts_with("error: "), "{screen}");
    let (screen, code) = background.says(&["logs"]);
    assert_eq!(code, Some(3), "{screen}");
    assert!(
        screen.contains("help: start one: `cargo hotmod run --detach`"),
        "{screen}"
    );
}
