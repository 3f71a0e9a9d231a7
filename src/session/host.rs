//! The program's processes: the host, and the next one while it waits for the end of this one.

mod carried_file;
mod conversation;
mod executable;
mod newcomer;

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use hotmod_protocol::{Carry, Message, Outcome};

use crate::compile::HostBuild;
use crate::host::{Connection, HostProcess, HostSettings, descends_from};
use crate::report::{Note, Reporter};
use crate::stale::Watcher;

use super::core::{Core, HostInput, Input, SuccessorInput};
use super::incoming::Incoming;
use super::terminal::SharedTerminal;

use carried_file::CarriedFile;
use conversation::Conversation;
use executable::ExecutableId;
use newcomer::Newcomer;

/// The program's processes, and the conversation with them.
#[derive(Debug)]
pub(super) struct Host {
    settings: HostSettings,
    /// Receives what the processes report, and their ends.
    signals: Sender<Incoming>,
    /// Set in the signal handler: Ctrl-C also reaches the host, and its end may arrive first.
    ending: Arc<AtomicBool>,
    /// The process that is the host, if one runs.
    process: Option<HostProcess>,
    newcomer: Option<Newcomer>,
    /// Dropped after the processes, which may have changed its mode.
    terminal: SharedTerminal,
    /// The executable that the host was started from.
    started: Option<ExecutableId>,
    /// `None` until the host joins.
    conversation: Option<Conversation>,
    carried: CarriedFile,
}

/// A process that joined on the socket of the session's own hosts.
#[derive(Debug)]
pub(super) enum Joined {
    Host { pid: u32 },
    Newcomer { pid: u32 },
}

impl Host {
    pub(super) fn new(
        settings: HostSettings,
        rendezvous: &Path,
        terminal: SharedTerminal,
        ending: Arc<AtomicBool>,
        signals: Sender<Incoming>,
    ) -> Self {
        Host {
            settings,
            signals,
            ending,
            process: None,
            newcomer: None,
            terminal,
            started: None,
            conversation: None,
            carried: CarriedFile::new(rendezvous),
        }
    }

    /// Whether the session reads the keyboard, and not the host.
    pub(super) fn takes_keys(&self) -> bool {
        self.terminal.takes_keys()
    }

    /// The addresses of the sockets that are passed to each host.
    pub(super) fn addresses(&self) -> Vec<String> {
        self.settings.sockets.addresses()
    }

    /// Starts the program that was built last.
    pub(super) fn start(
        &mut self,
        build: Option<&HostBuild>,
        reporter: &mut Reporter,
    ) -> HostInput {
        self.terminal.let_read(&mut reporter.screen);
        if self.is_session_ending() {
            return HostInput::NotStarted;
        }
        reporter.screen.host_begins();
        match self.spawn(build, false, reporter) {
            Some(host) => {
                let (pid, is_known) = (host.pid, host.is_known());
                self.process = Some(host);
                HostInput::Started { pid, is_known }
            }
            None => {
                reporter.screen.host_ended();
                HostInput::NotStarted
            }
        }
    }

    /// Starts a process of the program that was built last, perhaps while another one is the host. If that
    /// fails, reports why.
    fn spawn(
        &self,
        build: Option<&HostBuild>,
        follows: bool,
        reporter: &mut Reporter,
    ) -> Option<HostProcess> {
        let HostBuild {
            executable, run, ..
        } = build?;
        let signals = self.signals.clone();
        let started = HostProcess::start(executable, run, &self.settings, follows, signals);
        started
            .inspect_err(|error| reporter.error(&format!("`{}`: {error}", executable.display())))
            .ok()
    }

    /// Whether the session was asked to end.
    fn is_session_ending(&self) -> bool {
        // Relaxed: the flag guards no other data.
        self.ending.load(Ordering::Relaxed)
    }

    /// The next host is going to be started from this executable.
    pub(super) fn starts_from(&mut self, executable: &Path) {
        self.started = ExecutableId::of(executable);
    }

    /// Whether this is the executable that the host was started from.
    pub(super) fn was_started_from(&self, executable: &Path) -> bool {
        self.started == ExecutableId::of(executable)
    }

    /// Sends the process a signal, if it runs.
    pub(super) fn signal(&self, send: impl FnOnce(&HostProcess)) {
        if let Some(process) = &self.process {
            send(process);
        }
    }

    /// Stops the host, if one is running, and waits for its end.
    pub(super) fn stop(&mut self, reporter: &mut Reporter) {
        if let Some(process) = self.process.take() {
            process.stop();
            self.give_back_terminal(reporter);
        }
    }

    /// The session ends: stops all processes but a host that another process started, which keeps
    /// running without a session.
    pub(super) fn end(&mut self, reporter: &mut Reporter) {
        self.newcomer = None;
        if self.process.as_ref().is_some_and(HostProcess::is_adopted) {
            self.process = None;
        }
        self.tell_at_end(&Message::NotHost);
        self.stop(reporter);
    }

    fn give_back_terminal(&self, reporter: &mut Reporter) {
        self.terminal.restore();
        reporter.screen.host_ended();
    }

    /// Forgets the host that has ended. Returns what to tell the core.
    pub(super) fn ended(
        &mut self,
        status: Option<ExitStatus>,
        reporter: &mut Reporter,
    ) -> HostInput {
        let has_saved = self.carried.was_saved();
        self.process = None;
        self.give_back_terminal(reporter);
        self.conversation = None;
        HostInput::Exited {
            code: status.and_then(|it| it.code()),
            signal: status.and_then(|it| it.signal()),
            has_saved,
            is_last: self.is_session_ending(),
        }
    }

    /// Whether this is the process that the session waits for.
    pub(super) fn is_process(&self, pid: u32) -> bool {
        self.process.as_ref().is_some_and(|it| it.process == pid)
    }

    /// A process joined through the socket of the session's own hosts, which the processes that they start
    /// inherit. Returns which one it is, if it may join.
    pub(super) fn join(
        &mut self,
        mut connection: Connection,
        reporter: &mut Reporter,
    ) -> Option<Joined> {
        let pid = connection.pid;
        if let Some(newcomer) = self.newcomer.as_mut().filter(|it| it.is(pid)) {
            newcomer.join(connection);
            return Some(Joined::Newcomer { pid });
        }
        if let Some(process) = self.process.as_mut().filter(|it| it.runs(pid)) {
            process.pid = pid;
        }
        let host = self.process.as_ref().map(|it| it.pid);
        if host == Some(pid) {
            self.conversation = Some(Conversation::new(connection));
            return Some(Joined::Host { pid });
        }
        let is_same = self.runs_same_program(pid);
        if is_same || host.is_some_and(|host| descends_from(pid, host)) {
            connection.send(&Message::NotHost);
            reporter.note_once([Note::OtherProcess]);
        // If the process has ended since, it needs no answer.
        } else if executable::link_to(pid).symlink_metadata().is_ok() {
            let reason = format!("process {pid} is not the session's host");
            reporter.error(&reason);
            connection.send(&Message::TurnedAway { reason });
        }
        None
    }

    /// Whether a process runs the program that the host was started from.
    fn runs_same_program(&self, pid: u32) -> bool {
        let found = ExecutableId::of_process(pid);
        found.is_some() && found == self.started
    }

    pub(super) fn disconnect(&mut self) {
        self.conversation = None;
    }

    /// The connection, if it has joined.
    pub(super) fn connection(&mut self) -> Option<&mut Connection> {
        self.conversation.as_mut().map(|it| &mut it.connection)
    }

    pub(super) fn is_connected_by(&self, channel: u64) -> bool {
        let conversation = self.conversation.as_ref();
        conversation.is_some_and(|it| it.connection.channel == channel)
    }

    pub(super) fn welcome(&mut self) {
        if let Some(connection) = self.connection() {
            connection.send(&Message::Welcome);
        }
    }

    /// Tells the host the outcome of the saved code, if it has changed, and answers its questions.
    pub(super) fn tell_outcome(&mut self, core: &Core, watcher: &mut Watcher) {
        if let Some(conversation) = &mut self.conversation {
            conversation.tell(core, watcher, &self.signals);
        }
    }

    /// A question that came through this channel has an answer, which is told with the next outcome.
    pub(super) fn answer(&mut self, channel: u64, question: u64) {
        let conversation = self.conversation.as_mut();
        if let Some(it) = conversation.filter(|it| it.connection.channel == channel) {
            it.answer(question);
        }
    }

    /// The host has read from its socket.
    pub(super) fn has_room(&mut self, channel: u64) {
        let conversation = self.conversation.as_mut();
        if let Some(it) = conversation.filter(|it| it.connection.channel == channel) {
            it.has_room();
        }
    }

    /// Tells the host that it is about to be stopped, so that it saves what it carries, and no task in it
    /// waits for an answer that won't come.
    pub(super) fn ask_to_stop(&mut self) {
        self.tell_at_end(&Message::Outcome(Outcome::Restarting));
        self.carried.before_stop();
        let signal = self.settings.stop.signal.signal().as_raw();
        self.tell_at_end(&Message::Carry(Carry::Stop { signal }));
    }

    pub(super) fn ask_to_save(&mut self) {
        self.tell_at_end(&Message::Carry(Carry::Save));
    }

    fn tell_at_end(&mut self, message: &Message) {
        if let Some(conversation) = &mut self.conversation {
            conversation.tell_at_end(message);
        }
    }

    /// Removes the values that hosts have saved.
    pub(super) fn forget_carried(&self, reporter: &mut Reporter) {
        if let Err(error) = self.carried.remove() {
            reporter.error(&format!(
                "could not remove the carried values in `{}`: {error}",
                self.carried.path().display()
            ));
        }
    }
}
