//! Processes that join: the session's own host, what it starts, and hosts that somebody else starts,
//! such as a debugger.

use std::fs;
use std::path::PathBuf;

use hotmod_protocol::Message;

use crate::base::stamp::Stamp;
use crate::host::{Connection, HostProcess, descends_from};
use crate::report::Event;
use crate::stale::Inputs;

use super::Session;
use super::job::Job;
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

    /// A process joined by the socket for hosts that others start.
    pub(super) fn joined_from_outside(&mut self, mut connection: Connection) {
        let pid = connection.pid;
        let host = HostProcess::adopt(pid, || self.is_host(pid), self.sender.clone());
        match host {
            Ok(host) => self.adopt(host, connection),
            Err(reason) => {
                self.error(&format!("process {pid} can't join the session: {reason}"));
                connection.answer(&Message::TurnedAway { reason });
            }
        }
    }

    /// A process joined by the socket that the session's own hosts are given. What they start
    /// inherits it.
    pub(super) fn joined(&mut self, mut connection: Connection) {
        let pid = connection.pid;
        if let Some(host) = self.host.as_mut().filter(|host| host.runs(pid)) {
            host.pid = pid;
            self.announce();
        }
        let host = self.host.as_ref().map(|host| host.pid);
        if host == Some(pid) {
            let has_joined = self.connection.is_some() || self.has_left;
            return match has_joined {
                true => self.took_its_own_place(connection),
                false => self.welcome(connection),
            };
        }
        let executable = PathBuf::from(format!("/proc/{pid}/exe"));
        let found = stamp(&executable);
        let is_same = found.is_some() && found == self.started;
        if is_same || host.is_some_and(|host| descends_from(pid, host)) {
            connection.answer(&Message::NotHost);
            return self.say_notes(vec![
                "the program started itself once more, as a worker perhaps: only the host takes \
                 reloads, other processes keep the code that the host was built with"
                    .to_owned(),
            ]);
        }
        // A process that has ended since can't be told what it was, and needs no answer.
        if executable.symlink_metadata().is_ok() {
            let reason = format!("process {pid} is not the session's host");
            self.error(&reason);
            connection.answer(&Message::TurnedAway { reason });
        }
    }

    fn welcome(&mut self, mut connection: Connection) {
        connection.answer(&Message::Welcome);
        self.connection = Some(connection);
        // A build that is under way has what is offered, and more.
        if self.job.as_ref().is_none_or(Job::is_ahead) {
            self.send_offer();
        }
    }

    /// The host replaced itself by `exec`, and runs what was built.
    fn took_its_own_place(&mut self, connection: Connection) {
        let Some(build) = &self.build else { return };
        let executable = build.executable.clone();
        self.forget_host(&executable);
        self.note(
            "the program replaced itself by `exec`, and begins with the code it was built with",
        );
        self.begin_at_baseline(connection);
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

    fn adopt(&mut self, host: HostProcess, connection: Connection) {
        let Some(build) = &self.build else { return };
        let executable = build.executable.clone();
        let (pid, stopped) = (host.pid, self.host.as_ref().map(|it| it.pid));
        self.begin_anew(&executable);
        self.reporter.screen.host_begins();
        self.host = Some(host);
        self.reporter.report(&Event::HostJoined { pid, stopped });
        self.begin_at_baseline(connection);
    }

    /// A host begins that runs what was built, though others were reloaded since.
    fn begin_at_baseline(&mut self, mut connection: Connection) {
        self.inputs = self.baseline.inputs.clone();
        self.made.clone_from(&self.baseline.made);
        if let Err(error) = self.watch_inputs() {
            self.error(&error.to_string());
        }
        connection.answer(&Message::Welcome);
        self.connection = Some(connection);
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
