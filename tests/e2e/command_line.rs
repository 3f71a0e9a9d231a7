//! The command line: ways to call the tool, flags, and errors.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hotmod_testkit::{Run, Terminal, Workspace, tool};

fn search_path(first: &Path) -> String {
    let path = std::env::var("PATH").unwrap();
    format!("{}:{path}", first.display())
}

/// Runs a session to its first answer, lets an edit go live, and ends it.
fn assert_reloads(workspace: &Workspace, run: Run<'_>) {
    let mut session = run.ready();
    workspace.edit("pages/src/lib.rs", "\"one ", "\"two ");
    session.wait_for("live");
    assert_eq!(session.ask("page"), "two in 1");
    assert_eq!(session.interrupt().code(), Some(130));
    workspace.edit("pages/src/lib.rs", "\"two ", "\"one ");
}

#[test]
fn it_can_be_called_by_cargo_and_by_its_name() {
    let workspace = Workspace::outside_checkout("unruly", "called");
    let path = search_path(tool().parent().unwrap());
    for (program, words) in [
        ("cargo", &["hotmod", "run"][..]),
        ("cargo", &["hotmod", "r"]),
        ("cargo-hotmod", &["hotmod", "run"]),
        ("cargo-hotmod", &["run"]),
    ] {
        let run = workspace.run().typed_as(program, words);
        assert_reloads(&workspace, run.variable("PATH", &path));
    }
}

#[test]
fn an_installed_tool_works_in_a_workspace_elsewhere() {
    let workspace = Workspace::outside_checkout("unruly", "installed");
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("install");
    let (root, target) = (scratch.join("root"), scratch.join("target"));
    if !target.exists() {
        // What the tests were built from need not be compiled again.
        let built = tool().parent().unwrap();
        let warm = target.join("debug");
        fs::create_dir_all(&warm).unwrap();
        // Cargo writes fingerprints in place: links would be changed on both sides.
        for (how, folder) in [("-al", "deps"), ("-al", "build"), ("-a", ".fingerprint")] {
            let mut copy = Command::new("cp");
            copy.arg(how).arg(built.join(folder)).arg(&warm);
            // It only saves time.
            let _ = copy.status();
        }
    }
    let output = workspace
        .command("cargo")
        .args([
            "install", "--debug", "--locked", "--force", "--quiet", "--path",
        ])
        .arg(env!("CARGO_MANIFEST_DIR"))
        .arg("--root")
        .arg(&root)
        .env("CARGO_TARGET_DIR", &target)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let run = workspace.run().typed_as("cargo", &["hotmod", "run"]);
    let path = search_path(&root.join("bin"));
    assert_reloads(&workspace, run.variable("PATH", &path));
}

#[test]
fn without_a_command_they_are_listed_with_code_2() {
    let output = Command::new(tool()).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.contains("Usage: cargo hotmod <COMMAND>"), "{stderr}");
    assert!(output.stdout.is_empty());
}

#[test]
fn help_and_version_are_on_stdout() {
    for (arguments, words) in [
        (&["--help"][..], "Exit codes: 0"),
        (&["run", "--help"], "reloadable = true"),
        (&["demo", "--help"], "target/demo"),
        (&["list", "--help"], "cargo hotmod list --format json"),
        (
            &["doctor", "--help"],
            "cargo hotmod doctor -p app --release",
        ),
        (&["env", "--help"], "gdb target/hotmod"),
        (&["--version"], env!("CARGO_PKG_VERSION")),
    ] {
        let output = Command::new(tool()).args(arguments).output().unwrap();
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(stdout.contains(words), "{arguments:?}: {stdout}");
        assert!(output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn colours_are_used_in_terminals_and_on_request() {
    let workspace = Workspace::new("basic", "colours").with_own_target();
    workspace.edit("app/src/main.rs", "#[hotmod::main]\n", "");
    let has_escapes = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = workspace.command(tool());
        command
            .env_remove("CARGO_TERM_COLOR")
            .env_remove("NO_COLOR");
        command.envs(variables.iter().copied());
        let output = command.arg("run").args(arguments).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains("no `#[hotmod::main]`"), "{stderr}");
        stderr.contains('\x1b')
    };
    assert!(!has_escapes(&[], &[]), "a pipe is no terminal");
    assert!(!has_escapes(&["--color", "auto"], &[]));
    assert!(!has_escapes(&["--color", "never"], &[]));
    assert!(has_escapes(&["--color", "always"], &[]));
    assert!(has_escapes(&[], &[("CARGO_TERM_COLOR", "always")]));

    for (variables, expected) in [
        (&[("CARGO_TERM_COLOR", "auto")][..], true),
        (&[("CARGO_TERM_COLOR", "auto"), ("NO_COLOR", "1")], false),
        (&[("CARGO_TERM_COLOR", "never")], false),
        (&[("CARGO_TERM_COLOR", "auto"), ("CI", "true")], false),
        (&[("CARGO_TERM_COLOR", "auto"), ("TERM", "dumb")], false),
    ] {
        let mut terminal = Terminal::run(&workspace, variables);
        let seen = terminal.wait_for("help");
        assert_eq!(seen.contains('\x1b'), expected, "{variables:?}: {seen:?}");
    }
}

#[test]
fn quiet_and_verbose_change_the_output() {
    let workspace = Workspace::new("unruly", "verbosity");
    for (flag, absent, present) in [
        (
            "-q",
            &["Session", "Started", "Reloaded", "Building"][..],
            &[][..],
        ),
        (
            "-v",
            &[],
            &[
                "Session", "Started", "Reloaded", "Building", "Edited", "Retired",
            ],
        ),
    ] {
        let mut session = workspace.run().arguments([flag]).ready();
        workspace.edit("pages/src/lib.rs", "\"one ", "\"two ");
        session.wait_for("retired");
        session.interrupt();
        let screen = session.screen();
        for word in absent {
            assert!(!screen.contains(word), "{flag} {word}: {screen}");
        }
        for word in present {
            assert!(screen.contains(word), "{flag} {word}: {screen}");
        }
        workspace.edit("pages/src/lib.rs", "\"two ", "\"one ");

        // What went wrong is said however quiet it is to be.
        workspace.edit("app/src/main.rs", "\"ready {}\"", "\"ready\"");
        let mut session = workspace.run().arguments([flag]).start();
        session.wait_for("compile-error");
        session.interrupt();
        assert!(
            session.screen().contains("argument never used"),
            "{}",
            session.screen()
        );
        workspace.edit("app/src/main.rs", "\"ready\"", "\"ready {}\"");
    }
}

/// What the reference's table says of each event: its name and its fields.
fn documented_events() -> Vec<(String, Vec<String>)> {
    let reference = fs::read_to_string(repository().join("docs/reference.md")).unwrap();
    let (_, table) = reference.split_once("| event | fields |").unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').collect();
        let fields = cells[2].split('`').skip(1).step_by(2);
        let name = cells[1].trim().trim_matches('`').to_owned();
        (name, fields.map(str::to_owned).collect())
    })
    .collect()
}

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_events_of_a_session_are_those_of_the_reference() {
    let workspace = Workspace::new("unruly", "documented_events");
    let mut session = workspace
        .run()
        .arguments(["--check-command", "true"])
        .ready();
    workspace.edit("pages/src/lib.rs", "\"one ", "\"two ");
    session.wait_for("retired");
    session.wait_for("checked");
    workspace.edit("pages/src/lib.rs", "\"two ", "two ");
    session.wait_for("compile-error");
    workspace.edit("pages/src/lib.rs", "two ", "\"two ");
    session.tell("exit 3");
    session.wait_for("host-exited");
    workspace.edit("pages/src/lib.rs", "\"two ", "\"three ");
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    session.interrupt();
    session.wait_for("session-ended");

    let documented = documented_events();
    let events = session.events();
    for event in &events {
        let object = event.as_object().unwrap();
        let name = event["event"].as_str().unwrap();
        let fields = documented.iter().find(|it| it.0 == name);
        let (_, fields) = fields.unwrap_or_else(|| panic!("`{name}` is not documented"));
        assert!(event["at_ms"].is_u64(), "{event}");
        for field in object.keys() {
            let is_known = ["event", "at_ms"].contains(&field.as_str()) || fields.contains(field);
            assert!(is_known, "`{field}` is not documented: {event}");
        }
        for field in fields {
            // Only one of `code` and `signal` is there.
            let optional = ["code", "signal", "lost_seconds", "help"];
            let is_optional = optional.contains(&field.as_str());
            let is_there = object.contains_key(field);
            assert!(is_there || is_optional, "no `{field}`: {event}");
        }
    }
    for (name, _) in &documented {
        let is_there = events.iter().any(|event| event["event"] == *name);
        let rare = [
            "host-joined",
            "waiting-for-host",
            "host-compared",
            "rolled-back",
            "not-called",
            "called",
            "delta-compared",
            "refused",
            "note",
            "error",
        ];
        let is_rare = rare.contains(&name.as_str());
        assert!(is_there || is_rare, "no `{name}` in an eventful session");
    }
}
