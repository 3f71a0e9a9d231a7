//! The session that is measured.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;

use super::client::Client;
use super::workspace::Workspace;

/// Long enough for a cold build of hundreds of crates.
const PATIENCE: Duration = Duration::from_secs(1200);

pub(crate) struct Session {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    events: PathBuf,
    seen: usize,
    pub(crate) client: Client,
}

/// A `live` event.
#[derive(Deserialize)]
pub(crate) struct Live {
    pub(crate) ms: Phases,
    /// Of the host.
    pub(crate) pid: u32,
}

/// Where the time went, as the tool says, in milliseconds.
#[derive(Deserialize)]
pub(crate) struct Phases {
    pub(crate) detect: f64,
    pub(crate) compile: f64,
    pub(crate) link: f64,
    pub(crate) swap: f64,
    pub(crate) total: f64,
}

/// A save that was reloaded.
pub(crate) struct Reload {
    /// From the save to the first answer of the new code.
    pub(crate) answered: Duration,
    pub(crate) live: Live,
}

impl Session {
    /// Starts the session, and waits until its host runs.
    pub(crate) fn start(workspace: &Workspace, arguments: &[&str]) -> Self {
        let events = workspace.root.join("events.jsonl");
        let _ = fs::remove_file(&events);
        // Clients' own ports begin above: a free one stays free.
        let port = (20_000..30_000)
            .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
            .expect("a free port");
        let mut child = Command::new(env!("CARGO_BIN_EXE_cargo-hotmod"))
            .args(["run", "--quiet", "--events"])
            .arg(&events)
            .args(arguments)
            .current_dir(&workspace.root)
            .env("PORT", port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the tool starts");
        let mut session = Session {
            stdin: child.stdin.take().expect("stdin"),
            stdout: BufReader::new(child.stdout.take().expect("stdout")),
            child,
            events,
            seen: 0,
            client: Client::new(port),
        };
        session.wait_for("host-started");
        session
    }

    /// Saves a source, and waits until the page shows what it makes of it.
    pub(crate) fn reload(&mut self, source: &PathBuf, text: &str, marker: &str) -> Reload {
        let begun = Instant::now();
        fs::write(source, text).expect("a source");
        self.client.wait_for(marker);
        let answered = begun.elapsed();
        let live = self.wait_for_live();
        Reload { answered, live }
    }

    /// The next `live` event.
    pub(crate) fn wait_for_live(&mut self) -> Live {
        serde_json::from_value(self.wait_for("live")).expect("a `live` event")
    }

    /// The next `restarted` event.
    pub(crate) fn wait_for_restart(&mut self) -> Value {
        self.wait_for("restarted")
    }

    /// The next event of this name; what says that it will not come ends the bench.
    fn wait_for(&mut self, name: &str) -> Value {
        const UNWANTED: [&str; 6] = [
            "compile-error",
            "error",
            "host-exited",
            "refused",
            "restarted",
            "session-ended",
        ];
        let begun = Instant::now();
        loop {
            let text = fs::read_to_string(&self.events).unwrap_or_default();
            let whole = text.rfind('\n').map_or("", |end| &text[..end]);
            for (index, line) in whole.lines().enumerate().skip(self.seen) {
                self.seen = index + 1;
                let event: Value = serde_json::from_str(line).expect("an event");
                if event["event"] == name {
                    return event;
                }
                assert!(!UNWANTED.iter().any(|it| event["event"] == *it), "{line}");
            }
            let ended = self.child.try_wait().expect("a child");
            assert!(ended.is_none(), "the session ended before `{name}`");
            assert!(begun.elapsed() < PATIENCE, "no `{name}`");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Sends the host a line.
    pub(crate) fn tell(&mut self, line: &str) {
        writeln!(self.stdin, "{line}").expect("the host's stdin");
    }

    /// The host's next line.
    pub(crate) fn answer(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("the host's stdout");
        assert!(line.ends_with('\n'), "the host's stdout is closed");
        line
    }

    /// The tool's process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-INT", &pid]).status();
        let _ = self.child.wait();
    }
}
