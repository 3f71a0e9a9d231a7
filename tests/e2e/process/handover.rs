//! The next process is started before the old one is stopped, and waits at the beginning of `main`.

use std::path::Path;

use hotmod_testkit::{Session, Workspace, write_script};

use super::assert_no_orphan;

const MAIN: &str = "app/src/main.rs";

/// Runs before `main`.
const DIES: &str = "\n#[used]\n#[unsafe(link_section = \".init_array\")]\n\
    static DIES: extern \"C\" fn() = dies;\nextern \"C\" fn dies() {\n    std::process::exit(3)\n}\n";

/// `main` takes this lock, which only one process can have.
fn take_lock(workspace: &Workspace) {
    let lock = workspace.root().join("lock");
    let body = "fn main() {\n";
    let alone = format!(
        "{body}    let lock = std::fs::File::create({lock:?}).unwrap();\n    lock.try_lock().unwrap();\n"
    );
    workspace.edit(MAIN, body, &alone);
}

fn restart(workspace: &Workspace, session: &mut Session) {
    workspace.edit(MAIN, "ready {}", "ready  {}");
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    workspace.edit(MAIN, "ready  {}", "ready {}");
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    assert_eq!(session.count("error") + session.count("host-exited"), 0);
}

#[test]
fn a_process_that_dies_before_main_leaves_the_old_one_running() {
    let workspace = Workspace::new("basic", "handover_dies");
    let mut session = workspace.run().ready();
    let old = session.ask("ask");
    let source = workspace.read(MAIN);
    workspace.write(MAIN, &format!("{source}{DIES}"));
    let error = session.wait_for("error");
    assert_eq!(
        error["message"],
        "the new process exited with code 3 before it took over, so the old one keeps running"
    );
    let pid = |answer: &str| answer.split(' ').next().map(str::to_owned);
    assert_eq!(pid(&session.ask("ask")), pid(&old));
    workspace.write(MAIN, &source);
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    assert_ne!(pid(&session.ask("ask")), pid(&old));
    assert_eq!(session.count("host-exited"), 0);
    session.interrupt();
    assert_no_orphan(&workspace);
}

#[test]
fn main_never_runs_in_two_processes() {
    let workspace = Workspace::new("basic", "handover_lock");
    take_lock(&workspace);
    let mut session = workspace.run().ready();
    restart(&workspace, &mut session);
}

/// It may need what the old one has, such as the name of a container.
#[test]
fn a_runner_is_started_after_the_old_one_has_ended() {
    let workspace = Workspace::new("basic", "handover_runner");
    let (runner, lock) = (workspace.root().join("run"), workspace.root().join("lock"));
    let script = format!(
        "#!/bin/sh\nexec flock --nonblock {} \"$@\"\n",
        lock.display()
    );
    write_script(&runner, &script);
    configure(&workspace, &runner);
    let mut session = workspace.run().ready();
    restart(&workspace, &mut session);
}

fn configure(workspace: &Workspace, runner: &Path) {
    let text = format!("[target.'cfg(unix)']\nrunner = {runner:?}\n");
    workspace.write(".cargo/config.toml", &text);
}
