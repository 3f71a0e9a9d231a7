//! The host: its start, offers and replies, its end.

use crate::decide::{Cause, Reason};
use crate::report::{Event, NextHost, Note};

use super::basis::Basis;
use super::calls::Calls;
use super::carried::NEXT_VALUE_TIMEOUT;
use super::edits::Occasion;
use super::program::{
    Announcement, EXIT_TIMEOUT, Held, JOIN_TIMEOUT, Link, Program, Running, Sent, Spawning,
};
use super::requests::State;
use super::{Core, Effect, HostInput, Reply, Restart, Turn};

impl Core {
    pub(super) fn host(&mut self, input: HostInput, turn: &mut Turn) {
        match input {
            HostInput::Started { pid, is_known } => self.started(pid, is_known, turn),
            HostInput::NotStarted => self.not_started(),
            HostInput::Joined { pid } => self.joined(pid, turn),
            HostInput::Replaced => self.replaced(turn),
            HostInput::Arrived { pid } => self.arrived(pid, turn),
            HostInput::Replied { generation, reply } => self.replied(generation, reply, turn),
            HostInput::Waits { generation } => self.waits_for_frame(generation, turn),
            HostInput::Called {
                generation,
                entry_points,
            } => self.calls.called(generation, entry_points),
            HostInput::Ready { ends_itself } => self.ready_to_stop(ends_itself, turn),
            HostInput::Saving => self.saving(turn.now),
            HostInput::FirstValue => self.first_value(turn.now),
            HostInput::Successor(input) => self.successor(input, turn),
            HostInput::Saved(saved) => self.saved(saved, turn),
            HostInput::ReadBegan => self.read_began(turn),
            HostInput::ValueRead { name, dropped } => self.value_read(name, dropped, turn),
            HostInput::Reset(value) => self.reset(value, turn),
            HostInput::Unreachable(reason) => self.left(reason, turn),
            HostInput::Left => self.left(Reason::LeftBeforeLive, turn),
            HostInput::Exited {
                code,
                signal,
                is_last: false,
                ..
            } if self.awaits_successor() => self.old_exited(code, signal, turn),
            HostInput::Exited {
                has_saved,
                is_last: false,
                ..
            } if self.is_stopping() => self.stopped(has_saved, turn),
            HostInput::Exited {
                code,
                signal,
                is_last,
                ..
            } => self.exited(code, signal, is_last, turn),
        }
    }

    pub(super) fn started(&mut self, pid: u32, is_known: bool, turn: &mut Turn) {
        let Program::Spawning(Spawning { reason, look }) = &mut self.program else {
            return;
        };
        let (reason, look) = (reason.take(), *look);
        self.restarts.repeated.started(turn.now);
        let mut running = Running::new(pid, turn.now);
        running.unannounced = Some(Announcement {
            reason,
            due: turn.now + NEXT_VALUE_TIMEOUT,
            is_known,
        });
        self.program = Program::Running(running);
        self.announce(turn);
        if let Some(look) = look {
            self.conclude_with(look, State::Live);
        }
    }

    fn not_started(&mut self) {
        if let Program::Spawning(Spawning { look, .. }) = self.program {
            self.program = Program::Ended;
            self.end_outcome(look);
        }
    }

    pub(super) fn joined(&mut self, pid: u32, turn: &mut Turn) {
        if let Program::Running(running) = &mut self.program {
            running.pid = pid;
            if let Some(announcement) = &mut running.unannounced {
                announcement.is_known = true;
            }
        }
        self.await_next_value(turn);
        let Some(link) = self.program.link_mut() else {
            return;
        };
        let Link::Starting { held, .. } = link else {
            return;
        };
        let held = held.take();
        *link = Link::Joined { sent: None };
        turn.emit(Effect::Welcome);
        if let Some(held) = held {
            self.offer(held.basis, turn);
        }
    }

    /// A generation fits the types in the host's memory.
    pub(super) fn accept(&mut self, basis: Basis, turn: &mut Turn) {
        match self.program.link_mut() {
            Some(Link::Starting { held, .. }) => {
                let is_told = false;
                *held = Some(Held { basis, is_told });
                self.await_host(turn);
            }
            _ => self.offer(basis, turn),
        }
        // Meanwhile, the host loads it.
        turn.emit(Effect::TellState);
    }

    fn offer(&mut self, basis: Basis, turn: &mut Turn) {
        self.announce_now(turn);
        let Program::Running(running) = &mut self.program else {
            return;
        };
        let generation = running.send(None, basis, turn.now);
        turn.emit(Effect::Offer { generation });
    }

    /// Reports that a generation waits for a host that probably won't join.
    pub(super) fn await_host(&mut self, turn: &mut Turn) {
        let Some(Link::Starting {
            since,
            held: Some(held),
            ..
        }) = self.program.link_mut()
        else {
            return;
        };
        if held.is_told || turn.now < *since + JOIN_TIMEOUT {
            return;
        }
        held.is_told = true;
        let look = held.basis.look;
        let message = format!(
            "the program has not connected to the session within {} s, so the saved code is not live",
            JOIN_TIMEOUT.as_secs()
        );
        let help = "check that its `main` has `#[hotmod::main]`, and what it wrote to stderr when it \
                    started";
        turn.tell(Event::Error {
            message,
            help: Some(help.to_owned()),
        });
        self.conclude_with(look, State::NotJoined);
    }

    /// The channel is closed. Usually, the host is about to exit.
    fn left(&mut self, why: Reason, turn: &mut Turn) {
        let link = Link::Leaving { since: turn.now };
        self.lose_host(link, why, turn);
    }

    /// The host takes no more offers.
    pub(super) fn lose_host(&mut self, link: Link, why: Reason, turn: &mut Turn) {
        self.lose_offer(why, turn);
        if let Some(old) = self.program.link_mut() {
            *old = link;
        }
        // It reports no more calls.
        self.calls = Calls::default();
        turn.emit(Effect::Disconnect);
    }

    /// The host won't reply to the pending offer.
    fn lose_offer(&mut self, why: Reason, turn: &mut Turn) {
        let Some(Link::Joined { sent }) = self.program.link_mut() else {
            return;
        };
        let Some(Sent {
            generation,
            earlier,
            basis,
            ..
        }) = sent.take()
        else {
            return;
        };
        if earlier.is_some() {
            return self.lose_rollback(&why.to_string(), turn);
        }
        turn.emit(Effect::Withdraw { is_loaded: false });
        // If nothing was edited, there is nothing that only a restart could run.
        let restart = !basis.changed.is_empty();
        self.refuse(generation, why, restart, basis.look, turn);
    }

    /// Reports that a generation does not go live.
    pub(super) fn refuse(
        &mut self,
        generation: u32,
        reason: Reason,
        restart: bool,
        look: u64,
        turn: &mut Turn,
    ) {
        turn.tell(Event::Refused {
            generation,
            reason: reason.clone(),
            restart,
        });
        self.conclude_with(look, State::Refused(reason));
    }

    /// Reports that the host closed its end of the channel but is still running.
    pub(super) fn await_end(&mut self, turn: &mut Turn) {
        let Some(link) = self.program.link_mut() else {
            return;
        };
        if !matches!(link, Link::Leaving { since } if turn.now >= *since + EXIT_TIMEOUT) {
            return;
        }
        *link = Link::Left;
        turn.note(Note::HostLeft);
        self.edits.recheck(None);
    }

    fn replied(&mut self, generation: u32, reply: Reply, turn: &mut Turn) {
        let Program::Running(running) = &mut self.program else {
            return;
        };
        let Link::Joined { sent } = &mut running.link else {
            return;
        };
        let Some(Sent { basis, earlier, .. }) = sent.take_if(|it| it.generation == generation)
        else {
            return;
        };
        if earlier.is_some() {
            return self.rolled_back(generation, reply, &basis, turn);
        }
        let mut reclaims = |is_loaded| turn.emit(Effect::Withdraw { is_loaded });
        match reply {
            Reply::Live {
                is_as_seen,
                is_delta,
            } => {
                let retired = std::mem::replace(&mut running.generation, generation);
                running.history.went_live(retired);
                let uncalled = self.calls.went_live(generation, turn.now);
                turn.emit(Effect::GoLive {
                    generation,
                    retired,
                    uncalled,
                });
                self.builds.went_live(is_delta);
                self.conclude_with(basis.look, self.live_state(basis.has_put_off));
                if !is_as_seen {
                    // It is newer than the look for which it was built, but perhaps older than what was
                    // saved since.
                    self.requests.outcome.first_look = basis.first_look;
                }
            }
            // The current files are built instead, with the same number.
            Reply::Doubtful => {
                reclaims(true);
                running.offered -= 1;
                return self.edits.decide(Occasion::save(None));
            }
            Reply::Refused(reason) => {
                reclaims(true);
                let look = basis.look;
                self.builds.fail(basis, State::Refused(reason.clone()));
                self.refuse(generation, reason, false, look, turn);
            }
            Reply::Contract(reason) if !self.policy.may_restart => {
                reclaims(false);
                self.stay(generation, reason, basis, turn);
            }
            Reply::Contract(reason) => {
                reclaims(false);
                self.refuse(generation, reason.clone(), true, basis.look, turn);
                // A reload without an edit was requested, so the restart for it is, too.
                let cause = match basis.changed.is_empty() {
                    true => Cause::Requested,
                    false => Cause::Contract,
                };
                self.restarts.pending = Some(Restart::untold(cause, reason));
            }
            Reply::WrongBuild => {
                reclaims(false);
                let reason = Reason::OtherBuild;
                turn.tell(Event::Error {
                    message: reason.to_string(),
                    help: None,
                });
                self.restarts.pending = Some(Restart::untold(Cause::WrongBuild, reason));
            }
        }
        // If the generation contains later saves, this was their outcome.
        self.edits.recheck_only(None);
    }

    fn exited(&mut self, code: Option<i32>, signal: Option<i32>, is_last: bool, turn: &mut Turn) {
        // Under a runner, the program may have ended before it joined.
        self.announce_now(turn);
        self.carried.ended(turn.now);
        let generation = self.generation().unwrap_or_default();
        if !is_last {
            self.lose_offer(Reason::EndedBeforeLive, turn);
        }
        self.program = Program::Ended;
        self.calls = Calls::default();
        self.builds.host_ended();
        if is_last {
            return;
        }
        if !self.policy.may_restart {
            // A new program can take what the old one refused.
            self.builds.fruitless = None;
        }
        turn.tell(Event::HostExited {
            code,
            signal,
            generation,
            next: match self.policy.waits_for_host {
                true => NextHost::Elsewhere,
                false => NextHost::WithNextEdit,
            },
        });
        self.end_outcome(None);
        if self.policy.waits_for_host {
            turn.emit(Effect::AwaitHost { reason: None });
        }
    }

    /// The outcome without a host, unless a failed build explains more.
    pub(super) fn end_outcome(&mut self, look: Option<u64>) {
        if self.builds.fruitless.is_none() {
            let look = look.unwrap_or(self.requests.outcome.look);
            self.conclude_with(look, State::Ended);
        }
    }
}
