//! The host's process: its terminal, how it ends, and that nothing outlives a session.

mod cargo_run;
mod handover;
mod members;
mod panics;

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hotmod_testkit::{Session, Terminal, Workspace};

/// Long enough for a build on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "it never is so that {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The processes that run in a workspace's folder: tool, host, cargo, rustc, linkers.
pub(crate) fn running(workspace: &Workspace) -> Vec<PathBuf> {
    let is_inside = |process: &PathBuf| {
        fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.starts_with(workspace.root()))
    };
    let all = fs::read_dir("/proc").unwrap().flatten();
    all.map(|process| process.path())
        .filter(is_inside)
        .collect()
}

/// Their names.
pub(crate) fn processes(workspace: &Workspace) -> Vec<String> {
    let names = running(workspace).into_iter();
    names
        .filter_map(|process| fs::read_to_string(process.join("comm")).ok())
        .map(|name| name.trim().to_owned())
        .collect()
}

/// All of them are gone. The kernel may take a moment for those of a killed tool.
pub(crate) fn assert_no_orphan(workspace: &Workspace) {
    let begun = Instant::now();
    while !processes(workspace).is_empty() {
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "left over: {:?}",
            processes(workspace)
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whether rustc compiles this crate, and is not only asked for its version.
pub(crate) fn is_compiling(workspace: &Workspace, crate_name: &str) -> bool {
    let name = format!("\0{crate_name}\0");
    running(workspace).iter().any(|process| {
        fs::read_to_string(process.join("comm")).is_ok_and(|it| it.starts_with("rustc"))
            && fs::read_to_string(process.join("cmdline")).is_ok_and(|it| it.contains(&name))
    })
}

/// The names in a folder, and in the folders in it, that start with `prefix`.
fn find(folder: &Path, prefix: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(prefix) {
            found.push(name);
        } else if entry.path().is_dir() {
            found.extend(find(&entry.path(), prefix));
        }
    }
    found
}

fn ready(workspace: &Workspace) -> Session {
    workspace.run().ready()
}

#[test]
fn a_signal_ends_tool_and_host() {
    let workspace = Workspace::new("unruly", "ending_signals");
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let mut session = ready(&workspace);
        session.signal(signal);
        assert_eq!(session.wait().code(), Some(code), "{signal}");
        assert_eq!(processes(&workspace), [""; 0], "after {signal}");
        session.wait_for("session-ended");
        assert_eq!(session.count("host-exited"), 0, "it did not end by itself");
    }
}

#[test]
fn a_host_that_ignores_sigterm_is_killed() {
    let workspace = Workspace::new("unruly", "ignored_sigterm");
    let mut session = ready(&workspace);
    assert_eq!(session.ask("ignore-sigterm"), "ignored");
    assert_eq!(session.interrupt().code(), Some(130));
    assert_eq!(processes(&workspace), [""; 0]);
}

#[test]
fn a_killed_tool_leaves_no_process_and_its_directories_to_the_next() {
    let workspace = Workspace::new("unruly", "killed_tool");
    let runtime = tempfile::tempdir().unwrap();
    let start = || {
        workspace
            .run()
            .variable("XDG_RUNTIME_DIR", runtime.path().to_str().unwrap())
            .ready()
    };
    let sockets = || find(runtime.path(), "cargo-hotmod-session-");
    let directories = workspace.target().join("hotmod");

    let mut session = start();
    let own = find(&directories, "killed_tool-");
    let own = directories.join(own.first().expect("no directories of this workspace"));
    let generations = || find(&own.join("session"), "generations-");
    session.signal("KILL");
    assert_eq!(session.wait().signal(), Some(9));
    assert_no_orphan(&workspace);
    let (socket, generation) = (sockets(), generations());
    assert_eq!(
        (socket.len(), generation.len()),
        (1, 1),
        "{socket:?} {generation:?}"
    );

    let mut next = start();
    assert_eq!((sockets().len(), generations().len()), (1, 1));
    assert_ne!(sockets(), socket, "the killed session's is still there");
    assert_ne!(generations(), generation);
    next.interrupt();
    assert_eq!(sockets(), [""; 0]);
    assert_eq!(generations(), [""; 0]);
}

#[test]
fn a_build_ends_with_the_session() {
    let workspace = Workspace::new("unruly", "ended_builds");
    let good = workspace.read("pages/src/lib.rs");
    // Nobody will ever write to it: rustc waits, and says nothing by which it could notice that
    // nobody listens any more.
    let fifo = workspace.fifo();
    let bad = format!("{good}\nconst _: &str = include_str!({fifo:?});\n");
    for signal in ["INT", "KILL"] {
        // The group's build, which the tool runs itself.
        let mut session = ready(&workspace);
        workspace.write("pages/src/lib.rs", &bad);
        eventually("rustc runs for the group", || {
            is_compiling(&workspace, "pages")
        });
        session.signal(signal);
        session.wait();
        assert_no_orphan(&workspace);

        // The host's, which cargo runs.
        let mut session = workspace.run().start();
        session.wait_for("building");
        eventually("rustc runs for the host", || {
            is_compiling(&workspace, "pages")
        });
        session.signal(signal);
        session.wait();
        assert_no_orphan(&workspace);
        workspace.write("pages/src/lib.rs", &good);
    }
}

#[test]
fn a_host_that_ends_is_reported_and_restarted_by_an_edit() {
    let workspace = Workspace::new("unruly", "ended_hosts");
    let mut session = ready(&workspace);
    let mut text = "one".to_owned();
    for (index, (command, name, value, words)) in [
        ("exit 3", "code", 3, "the host exited with code 3"),
        ("exit 0", "code", 0, "the host exited with code 0"),
        ("panic", "code", 101, "the host exited with code 101"),
        ("abort", "signal", 6, "the host was killed by SIGABRT"),
    ]
    .into_iter()
    .enumerate()
    {
        // In a generation other than the baseline once, so that the number says something.
        let generation = u32::from(index == 0);
        if generation == 1 {
            workspace.edit("pages/src/lib.rs", &format!("\"{text} "), "\"live ");
            text = "live".to_owned();
            session.wait_for("live");
        }
        session.tell(command);
        let exited = session.wait_for("host-exited");
        assert_eq!(exited[name], value, "{command}: {exited}");
        assert_eq!(exited["generation"], generation, "{command}: {exited}");
        let words = format!("{words} in gen {generation}; the next edit starts it again");
        eventually(&words, || session.screen().contains(&words));

        let next = format!("after-{index}");
        workspace.edit(
            "pages/src/lib.rs",
            &format!("\"{text} "),
            &format!("\"{next} "),
        );
        text = next;
        assert_eq!(
            session.wait_for("restarted")["reason"],
            "the host is not running"
        );
        session.wait_for_answer("ready");
        assert_eq!(session.ask("page"), format!("{text} in 0"));
    }
}

#[test]
fn an_edit_goes_live_although_the_host_ends_during_the_build() {
    let workspace = Workspace::new("unruly", "ended_while_building");
    let mut session = ready(&workspace);
    // Long enough to compile for the host to be gone by then.
    let slow = "#![allow(long_running_const_eval)]\n\
        const _: () = { let mut n = 0; while n < 1_000_000 { n += 1 } };\n";
    let text = workspace.read("pages/src/lib.rs");
    let text = text.replace("//! The group.\n", slow);
    workspace.write("pages/src/lib.rs", &text.replace("\"one ", "\"two "));
    session.wait_for("building");
    session.tell("exit 3");
    session.wait_for("host-exited");
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    assert_eq!(session.ask("page"), "two in 0");
}

#[test]
fn a_host_that_crashes_at_the_start_is_not_restarted_in_a_loop() {
    let workspace = Workspace::new("unruly", "dead_at_start");
    workspace.write("die-at-start", "");
    let mut session = workspace.run().start();
    assert_eq!(session.wait_for("host-exited")["code"], 7);
    workspace.edit("pages/src/lib.rs", "\"one ", "\"two ");
    assert_eq!(session.wait_for("host-exited")["code"], 7);
    assert_eq!(session.count("host-started"), 1);
    assert_eq!(session.count("restarted"), 1);

    fs::remove_file(workspace.path("die-at-start")).unwrap();
    workspace.edit("pages/src/lib.rs", "\"two ", "\"three ");
    session.wait_for_answer("ready");
    assert_eq!(session.ask("page"), "three in 0");
}

#[test]
fn the_host_does_not_get_the_tools_environment() {
    let workspace = Workspace::new("unruly", "environment");
    // What `cargo run` sets, as the alias of a checkout uses it.
    let mut session = workspace
        .run()
        .variable("CARGO_PKG_NAME", "cargo-hotmod")
        .variable("CARGO_PKG_VERSION", "1.2.3")
        .variable("CARGO_MANIFEST_DIR", "/nowhere")
        .variable("LD_LIBRARY_PATH", "/nowhere")
        .variable("MINE", "stays")
        .ready();
    let variables = session.ask("environment");
    let leaked: Vec<&str> = variables
        .split('\u{1f}')
        .filter(|variable| {
            let (name, value) = variable.split_once('=').unwrap();
            let ours = ["HOTMOD_SOCKET", "HOTMOD_DIR", "HOTMOD_WORKSPACE_ROOT"];
            let is_ours = |name: &str| ours.contains(&name);
            value.split(':').any(|it| it == "/nowhere")
                || value == "1.2.3"
                || name.starts_with("RUSTC_")
                || name.ends_with("_RUNNER")
                || name.starts_with("HOTMOD_")
                    && !is_ours(name)
                    && !name.starts_with("HOTMOD_TEST_")
        })
        .collect();
    assert_eq!(leaked, [""; 0]);
    assert!(variables.contains("\u{1f}MINE=stays\u{1f}"), "{variables}");
}

#[test]
fn ctrl_c_in_a_terminal_ends_both_without_a_crash_report() {
    let workspace = Workspace::new("unruly", "terminal");
    let mut terminal = Terminal::run(&workspace, &[]);
    terminal.wait_for("ready ");
    // Stdin is the terminal's, too.
    terminal.type_in("page\n");
    terminal.wait_for("one in 0");
    terminal.type_in("\x03");
    assert_eq!(terminal.wait().code(), Some(130));
    assert_eq!(processes(&workspace), [""; 0]);
    let rest = terminal.rest();
    assert!(!rest.contains("Ended"), "{rest}");
}

#[test]
fn a_closed_terminal_ends_both() {
    let workspace = Workspace::new("unruly", "closed_terminal");
    let mut terminal = Terminal::run(&workspace, &[]);
    terminal.wait_for("ready ");
    terminal.close();
    assert_eq!(terminal.wait().code(), Some(129));
    assert_no_orphan(&workspace);
}
