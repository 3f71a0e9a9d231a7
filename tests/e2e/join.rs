//! Hosts that another process starts: `cargo hotmod env` tells them how to join, and other programs
//! are turned away with the reason.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{
    Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Output, Stdio,
};

use hotmod_protocol::{Message, SOCKET_VARIABLE, read_message, write_message};
use serde_json::Value;

use crate::process::eventually;
use hotmod_testkit::{Session, Workspace, tool};

const PAGE: &str = "pages/src/lib.rs";
const MODEL: &str = "model/src/lib.rs";

pub(crate) fn env(workspace: &Workspace, arguments: &[&str]) -> Output {
    let mut command = workspace.command(tool());
    command.arg("env").args(arguments).output().unwrap()
}

/// What `cargo hotmod env` prints for a session that runs.
pub(crate) fn variables(workspace: &Workspace) -> Vec<(String, String)> {
    let output = env(workspace, &[]);
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().map(|line| line.split_once('=').unwrap());
    lines
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn program(workspace: &Workspace) -> PathBuf {
    let output = env(workspace, &["--format", "json"]);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    PathBuf::from(json["program"].as_str().unwrap())
}

/// A program that was started beside a session. Dropping it ends it.
struct Started {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    stderr: BufReader<ChildStderr>,
}

impl Started {
    fn start(program: &Path, variables: &[(String, String)]) -> Self {
        let mut child = Command::new(program)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .env_remove("LD_LIBRARY_PATH")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut started = Started {
            stdin: child.stdin.take(),
            stdout: BufReader::new(child.stdout.take().unwrap()),
            stderr: BufReader::new(child.stderr.take().unwrap()),
            child,
        };
        assert!(started.answer().starts_with("ready"));
        started
    }

    /// Starts the session's program as `cargo hotmod env` says.
    fn of(workspace: &Workspace) -> Self {
        Self::start(&program(workspace), &variables(workspace))
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn ask(&mut self, line: &str) -> String {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
        self.answer()
    }

    /// Lets it end, and returns how it did and what it wrote to stderr.
    fn end(mut self) -> (ExitStatus, String) {
        self.stdin = None;
        let status = self.child.wait().unwrap();
        let mut text = String::new();
        self.stderr.read_to_string(&mut text).unwrap();
        (status, text)
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn joined(session: &mut Session, host: &Started) -> Value {
    let joined = session.wait_for_any(&["host-joined", "error"]);
    assert_eq!(
        (&joined["event"], &joined["pid"]),
        (&"host-joined".into(), &host.pid().into())
    );
    joined
}

#[test]
fn values_are_carried_to_a_host_that_another_process_started() {
    let workspace = Workspace::new("carry", "join_carried");
    let arguments = ["--stop-signal", "INT", "--stop-timeout", "0.5"];
    let mut session = workspace.run().arguments(arguments).ready();
    assert_eq!(session.ask("bounce"), "1");
    assert_eq!(session.ask("ignore"), "ignores");
    let mut host = Started::of(&workspace);
    joined(&mut session, &host);
    // Its own host was stopped as for a restart: step by step, while the session went on.
    let note = "the program has not ended 0.5 s after SIGINT, so it is killed";
    assert!(session.screen().contains(note), "{}", session.screen());
    assert_eq!(host.ask("bounce"), "2");
}

#[test]
fn a_host_that_another_process_started_finds_its_dylibs() {
    let workspace = Workspace::new("linking", "join_dylib");
    let arguments = ["--package", "game", "--wait-for-host"];
    let mut session = workspace.run().arguments(arguments).start();
    session.wait_for("waiting-for-host");
    // Without the search path that cargo gives to programs.
    let mut host = Started::of(&workspace);
    joined(&mut session, &host);
    assert_eq!(host.ask("host"), "1 2");
    assert_eq!(host.ask("step"), "one 3 4");
    workspace.edit("scenes/src/lib.rs", "\"one\"", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
    assert_eq!(host.ask("step"), "two 5 6");
}

#[test]
fn a_host_started_by_a_debugger_replaces_the_sessions_own() {
    let workspace = Workspace::new("basic", "join_in_place");
    let mut session = workspace.run().ready();
    let own = session
        .events()
        .iter()
        .find_map(|it| it["pid"].as_u64())
        .unwrap();
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 1);

    let mut host = Started::of(&workspace);
    assert_eq!(joined(&mut session, &host)["stopped"], own);
    let line = format!(
        "Joined gen 0 · pid {} · started by another process, replaces pid {own}\n",
        host.pid()
    );
    assert!(session.screen().contains(&line), "{}", session.screen());
    assert!(!Path::new("/proc").join(own.to_string()).exists());
    // It was built before the edit, which goes live in it all the same.
    let live = session.wait_for("live");
    assert_eq!(
        (&live["generation"], &live["pid"]),
        (&1.into(), &host.pid().into())
    );
    assert!(
        host.ask("ask")
            .ends_with("page=two widget=one generation=1")
    );
    workspace.edit("widgets/src/lib.rs", "\"one\"", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 2);
    assert!(
        host.ask("ask")
            .ends_with("page=two widget=two generation=2")
    );

    // It has its own end, of which the session learns, and the next edit starts another.
    let pid = host.pid();
    assert!(host.end().0.success());
    let exited = session.wait_for("host-exited");
    assert_eq!(exited["generation"], 2);
    assert_eq!((exited.get("code"), exited.get("signal")), (None, None));
    let words = "the host ended in gen 2; the next edit starts it again";
    eventually(words, || session.screen().contains(words));
    workspace.edit(PAGE, "\"two\"", "\"three\"");
    let restarted = session.wait_for("restarted");
    assert_eq!(restarted["reason"], "the host is not running");
    assert_ne!(restarted["pid"], pid);
    session.wait_for_answer("ready");
    assert!(
        session
            .ask("ask")
            .ends_with("page=three widget=two generation=0")
    );

    // One that joins what was just built has nothing to reload; a restart ends it.
    let mut host = Started::of(&workspace);
    joined(&mut session, &host);
    workspace.edit(MODEL, "\"one\"", "\"two\"");
    assert_ne!(session.wait_for("restarted")["pid"], host.pid());
    assert_eq!(host.answer(), "", "it was not stopped");
    session.wait_for_answer("ready");
    assert!(session.ask("ask").contains("model=two page=three "));
    assert_eq!(session.count("live"), 3);
    for event in ["error", "refused"] {
        assert_eq!(session.count(event), 0, "{event}");
    }
}

#[test]
fn a_build_is_repeated_for_a_host_that_joins_meanwhile() {
    let workspace = Workspace::new("basic", "join_while_building");
    let mut session = workspace.run().ready();
    let (program, variables) = (program(&workspace), variables(&workspace));
    // Long enough to compile for the other host to be there by then.
    let slow = "#![allow(long_running_const_eval)]\n\
        const _: () = { let mut n = 0; while n < 3_000_000 { n += 1 } };\n";
    let text = workspace.read(PAGE).replace("\"one\"", "\"two\"");
    let text = text.replace("//! The leaf.\n", slow);
    workspace.write(PAGE, &text);
    while session.wait_for("building")["what"] != "group" {}
    let mut host = Started::start(&program, &variables);
    joined(&mut session, &host);
    assert_eq!(session.count("live"), 0, "it was built too soon");
    let live = session.wait_for("live");
    let pid = host.pid();
    assert_eq!(
        (&live["generation"], &live["pid"]),
        (&1.into(), &pid.into())
    );
    let answer = host.ask("ask");
    assert!(
        answer.ends_with("page=two widget=one generation=1"),
        "{answer}"
    );
    for event in ["error", "refused", "restarted"] {
        assert_eq!(session.count(event), 0, "{event}");
    }
}

#[test]
fn with_wait_for_host_the_session_starts_no_host() {
    let workspace = Workspace::new("basic", "join_waiting");
    let mut session = workspace.run().arguments(["--wait-for-host"]).start();
    let waiting = session.wait_for("waiting-for-host");
    assert_eq!(waiting["program"].as_str(), program(&workspace).to_str());
    // While none is there, an edit builds what is to be started.
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    session.wait_for("waiting-for-host");
    let mut host = Started::of(&workspace);
    assert_eq!(joined(&mut session, &host).get("stopped"), None);
    assert!(
        host.ask("ask")
            .ends_with("page=two widget=one generation=0")
    );
    workspace.edit(PAGE, "\"two\"", "\"three\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
    assert!(
        host.ask("ask")
            .ends_with("page=three widget=one generation=1")
    );

    // A restart stops it, and somebody has to start it again.
    workspace.edit(MODEL, "\"one\"", "\"two\"");
    let waiting = session.wait_for("waiting-for-host");
    let reason = "`model/src/lib.rs` changed, and `model` is not reloadable";
    assert_eq!(waiting["reason"], reason);
    assert_eq!(host.answer(), "", "it was not stopped");
    let line = format!(
        "Waiting {reason}; start `{}` again\n",
        program(&workspace).display()
    );
    assert!(session.screen().contains(&line), "{}", session.screen());
    let mut host = Started::of(&workspace);
    joined(&mut session, &host);
    assert!(
        host.ask("ask")
            .ends_with("calls=1 model=two page=three widget=one generation=0")
    );

    // So it has if it ends.
    host.end();
    session.wait_for("host-exited");
    session.wait_for("waiting-for-host");
    assert!(
        !session.screen().contains("starts it again"),
        "{}",
        session.screen()
    );
    let mut host = Started::of(&workspace);
    joined(&mut session, &host);

    // The session's end is not its own.
    session.interrupt();
    assert!(host.ask("ask").ends_with("generation=0"));
    let (status, stderr) = host.end();
    assert!(status.success() && stderr.is_empty(), "{stderr}");
    for event in ["host-started", "restarted", "error"] {
        assert_eq!(session.count(event), 0, "{event}");
    }
}

/// What the session said of a process that it turned away.
fn turned_away(session: &mut Session, pid: u32) -> String {
    let message = session.wait_for("error")["message"]
        .as_str()
        .unwrap()
        .to_owned();
    let begin = format!("process {pid} can't join the session: ");
    let reason = message
        .strip_prefix(&begin)
        .unwrap_or_else(|| panic!("{message}"));
    reason.to_owned()
}

/// The same, and that the process was told, and ran on as it was built.
fn turned_away_and_told(session: &mut Session, mut host: Started) -> String {
    let reason = turned_away(session, host.pid());
    let mut told = String::new();
    host.stderr.read_line(&mut told).unwrap();
    let expected = format!("hotmod: this program can't join its session: {reason}\n");
    assert_eq!(told, expected);
    assert!(host.ask("ask").ends_with("generation=0"));
    let (status, stderr) = host.end();
    assert!(status.success() && stderr.is_empty(), "{stderr}");
    reason
}

#[test]
fn other_programs_and_older_builds_are_turned_away() {
    let workspace = Workspace::new("basic", "join_turned_away");
    let mut session = workspace.run().ready();
    let built = program(&workspace);
    let old = workspace.root().with_extension("old");
    let _ = fs::remove_file(&old);
    // The same file by another name is the same program.
    fs::hard_link(&built, &old).unwrap();
    let host = Started::start(&old, &variables(&workspace));
    joined(&mut session, &host);

    // One has joined; what it may have started itself does not take its place.
    let second = Started::of(&workspace);
    let reason = turned_away_and_told(&mut session, second);
    assert_eq!(reason, format!("process {} has joined before", host.pid()));
    host.end();
    session.wait_for("host-exited");

    workspace.edit(MODEL, "\"one\"", "\"two\"");
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    let outdated = Started::start(&old, &variables(&workspace));
    let reason = turned_away_and_told(&mut session, outdated);
    let (old, built) = (old.display(), built.display());
    assert_eq!(
        reason,
        format!("`{old}` is not `{built}` as the session built it last")
    );

    // Any process of this user that speaks as a host does.
    let stranger = |variables: &[(String, String)]| {
        let mut variables = variables.iter();
        let (_, socket) = variables.find(|it| it.0 == SOCKET_VARIABLE).unwrap();
        let mut stream = UnixStream::connect(socket).unwrap();
        let pid = std::process::id();
        write_message(&mut stream, &Message::Hello { pid, identity: 0 }).unwrap();
        stream
    };
    let mut stream = stranger(&variables(&workspace));
    let reason = turned_away(&mut session, std::process::id());
    let own = std::env::current_exe().unwrap();
    assert_eq!(
        reason,
        format!(
            "`{}` is not `{built}` as the session built it last",
            own.display()
        )
    );
    let told = read_message(&mut stream).unwrap();
    assert_eq!(told, Some(Message::TurnedAway { reason }));
    // One that is gone before it is looked at changes nothing either.
    drop(stranger(&variables(&workspace)));
    turned_away(&mut session, std::process::id());

    // What the session's own host starts has another way, and is none.
    let own = ["HOTMOD_SOCKET", "HOTMOD_DIR"].map(|name| {
        let answer = session.ask(&format!("env {name}"));
        let value = answer.trim_start_matches("Ok(\"").trim_end_matches("\")");
        (name.to_owned(), value.to_owned())
    });
    let child = Started::start(&program(&workspace), &own);
    let expected = "the program started another process of itself, such as a worker";
    while !session.wait_for("note")["message"]
        .as_str()
        .unwrap()
        .starts_with(expected)
    {}
    drop(child);

    workspace.edit(PAGE, "\"one\"", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
    assert!(session.ask("ask").contains("page=two"));
}

#[test]
fn a_host_cannot_join_before_the_first_build() {
    let workspace = Workspace::new("basic", "join_too_early");
    let mut session = workspace.run().ready();
    let built = program(&workspace);
    session.interrupt();
    workspace.edit(PAGE, "\"one\"", "nonsense");
    let mut session = workspace.run().start();
    session.wait_for("compile-error");
    let output = env(&workspace, &["--format", "json"]);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["program"], Value::Null);
    let early = Started::start(&built, &variables(&workspace));
    let reason = turned_away_and_told(&mut session, early);
    assert_eq!(reason, "the session has not built the program yet");
    workspace.edit(PAGE, "nonsense", "\"one\"");
    session.wait_for("host-started");
}

#[test]
fn the_environment_is_printed_or_written_while_a_session_runs() {
    let workspace = Workspace::new("basic", "join_environment");
    let none = "error: no session is running in this workspace\nhelp: start one: `cargo hotmod \
                run`";
    let assert_none = |arguments: &[&str]| {
        let output = env(&workspace, arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{stderr}");
        assert!(stderr.starts_with(none), "{stderr}");
        assert!(output.stdout.is_empty());
    };
    assert_none(&[]);
    let file = workspace.root().with_extension("env");
    let _ = fs::remove_file(&file);
    assert_none(&["--output", file.to_str().unwrap()]);
    assert!(!file.exists());

    let mut session = workspace.run().ready();
    let variables = variables(&workspace);
    let names: Vec<&str> = variables.iter().map(|(name, _)| &**name).collect();
    assert_eq!(
        names,
        ["HOTMOD_DIR", "HOTMOD_SOCKET", "HOTMOD_WORKSPACE_ROOT"]
    );
    assert!(
        variables.iter().all(|(_, path)| Path::new(path).exists()),
        "{variables:?}"
    );
    let output = env(&workspace, &["--output", file.to_str().unwrap()]);
    assert!(output.status.success() && output.stdout.is_empty());
    assert_eq!(fs::read(&file).unwrap(), env(&workspace, &[]).stdout);
    let json: Value =
        serde_json::from_slice(&env(&workspace, &["--format", "json"]).stdout).unwrap();
    for (name, value) in &variables {
        assert_eq!(json["env"][name], **value);
    }

    // What can't be.
    for (arguments, code, words) in [
        (
            &["--output", "/proc/none/env"][..],
            1,
            "`/proc/none/env` could not be written: ",
        ),
        (&["--output", "pages"], 1, "`pages` could not be written: "),
        (&["--format", "yaml"], 2, "possible values: env, json"),
        (&["-p", "other"], 3, "choose one: `-p app --bin app`"),
        (
            &["--manifest-path", "/nowhere/Cargo.toml"],
            2,
            "/nowhere/Cargo.toml",
        ),
    ] {
        let output = env(&workspace, arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains(words), "{arguments:?}: {stderr}");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = workspace.command(tool());
    let output = command.arg("env").current_dir(&elsewhere).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");

    // What a session leaves that is killed is not trusted.
    session.signal("KILL");
    session.wait();
    assert_none(&[]);
    let mut session = workspace.run().ready();
    assert!(session.interrupt().code() == Some(130));
    assert_none(&[]);
}
