//! `cargo hotmod reload`, `restart` and `wait`, with and without a running session.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

use hotmod_testkit::{Session, Workspace, tool};

const PAGE: &str = "pages/src/lib.rs";

fn command(workspace: &Workspace, words: &[&str]) -> Command {
    let mut command = workspace.command(tool());
    command.args(words);
    command
}

fn ask(workspace: &Workspace, words: &[&str]) -> Output {
    command(workspace, words).output().unwrap()
}

/// Asks, and wants this exit code; what was written to both streams.
fn told(workspace: &Workspace, words: &[&str], code: i32) -> String {
    let output = ask(workspace, words);
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{words:?}: {text}");
    text
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn pid(session: &mut Session) -> String {
    let answer = session.ask("ask");
    answer.split(' ').next().unwrap().to_owned()
}

#[test]
fn a_session_that_was_started_through_a_symbolic_link_is_found() {
    let workspace = Workspace::new("basic", "control_link");
    let link = workspace.root().with_extension("link");
    let _ = std::fs::remove_file(&link);
    std::os::unix::fs::symlink(workspace.root(), &link).unwrap();
    let manifest = link.join("Cargo.toml").to_str().unwrap().to_owned();
    let arguments = ["--manifest-path", &manifest];
    let mut session = workspace.run().arguments(arguments).ready();
    told(&workspace, &["wait"], 0);
    workspace.edit(PAGE, "\"one\"", "\"two\"");
    told(&workspace, &["wait", "--manifest-path", &manifest], 0);
    assert!(session.ask("ask").contains("page=two"));
}

#[test]
fn after_wait_the_saved_code_is_live() {
    let workspace = Workspace::new("basic", "control_wait");
    let mut session = workspace.run().start();
    // There is nothing to run yet.
    session.wait_for("building");
    let said = told(&workspace, &["wait"], 0);
    assert!(said.contains("Live gen 0 · pid "), "{said}");
    session.wait_for_answer("ready");

    let one = workspace.read(PAGE);
    for number in 1..=5 {
        let page = one.replace("\"one\"", &format!("\"page {number}\""));
        workspace.write(PAGE, &page);
        told(&workspace, &["wait"], 0);
        let answer = session.ask("ask");
        assert!(answer.contains(&format!("page=page {number}")), "{answer}");
    }

    workspace.write(PAGE, &one.replace("hotmod::generation()", "missing()"));
    let said = told(&workspace, &["wait"], 4);
    assert!(said.contains("cannot find function `missing`"), "{said}");
    assert!(
        said.contains(
            "error: the saved code does not compile\nhelp: the old code keeps running: \
                       gen 5"
        ),
        "{said}"
    );
    // It is still so.
    told(&workspace, &["wait", "--quiet"], 4);

    let output = ask(&workspace, &["wait", "--message-format", "json"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(output.stderr.is_empty(), "{output:?}");
    let messages = lines(&output);
    let first = &messages[0];
    assert_eq!(first["reason"], "compiler-message");
    assert_eq!(first["target"]["name"], "pages");
    assert_eq!(first["message"]["level"], "error");
    assert!(
        !first["message"]["rendered"]
            .as_str()
            .unwrap()
            .contains('\x1b')
    );
    assert_eq!(first["message"]["spans"][0]["file_name"], PAGE);
    let [of_session, end] = &messages[messages.len() - 2..] else {
        panic!("{messages:?}");
    };
    assert_eq!(of_session["outcome"], "failed");
    assert_eq!(of_session["generation"], 5);
    assert_eq!(
        *end,
        serde_json::json!({ "reason": "build-finished", "success": false })
    );

    workspace.write(PAGE, &one);
    let output = ask(&workspace, &["wait", "--message-format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(lines(&output)[0]["generation"], 6);
}

#[test]
fn diagnostics_of_a_first_build_come_from_cargo() {
    let workspace = Workspace::new("basic", "control_first_build");
    workspace.edit(
        "app/src/main.rs",
        "#[hotmod::main]",
        "#[hotmod::main]\n#[missing]",
    );
    let mut session = workspace.run().start();
    session.wait_for("compile-error");
    let output = ask(&workspace, &["wait", "--message-format", "json"]);
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    let messages = lines(&output);
    assert_eq!(messages[0]["reason"], "compiler-message");
    assert_eq!(messages[0]["target"]["name"], "app");
    assert_eq!(messages.last().unwrap()["success"], false);
    workspace.edit("app/src/main.rs", "\n#[missing]", "");
    told(&workspace, &["wait"], 0);
    session.wait_for("host-started");
}

#[test]
fn a_reload_and_a_restart_need_no_edit() {
    let workspace = Workspace::new("basic", "control_wishes");
    let mut session = workspace.run().arguments(["--no-restart"]).ready();
    let before = pid(&mut session);
    let said = told(&workspace, &["reload"], 0);
    assert!(said.contains("Live gen 1 · pid "), "{said}");
    assert_eq!(session.wait_for("verdict")["reason"], "on request");
    let due = &session.wait_for("live")["restart_due"];
    assert_eq!(due, &serde_json::json!([]));
    assert!(session.ask("ask").contains("generation=1"));
    assert_eq!(pid(&mut session), before);

    // An edit that asks for a restart is refused; what is asked for is not.
    workspace.edit("model/src/lib.rs", "\"one\"", "\"two\"");
    let said = told(&workspace, &["wait"], 5);
    assert!(said.contains("`model` is not reloadable"), "{said}");
    // Each reload that follows says which edits wait.
    told(&workspace, &["reload"], 5);
    let reasons = ["`model/src/lib.rs` changed, and `model` is not reloadable"];
    assert_eq!(
        session.wait_for("live")["restart_due"],
        serde_json::json!(reasons)
    );
    let due = || {
        let output = ask(&workspace, &["list", "--format", "json"]);
        let list: Value = serde_json::from_slice(&output.stdout).unwrap();
        list["session"]["restart_due"].clone()
    };
    assert_eq!(due(), serde_json::json!(reasons));
    let output = ask(&workspace, &["wait", "--message-format", "json"]);
    assert_eq!(lines(&output)[0]["reasons"], serde_json::json!(reasons));
    let refused = format!("Refused {{ reasons: {reasons:?} }}");
    assert_eq!(session.ask("settle"), refused);
    told(&workspace, &["restart"], 0);
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    assert_ne!(pid(&mut session), before);
    assert_eq!(due(), serde_json::json!([]));
    let line = format!(" Restart due {}\n", reasons[0]);
    assert_eq!(session.screen().matches(&line).count(), 1);
    let before = pid(&mut session);
    // Nothing changed since.
    let said = told(&workspace, &["restart"], 0);
    assert!(said.contains("Live gen 0"), "{said}");
    session.wait_for_answer("ready");
    assert_ne!(pid(&mut session), before);
}

#[test]
fn several_requests_at_the_same_time() {
    let workspace = Workspace::new("basic", "control_many");
    let mut session = workspace.run().ready();
    let words = ["reload", "wait", "restart", "reload", "wait", "restart"];
    let children: Vec<_> = words
        .iter()
        .map(|word| command(&workspace, &[word]).stderr(Stdio::null()).spawn())
        .collect();
    for child in children {
        assert_eq!(child.unwrap().wait().unwrap().code(), Some(0));
    }
    told(&workspace, &["wait"], 0);
    session.wait_for("restarted");
    // It takes edits as before.
    let page = workspace.read(PAGE).replace("\"one\"", "\"two\"");
    workspace.write(PAGE, &page);
    told(&workspace, &["wait"], 0);
    session.tell("ask");
    session.wait_for_answer("pid=");
}

#[test]
fn an_ended_host_is_reported_and_restarted() {
    let workspace = Workspace::new("basic", "control_ended");
    let mut session = workspace.run().ready();
    session.tell("exit 3");
    session.wait_for("host-exited");
    let said = told(&workspace, &["wait"], 6);
    assert!(said.contains("error: the host is not running\n"), "{said}");
    told(&workspace, &["reload"], 0);
    session.wait_for("restarted");
}

#[test]
fn a_waiting_command_ends_with_the_session() {
    let workspace = Workspace::new("basic", "control_end");
    let mut session = workspace.run().start();
    session.wait_for("building");
    let waiting = command(&workspace, &["wait"])
        .stderr(Stdio::piped())
        .spawn();
    let waiting = waiting.unwrap();
    session.interrupt();
    let output = waiting.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    // It may have come too late to find it.
    assert_eq!(output.status.code(), Some(3), "{said}");
    for word in ["reload", "restart", "wait"] {
        let said = told(&workspace, &[word], 3);
        assert!(
            said.starts_with("error: no session is running in this workspace\nhelp: start one: "),
            "{said}"
        );
    }
}

#[test]
fn a_session_is_found_from_a_subfolder_and_chosen_by_its_program() {
    let workspace = Workspace::new("basic", "control_found");
    let main = workspace.read("app/src/main.rs");
    workspace.write("app/src/bin/other.rs", &main);
    workspace.write("inner/Cargo.toml", "[workspace]\n");
    let mut session = workspace.run().arguments(["--bin", "app"]).ready();

    let from = |folder: &str| {
        let mut command = command(&workspace, &["wait"]);
        let output = command
            .current_dir(workspace.path(folder))
            .output()
            .unwrap();
        output.status.code()
    };
    assert_eq!(from("pages/src"), Some(0));
    // That is a workspace of its own.
    assert_eq!(from("inner"), Some(3));

    for (words, code) in [
        (["wait", "--bin", "app"], 0),
        (["wait", "-p", "app"], 0),
        (["wait", "--manifest-path", "app/Cargo.toml"], 0),
        (["wait", "--manifest-path", "no/Cargo.toml"], 2),
        (["wait", "--bin", "other"], 3),
        (["wait", "--example", "app"], 3),
        (["wait", "--timeout", "0"], 2),
        (["wait", "--timeout", "soon"], 2),
        (["wait", "--message-format", "xml"], 2),
    ] {
        told(&workspace, &words, code);
    }
    let said = told(&workspace, &["wait", "--bin", "other"], 3);
    assert!(
        said.contains("help: choose one: `-p app --bin app`"),
        "{said}"
    );

    let other = command(&workspace, &["run", "--bin", "other"]);
    let mut second = Session::start_in(other, &workspace.root().with_extension("other"));
    second.wait_for("host-started");
    let said = told(&workspace, &["wait"], 2);
    assert!(
        said.contains("several sessions are running in this workspace")
            && said.contains("`-p app --bin app`")
            && said.contains("`-p app --bin other`"),
        "{said}"
    );
    told(&workspace, &["wait", "--bin", "other"], 0);

    // A manifest that is broken keeps nobody from asking.
    workspace.write("pages/Cargo.toml", "[package\n");
    let said = told(&workspace, &["wait", "--bin", "app"], 4);
    assert!(said.contains("pages/Cargo.toml"), "{said}");
    second.interrupt();
    session.interrupt();
}

#[test]
fn a_request_times_out() {
    let workspace = Workspace::new("basic", "control_timeout");
    let mut session = workspace.run().ready();
    // rustc waits for somebody to write into it.
    let pipe = workspace.path("pages/src/pipe");
    let _ = std::fs::remove_file(&pipe);
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    workspace.edit(
        PAGE,
        "//! The leaf.",
        "//! The leaf.\nconst _: &str = include_str!(\"pipe\");",
    );
    session.wait_for("building");
    let said = told(&workspace, &["wait", "--timeout", "0.2"], 8);
    assert!(
        said.contains("the session did not answer within 0.2 s"),
        "{said}"
    );
    session.interrupt();
}
