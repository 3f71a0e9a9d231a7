//! The session that is measured.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::client::Client;
use crate::workload::Workload;

pub(crate) struct Session {
    child: Child,
    events: PathBuf,
    seen: usize,
    pub(crate) client: Client,
}

impl Session {
    /// Starts the session and waits until its host answers.
    pub(crate) fn start(workload: &Workload) -> Self {
        let events = workload.root.join("events.jsonl");
        let _ = fs::remove_file(&events);
        // Clients' own ports begin above: a free one stays free.
        let port = (20_000..30_000)
            .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
            .expect("a free port");
        let child = Command::new(env!("CARGO_BIN_EXE_cargo-hotmod"))
            .args(["run", "--quiet", "--events"])
            .arg(&events)
            .current_dir(&workload.root)
            .env("PORT", port.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the tool starts");
        let session = Session {
            child,
            events,
            seen: 0,
            client: Client::new(port),
        };
        session.client.wait_for("screens");
        session
    }

    /// The next `live` event.
    pub(crate) fn wait_for_live(&mut self) -> Value {
        loop {
            let text = fs::read_to_string(&self.events).unwrap_or_default();
            let whole = text.rfind('\n').map_or("", |end| &text[..end]);
            for (index, line) in whole.lines().enumerate().skip(self.seen) {
                let event: Value = serde_json::from_str(line).expect("an event");
                if event["event"] == "live" {
                    self.seen = index + 1;
                    return event;
                }
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-INT", &pid]).status();
        let _ = self.child.wait();
    }
}
