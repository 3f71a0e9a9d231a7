//! A session that can't start its program shows the reason, and waits for an edit.

use std::fs;

use hotmod_testkit::{Run, Workspace, tool, write_script};

use super::process::{eventually, processes};

const PAGE: &str = "pages/src/lib.rs";

/// Each run of it writes another text into a source file, as those do that write the time.
const SCRIPT: &str = r#"fn main() {
    let now = std::time::SystemTime::now();
    std::fs::write("src/generated.rs", format!("// {now:?}\n")).unwrap();
}
"#;

#[test]
fn a_build_that_writes_sources_and_fails_ends_with_its_error() {
    let workspace = Workspace::new("basic", "writes_and_fails");
    workspace.write("pages/build.rs", SCRIPT);
    workspace.edit("pages/src/lib.rs", "\"one\"", "1 + \"one\"");
    let mut session = workspace.run().start();
    let rendered = session.wait_for_diagnostics();
    assert!(rendered.contains("cannot add `&str` to"), "{rendered}");
    assert_eq!(session.wait_for("note")["message"], "waiting for a change");
    let note = session.wait_for("note")["message"].to_string();
    assert!(
        note.contains("each time something wrote `pages/src/generated.rs`"),
        "{note}"
    );
    // Three that failed, each after two at the most that a write cancelled.
    assert!(session.count("building") <= 9);

    workspace.edit("pages/src/lib.rs", "1 + \"one\"", "\"two\"");
    session.wait_for("host-started");
    session.wait_for_answer("ready");
    assert!(session.ask("ask").contains("page=two "));
    assert_eq!(session.count("compile-error"), 1);
}

/// While a build has failed, a file that its errors name may be what it lacks; but not this one.
#[test]
fn the_sessions_events_file_is_no_edit() {
    let workspace = Workspace::new("basic", "own_events");
    let error = "compile_error!(\"app.events.jsonl\");\n";
    let source = workspace.read("pages/src/lib.rs");
    workspace.write("pages/src/lib.rs", &(source.clone() + error));
    let record = workspace.path("app");
    let mut session = workspace.run().recorded_in(record).start();
    let rendered = session.wait_for_diagnostics();
    assert!(rendered.contains("app.events.jsonl"), "{rendered}");
    assert_eq!(session.wait_for("note")["message"], "waiting for a change");
    workspace.write("pages/src/lib.rs", &source);
    session.wait_for("host-started");
    assert_eq!(session.count("edit"), 1);
    assert_eq!(session.count("compile-error"), 1);
}

/// Another value each time, from a script that reads all files of its package.
const TIME: &str = r#"fn main() {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos();
    println!("cargo::rustc-env=BUILD_TIME={now}");
}
"#;

#[test]
fn a_program_that_writes_what_its_build_reads_is_not_restarted_forever() {
    let workspace = Workspace::new("basic", "writes_own_input");
    workspace.write("app/build.rs", TIME);
    let log = workspace.path("app/app.log");
    let _ = fs::remove_file(&log);
    let write = format!(
        "    let log = std::fs::OpenOptions::new().create(true).append(true).open({log:?});\n    \
         std::io::Write::write_all(&mut log.unwrap(), env!(\"BUILD_TIME\").as_bytes()).unwrap();\n    \
         println!(\"ready {{}}\""
    );
    workspace.edit("app/src/main.rs", "    println!(\"ready {}\"", &write);
    let mut session = workspace.run().ready();
    let error = session.wait_for("error")["message"].to_string();
    let words = "`app/app.log` changed, and `app` is not reloadable: this has restarted the program 5 times";
    assert!(error.contains(words), "{error}");
    assert_eq!(session.count("restarted"), 5);
    for _ in 0..5 {
        session.wait_for_answer("ready");
    }

    // Other edits are reloaded or restart the program, as always.
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    session.wait_for("live");
    assert!(session.ask("ask").contains("page=two "));
    workspace.edit("app/src/main.rs", "ready {}", "ready  {}");
    let reason = session.wait_for("restarted")["reason"].to_string();
    assert!(reason.contains("`app/src/main.rs` changed"), "{reason}");
    session.wait_for_answer("ready");
    session.wait_for("error");
    assert_eq!(session.count("restarted"), 6);
}

/// A start that fails because of a file, and the cause on the screen.
struct Start {
    name: &'static str,
    file: &'static str,
    broken: &'static str,
    words: &'static str,
}

const FAILURES: [&str; 3] = ["error", "compile-error", "host-exited"];

/// A cargo that sources this file before it calls the real one.
const CARGO: &str = "cargo-fault";

const STARTS: [Start; 6] = [
    Start {
        name: "no_runner",
        file: ".cargo/config.toml",
        broken: "[target.'cfg(unix)']\nrunner = \"/nowhere/runner\"\n",
        words: "error: `/nowhere/runner`: No such file or directory",
    },
    Start {
        name: "unlinkable",
        file: "app/build.rs",
        broken: "fn main() { println!(\"cargo::rustc-link-lib=nowhere\"); }\n",
        words: "nowhere",
    },
    Start {
        name: "no_executable",
        file: CARGO,
        broken: "filter='s/\"executable\":\"[^\"]*\"/\"executable\":null/'",
        words: "cargo built no executable for `app`",
    },
    Start {
        name: "no_environment",
        file: CARGO,
        broken: "filter='/^hotmod-environment/d'",
        words: "cargo did not report how it would start `app`",
    },
    Start {
        name: "no_wrapper",
        file: CARGO,
        broken: "unset RUSTC_WORKSPACE_WRAPPER",
        words: "cargo's command for `app` was not recorded",
    },
    Start {
        name: "killed_cargo",
        file: CARGO,
        broken: "[ \"$1\" = run ] && kill -KILL $$",
        words: "signal: 9 (SIGKILL)",
    },
];

#[test]
fn each_failing_start_ends_with_one_error_and_waits_for_an_edit() {
    for Start {
        name,
        file,
        broken,
        words,
    } in STARTS
    {
        let workspace = Workspace::new("basic", &format!("start_{name}"));
        workspace.write(file, broken);
        let mut session = with_cargo(&workspace, CARGO).start();
        session.wait_for_any(&FAILURES);
        // This is answered when the session does nothing any more.
        let mut wait = workspace.command(tool());
        let waited = wait.args(["hotmod", "wait"]).output().unwrap();
        assert!(!waited.status.success(), "{name}: {waited:?}");
        let screen = session.screen();
        assert!(screen.contains(words), "{name}: {screen}");
        assert_eq!(session.count("building"), 1, "{name}: {screen}");

        fs::remove_file(workspace.path(file)).unwrap();
        workspace.edit(PAGE, "\"one\"", "\"two\"");
        session.wait_for_answer("ready");
        assert!(session.ask("ask").contains("page=two "), "{name}");
        let failures = FAILURES.map(|event| session.count(event));
        assert_eq!(
            failures.iter().sum::<usize>(),
            1,
            "{name}: {}",
            session.screen()
        );
    }
}

/// A session whose cargo sources this file first, if it exists.
pub(crate) fn with_cargo<'a>(workspace: &'a Workspace, fault: &str) -> Run<'a> {
    let real = std::env::var("CARGO").unwrap();
    let fault = workspace.path(fault);
    let script = format!(
        "#!/bin/sh\nreal={real:?}\nfilter=\n[ -e {fault:?} ] && . {fault:?}\n[ -z \"$filter\" ] && exec $real \"$@\"\n\
         $real \"$@\" | sed \"$filter\"\n"
    );
    let cargo = workspace.path("bin/cargo");
    write_script(&cargo, &script);
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", workspace.path("bin").display());
    let run = workspace.run().variable("PATH", &path);
    run.variable("CARGO", cargo.to_str().unwrap())
}

#[test]
fn a_restart_ends_a_build_script_that_never_ends() {
    let workspace = Workspace::new("basic", "endless_script");
    workspace.write(
        "app/build.rs",
        "fn main() { loop { std::thread::park(); } }\n",
    );
    let mut session = workspace.run().start();
    // Its name depends on the layout of the build directory.
    let is_script = |name: &String| name.replace('_', "-").starts_with("build-script");
    eventually("the script runs", || {
        processes(&workspace).iter().any(is_script)
    });
    workspace.write("app/build.rs", "fn main() {}\n");
    let mut restart = workspace.command(tool());
    let output = restart.args(["hotmod", "restart"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    session.wait_for_answer("ready");
    let left = processes(&workspace);
    assert!(!left.iter().any(is_script), "{left:?}");
}

/// Its runner keeps the program from the session.
#[test]
fn a_program_that_never_joins_is_reported_and_not_restarted() {
    let workspace = Workspace::new("basic", "never_joins");
    let runner = "[target.'cfg(unix)']\nrunner = [\"env\", \"-u\", \"HOTMOD_SOCKET\"]\n";
    workspace.write(".cargo/config.toml", runner);
    let mut session = workspace.run().start();
    session.wait_for_answer("ready");
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    let error = session.wait_for("error");
    let message =
        "the program has not connected to the session within 3 s, so the saved code is not live";
    assert_eq!(error["message"], message);
    assert!(session.ask("ask").contains("page=one "));
    fs::remove_file(workspace.path(".cargo/config.toml")).unwrap();
    session.wait_for_any(&["restarted", "host-started"]);
    session.wait_for_answer("ready");
    assert!(session.ask("ask").contains("page=two "));
    assert_eq!(session.count("error"), 1);
}
