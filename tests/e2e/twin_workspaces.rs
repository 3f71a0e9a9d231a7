//! Two copies of one workspace: a session runs in one, the other is built without the tool.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use hotmod_testkit::{Session, Workspace, files, repository, tool};

/// The text of each file, by its path in the workspace.
pub(crate) type Sources = BTreeMap<PathBuf, String>;

/// Longer than any program takes that ends.
const ENDLESS: Duration = Duration::from_secs(10);

/// How an edit ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Live {
        /// The packages that were compiled for it.
        crates: Vec<String>,
        /// Whether it took the place of a restart, since the host's code stays the same.
        has_same_host: bool,
    },
    Restarted {
        reason: String,
    },
    Nothing,
    CompileError,
}

/// What there is after an edit.
#[derive(Debug)]
pub(crate) struct Saved {
    pub(crate) outcome: Outcome,
    /// What the session's host shows.
    pub(crate) shown: String,
    /// What a clean build shows; `None` if the sources do not compile.
    pub(crate) clean: Option<String>,
}

/// What a clean build comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Clean {
    Shows(String),
    DoesNotCompile,
    /// The program crashes, or does not end.
    Fails,
}

/// What there is after an edit, once the session is at rest.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) outcome: Outcome,
    /// Whether it was live before it came to this outcome.
    pub(crate) was_live: bool,
    pub(crate) shown: String,
}

/// The two copies, and what is in them.
#[derive(Debug)]
pub(crate) struct Twins {
    live: Workspace,
    clean: Workspace,
    session: Session,
    arguments: &'static [&'static str],
    sources: Sources,
    /// How many generations of earlier sessions had a delta.
    deltas: usize,
}

impl Twins {
    /// `name` names the copies; the `arguments` are those of the session.
    pub(crate) fn new(name: &str, sources: Sources, arguments: &'static [&'static str]) -> Self {
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
        let session = start(&live, arguments);
        Twins {
            live,
            clean,
            session,
            arguments,
            sources,
            deltas: 0,
        }
    }

    /// What both show before any edit.
    pub(crate) fn first(&mut self) -> String {
        let shown = show(&mut self.session);
        assert_eq!(Clean::Shows(shown.clone()), show_clean(&self.clean));
        shown
    }

    /// Ends the session and starts another one of these sources, which finds what the first one built.
    pub(crate) fn start_again(&mut self, sources: &Sources) {
        self.deltas = self.deltas();
        self.session.interrupt();
        save(&self.live, sources);
        self.session = start(&self.live, self.arguments);
    }

    /// How many generations had a delta so far. The full compilations that followed had the same code.
    pub(crate) fn deltas(&self) -> usize {
        let events = self.session.events();
        let mut compared = events.iter().filter(|it| it["event"] == "delta-compared");
        assert!(
            compared.all(|it| it["outcome"] == "same"),
            "a delta was wrong"
        );
        let has_delta = |it: &&Value| {
            let deltas = it["deltas"].as_array();
            it["event"] == "live" && deltas.is_some_and(|all| !all.is_empty())
        };
        self.deltas + events.iter().filter(has_delta).count()
    }

    /// Saves one state of the sources after the other, each as soon as the one before is about to
    /// be built, and waits for what becomes of the last one.
    pub(crate) fn save(&mut self, states: Vec<Sources>) -> Saved {
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
                clean: match clean.join().unwrap() {
                    Clean::Shows(text) => Some(text),
                    Clean::DoesNotCompile => None,
                    Clean::Fails => panic!("the program fails"),
                },
            }
        })
    }

    /// Makes the clean copy equal to the sources, and returns what its program shows.
    pub(crate) fn show_clean(&self, sources: &Sources) -> Clean {
        save(&self.clean, sources);
        show_clean(&self.clean)
    }

    /// What the program of the clean copy writes to stderr, if it is built of these sources.
    pub(crate) fn notes_of_clean(&self, sources: &Sources) -> String {
        let shown = self.show_clean(sources);
        assert!(matches!(shown, Clean::Shows(_)), "{shown:?}");
        fs::read_to_string(notes(&self.clean)).unwrap()
    }

    /// Those of these files that the last build of the clean copy read, as cargo recorded it.
    pub(crate) fn read_by_clean(&self, sources: &Sources) -> BTreeSet<PathBuf> {
        let record = fs::read_to_string(program(&self.clean).with_extension("d")).unwrap();
        let read: BTreeSet<&Path> = record.split_whitespace().map(Path::new).collect();
        let is_read = |it: &&PathBuf| read.contains(&*self.clean.path(it));
        sources.keys().filter(is_read).cloned().collect()
    }

    /// A digest of the clean copy's program.
    pub(crate) fn clean_program(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        fs::read(program(&self.clean)).unwrap().hash(&mut hasher);
        hasher.finish()
    }

    /// Saves sources in the copy with the session, which compares all that goes live with a clean
    /// build, and waits until it is at rest.
    pub(crate) fn settle(&mut self, sources: Sources) -> Result<Settled, String> {
        save(&self.live, &sources);
        self.sources = sources;
        let waited = self.live.command(tool()).args(["hotmod", "wait"]).output();
        let session = &mut self.session;
        let (mut outcome, mut comparison) = outcome_of(&session.new_events())
            .map_err(|event| format!("{event}\n{waited:?}\n{}", session.screen()))?;
        let is_live = |it: &Outcome| {
            matches!(
                it,
                Outcome::Live {
                    has_same_host: false,
                    ..
                }
            )
        };
        while is_live(&outcome) && comparison.is_none() {
            let event = session.wait_for_any(&["host-compared", "note"]);
            if is_uncompared(&event) {
                return Err(event.to_string());
            }
            comparison = Some(event).filter(|it| it["event"] == "host-compared");
        }
        let is_difference = |it: &Value| it["outcome"] != "same" && it["outcome"] != "skipped";
        let difference = comparison.filter(is_difference);
        let was_live = difference.is_some();
        if let Some(event) = difference.filter(|_| is_live(&outcome)) {
            outcome = self::outcome(session, event);
        }
        Ok(Settled {
            outcome,
            was_live,
            shown: show(session),
        })
    }

    /// Saves the files that differ; the session's verdict on them.
    fn write(&mut self, sources: Sources) -> Value {
        save(&self.clean, &sources);
        self.write_live(sources)
    }

    fn write_live(&mut self, sources: Sources) -> Value {
        let mut unseen = save(&self.live, &sources);
        // The session notices a new module by the file that names it.
        unseen.retain(|path| self.sources.contains_key(path));
        let mut unseen: BTreeSet<PathBuf> = unseen.iter().map(|it| self.live.path(it)).collect();
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

/// Makes the sources of a workspace equal to these, and returns the files that were not. Its
/// manifests stay as they are.
fn save(workspace: &Workspace, sources: &Sources) -> BTreeSet<PathBuf> {
    let mut changed = BTreeSet::new();
    for (path, text) in sources {
        let is_same = fs::read_to_string(workspace.path(path)).is_ok_and(|is| is == *text);
        if is_same || path.ends_with("Cargo.toml") {
            continue;
        }
        workspace.write(path, text);
        changed.insert(path.clone());
    }
    for path in files(workspace.root()) {
        let relative = path.strip_prefix(workspace.root()).unwrap();
        if relative.extension() == Some(OsStr::new("rs")) && !sources.contains_key(relative) {
            fs::remove_file(&path).unwrap();
            changed.insert(relative.to_owned());
        }
    }
    changed
}

fn start(workspace: &Workspace, arguments: &[&str]) -> Session {
    // `DELTA=always` has all twins compile deltas.
    let policy = std::env::var("DELTA").ok();
    let deltas = policy.iter().flat_map(|it| ["--delta", it]);
    let arguments = arguments.iter().copied().chain(deltas);
    workspace.run().arguments(arguments).ready()
}

/// What became of an edit by these events, and how it was compared with a clean build. An event that
/// must not happen is the error.
fn outcome_of(events: &[Value]) -> Result<(Outcome, Option<Value>), &Value> {
    // Nothing is said of files that are again what runs.
    let mut outcome = Outcome::Nothing;
    let mut comparison = None;
    let mut has_same_host = false;
    for event in events {
        match event["event"].as_str().unwrap() {
            "verdict" if event["verdict"] == "nothing" => outcome = Outcome::Nothing,
            "verdict" => has_same_host |= event["verdict"] == "restart",
            "live" => outcome = live(event, has_same_host),
            "restarted" => outcome = restarted(event),
            "compile-error" => outcome = Outcome::CompileError,
            "host-compared" => comparison = Some(event.clone()),
            "error" | "host-exited" => return Err(event),
            "note" if is_uncompared(event) => return Err(event),
            _ => {}
        }
    }
    Ok((outcome, comparison))
}

/// Whether a note says that code goes live without a comparison.
fn is_uncompared(note: &Value) -> bool {
    let message = note["message"].as_str();
    message.is_some_and(|it| it.contains("can't be compared"))
}

fn live(event: &Value, has_same_host: bool) -> Outcome {
    let crates = event["crates"].as_array().unwrap().iter();
    let crates = crates.map(|it| it.as_str().unwrap().to_owned()).collect();
    Outcome::Live {
        crates,
        has_same_host,
    }
}

fn restarted(event: &Value) -> Outcome {
    let reason = event["reason"].as_str().unwrap().to_owned();
    Outcome::Restarted { reason }
}

/// Waits for what becomes of a verdict.
fn outcome(session: &mut Session, verdict: Value) -> Outcome {
    let mut event = verdict;
    let mut has_same_host = false;
    loop {
        match event["event"].as_str().unwrap() {
            "verdict" if event["verdict"] == "nothing" => return Outcome::Nothing,
            "verdict" => has_same_host |= event["verdict"] == "restart",
            "host-compared" | "refused" => {}
            "live" => return live(&event, has_same_host),
            "restarted" => return restarted(&event),
            "compile-error" => return Outcome::CompileError,
            _ => panic!("{event}\n{}", session.screen()),
        }
        event = session.wait_for_any(&[
            "verdict",
            "live",
            "restarted",
            "compile-error",
            "refused",
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
fn show_clean(workspace: &Workspace) -> Clean {
    let mut build = workspace.command("cargo");
    // The other members alone would have other features.
    build.args(["build", "--quiet", "--package", "app"]);
    build.stderr(Stdio::null());
    // What debug information there is makes no difference to what the program shows.
    build.env("CARGO_PROFILE_DEV_DEBUG", "0");
    if !build.status().unwrap().success() {
        return Clean::DoesNotCompile;
    }
    let (question, answer) = (
        workspace.root().with_extension("question"),
        workspace.root().with_extension("answer"),
    );
    fs::write(&question, "show\n").unwrap();
    let mut process = workspace
        .command(program(workspace))
        .stdin(File::open(question).unwrap())
        .stdout(File::create(&answer).unwrap())
        .stderr(File::create(notes(workspace)).unwrap())
        .spawn()
        .unwrap();
    if !ends_well(&mut process) {
        return Clean::Fails;
    }
    let text = fs::read_to_string(answer).unwrap();
    let text = text.strip_prefix("ready\nbegin\n").unwrap();
    Clean::Shows(text.strip_suffix("end\n").unwrap().to_owned())
}

/// Whether a process ends by itself, and with success.
fn ends_well(process: &mut Child) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < ENDLESS {
        if let Some(status) = process.try_wait().unwrap() {
            return status.success();
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    process.kill().unwrap();
    process.wait().unwrap();
    false
}

fn program(workspace: &Workspace) -> PathBuf {
    workspace.target().join("debug/app")
}

fn notes(workspace: &Workspace) -> PathBuf {
    workspace.root().with_extension("notes")
}
