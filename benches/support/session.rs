//! The session that is measured.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use hotmod_testkit::{Workspace, free_port};
use serde::Deserialize;
use serde_json::Value;

use super::client::Client;

/// Long enough for a cold build of hundreds of crates.
const PATIENCE: Duration = Duration::from_secs(1200);

pub(crate) struct Session {
    session: hotmod_testkit::Session,
    pub(crate) client: Client,
}

/// A `live` event.
#[derive(Deserialize)]
pub(crate) struct Live {
    pub(crate) ms: Phases,
    /// The crates that were compiled in part.
    pub(crate) deltas: Vec<String>,
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
        let port = free_port();
        let run = workspace.run().arguments(["--quiet"]).arguments(arguments);
        let run = run.variable("PORT", &port.to_string()).patience(PATIENCE);
        let mut session = Session {
            session: run.start(),
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

    /// Waits until the full compilation that follows a delta is done.
    pub(crate) fn wait_for_full_compilation(&mut self, live: &Live) {
        if !live.deltas.is_empty() {
            let event = self.wait_for("delta-compared");
            assert_eq!(event["outcome"], "same", "{event}");
        }
    }

    /// The next `restarted` event.
    pub(crate) fn wait_for_restart(&mut self) -> Value {
        self.wait_for("restarted")
    }

    /// Waits until the program's code has been compared with a clean build.
    pub(crate) fn wait_for_comparison(&mut self) {
        let event = self.wait_for("host-compared");
        assert_eq!(event["outcome"], "same", "{event}");
    }

    /// The next event of this name; what says that it will not come ends the bench.
    fn wait_for(&mut self, name: &str) -> Value {
        let ends = [
            name,
            "compile-error",
            "error",
            "host-exited",
            "refused",
            "restarted",
            "session-ended",
        ];
        let event = self.session.wait_for_any(&ends);
        assert_eq!(event["event"], name, "{event}");
        event
    }

    /// Sends the host a line.
    pub(crate) fn tell(&mut self, line: &str) {
        self.session.tell(line);
    }

    /// The host's next line.
    pub(crate) fn answer(&mut self) -> String {
        self.session.answer()
    }

    /// The tool's process id.
    pub(crate) fn pid(&self) -> u32 {
        self.session.pid()
    }
}
