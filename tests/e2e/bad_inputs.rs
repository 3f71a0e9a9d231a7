//! Bad input to each command: it prints an error with a fix, writes nothing, and leaves nothing
//! running.
//!
//! The rows are in [`typed`], [`broken`] and [`places`]. Each has a copy of a workspace to itself; those
//! of a running session share one. What only one command can be asked is in that command's tests.

mod broken;
mod places;
mod row;
mod typed;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use hotmod_testkit::{Session, Workspace, files, tool};

use row::{Answer, Row, Scene};

/// Far more than any of them takes: none builds anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a row's command runs.
struct Stage<'a> {
    workspace: &'a Workspace,
    /// Where sessions and temporary files are; empty before and after but for sessions that run.
    runtime: &'a Path,
}

/// What a command did.
struct Told {
    status: ExitStatus,
    stdout: String,
    stderr: String,
}

/// What is there before and after.
struct State {
    files: BTreeMap<PathBuf, Vec<u8>>,
    folders: BTreeSet<PathBuf>,
    processes: BTreeSet<String>,
    runtime: BTreeSet<PathBuf>,
}

impl State {
    /// A session that runs beside may have had a linker at work before, which has ended since.
    fn adds_nothing_to(&self, before: &State) -> bool {
        self.files == before.files
            && self.folders == before.folders
            && self.runtime == before.runtime
            && self.processes.is_subset(&before.processes)
    }
}

impl Stage<'_> {
    fn root(&self) -> &Path {
        self.workspace.root()
    }

    fn state(&self) -> State {
        let files = files(self.root()).into_iter();
        // Cargo writes it for whoever asks about dependencies.
        let files = files.filter(|path| !path.ends_with("Cargo.lock"));
        State {
            files: files.map(|it| (it.clone(), content(&it))).collect(),
            folders: folders(self.root()),
            processes: processes(self.root()),
            runtime: folders(self.runtime),
        }
    }

    /// Waits for what was killed to be gone, and returns what there is then.
    fn settled(&self, before: &State) -> State {
        let begun = Instant::now();
        loop {
            let state = self.state();
            if state.adds_nothing_to(before) || begun.elapsed() > Duration::from_secs(20) {
                return state;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn with_root(&self, text: &str) -> String {
        text.replace("[ROOT]", self.root().to_str().unwrap())
    }

    fn command(&self, row: &Row) -> Command {
        let mut command = match row.is_read_only {
            false => self.workspace.command(tool()),
            true => read_only(self.workspace),
        };
        for word in row.words {
            command.arg(self.with_root(word));
        }
        if !row.raw.is_empty() {
            command.arg(OsStr::from_bytes(row.raw));
        }
        // What the tests run under is not what is tested.
        for name in ["RUSTFLAGS", "RUSTC_WRAPPER", "CARGO_BUILD_TARGET", "RUSTC"] {
            command.env_remove(name);
        }
        command
            .current_dir(self.root().join(row.at))
            .env("RUST_BACKTRACE", "0")
            .env("XDG_RUNTIME_DIR", self.runtime)
            .env("TMPDIR", self.runtime);
        for (name, value) in row.variables {
            command.env(name, self.with_root(value));
        }
        command
    }

    fn run(&self, row: &Row) -> Told {
        let output = tempfile::tempdir().unwrap();
        let [stdout, stderr] = ["stdout", "stderr"].map(|it| output.path().join(it));
        let mut child = self
            .command(row)
            .stdin(Stdio::null())
            .stdout(File::create(&stdout).unwrap())
            .stderr(File::create(&stderr).unwrap())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if begun.elapsed() > PATIENCE {
                child.kill().unwrap();
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let text = |path| String::from_utf8_lossy(&content(path)).into_owned();
        Told {
            status,
            stdout: text(&stdout),
            stderr: text(&stderr),
        }
    }

    /// What is wrong with what a row's command did.
    fn faults(&self, row: &Row) -> Vec<String> {
        let before = self.state();
        let had_target = self.workspace.target().exists();
        let told = self.run(row);
        let after = self.settled(&before);

        let mut faults = Vec::new();
        if told.status.code() != Some(row.code) {
            faults.push(format!("it ended with {}, not {}", told.status, row.code));
        }
        let (said, silent) = match row.answer {
            Answer::Finds(_) => (&told.stdout, &told.stderr),
            _ => (&told.stderr, &told.stdout),
        };
        if !silent.is_empty() {
            faults.push(format!("it wrote to the other stream: {silent}"));
        }
        faults.extend(self.words(&row.answer, said));
        if after.files != before.files || after.folders != before.folders {
            let is_new = |it: &&PathBuf| !before.files.contains_key(*it);
            let new: Vec<_> = after.files.keys().filter(is_new).collect();
            faults.push(format!("the workspace changed; new: {new:?}"));
        }
        if !after.processes.is_subset(&before.processes) {
            faults.push(format!("left running: {:?}", after.processes));
        }
        if after.runtime != before.runtime {
            faults.push(format!("left behind: {:?}", after.runtime));
        }
        let has_target = self.workspace.target().exists();
        if has_target != had_target && !row.leaves_target {
            faults.push("it made a target directory".to_owned());
        }
        if !faults.is_empty() {
            faults.push(format!("it said:\n{said}"));
        }
        faults
    }

    /// What is wrong with what was said.
    fn words(&self, answer: &Answer, said: &str) -> Vec<String> {
        let mut faults = Vec::new();
        let lacks = |words: &&str| !said.contains(&self.with_root(words));
        match answer {
            Answer::Is(all) => {
                if said != self.with_root(all) {
                    faults.push(format!("it should have said:\n{all}"));
                }
            }
            Answer::Has(some) | Answer::Finds(some) => {
                let missing: Vec<_> = some.iter().filter(|it| lacks(it)).collect();
                if !missing.is_empty() {
                    faults.push(format!("not said: {missing:?}"));
                }
            }
        }
        if !is_in_form(answer, said) {
            faults.push("it is not in the form of an error, with what to do".to_owned());
        }
        faults
    }
}

/// Lower-case, once, and with what to do: in a line of its own, or in clap's.
fn is_in_form(answer: &Answer, said: &str) -> bool {
    if let Answer::Finds(_) = answer {
        return said.contains("       Error ") && said.contains("       help: ");
    }
    let Some(error) = said.strip_prefix("error: ") else {
        return false;
    };
    let has_help = error
        .lines()
        .any(|line| line.starts_with("help: ") && line.len() > "help: ".len());
    !error.starts_with(char::is_uppercase)
        && !said.contains("panicked")
        && (has_help || said.ends_with("For more information, try '--help'.\n"))
}

/// The tool where the workspace can't be written to, whoever runs it.
fn read_only(workspace: &Workspace) -> Command {
    let mut command = workspace.command("unshare");
    let (root, tool) = (workspace.root().display(), tool().display());
    command
        .args(["--user", "--map-root-user", "--mount", "sh", "-ec"])
        .arg(format!(
            "mount --bind '{root}' '{root}'; mount -o remount,bind,ro '{root}'; cd '{root}'
             exec '{tool}' \"$@\""
        ))
        .arg("sh");
    command
}

/// A pipe or a link that leads nowhere has none.
fn content(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_default()
}

/// All folders but what was built.
fn folders(root: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        if entry.file_type().unwrap().is_dir() && entry.file_name() != "target" {
            found.extend(folders(&entry.path()));
            found.insert(entry.path());
        }
    }
    found
}

/// The processes that run in a folder, or are called with it.
fn processes(folder: &Path) -> BTreeSet<String> {
    let name = folder.to_str().unwrap();
    let mut found = BTreeSet::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let process = entry.path();
        let is_in = fs::read_link(process.join("cwd")).is_ok_and(|it| it.starts_with(folder));
        let line = content(&process.join("cmdline"));
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if is_in || line.contains(name) {
            found.insert(format!("{} {line}", entry.file_name().display()));
        }
    }
    found
}

fn rows() -> impl Iterator<Item = &'static Row> {
    let tables = [typed::ROWS, broken::ROWS, places::ROWS];
    tables.into_iter().flatten()
}

/// A folder whose path is short, as those of sockets have to be.
fn runtime() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn complaints(row: &Row, stage: &Stage) -> Option<String> {
    let faults = stage.faults(row);
    let text = format!("== {} {:?}\n{}", row.name, row.words, faults.join("\n"));
    (!faults.is_empty()).then_some(text)
}

/// A row that has a workspace to itself.
fn alone(row: &Row, lock: &str) -> Option<String> {
    let name = format!("bad_{}", row.name.replace(' ', "_"));
    let workspace = match row.scene {
        Scene::Empty => Workspace::empty(&name, "basic").with_own_target(),
        _ => {
            let workspace = Workspace::outside_checkout("basic", &name).with_own_target();
            // So that cargo asks no registry.
            workspace.write("Cargo.lock", lock);
            workspace
        }
    };
    (row.make)(&workspace);
    let runtime = runtime();
    let stage = Stage {
        workspace: &workspace,
        runtime: runtime.path(),
    };
    complaints(row, &stage)
}

fn lock_file() -> String {
    let workspace = Workspace::outside_checkout("basic", "bad_lock");
    let status = workspace
        .command("cargo")
        .args(["metadata", "--format-version=1", "--quiet"])
        .stdout(Stdio::null())
        .status();
    assert!(status.unwrap().success());
    workspace.read("Cargo.lock")
}

#[test]
fn each_error_has_a_fix_and_nothing_is_left_behind() {
    let lock = lock_file();
    let queue = Mutex::new(rows().filter(|row| row.scene != Scene::Sessions));
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap().next();
                    let Some(row) = next else {
                        return;
                    };
                    wrong.lock().unwrap().extend(alone(row, &lock));
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn with_two_sessions_a_wrong_choice_disturbs_neither() {
    let workspace = Workspace::outside_checkout("basic", "bad_sessions");
    let main = workspace.read("app/src/main.rs");
    workspace.write("app/src/bin/other.rs", &main);
    let runtime = runtime();
    let stage = Stage {
        workspace: &workspace,
        runtime: runtime.path(),
    };
    let start = |bin: &str| {
        let mut command = workspace.command(tool());
        command
            .args(["run", "--bin", bin])
            .env("XDG_RUNTIME_DIR", runtime.path());
        let record = workspace
            .root()
            .with_file_name(format!("bad_session_of_{bin}"));
        let mut session = Session::start_in(command, &record);
        session.wait_for_answer("ready");
        // What would be built ahead is built: no compiler comes and goes from now on.
        let mut reload = workspace.command(tool());
        reload
            .args(["reload", "--quiet", "--bin", bin])
            .env("XDG_RUNTIME_DIR", runtime.path());
        assert!(reload.status().unwrap().success());
        session
    };
    let sessions = [start("app"), start("other")];
    let rows = rows().filter(|row| row.scene == Scene::Sessions);
    let wrong: Vec<_> = rows.filter_map(|row| complaints(row, &stage)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    for mut session in sessions {
        assert!(session.ask("ask").contains("calls=1 "));
        assert_eq!(session.interrupt().code(), Some(130));
        assert_eq!(session.count("restarted"), 0);
    }
}

#[test]
fn row_names_are_unique_and_each_command_has_rows() {
    let names: BTreeSet<_> = rows().map(|row| row.name).collect();
    assert_eq!(names.len(), rows().count());
    assert!(names.len() >= 60);
    for command in [
        "run", "list", "doctor", "init", "demo", "reload", "restart", "wait", "env",
    ] {
        let is_of = |row: &&Row| row.words.first() == Some(&command);
        assert!(rows().filter(is_of).count() >= 3, "{command}");
    }
}
