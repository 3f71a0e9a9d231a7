//! Processes that join: the session's own host, the processes that it starts, and hosts that a
//! debugger or the user starts.

use std::fs;
use std::path::PathBuf;
use std::process::ExitStatus;

use hotmod_protocol::Message;

use crate::base::stamp::Stamp;
use crate::decide::Reason;
use crate::host::{Connection, HostProcess, descends_from};
use crate::report::{Event, Note};
use crate::stale::Inputs;

use super::Session;
use super::core::{HostInput, Input};
use super::start::ExecutableId;

/// The next host, until the one before it has ended. Another process has started it, or the session.
#[derive(Debug)]
pub(super) struct Newcomer {
    pub(super) process: HostProcess,
    /// `None` until it asks to join.
    pub(super) connection: Option<Connection>,
    /// The last question that it asked.
    pub(super) question: Option<u64>,
    /// Whether one that another process started has ended.
    has_ended: bool,
}

impl Newcomer {
    pub(super) fn new(process: HostProcess, connection: Option<Connection>) -> Self {
        Newcomer {
            process,
            connection,
            question: None,
            has_ended: false,
        }
    }

    pub(super) fn is_connected_by(&self, channel: u64) -> bool {
        let connection = self.connection.as_ref();
        connection.is_some_and(|it| it.channel == channel)
    }
}

/// The inputs from which the host was built, for hosts that start after generations have gone live.
#[derive(Debug, Default)]
pub(super) struct Baseline {
    pub(super) inputs: Inputs,
    pub(super) made: Vec<(String, Stamp)>,
}

impl Session {
    /// Reports that the user or a debugger has to start the host, and why the previous one was stopped.
    pub(super) fn await_host(&mut self, reason: Option<Reason>) {
        if let Some(build) = &self.build {
            let program = build.executable.clone();
            self.reporter
                .report(&Event::WaitingForHost { program, reason });
        }
    }

    /// A process joined through the socket for hosts that the session doesn't start.
    pub(super) fn joined_from_outside(&mut self, connection: Connection) {
        let pid = connection.pid;
        let host = HostProcess::adopt(
            pid,
            self.host_settings.stop,
            || self.is_host(pid),
            self.sender.clone(),
        );
        match host {
            Ok(process) => {
                self.newcomer = Some(Newcomer::new(process, Some(connection)));
                self.step(Input::Host(HostInput::Arrived { pid }));
            }
            Err(reason) => self.refuse_to_join(connection, reason),
        }
    }

    fn refuse_to_join(&mut self, mut connection: Connection, reason: String) {
        let pid = connection.pid;
        self.reporter
            .error(&format!("process {pid} can't join the session: {reason}"));
        connection.send(&Message::TurnedAway { reason });
    }

    /// A process that was started for the host that was built has to make way for a newer one.
    pub(super) fn turn_away(&mut self) {
        if let Some(connection) = self.newcomer.take().and_then(|it| it.connection) {
            let reason = "the session is restarting the program".to_owned();
            self.refuse_to_join(connection, reason);
        }
    }

    /// A process joined through the socket of the session's own hosts, which the processes that they start
    /// inherit.
    pub(super) fn joined(&mut self, connection: Connection) {
        let pid = connection.pid;
        let Some(mut connection) = self.successor_joins(connection) else {
            return;
        };
        if let Some(host) = self.host.as_mut().filter(|host| host.runs(pid)) {
            host.pid = pid;
        }
        let host = self.host.as_ref().map(|host| host.pid);
        if host == Some(pid) {
            // If it has joined before, it replaced itself by `exec`, and runs the baseline.
            let input = match self.core.has_joined() {
                true => {
                    let Some(build) = &self.build else { return };
                    let executable = build.executable.clone();
                    self.forget_host(&executable);
                    HostInput::Replaced
                }
                false => HostInput::Joined { pid },
            };
            self.connection = Some(connection);
            return self.step(Input::Host(input));
        }
        let executable = PathBuf::from(format!("/proc/{pid}/exe"));
        let found = ExecutableId::of(&executable);
        let is_same = found.is_some() && found == self.started;
        if is_same || host.is_some_and(|host| descends_from(pid, host)) {
            connection.send(&Message::NotHost);
            return self.reporter.note_once([Note::OtherProcess]);
        }
        // If the process has ended since, it needs no answer.
        if executable.symlink_metadata().is_ok() {
            let reason = format!("process {pid} is not the session's host");
            self.reporter.error(&reason);
            connection.send(&Message::TurnedAway { reason });
        }
    }

    pub(super) fn welcome(&mut self) {
        if let Some(connection) = &mut self.connection {
            connection.send(&Message::Welcome);
        }
    }

    /// Welcomes a host that starts with the baseline, although generations have gone live since.
    pub(super) fn welcome_at_baseline(&mut self) {
        self.inputs = self.baseline.inputs.clone();
        self.made.clone_from(&self.baseline.made);
        if let Err(error) = self.watch_inputs() {
            self.reporter.error(&error.to_string());
        }
        self.welcome();
    }

    /// Whether a process may be the host, and if not, why.
    fn is_host(&self, pid: u32) -> Result<(), String> {
        let Some(build) = &self.build else {
            return Err("the session has not built the program yet".to_owned());
        };
        if self.core.is_stopping() || self.newcomer.is_some() {
            return Err("the session is restarting the program".to_owned());
        }
        // A process that the host started, perhaps of the same program, must not replace it.
        if let Some(host) = self.host.as_ref().filter(|it| it.is_adopted()) {
            return Err(format!("process {} has joined before", host.pid));
        }
        let executable = PathBuf::from(format!("/proc/{pid}/exe"));
        let found = ExecutableId::of(&executable);
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

    /// Takes the newcomer as the host. No other one is running. Returns its end, if it has ended.
    pub(super) fn adopt(&mut self) -> Option<HostInput> {
        let has_ended = self.newcomer.as_ref()?.has_ended;
        if let Some(build) = &self.build {
            let executable = build.executable.clone();
            self.generations.host_ended();
            self.forget_host(&executable);
        }
        self.take_newcomer();
        has_ended.then(|| self.end_of_host(None))
    }

    /// The newcomer is the host from now on. Returns the last question that it asked.
    pub(super) fn take_newcomer(&mut self) -> Option<u64> {
        let newcomer = self.newcomer.take()?;
        self.reporter.screen.host_begins();
        self.host = Some(newcomer.process);
        self.connection = newcomer.connection;
        newcomer.question
    }

    /// A process that is not the host has ended: perhaps the newcomer, or a host that was turned away.
    pub(super) fn newcomer_ended(&mut self, pid: u32, status: Option<ExitStatus>) {
        let is_it = |it: &&mut Newcomer| it.process.process == pid;
        let Some(newcomer) = self.newcomer.as_mut().filter(is_it) else {
            return;
        };
        match newcomer.process.is_adopted() {
            true => newcomer.has_ended = true,
            false => self.successor_ended(status),
        }
    }
}
