//! The next host, until the one before it has ended: the session has started it, or the user, or a debugger.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use hotmod_protocol::{Carry, Message};

use crate::compile::HostBuild;
use crate::host::{Connection, HostProcess, Signal};
use crate::report::Reporter;

use super::conversation::Conversation;
use super::{Core, Host, HostInput, Input, SuccessorInput, executable};

/// The next host.
#[derive(Debug)]
pub(super) struct Newcomer {
    process: HostProcess,
    /// `None` until it asks to join.
    connection: Option<Connection>,
    /// The last question that it asked.
    question: Option<u64>,
    /// Whether one that another process started has ended.
    has_ended: bool,
}

impl Newcomer {
    fn new(process: HostProcess, connection: Option<Connection>) -> Self {
        Newcomer {
            process,
            connection,
            question: None,
            has_ended: false,
        }
    }

    /// Whether the session has started this process as the next host.
    pub(super) fn is(&self, pid: u32) -> bool {
        !self.process.is_adopted() && (self.process.pid == pid || self.process.runs(pid))
    }

    pub(super) fn join(&mut self, connection: Connection) {
        self.process.pid = connection.pid;
        self.connection = Some(connection);
    }

    fn is_connected_by(&self, channel: u64) -> bool {
        let connection = self.connection.as_ref();
        connection.is_some_and(|it| it.channel == channel)
    }
}

impl Host {
    /// Starts the program that was built last, next to the host that runs.
    pub(in crate::session) fn start_successor(
        &mut self,
        build: Option<&HostBuild>,
        reporter: &mut Reporter,
    ) -> Input {
        let input = match self.spawn(build, true, reporter) {
            Some(process) => {
                let (pid, is_known) = (process.pid, process.is_known());
                self.newcomer = Some(Newcomer::new(process, None));
                SuccessorInput::Started { pid, is_known }
            }
            None => SuccessorInput::NotStarted,
        };
        input.into()
    }

    /// Lets the next host wait at the beginning of `main`, or run.
    pub(in crate::session) fn hold_successor(&mut self, runs: bool) {
        let newcomer = self.newcomer.as_mut();
        if let Some(connection) = newcomer.and_then(|it| it.connection.as_mut()) {
            connection.send(&Message::Hold { runs });
        }
    }

    /// A process joined through the socket for hosts that the session doesn't start.
    pub(in crate::session) fn join_from_outside(
        &mut self,
        connection: Connection,
        build: Option<&HostBuild>,
        core: &Core,
        reporter: &mut Reporter,
    ) -> Option<Input> {
        let pid = connection.pid;
        let (stop, signals) = (self.settings.stop, self.signals.clone());
        let is_host = || self.may_be_host(pid, build, core);
        match HostProcess::adopt(pid, stop, is_host, signals) {
            Ok(process) => {
                self.newcomer = Some(Newcomer::new(process, Some(connection)));
                Some(Input::Host(HostInput::Arrived { pid }))
            }
            Err(reason) => {
                refuse_to_join(connection, reason, reporter);
                None
            }
        }
    }

    /// Whether a process may be the host, and if not, why.
    fn may_be_host(&self, pid: u32, build: Option<&HostBuild>, core: &Core) -> Result<(), String> {
        let Some(build) = build else {
            return Err("the session has not built the program yet".to_owned());
        };
        if core.is_stopping() || self.newcomer.is_some() {
            return Err("the session is restarting the program".to_owned());
        }
        // A process that the host started, perhaps of the same program, must not replace it.
        if let Some(host) = self.process.as_ref().filter(|it| it.is_adopted()) {
            return Err(format!("process {} has joined before", host.pid));
        }
        if self.runs_same_program(pid) {
            return Ok(());
        }
        let link = executable::link_to(pid);
        let name = fs::read_link(&link).unwrap_or(link);
        Err(format!(
            "`{}` is not `{}` as the session built it last",
            name.display(),
            build.executable.display()
        ))
    }

    /// A process that was started for the host that was built has to give way to a newer one.
    pub(in crate::session) fn turn_away(&mut self, reporter: &mut Reporter) {
        if let Some(connection) = self.newcomer.take().and_then(|it| it.connection) {
            let reason = "the session is restarting the program".to_owned();
            refuse_to_join(connection, reason, reporter);
        }
    }

    /// The next host sent a message.
    pub(in crate::session) fn received_from_newcomer(
        &mut self,
        channel: u64,
        message: &Message,
    ) -> Option<Input> {
        let newcomer = self.newcomer.as_mut()?;
        match message {
            _ if !newcomer.is_connected_by(channel) => None,
            Message::Ask { question } => {
                newcomer.question = Some(*question);
                None
            }
            Message::Carry(Carry::FirstValue) if !newcomer.process.is_adopted() => {
                Some(SuccessorInput::FirstValue.into())
            }
            _ => None,
        }
    }

    /// A process that is not the host has ended: perhaps the newcomer, or a host that was turned away.
    pub(in crate::session) fn newcomer_ended(
        &mut self,
        pid: u32,
        status: Option<ExitStatus>,
    ) -> Option<Input> {
        let newcomer = self.newcomer.as_mut();
        let newcomer = newcomer.filter(|it| it.process.process == pid)?;
        if newcomer.process.is_adopted() {
            newcomer.has_ended = true;
            return None;
        }
        // Ctrl-C reaches it, too.
        if self.is_session_ending() {
            return None;
        }
        self.newcomer = None;
        let ended = SuccessorInput::Ended {
            code: status.and_then(|it| it.code()),
            signal: status.and_then(|it| it.signal()),
        };
        Some(ended.into())
    }

    /// The process that the session has started as the next host is the host from now on.
    pub(in crate::session) fn take_successor(
        &mut self,
        waits_before_main: bool,
        reporter: &mut Reporter,
    ) {
        if waits_before_main {
            self.terminal.let_read(&mut reporter.screen);
        }
        let question = self.newcomer.as_ref().and_then(|it| it.question);
        self.adopt(reporter);
        if let (Some(conversation), Some(question)) = (&self.conversation, question) {
            // The loop takes it when the core knows this host.
            let signal = Signal::Received {
                channel: conversation.connection.channel,
                message: Message::Ask { question },
            };
            let _ = self.signals.send(signal.into());
        }
    }

    /// The newcomer is the host from now on. No other one is running. Returns whether it has ended, if
    /// there is one.
    pub(in crate::session) fn adopt(&mut self, reporter: &mut Reporter) -> Option<bool> {
        let newcomer = self.newcomer.take()?;
        reporter.screen.host_begins();
        self.process = Some(newcomer.process);
        self.conversation = newcomer.connection.map(Conversation::new);
        Some(newcomer.has_ended)
    }
}

fn refuse_to_join(mut connection: Connection, reason: String, reporter: &mut Reporter) {
    let pid = connection.pid;
    reporter.error(&format!("process {pid} can't join the session: {reason}"));
    connection.send(&Message::TurnedAway { reason });
}
