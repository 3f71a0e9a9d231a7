//! What is typed: the ways to call the tool, its flags, and what it says of mistakes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::{Run, Terminal, Workspace, tool};

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
fn it_is_called_by_cargo_and_by_its_name() {
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

/// A workspace that can't be run, what was typed, and what is answered.
struct Mistake {
    name: &'static str,
    make: fn(&Workspace),
    arguments: &'static [&'static str],
    answer: &'static str,
}

const MARK: &str = "[package.metadata.hotmod]\nreloadable = true\n";

fn unmark(workspace: &Workspace, package: &str) {
    workspace.edit(format!("{package}/Cargo.toml"), MARK, "");
}

fn append(workspace: &Workspace, file: &str, text: &str) {
    let all = workspace.read(file) + text;
    workspace.write(file, &all);
}

/// A second program that is made like the first.
fn second_program(workspace: &Workspace) {
    let main = workspace.read("app/src/main.rs");
    workspace.write("app/src/bin/other.rs", &main);
}

const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "nothing_marked",
        make: |it| {
            unmark(it, "pages");
            unmark(it, "widgets");
        },
        arguments: &[],
        answer: "error: nothing is marked reloadable\n\
            help: add to the Cargo.toml of one or more of `model`, `pages`, `widgets`:\n      \
            [package.metadata.hotmod]\n      reloadable = true\n",
    },
    Mistake {
        name: "unknown_mark",
        make: |it| {
            append(
                it,
                "Cargo.toml",
                "[workspace.metadata.hotmod]\nreloadable = [\"page\"]\n",
            );
        },
        arguments: &[],
        answer: "error: `[ROOT]/Cargo.toml` marks `page` reloadable, but the workspace has no \
            package of that name\nhelp: did you mean `pages`?\n",
    },
    Mistake {
        name: "marked_macro",
        make: |it| append(it, "widgets/Cargo.toml", "[lib]\nproc-macro = true\n"),
        arguments: &[],
        answer: "error: `widgets` is a procedural macro and can't be reloaded\n\
            help: unmark `widgets` and mark the crates that use it; an edit of the macro then \
            restarts the program\n",
    },
    Mistake {
        name: "marked_program",
        make: |it| append(it, "app/Cargo.toml", MARK),
        arguments: &[],
        answer: "error: `app` has no library that could be reloaded\n\
            help: move what is to be reloaded into a `src/lib.rs` beside `[ROOT]/app/Cargo.toml`, \
            or unmark it\n",
    },
    Mistake {
        name: "marked_dependency",
        make: |it| {
            append(
                it,
                "Cargo.toml",
                "[workspace.metadata.hotmod]\nreloadable = [\"hotmod\"]\n",
            );
        },
        arguments: &[],
        answer: "error: `[ROOT]/Cargo.toml` marks `hotmod` reloadable, which is a dependency but \
            no member of the workspace\n\
            help: only members can be reloaded: add the folder of `hotmod` to `members` in \
            `[workspace]`, or take it out of `reloadable`\n",
    },
    Mistake {
        name: "no_host",
        make: |it| {
            fs::rename(it.path("app/src/main.rs"), it.path("app/src/lib.rs")).unwrap();
        },
        arguments: &[],
        answer: "error: the workspace has no binary to run\n\
            help: add a `src/main.rs` to a package that depends on the reloadable crates, or give \
            an `--example`\n",
    },
    Mistake {
        name: "several_hosts",
        make: second_program,
        arguments: &[],
        answer: "error: several programs could be the host\n\
            help: choose one with `-p app --bin app` or `-p app --bin other`\n",
    },
    Mistake {
        name: "host_outside",
        make: |it| it.edit("app/Cargo.toml", "pages.workspace = true\n", ""),
        arguments: &[],
        answer: "error: `app` does not depend on a reloadable crate\n\
            help: marked reloadable: `pages`, `widgets`; run `cargo add pages -p app`\n",
    },
    Mistake {
        name: "host_without_runtime",
        make: |it| it.edit("app/Cargo.toml", "hotmod.workspace = true\n", ""),
        arguments: &[],
        answer: "error: `app` does not depend on `hotmod`\nhelp: run `cargo add hotmod -p app`\n",
    },
    Mistake {
        name: "host_without_main",
        make: |it| it.edit("app/src/main.rs", "#[hotmod::main]\n", ""),
        arguments: &[],
        answer: "error: `fn main` at `[ROOT]/app/src/main.rs:5` has no `#[hotmod::main]`\n\
            help: put `#[hotmod::main]` above `fn main`\n",
    },
    Mistake {
        name: "unknown_key",
        make: |it| it.edit("pages/Cargo.toml", "reloadable", "relodable"),
        arguments: &[],
        answer: "error: unknown key `relodable` in `[package.metadata.hotmod]` of \
            `[ROOT]/pages/Cargo.toml`\nhelp: did you mean `reloadable`?\n",
    },
    Mistake {
        name: "unknown_binary",
        make: second_program,
        arguments: &["--bin", "othr"],
        answer: "error: no binary is called `othr` in the workspace\n\
            help: did you mean `--bin other`?\n",
    },
    Mistake {
        name: "unwritable_events",
        make: |_| {},
        arguments: &["--events", "/proc/none/events"],
        answer: "error: `/proc/none/events` could not be opened: No such file or directory \
            (os error 2)\n",
    },
];

fn run(workspace: &Workspace, arguments: &[&str]) -> Output {
    let mut command = workspace.command(tool());
    command.env_remove("CARGO_TERM_COLOR");
    command.arg("run").args(arguments).output().unwrap()
}

#[test]
fn a_mistake_is_told_with_what_to_do_and_nothing_is_written() {
    let mut wrong = Vec::new();
    for mistake in MISTAKES {
        let test = format!("mistake_{}", mistake.name);
        let workspace = Workspace::new("basic", &test).with_own_target();
        (mistake.make)(&workspace);
        let output = run(&workspace, mistake.arguments);
        let root = workspace.root().to_str().unwrap();
        let answer = String::from_utf8(output.stderr)
            .unwrap()
            .replace(root, "[ROOT]");
        // The file of events is no mistake of the command line: it may be there tomorrow.
        let code = if mistake.name == "unwritable_events" {
            1
        } else {
            2
        };
        let is_silent = output.stdout.is_empty() && !workspace.target().exists();
        if answer != mistake.answer || output.status.code() != Some(code) || !is_silent {
            wrong.push(format!(
                "{}: {}, wrote a target directory or to stdout: {}\n{answer}",
                mistake.name, output.status, !is_silent
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_bad_flag_is_answered_with_code_2() {
    let elsewhere = tempfile::tempdir().unwrap();
    for (arguments, words) in [
        (
            &["run", "--bin", "a", "--example", "b"][..],
            "cannot be used with",
        ),
        (
            &["run", "--release", "--profile", "dev"],
            "cannot be used with",
        ),
        (&["run", "-q", "-v"], "cannot be used with"),
        (
            &["run", "--listen", "3000", "--wait-for-host"],
            "cannot be used with",
        ),
        (
            &["run", "--color", "sometimes"],
            "possible values: auto, always, never",
        ),
        (&["run", "--realese"], "'--release'"),
        (&["rum"], "'run'"),
        (&[], "Usage: cargo hotmod"),
    ] {
        let output = Command::new(tool())
            .args(arguments)
            .current_dir(elsewhere.path())
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.contains(words), "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
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
fn colours_are_for_terminals_and_for_those_who_ask() {
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
    ] {
        let terminal = Terminal::run(&workspace, variables);
        let seen = terminal.wait_for("help");
        assert_eq!(seen.contains('\x1b'), expected, "{variables:?}: {seen:?}");
    }
}

#[test]
fn quiet_and_verbose_are_what_they_say() {
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
    let mut session = workspace.run().ready();
    workspace.edit("pages/src/lib.rs", "\"one ", "\"two ");
    session.wait_for("retired");
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
            // Only one of the two is there.
            let is_optional = name == "host-exited" && (field == "code" || field == "signal");
            let is_there = object.contains_key(field);
            assert!(
                is_there || is_optional || name == "error",
                "no `{field}`: {event}"
            );
        }
    }
    for (name, _) in &documented {
        let is_there = events.iter().any(|event| event["event"] == *name);
        let rare = [
            "host-joined",
            "waiting-for-host",
            "refused",
            "note",
            "error",
        ];
        let is_rare = rare.contains(&name.as_str());
        assert!(is_there || is_rare, "no `{name}` in an eventful session");
    }
}
