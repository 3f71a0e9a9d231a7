//! The end of a host that is replaced: it is asked to stop, gets the signal, and is killed if it does
//! not end in time. Meanwhile, the session continues.

use std::time::Instant;

use crate::report::Note;

use super::calls::Calls;
use super::program::{Link, Next, Phase, Program, Running, Spawning, Stopping};
use super::{Core, Effect, Handover, Turn};

/// How to begin to stop a host.
pub(super) fn stop(running: &Running) -> (Phase, Effect) {
    match running.link {
        Link::Joined { .. } => (Phase::Asked, Effect::AskToStop),
        Link::Starting { .. } | Link::Leaving { .. } | Link::Left => {
            (Phase::Signalled, Effect::StopHost)
        }
    }
}

impl Core {
    /// Stops the host, if one is running, and then starts the one that was built.
    pub(super) fn replace_host(&mut self, next: Spawning, has_runner: bool, turn: &mut Turn) {
        self.calls = Calls::default();
        let Some(next) = self.overlap(next, has_runner, turn) else {
            return;
        };
        match &mut self.program {
            Program::Running(_) => self.stop_for(Next::Start(next), turn),
            // One that joined meanwhile is of an earlier build.
            Program::Stopping(stopping) => {
                stopping.next = Next::Start(next);
                turn.emit(Effect::TurnAway);
            }
            _ => {
                let reason = next.reason.filter(|_| !self.policy.waits_for_host);
                self.launch(Spawning { reason, ..next }, turn);
            }
        }
    }

    /// Another process started a host, which asks to join.
    pub(super) fn arrived(&mut self, pid: u32, turn: &mut Turn) {
        self.decide_on_baseline();
        match self.pid() {
            Some(stopped) => {
                self.announce_now(turn);
                self.stop_for(Next::Adopt { pid, stopped }, turn);
            }
            None => self.adopt(pid, None, turn),
        }
    }

    /// Stops the host that runs.
    fn stop_for(&mut self, next: Next, turn: &mut Turn) {
        self.calls = Calls::default();
        let Some((phase, effect)) = self.program.running().map(stop) else {
            return;
        };
        self.program = Program::Stopping(Stopping {
            next,
            phase,
            since: turn.now,
        });
        turn.emit(effect);
    }

    /// Starts the host that was built, or waits until it is started. The previous one has ended.
    pub(super) fn launch(&mut self, next: Spawning, turn: &mut Turn) {
        turn.emit(Effect::ClearHost);
        self.begin_carrying(turn);
        if self.policy.waits_for_host {
            self.program = Program::Ended;
            self.end_outcome(next.look);
            let reason = next.reason;
            return turn.emit(Effect::AwaitHost { reason });
        }
        self.program = Program::Spawning(next);
        turn.emit(Effect::StartHost);
    }

    /// The next host is about to take over the values of the one that has ended.
    pub(super) fn begin_carrying(&mut self, turn: &mut Turn) {
        self.carried.starts();
        if self.requests.take_fresh() {
            self.carried.forget();
            turn.emit(Effect::ForgetCarried);
        }
    }

    fn stopping(&mut self) -> Option<&mut Stopping> {
        match &mut self.program {
            Program::Stopping(stopping) => Some(stopping),
            _ => None,
        }
    }

    /// The host is ready for the signal.
    pub(super) fn ready_to_stop(&mut self, ends_itself: bool, turn: &mut Turn) {
        let now = turn.now;
        let Some(stopping) = self.stopping().filter(|it| it.phase == Phase::Asked) else {
            return;
        };
        if ends_itself {
            return stopping.enter(Phase::Ends, now);
        }
        stopping.enter(Phase::Signalled, now);
        turn.emit(Effect::StopHost);
    }

    /// The host is still saving its values.
    pub(super) fn saving(&mut self, now: Instant) {
        if let Some(stopping) = self.stopping() {
            stopping.since = now;
        }
    }

    /// The host has saved its values. If it did not end in time, this was the last thing to wait for.
    pub(super) fn saved_while_stopping(&mut self, turn: &mut Turn) {
        let now = turn.now;
        match self.stopping() {
            Some(stopping) if stopping.phase == Phase::Saves => self.kill(turn),
            Some(stopping) => stopping.since = now,
            None => {}
        }
    }

    /// The host has had enough time for the phase.
    pub(super) fn phase_timed_out(&mut self, turn: &mut Turn) {
        let (now, timeout) = (turn.now, self.policy.stop_timeout);
        let signal = self.policy.stop_signal;
        let Some(stopping) = self.stopping() else {
            return;
        };
        if stopping.deadline(timeout).is_none_or(|due| now < due) {
            return;
        }
        match stopping.phase {
            Phase::AwaitsSuccessor => {
                turn.note(match self.policy.handover {
                    Handover::AtFirstCarried => Note::NotCreatedInTime,
                    Handover::AfterEnd | Handover::AtMain => Note::NotJoinedInTime,
                });
                self.stop_old(turn);
            }
            Phase::Asked | Phase::Ends => {
                if stopping.phase == Phase::Ends {
                    turn.note(Note::NotEndedByItself {
                        signal: signal.to_string(),
                        after: timeout,
                    });
                }
                stopping.enter(Phase::Signalled, now);
                turn.emit(Effect::StopHost);
            }
            Phase::Signalled => {
                stopping.enter(Phase::Saves, now);
                turn.note(Note::Killed {
                    signal: signal.to_string(),
                    after: timeout,
                });
                turn.emit(Effect::AskToSave);
            }
            Phase::Saves => self.kill(turn),
            Phase::Killed => {}
        }
    }

    fn kill(&mut self, turn: &mut Turn) {
        if let Some(stopping) = self.stopping() {
            stopping.enter(Phase::Killed, turn.now);
            turn.emit(Effect::KillHost);
        }
    }

    /// The host that was stopped has ended.
    pub(super) fn stopped(&mut self, has_saved: bool, turn: &mut Turn) {
        match has_saved {
            true => self.carried.saved_at_end(),
            false => self.carried.ended(turn.now),
        }
        match std::mem::replace(&mut self.program, Program::Ended) {
            Program::Stopping(stopping) => match stopping.next {
                Next::Start(next) => self.launch(next, turn),
                Next::Adopt { pid, stopped } => self.adopt(pid, Some(stopped), turn),
                Next::TakeOver(successor) => self.take_over(*successor, turn),
            },
            other => self.program = other,
        }
    }
}
