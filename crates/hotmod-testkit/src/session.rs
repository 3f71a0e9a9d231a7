//! A running session: its events, its host's stdin and stdout, and its exit status.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::places::tool;
use crate::toolchain::{let_rustup_choose, use_toolchain};
use crate::workspace::Workspace;

/// Long enough for a cold build on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// Long enough for a session to end its program.
const ENDING: Duration = Duration::from_secs(20);

/// A session to be started.
pub struct Run<'a> {
    workspace: &'a Workspace,
    command: Command,
    host_arguments: Vec<String>,
    record: PathBuf,
    patience: Duration,
}

impl<'a> Run<'a> {
    pub(crate) fn new(workspace: &'a Workspace) -> Self {
        let mut command = workspace.command(tool());
        command.args(["hotmod", "run"]);
        Run {
            workspace,
            command,
            host_arguments: Vec::new(),
            record: workspace.root().to_owned(),
            patience: PATIENCE,
        }
    }

    /// Names the files of its events and screen.
    pub fn recorded_in(mut self, record: PathBuf) -> Self {
        self.record = record;
        self
    }

    /// Calls the tool by other words, as somebody would type them.
    pub fn typed_as(mut self, program: &str, words: &[&str]) -> Self {
        self.command = self.workspace.command(program);
        self.command.args(words);
        self
    }

    /// Arguments of the tool.
    pub fn arguments<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Arguments of the host.
    pub fn host_arguments(mut self, arguments: &[&str]) -> Self {
        self.host_arguments = arguments.iter().map(|it| (*it).to_owned()).collect();
        self
    }

    /// An environment variable of the tool.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Changes how the tool is started.
    pub fn with(mut self, change: impl FnOnce(&mut Command)) -> Self {
        change(&mut self.command);
        self
    }

    /// Has the session use a toolchain, whatever the other tests use.
    pub fn toolchain(mut self, toolchain: &str) -> Self {
        use_toolchain(&mut self.command, toolchain);
        self
    }

    /// Has rustup choose the toolchain, as in a shell.
    pub fn chosen_by_rustup(mut self) -> Self {
        let_rustup_choose(&mut self.command);
        self
    }

    /// How long to wait for anything, if more than usual.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Where the tool is called.
    pub fn directory(mut self, directory: &std::path::Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// Starts it, and waits for nothing.
    pub fn start(mut self) -> Session {
        // The name may have a dot in it.
        let named = |ending: &str| {
            let mut name = self.record.clone().into_os_string();
            name.push(ending);
            PathBuf::from(name)
        };
        let (events, screen) = (named(".events.jsonl"), named(".screen.txt"));
        self.command.arg("--events").arg(&events);
        self.command.arg("--").args(&self.host_arguments);
        let mut session = Session::spawn(self.command, events, screen);
        session.patience = self.patience;
        session
    }

    /// Starts it, waits until its host is ready, and for the first generation that is built ahead.
    pub fn ready(self) -> Session {
        let mut session = self.start();
        session.wait_for("host-started");
        session.wait_for_answer("ready");
        session
    }
}

/// A started session. Dropping it ends it.
#[derive(Debug)]
pub struct Session {
    child: Child,
    stdin: Option<ChildStdin>,
    answers: Receiver<String>,
    events: PathBuf,
    screen: PathBuf,
    /// How many events were waited for.
    seen: usize,
    patience: Duration,
}

impl Session {
    /// Starts a command of the tool's other than `run`; `record` names the files of its events
    /// and of its screen.
    pub fn start_in(mut command: Command, record: &Path) -> Self {
        let events = record.with_extension("events.jsonl");
        command.arg("--events").arg(&events);
        Self::spawn(command, events, record.with_extension("screen.txt"))
    }

    fn spawn(mut command: Command, events: PathBuf, screen: PathBuf) -> Self {
        let _ = fs::remove_file(&events);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&screen).unwrap());
        let mut child = command.spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Session {
            stdin: child.stdin.take(),
            child,
            answers,
            events,
            screen,
            seen: 0,
            patience: PATIENCE,
        }
    }

    /// All events so far.
    pub fn events(&self) -> Vec<Value> {
        let text = fs::read_to_string(&self.events).unwrap_or_default();
        // The last line may be about to be written.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect()
    }

    /// How many events of this name there were.
    pub fn count(&self, name: &str) -> usize {
        self.events()
            .iter()
            .filter(|it| it["event"] == name)
            .count()
    }

    /// Waits for the next event of this name, after the last one that was waited for.
    pub fn wait_for(&mut self, name: &str) -> Value {
        self.wait_for_any(&[name])
    }

    /// Waits for the next build that fails, and returns what is shown of that.
    pub fn wait_for_diagnostics(&mut self) -> String {
        let error = self.wait_for("compile-error");
        error["rendered"].as_str().unwrap().to_owned()
    }

    /// Waits for the next event of one of these names.
    pub fn wait_for_any(&mut self, names: &[&str]) -> Value {
        let begun = Instant::now();
        loop {
            let events = self.events();
            for (index, event) in events.iter().enumerate().skip(self.seen) {
                if names.iter().any(|name| event["event"] == *name) {
                    self.seen = index + 1;
                    return event.clone();
                }
            }
            if let Ok(Some(status)) = self.child.try_wait()
                && self.events().len() == events.len()
            {
                self.give_up(&format!("the session ended with {status} before {names:?}"));
            }
            if begun.elapsed() > self.patience {
                self.give_up(&format!("no {names:?}"));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The events after the last one that was waited for.
    pub fn new_events(&mut self) -> Vec<Value> {
        let mut events = self.events();
        let new = events.split_off(self.seen);
        self.seen += new.len();
        new
    }

    fn give_up(&self, why: &str) -> ! {
        let events = fs::read_to_string(&self.events).unwrap_or_default();
        panic!("{why}\n--- events\n{events}\n--- screen\n{}", self.screen());
    }

    /// What the tool and the host wrote to stderr so far.
    pub fn screen(&self) -> String {
        fs::read_to_string(&self.screen).unwrap_or_default()
    }

    /// Sends the host a line.
    pub fn tell(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        writeln!(stdin, "{line}").unwrap();
        stdin.flush().unwrap();
    }

    /// Ends the host's stdin.
    pub fn hang_up(&mut self) {
        self.stdin = None;
    }

    /// Sends the host a line and returns its next one.
    pub fn ask(&mut self, line: &str) -> String {
        self.tell(line);
        self.answer()
    }

    /// The host's next line.
    pub fn answer(&mut self) -> String {
        match self.answers.recv_timeout(self.patience) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => self.give_up("the host does not answer"),
            Err(RecvTimeoutError::Disconnected) => self.give_up("the host's stdout is closed"),
        }
    }

    /// Waits for a line of the host's that begins so.
    pub fn wait_for_answer(&mut self, begin: &str) -> String {
        loop {
            let line = self.answer();
            if line.starts_with(begin) {
                return line;
            }
        }
    }

    /// The tool's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends the tool a signal, such as `INT`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([format!("-{name}"), self.pid().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Waits for the tool's end.
    pub fn wait(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            if begun.elapsed() > self.patience {
                self.give_up("the session does not end");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Ends the session as Ctrl-C does, and waits.
    pub fn interrupt(&mut self) -> ExitStatus {
        self.signal("INT");
        self.wait()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            self.signal("INT");
            let begun = Instant::now();
            while self.child.try_wait().is_ok_and(|status| status.is_none()) {
                if begun.elapsed() > ENDING {
                    let _ = self.child.kill();
                }
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    }
}
