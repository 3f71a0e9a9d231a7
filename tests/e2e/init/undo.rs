//! `init --undo` in copied and moved workspaces, and after an interrupted `init`.

use std::fs;
use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::{init, says, snapshot};
use hotmod_testkit::{Workspace, tool};

/// A program `app` and a library `lib`, and a target directory of their own.
fn two(test: &str, folder: &str) -> Workspace {
    let workspace = Workspace::empty(&format!("{test}/{folder}"), "two").with_own_target();
    workspace.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"app\", \"lib\"]\nresolver = \"3\"\n",
    );
    for (name, file, text) in [
        ("app", "src/main.rs", "fn main() {}\n"),
        ("lib", "src/lib.rs", ""),
    ] {
        let manifest = format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n");
        workspace.write(format!("{name}/Cargo.toml"), &manifest);
        workspace.write(format!("{name}/{file}"), text);
    }
    workspace
}

/// Another folder beside a workspace's.
fn beside(test: &str, folder: &str) -> Workspace {
    Workspace::empty(&format!("{test}/{folder}"), "two").with_own_target()
}

fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-r").arg(from).arg(to).status();
    assert!(status.unwrap().success());
}

#[test]
fn undo_works_in_a_copy_and_in_a_moved_workspace() {
    const TEST: &str = "init_undo_copy";
    let original = two(TEST, "original");
    let before = snapshot(&original);
    says(&original, &["rules"]);
    let with_crate = snapshot(&original);

    let copied = beside(TEST, "copy");
    copy(&original.path("."), copied.root());
    assert_eq!(snapshot(&copied), with_crate);
    says(&copied, &["--undo"]);
    assert_eq!(snapshot(&copied), before);
    assert!(!copied.path("rules").exists());
    assert_eq!(snapshot(&original), with_crate);

    let moved = beside(TEST, "moved");
    fs::remove_dir(moved.root()).unwrap();
    fs::rename(original.root(), moved.root()).unwrap();
    says(&moved, &["--undo"]);
    assert_eq!(snapshot(&moved), before);
    assert!(!moved.path("rules").exists());
}

/// Links to files that a copy has too.
#[test]
fn undo_in_a_copy_leaves_shared_files_alone() {
    const TEST: &str = "init_undo_shared";
    let original = two(TEST, "original");
    let outside = original.root().with_file_name("outside");
    let _ = fs::remove_dir_all(&outside);
    fs::create_dir_all(outside.join("src")).unwrap();
    for file in ["Cargo.toml", "src/main.rs"] {
        let inside = original.path("app").join(file);
        fs::rename(&inside, outside.join(file)).unwrap();
        std::os::unix::fs::symlink(outside.join(file), inside).unwrap();
    }
    let main = || fs::read_to_string(outside.join("src/main.rs")).unwrap();
    says(&original, &["rules"]);
    assert!(main().contains("hotmod"), "{}", main());

    let copied = beside(TEST, "copy");
    copy(&original.path("."), copied.root());
    let with_crate = snapshot(&copied);
    let output = init(&copied, &["--undo"]);
    let answer = String::from_utf8(output.stderr).unwrap();
    let (copied_root, root) = (copied.root().display(), original.root().display());
    assert_eq!(
        answer,
        format!(
            "error: `{copied_root}/app/Cargo.toml`, `{copied_root}/app/src/main.rs` are outside \
             the workspace, which was in `{root}` when `init` ran\n\
             help: nothing was changed; undo it in `{root}`, or by hand\n"
        )
    );
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(snapshot(&copied), with_crate);
    assert!(main().contains("hotmod"));

    says(&original, &["--undo"]);
    assert_eq!(main(), "fn main() {}\n");
}

/// An `init` whose cargo waits, once it is to confirm what was written.
struct Waiting(Child);

impl Waiting {
    /// `written` is a file that is there by then.
    fn start(workspace: &Workspace, arguments: &[&str], written: &str) -> Self {
        let cargo = workspace.path("target/cargo");
        let fifo = workspace.fifo();
        let script = format!(
            "#!/bin/sh\nif [ -e {written} ]; then echo waits >{}; read never; fi\nexec {} \"$@\"\n",
            fifo.display(),
            std::env::var("CARGO").unwrap()
        );
        // Written here, it could be open in a child of another test, and then can't be run.
        let made = Command::new("sh")
            .args([
                "-c",
                "mkdir -p target && printf %s \"$0\" >target/cargo && chmod +x target/cargo",
            ])
            .arg(&script)
            .current_dir(workspace.root())
            .status();
        assert!(made.unwrap().success());
        let mut command = workspace.command(tool());
        command.arg("init").args(arguments).env("CARGO", &cargo);
        command.stdin(Stdio::piped()).stderr(Stdio::piped());
        let child = command.process_group(0).spawn().unwrap();
        assert_eq!(fs::read_to_string(fifo).unwrap(), "waits\n");
        Waiting(child)
    }

    /// Sends a signal to the tool and its cargo, as a terminal does.
    fn interrupt(mut self, signal: Signal) -> (Option<i32>, String) {
        kill_process_group(Pid::from_child(&self.0), signal).unwrap();
        self.end()
    }

    /// Sends a signal to the tool alone; its cargo goes on afterwards.
    fn signal(mut self, signal: Signal) -> (Option<i32>, String) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
        drop(self.0.stdin.take());
        self.end()
    }

    fn end(&mut self) -> (Option<i32>, String) {
        let mut answer = String::new();
        let mut stderr = self.0.stderr.take().unwrap();
        stderr.read_to_string(&mut answer).unwrap();
        (self.0.wait().unwrap().code(), answer)
    }
}

#[test]
fn an_interrupted_init_reverts_everything() {
    let workspace = two("init_interrupted", "it");
    let first = snapshot(&workspace);
    says(&workspace, &["levels"]);
    let before = snapshot(&workspace);
    let waiting = || Waiting::start(&workspace, &["rules", "--quiet"], "rules/src/lib.rs");
    for (ended, code) in [
        (waiting().interrupt(Signal::INT), 130),
        (waiting().signal(Signal::INT), 130),
        (waiting().signal(Signal::TERM), 143),
        (waiting().signal(Signal::HUP), 129),
    ] {
        let answer = "error: `init` was interrupted\nhelp: nothing was changed\n";
        assert!(ended.1.ends_with(answer), "{}", ended.1);
        assert_eq!(ended.0, Some(code));
        assert_eq!(snapshot(&workspace), before);
        assert!(!workspace.path("rules").exists());
    }
    // What was done before is still known.
    says(&workspace, &["--undo"]);
    assert_eq!(snapshot(&workspace), first);
    assert!(!workspace.path("target/hotmod").exists());

    let workspace = beside("init_interrupted", "new");
    let waiting = Waiting::start(&workspace, &[], "Cargo.toml");
    assert_eq!(waiting.interrupt(Signal::INT).0, Some(130));
    assert!(snapshot(&workspace).is_empty());
}

#[test]
fn undo_reverts_a_killed_init() {
    let workspace = two("init_killed", "it");
    let first = snapshot(&workspace);
    says(&workspace, &["levels"]);
    let before = snapshot(&workspace);
    let waiting = Waiting::start(&workspace, &["rules"], "rules/src/lib.rs");
    waiting.interrupt(Signal::KILL);
    assert_ne!(snapshot(&workspace), before);

    // It is not covered up by the next one.
    let half_made = snapshot(&workspace);
    let output = init(&workspace, &["more", "--quiet"]);
    let answer = String::from_utf8(output.stderr).unwrap();
    assert!(
        answer.ends_with(
            "error: another `init` of this workspace is running, or was interrupted\n\
             help: `cargo hotmod init --undo` reverts an interrupted one\n"
        ),
        "{answer}"
    );
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(snapshot(&workspace), half_made);

    // As if it had been ended earlier: cargo can't read a member that lacks its manifest.
    fs::remove_dir_all(workspace.path("rules")).unwrap();
    let main = before[Path::new("app/src/main.rs")].clone();
    fs::write(workspace.path("app/src/main.rs"), main).unwrap();
    let shown = says(&workspace, &["--undo", "--dry-run"]);
    assert!(!shown.contains("main.rs"), "{shown}");
    says(&workspace, &["--undo"]);
    assert_eq!(snapshot(&workspace), before);
    // And the one before.
    says(&workspace, &["--undo"]);
    assert_eq!(snapshot(&workspace), first);
    assert_eq!(init(&workspace, &["--undo"]).status.code(), Some(2));
}

#[test]
fn undo_reverts_a_killed_init_of_a_new_workspace() {
    let workspace = beside("init_killed", "new");
    workspace.write("notes.txt", "mine\n");
    let before = snapshot(&workspace);
    let waiting = Waiting::start(&workspace, &[], "Cargo.toml");
    waiting.interrupt(Signal::KILL);
    fs::remove_file(workspace.path("Cargo.toml")).unwrap();
    fs::remove_dir_all(workspace.path("rules")).unwrap();
    says(&workspace, &["--undo"]);
    assert_eq!(snapshot(&workspace), before);
    assert!(!workspace.path("app").exists());
}
