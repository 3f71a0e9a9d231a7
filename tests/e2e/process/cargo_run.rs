//! The host is started as `cargo run` would start it: with the same environment and runner.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use hotmod_testkit::{Session, Workspace, is_selected, let_rustup_choose, tool, write_script};

use super::{assert_no_orphan, eventually, processes};

type Variables = BTreeMap<String, String>;

const VARIABLES: [(&str, &str); 2] = [("MINE", "stays"), ("FORCED", "goes")];

/// All that cargo may set a variable for.
fn workspace(test: &str) -> Workspace {
    let workspace = Workspace::new("unruly", test);
    workspace.write(
        "app/build.rs",
        "fn main() {\n    \
             println!(\"cargo::rerun-if-changed=build.rs\");\n    \
             println!(\"cargo::rustc-link-search=native={}\", std::env::var(\"OUT_DIR\").unwrap());\n\
         }\n",
    );
    workspace.edit(
        "app/Cargo.toml",
        "edition",
        "description = \"two words\"\nedition",
    );
    configure(&workspace, "first");
    workspace
}

fn configure(workspace: &Workspace, value: &str) {
    let text = format!(
        "[env]\nMINE = \"is set already\"\nFORCED = {{ value = \"by force\", force = true }}\n\
         CONFIGURED = \"{value} value\"\nFOLDER = {{ value = \"data\", relative = true }}\n"
    );
    workspace.write(".cargo/config.toml", &text);
}

fn variables(line: &str) -> Variables {
    let all = line.split('\u{1f}').map(|it| it.split_once('=').unwrap());
    all.map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn of_cargo_run(workspace: &Workspace) -> Variables {
    // As from a shell, which knows nothing of the `cargo test` that this runs under.
    let mut command = workspace.command("cargo");
    let command = command.args(["run", "--quiet", "-p", "app", "--bin", "app"]);
    if !is_selected() {
        let_rustup_choose(command);
    }
    let command = command.envs(VARIABLES).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"environment\n").unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    variables(text.lines().nth(1).unwrap())
}

/// Takes out what may differ: the session's own variables, and where libraries were built.
fn comparable(mut variables: Variables, target: &Path) -> Variables {
    variables.retain(|name, _| !name.starts_with("HOTMOD_") && !name.starts_with("LISTEN_"));
    let path = variables.get_mut("LD_LIBRARY_PATH").unwrap();
    let (own, others): (Vec<_>, Vec<_>) = path
        .split(':')
        .partition(|it| Path::new(it).starts_with(target));
    assert!(own.iter().any(|it| it.ends_with("/out")), "{path}");
    *path = others.join(":");
    let out = variables.remove("OUT_DIR").unwrap();
    assert!(Path::new(&out).starts_with(target), "{out}");
    variables
}

fn assert_same_environment(workspace: &Workspace, session: &mut Session) -> Variables {
    let of_session = comparable(variables(&session.ask("environment")), workspace.target());
    let of_cargo = comparable(of_cargo_run(workspace), workspace.target());
    assert_eq!(of_session, of_cargo);
    of_session
}

#[test]
fn the_host_has_the_environment_of_cargo_run() {
    let workspace = workspace("cargo_run_environment");
    let mut run = workspace.run();
    for (name, value) in VARIABLES {
        run = run.variable(name, value);
    }
    let mut session = run.ready();
    let first = assert_same_environment(&workspace, &mut session);
    for (name, value) in [
        ("CARGO_PKG_VERSION", "0.1.0"),
        ("CARGO_PKG_DESCRIPTION", "two words"),
        ("MINE", "stays"),
        ("FORCED", "by force"),
        ("CONFIGURED", "first value"),
    ] {
        assert_eq!(first[name], value, "{name}");
    }
    let manifests = workspace.path("app");
    assert_eq!(Path::new(&first["CARGO_MANIFEST_DIR"]), manifests);
    assert_eq!(Path::new(&first["FOLDER"]), workspace.path("data"));

    workspace.edit("app/Cargo.toml", "\"0.1.0\"", "\"0.2.0\"");
    session.wait_for("restarted");
    session.wait_for_answer("ready ");
    let second = assert_same_environment(&workspace, &mut session);
    assert_eq!(second["CARGO_PKG_VERSION"], "0.2.0");
    // Nothing is compiled for it.
    configure(&workspace, "second");
    session.wait_for("restarted");
    session.wait_for_answer("ready ");
    let third = assert_same_environment(&workspace, &mut session);
    assert_eq!(third["CONFIGURED"], "second value");
}

/// Starts the program as a child of its own, and ends as that does.
const RUNNER: &str = "#!/bin/sh\nexport RUNNER=\"$1\"\nshift\n\"$@\"\nexit $?\n";

fn use_runner(workspace: &Workspace) {
    write_script(workspace.path("tools/run"), RUNNER);
    workspace.write(
        ".cargo/config.toml",
        "[target.'cfg(unix)']\nrunner = [\"tools/run\", \"of the workspace\"]\n",
    );
}

fn is_running(pid: &str) -> bool {
    Path::new("/proc").join(pid).exists()
}

#[test]
fn a_runner_is_used_and_ends_with_the_session() {
    let workspace = Workspace::new("unruly", "cargo_run_runner");
    use_runner(&workspace);
    let mut session = workspace.run().start();
    let started = session.wait_for("host-started")["pid"].to_string();
    let ready = session.wait_for_answer("ready ");
    assert_eq!(ready, format!("ready {started}"));
    let runner = |session: &mut Session| variables(&session.ask("environment"))["RUNNER"].clone();
    assert_eq!(runner(&mut session), "of the workspace");
    let stat = fs::read_to_string(format!("/proc/{started}/stat")).unwrap();
    let parent = stat.rsplit(") ").next().unwrap().split(' ').nth(1).unwrap();
    let name = fs::read_to_string(format!("/proc/{parent}/comm")).unwrap();
    assert_eq!(name, "run\n", "the program is no child of the runner");

    workspace.edit("pages/src/lib.rs", "\"one ", "\"two ");
    assert_eq!(session.wait_for("live")["pid"].to_string(), started);
    workspace.edit("app/src/main.rs", "ready {}", "ready  {}");
    let restarted = session.wait_for("restarted")["pid"].to_string();
    assert_eq!(
        session.wait_for_answer("ready "),
        format!("ready  {restarted}")
    );
    assert!(!is_running(&started) && !is_running(parent));
    session.tell("exit 3");
    assert_eq!(session.wait_for("host-exited")["code"], 3);

    workspace.edit("pages/src/lib.rs", "\"two ", "\"three ");
    let started = session.wait_for("restarted")["pid"].to_string();
    session.wait_for_answer("ready ");
    session.signal("KILL");
    session.wait();
    eventually("the program has ended", || !is_running(&started));
    assert_no_orphan(&workspace);

    // A variable is stronger than a file, and `env` becomes the program.
    let variable = "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER";
    let runs = "env RUNNER=variable";
    let mut session = workspace.run().variable(variable, runs).ready();
    assert_eq!(runner(&mut session), "variable");
    assert_eq!(session.ask("ignore-sigterm"), "ignored");
    assert_eq!(session.interrupt().code(), Some(130));
    assert_no_orphan(&workspace);
}

#[test]
#[expect(clippy::print_stdout, reason = "whoever runs it should know")]
fn a_runner_ends_where_whoever_started_the_session_has_no_process_id() {
    let workspace = Workspace::new("unruly", "cargo_run_namespace");
    use_runner(&workspace);
    let namespace = ["--pid", "--fork", "--kill-child", "--mount-proc", "--"];
    let mut probe = workspace.command("unshare");
    let probed = probe.args(namespace).arg("true").status();
    if !probed.is_ok_and(|it| it.success()) {
        println!("not run: a namespace of process ids can't be made here");
        return;
    }
    let words = [&namespace[..], &[tool().to_str().unwrap(), "hotmod", "run"]].concat();
    let mut session = workspace.run().typed_as("unshare", &words).ready();
    workspace.edit("app/src/main.rs", "ready {}", "ready  {}");
    session.wait_for("restarted");
    session.wait_for_answer("ready ");
    let names = processes(&workspace).into_iter();
    let programs = names.filter(|name| name == "app" || name == "run");
    // The new program, and its runner.
    assert_eq!(programs.count(), 2);
    session.signal("KILL");
    session.wait();
    assert_no_orphan(&workspace);
}
