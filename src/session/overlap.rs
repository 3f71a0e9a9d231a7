//! The next host, which starts while the old one serves.

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::sync::atomic::Ordering;

use hotmod_protocol::{Carry, Message};

use crate::host::{Connection, HostProcess, Signal};

use super::Session;
use super::core::{Input, SuccessorInput};
use super::join::Newcomer;

impl Session {
    /// Starts the program that was built last, next to the host that runs.
    pub(super) fn start_successor(&mut self) -> Input {
        let input = match self.spawn_host(true) {
            Some(process) => {
                let (pid, is_known) = (process.pid, process.is_known());
                self.newcomer = Some(Newcomer::new(process, None));
                SuccessorInput::Started { pid, is_known }
            }
            None => SuccessorInput::NotStarted,
        };
        input.into()
    }

    /// Takes the connection, if it is of the next host. Otherwise, returns it.
    pub(super) fn successor_joins(&mut self, connection: Connection) -> Option<Connection> {
        let pid = connection.pid;
        let is_it = |it: &HostProcess| !it.is_adopted() && (it.pid == pid || it.runs(pid));
        let newcomer = self.newcomer.as_mut().filter(|it| is_it(&it.process));
        let Some(newcomer) = newcomer else {
            return Some(connection);
        };
        newcomer.process.pid = pid;
        newcomer.connection = Some(connection);
        self.step(SuccessorInput::Joined { pid }.into());
        None
    }

    pub(super) fn hold_successor(&mut self, runs: bool) {
        let newcomer = self.newcomer.as_mut();
        if let Some(connection) = newcomer.and_then(|it| it.connection.as_mut()) {
            connection.send(&Message::Hold { runs });
        }
    }

    /// The next host sent a message.
    pub(super) fn received_from_newcomer(&mut self, channel: u64, message: &Message) {
        let newcomer = self.newcomer.as_mut();
        let Some(newcomer) = newcomer.filter(|it| it.is_connected_by(channel)) else {
            return;
        };
        match message {
            Message::Ask { question } => newcomer.question = Some(*question),
            Message::Carry(Carry::FirstValue) if !newcomer.process.is_adopted() => {
                self.step(SuccessorInput::FirstValue.into());
            }
            _ => {}
        }
    }

    /// The process of the next host has ended.
    pub(super) fn successor_ended(&mut self, status: Option<ExitStatus>) {
        // Ctrl-C reaches it, too. The flag guards no other data, so `Relaxed` is enough.
        if self.ending.load(Ordering::Relaxed) {
            return;
        }
        self.newcomer = None;
        let ended = SuccessorInput::Ended {
            code: status.and_then(|it| it.code()),
            signal: status.and_then(|it| it.signal()),
        };
        self.step(ended.into());
    }

    /// The next host is the host from now on.
    pub(super) fn take_successor(&mut self, waits_before_main: bool) {
        if waits_before_main {
            self.let_read();
        }
        let question = self.take_newcomer();
        if let (Some(connection), Some(question)) = (&self.connection, question) {
            // The loop takes it when the core knows this host.
            let signal = Signal::Received {
                channel: connection.channel,
                message: Message::Ask { question },
            };
            let _ = self.sender.send(signal.into());
        }
    }
}
