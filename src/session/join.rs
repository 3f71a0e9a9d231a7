//! Hosts that somebody else starts, such as a debugger: what happens when one joins.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use hotmod_protocol::{Message, write_message};

use crate::build::Stamp;
use crate::report::Event;
use crate::signal::{Connection, HostProcess};
use crate::stale::Inputs;

use super::Session;
use super::start::stamp;

/// What a host was made of that starts, though others were reloaded since it was built.
#[derive(Debug, Default)]
pub(super) struct Baseline {
    pub(super) inputs: Inputs,
    pub(super) made: Vec<(String, Stamp)>,
}

impl Session {
    /// Says that somebody has to start the host, and why the one before was stopped.
    pub(super) fn await_start(&mut self, reason: Option<String>) {
        if let Some(build) = &self.build {
            let program = build.executable.clone();
            self.reporter
                .report(&Event::WaitingForHost { program, reason });
        }
    }

    /// A process joined by the way of the invited.
    pub(super) fn joined(&mut self, pid: u32, mut stream: UnixStream) {
        let host = HostProcess::adopt(pid, || self.is_host(pid), self.sender.clone());
        match host {
            Ok(host) => self.adopt(host, stream),
            Err(reason) => {
                self.error(&format!("process {pid} can't join the session: {reason}"));
                // It may be gone by now.
                let _ = write_message(&mut stream, &Message::TurnedAway { reason });
            }
        }
    }

    /// Whether a process may be the host, and if not, why.
    fn is_host(&self, pid: u32) -> Result<(), String> {
        let Some(build) = &self.build else {
            return Err("the session has not built the program yet".to_owned());
        };
        // What the host starts itself, perhaps by the same program, must not take its place.
        if let Some(host) = self.host.as_ref().filter(|it| it.is_adopted()) {
            return Err(format!("process {} has joined before", host.pid));
        }
        let executable = PathBuf::from(format!("/proc/{pid}/exe"));
        let found = stamp(&executable);
        if found.is_some() && found == self.started {
            return Ok(());
        }
        let name = fs::read_link(&executable).unwrap_or(executable);
        Err(format!(
            "`{}` is not `{}` as the session built it last",
            name.display(),
            build.executable.display()
        ))
    }

    fn adopt(&mut self, host: HostProcess, stream: UnixStream) {
        let Some(build) = &self.build else { return };
        let executable = build.executable.clone();
        let (pid, stopped) = (host.pid, self.host.as_ref().map(|it| it.pid));
        self.begin_anew(&executable);
        self.reporter.screen.host_begins();
        self.inputs = self.baseline.inputs.clone();
        self.made.clone_from(&self.baseline.made);
        if let Err(error) = self.watch_inputs() {
            self.error(&error.to_string());
        }
        self.connection = Some(Connection::new(pid, stream));
        self.host = Some(host);
        self.reporter.report(&Event::HostJoined { pid, stopped });
        let has_changed = self.inputs.changed().next().is_some();
        match &mut self.job {
            None => self.catch_up(None),
            Some(job) if has_changed => {
                job.outdate();
                if job.is_ahead() {
                    job.cancel();
                }
            }
            Some(_) => {}
        }
    }
}
