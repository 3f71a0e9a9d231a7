//! Two copies of one workspace: a session runs in one, the other is built without the tool.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use super::template::Sources;
use hotmod_testkit::{Session, Workspace, repository};

/// How an edit ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Live {
        /// The packages that were compiled for it.
        crates: Vec<String>,
        /// Whether it took the place of a restart, since the host's code stays the same.
        has_same_host: bool,
    },
    Restarted,
    Nothing,
    CompileError,
}

/// What there is after an edit.
#[derive(Debug)]
pub(super) struct Saved {
    pub(super) outcome: Outcome,
    /// What the session's host shows.
    pub(super) shown: String,
    /// What a clean build shows; `None` if the sources do not compile.
    pub(super) clean: Option<String>,
}

/// The two copies, and what is in them.
#[derive(Debug)]
pub(super) struct Twins {
    live: Workspace,
    clean: Workspace,
    session: Session,
    sources: Sources,
}

impl Twins {
    /// `name` names the copies.
    pub(super) fn new(name: &str, sources: Sources) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rendered");
        let fixture = folder.join(name);
        let _ = fs::remove_dir_all(&fixture);
        // From here, the fixture's relative path leads elsewhere.
        let runtime = repository().join("crates/hotmod");
        let runtime = runtime.to_str().unwrap();
        for (path, text) in &sources {
            let path = fixture.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text.replace("../../../crates/hotmod", runtime)).unwrap();
        }
        let live = Workspace::copy_of(&fixture, name);
        let clean = Workspace::copy_of(&fixture, &format!("{name}_clean")).with_own_target();
        let session = live.run().ready();
        Twins {
            live,
            clean,
            session,
            sources,
        }
    }

    /// What both show before any edit.
    pub(super) fn first(&mut self) -> String {
        let shown = show(&mut self.session);
        assert_eq!(Some(&shown), show_clean(&self.clean).as_ref());
        shown
    }

    /// Ends the session and starts another one, which finds what the first one built.
    pub(super) fn start_again(&mut self) {
        self.session.interrupt();
        self.session = self.live.run().ready();
    }

    /// Saves one state of the sources after the other, each as soon as the one before is about to
    /// be built, and waits for what becomes of the last one.
    pub(super) fn save(&mut self, states: Vec<Sources>) -> Saved {
        let mut verdict = Value::Null;
        for sources in states {
            verdict = self.write(sources);
        }
        let (clean, session) = (&self.clean, &mut self.session);
        std::thread::scope(|scope| {
            let clean = scope.spawn(|| show_clean(clean));
            let outcome = outcome(session, verdict);
            Saved {
                outcome,
                shown: show(session),
                clean: clean.join().unwrap(),
            }
        })
    }

    /// Saves the files that differ; the session's verdict on them.
    fn write(&mut self, sources: Sources) -> Value {
        let mut unseen = BTreeSet::<PathBuf>::new();
        for (path, text) in &sources {
            if self.sources[path] != *text {
                self.clean.write(path, text);
                self.live.write(path, text);
                unseen.insert(self.live.path(path));
            }
        }
        self.sources = sources;
        // On a loaded machine two files that are saved at once may be two edits.
        while !unseen.is_empty() {
            let edit = self.session.wait_for("edit");
            for path in edit["paths"].as_array().unwrap() {
                unseen.remove(Path::new(path.as_str().unwrap()));
            }
        }
        self.session.wait_for("verdict")
    }
}

/// Waits for what becomes of a verdict.
fn outcome(session: &mut Session, verdict: Value) -> Outcome {
    let mut event = verdict;
    let mut has_same_host = false;
    loop {
        match event["event"].as_str().unwrap() {
            "verdict" if event["verdict"] == "nothing" => return Outcome::Nothing,
            "verdict" => has_same_host |= event["verdict"] == "restart",
            "live" => {
                let crates = event["crates"].as_array().unwrap().iter();
                let crates = crates.map(|it| it.as_str().unwrap().to_owned()).collect();
                return Outcome::Live {
                    crates,
                    has_same_host,
                };
            }
            "restarted" => return Outcome::Restarted,
            "compile-error" => return Outcome::CompileError,
            _ => panic!("{event}\n{}", session.screen()),
        }
        event = session.wait_for_any(&[
            "verdict",
            "live",
            "restarted",
            "compile-error",
            "error",
            "host-exited",
        ]);
    }
}

/// All that the session's host shows.
fn show(session: &mut Session) -> String {
    session.tell("show");
    session.wait_for_answer("begin");
    let mut text = String::new();
    loop {
        match session.answer() {
            line if line == "end" => return text,
            line => text += &(line + "\n"),
        }
    }
}

/// Builds the workspace without the tool, and asks the program the same.
fn show_clean(workspace: &Workspace) -> Option<String> {
    let mut build = workspace.command("cargo");
    build.args(["build", "--quiet"]).stderr(Stdio::null());
    if !build.status().unwrap().success() {
        return None;
    }
    let mut program = workspace
        .command(workspace.target().join("debug/app"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    program.stdin.take().unwrap().write_all(b"show\n").unwrap();
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", output.status);
    let text = String::from_utf8(output.stdout).unwrap();
    let text = text.strip_prefix("ready\nbegin\n").unwrap();
    Some(text.strip_suffix("end\n").unwrap().to_owned())
}
