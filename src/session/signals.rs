//! What the program's processes report, and what it means for the session.

use std::io;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::ExitStatus;

use hotmod_protocol::{Carry, Cause, Message};

use crate::compat::symbols::path_of_entry_point;
use crate::control::Request;
use crate::decide::Reason;
use crate::host::{Signal, send_watch};
use crate::report::Event;

use super::Session;
use super::core::{HostInput, Input, Reply, SuccessorInput};
use super::generations::SwapReport;
use super::host::Joined;
use super::questions::Asker;

impl Session {
    pub(super) fn signalled(&mut self, signal: Signal) {
        let input = match signal {
            Signal::Joined {
                connection,
                is_invited: true,
            } => {
                let build = self.builds.host();
                let reporter = &mut self.reporter;
                self.host
                    .join_from_outside(connection, build, &self.core, reporter)
            }
            Signal::Joined { connection, .. } => {
                let joined = self.host.join(connection, &mut self.reporter);
                joined.map(|it| self.joined(it))
            }
            Signal::Received { channel, message } => match self.host.is_connected_by(channel) {
                true => return self.received(channel, message),
                false => self.host.received_from_newcomer(channel, &message),
            },
            Signal::HasRoom { channel } => {
                self.host.has_room(channel);
                return self.tell_outcome();
            }
            Signal::Left { channel } => {
                let is_host = self.host.is_connected_by(channel);
                is_host.then_some(Input::Host(HostInput::Left))
            }
            Signal::WantsWatch { pid, stream } => return self.mirror_watches(pid, &stream),
            Signal::TurnedAway { reason } => {
                return self.reporter.error(&format!(
                    "rejected a connection to the session's socket: {reason}"
                ));
            }
            Signal::Exited { pid, status } => match self.host.is_process(pid) {
                true => Some(Input::Host(self.end_of_host(status))),
                false => self.host.newcomer_ended(pid, status),
            },
        };
        if let Some(input) = input {
            self.step(input);
        }
    }

    fn joined(&mut self, joined: Joined) -> Input {
        match joined {
            Joined::Newcomer { pid } => SuccessorInput::Joined { pid }.into(),
            // It replaced itself by `exec`, and runs the baseline.
            Joined::Host { .. } if self.core.has_joined() => {
                self.forget_memory();
                Input::Host(HostInput::Replaced)
            }
            Joined::Host { pid } => Input::Host(HostInput::Joined { pid }),
        }
    }

    fn received(&mut self, channel: u64, message: Message) {
        let input = match message {
            Message::Ask { question } => return self.host_asked(channel, question),
            Message::Carry(carry) => of_carry(carry),
            Message::Called {
                generation,
                entry_points,
            } => {
                let paths = entry_points.iter().map(|it| path_of_entry_point(it));
                Some(HostInput::Called {
                    generation,
                    entry_points: paths.collect(),
                })
            }
            message => self.replied(message),
        };
        if let Some(input) = input {
            self.step(Input::Host(input));
        }
    }

    /// The host's reply to the offer of a generation, or to a rollback.
    fn replied(&mut self, message: Message) -> Option<HostInput> {
        if let Message::Waits { generation } = message {
            return Some(HostInput::Waits { generation });
        }
        if let Some(reply) = self.generations.replied_to_rollback(&message) {
            return Some(reply);
        }
        let offer = self.generations.offered()?;
        let (generation, reply) = match message {
            Message::Live {
                build,
                micros,
                kept_generations,
                kept_bytes,
                generation,
            } => {
                let is_as_seen = self
                    .files
                    .inputs
                    .matched_at_start(&offer.saw, &offer.built.inputs);
                let reply = match build == offer.built.library.build {
                    true => Reply::Live {
                        is_as_seen,
                        is_delta: !offer.built.deltas.is_empty(),
                    },
                    false => Reply::WrongBuild,
                };
                self.generations.swapped(SwapReport {
                    micros,
                    kept_generations,
                    kept_bytes,
                });
                (generation, reply)
            }
            Message::Refused {
                generation,
                cause,
                reason,
                ..
            } => {
                let reply = match cause {
                    // A source has changed since, so a later save may have undone it.
                    _ if offer.is_taken_back
                        || offer.is_doubtful()
                        || !self.files.inputs.match_now(&offer.built.inputs) =>
                    {
                        Reply::Doubtful
                    }
                    Cause::Contract => Reply::Contract(reason.into()),
                    _ => Reply::Refused(reason.into()),
                };
                (generation, reply)
            }
            _ => return None,
        };
        Some(HostInput::Replied { generation, reply })
    }

    /// The host asks when everything that was saved has an outcome.
    fn host_asked(&mut self, channel: u64, question: u64) {
        self.files.watcher.before_question();
        self.ask(Request::Wait, Asker::Host { channel, question });
    }

    pub(super) fn tell_outcome(&mut self) {
        self.host.tell_outcome(&self.core, &mut self.files.watcher);
    }

    /// The host wants a descriptor that shows whether something may have been saved. Without one, it asks
    /// each time.
    fn mirror_watches(&mut self, pid: u32, stream: &UnixStream) {
        if self.core.pid() == Some(pid)
            && let Ok(descriptor) = self.files.watcher.mirror(self.rendezvous.path())
        {
            // If the host has ended since, its end is reported elsewhere.
            let _ = send_watch(stream, descriptor);
        }
    }

    /// Forgets the host that has ended. Returns what to tell the core.
    fn end_of_host(&mut self, status: Option<ExitStatus>) -> HostInput {
        self.forget_questions_of_host();
        self.host.ended(status, &mut self.reporter)
    }

    /// The host that asked gets no more answers.
    pub(super) fn forget_questions_of_host(&mut self) {
        self.files.watcher.end_mirror();
        self.questions.forget_host();
    }

    /// No host is running, so the program that was built last can be started.
    pub(super) fn clear_host(&mut self) {
        self.generations.forget_code();
        let Some(build) = self.builds.host() else {
            return;
        };
        let executable = build.executable.clone();
        self.host.disconnect();
        self.host.starts_from(&executable);
        self.generations.host_ended();
        self.forget_memory();
        if let Err(error) = self.tell_others(Some(executable)) {
            self.reporter.error(&format!(
                "other commands can't see what the program is: {error}"
            ));
        }
    }

    /// Lets other processes find the session, and the program that was built last.
    pub(super) fn tell_others(&self, program: Option<PathBuf>) -> io::Result<()> {
        let generations = self.generations.directory();
        self.rendezvous
            .tell_others(self.builds.plan(), generations, program)
    }

    /// The host starts with what it was built with.
    fn forget_memory(&mut self) {
        if let Some(build) = self.builds.host() {
            self.generations.host_starts(build, self.builds.plan());
        }
    }

    /// Takes the newcomer that another process has started as the host. Returns its end, if it has ended.
    pub(super) fn adopt(&mut self) -> Option<HostInput> {
        let has_ended = self.host.adopt(&mut self.reporter)?;
        self.generations.host_ended();
        self.forget_memory();
        has_ended.then(|| self.end_of_host(None))
    }

    /// Reports that the user or a debugger has to start the host, and why the previous one was stopped.
    pub(super) fn await_host(&mut self, reason: Option<Reason>) {
        if let Some(build) = self.builds.host() {
            let program = build.executable.clone();
            self.reporter
                .report(&Event::WaitingForHost { program, reason });
        }
    }

    /// Welcomes a host that starts with the baseline, although generations have gone live since.
    pub(super) fn welcome_at_baseline(&mut self) {
        self.generations.back_to_baseline();
        self.files.back_to_baseline();
        self.watch_inputs();
        self.host.welcome();
    }
}

/// A message of the host about carried values.
fn of_carry(message: Carry) -> Option<HostInput> {
    Some(match message {
        Carry::Ready { ends_itself } => HostInput::Ready { ends_itself },
        Carry::Saving => HostInput::Saving,
        Carry::FirstValue => HostInput::FirstValue,
        Carry::Saved(saved) => HostInput::Saved(saved),
        Carry::ReadBegan => HostInput::ReadBegan,
        Carry::ValueRead { name, dropped } => HostInput::ValueRead { name, dropped },
        Carry::Reset(value) => HostInput::Reset(value.into()),
        // A host does not send these.
        Carry::Stop { .. } | Carry::Save => return None,
    })
}
