//! Restarts in which the next host is started while the old one serves, and waits until that one has ended. If
//! it ends before, the old one goes on.

use std::time::Instant;

use crate::report::{Event, NextHost, how_it_ended};

use super::history::History;
use super::program::{Link, Next, Phase, Process, Program, Running, Spawning, Stopping, Successor};
use super::requests::State;
use super::stopping::stop;
use super::{Core, Effect, Failure, Handover, SuccessorInput, Turn};

impl Core {
    /// Starts the host that was built, next to the one that runs. Returns it if it has to wait for the end
    /// of that one.
    pub(super) fn overlap(
        &mut self,
        next: Spawning,
        has_runner: bool,
        turn: &mut Turn,
    ) -> Option<Spawning> {
        let overlaps = match self.policy.handover {
            Handover::AfterEnd => false,
            // A runner may need what the old one has, such as the name of a container.
            Handover::AtMain => !has_runner,
            Handover::AtFirstCarried => true,
        };
        let is_joined = |it: &Running| matches!(it.link, Link::Joined { sent: None });
        let old = match std::mem::replace(&mut self.program, Program::Ended) {
            Program::Running(old) if overlaps && is_joined(&old) => old,
            program => {
                self.program = program;
                return Some(next);
            }
        };
        let successor = Successor {
            next,
            old,
            process: None,
            has_joined: false,
            waits_before_main: false,
            since: turn.now,
            first_carried: None,
        };
        self.program = Program::Stopping(Stopping {
            next: Next::TakeOver(Box::new(successor)),
            phase: Phase::AwaitsSuccessor,
            since: turn.now,
        });
        turn.emit(Effect::StartSuccessor);
        None
    }

    /// The program creates its first carried value.
    pub(super) fn first_value(&mut self, now: Instant) {
        if let Program::Running(running) = &mut self.program {
            running.first_value(now);
        }
    }

    /// The old host has ended by itself, and the next one takes its place at once.
    pub(super) fn old_exited(&mut self, code: Option<i32>, signal: Option<i32>, turn: &mut Turn) {
        let Some(successor) = self.successor_mut() else {
            return;
        };
        let generation = successor.old.generation;
        turn.tell(Event::HostExited {
            code,
            signal,
            generation,
            next: NextHost::Started,
        });
        self.stopped(false, turn);
    }

    /// The old host runs the code that it was built with, until the next one takes its place. Returns
    /// whether there is a next one.
    pub(super) fn old_replaced(&mut self, turn: &mut Turn) -> bool {
        let Some(successor) = self.successor_mut() else {
            return false;
        };
        let old = &mut successor.old;
        (old.generation, old.offered) = (0, 0);
        old.history = History::default();
        (old.since, old.first_carried) = (turn.now, None);
        turn.emit(Effect::WelcomeAtBaseline);
        true
    }

    fn successor_mut(&mut self) -> Option<&mut Successor> {
        match &mut self.program {
            Program::Stopping(Stopping {
                next: Next::TakeOver(successor),
                ..
            }) => Some(successor),
            _ => None,
        }
    }

    pub(super) fn awaits_successor(&self) -> bool {
        matches!(
            self.program,
            Program::Stopping(Stopping {
                phase: Phase::AwaitsSuccessor,
                ..
            })
        )
    }

    pub(super) fn successor(&mut self, input: SuccessorInput, turn: &mut Turn) {
        let may_run = self.policy.handover == Handover::AtFirstCarried;
        let Some(successor) = self.successor_mut() else {
            return;
        };
        match input {
            SuccessorInput::Started { pid, is_known } => {
                successor.process = Some(Process { pid, is_known });
            }
            SuccessorInput::Joined { pid } => {
                let is_known = true;
                successor.process = Some(Process { pid, is_known });
                successor.has_joined = true;
                // Without carried values, nothing would keep it from serving.
                let runs = may_run && successor.old.first_carried.is_some();
                successor.waits_before_main = !runs;
                turn.emit(Effect::HoldSuccessor { runs });
                if !runs {
                    self.stop_old(turn);
                }
            }
            SuccessorInput::FirstValue => {
                successor.first_carried = Some(turn.now - successor.since);
                self.stop_old(turn);
            }
            SuccessorInput::NotStarted => self.resume(None, turn),
            SuccessorInput::Ended { code, signal } => self.resume(Some((code, signal)), turn),
        }
    }

    /// The next host is ready, or has had enough time.
    pub(super) fn stop_old(&mut self, turn: &mut Turn) {
        if let Program::Stopping(stopping) = &mut self.program
            && stopping.phase == Phase::AwaitsSuccessor
            && let Next::TakeOver(successor) = &stopping.next
        {
            let (phase, effect) = stop(&successor.old);
            stopping.enter(phase, turn.now);
            turn.emit(effect);
        }
    }

    /// The next host ended before the old one was stopped, which goes on.
    fn resume(&mut self, end: Option<(Option<i32>, Option<i32>)>, turn: &mut Turn) {
        if !self.awaits_successor() {
            // The old one was told to end, so this one is started again when it has.
            if let Some(successor) = self.successor_mut() {
                successor.process = None;
            }
            return;
        }
        let Program::Stopping(Stopping {
            next: Next::TakeOver(successor),
            ..
        }) = std::mem::replace(&mut self.program, Program::Ended)
        else {
            return;
        };
        let Successor { next, mut old, .. } = *successor;
        let message = match end {
            Some((code, signal)) => {
                let how = how_it_ended(code, signal);
                format!("the new process {how} before it took over, so the old one keeps running")
            }
            None => "the new process can't be started, so the old one keeps running".to_owned(),
        };
        let help = Some("save a fix, or run `cargo hotmod restart` to try again".to_owned());
        turn.tell(Event::Error {
            message: message.clone(),
            help: help.clone(),
        });
        let failure = Failure::Other { message, help };
        old.behind = Some(failure.clone());
        self.program = Program::Running(old);
        let look = next.look.unwrap_or(self.requests.outcome.look);
        self.conclude_with(look, State::Failed(failure));
    }

    /// The old host has ended, and the next one takes its place.
    pub(super) fn take_over(&mut self, successor: Successor, turn: &mut Turn) {
        let Successor {
            next,
            process,
            has_joined,
            waits_before_main,
            since,
            first_carried,
            ..
        } = successor;
        let Some(Process { pid, is_known }) = process else {
            return self.launch(next, turn);
        };
        turn.emit(Effect::ClearHost);
        self.begin_carrying(turn);
        turn.emit(Effect::TakeSuccessor { waits_before_main });
        self.program = Program::Spawning(next);
        self.started(pid, is_known, turn);
        if let Program::Running(running) = &mut self.program {
            // One that waited at the beginning of `main` does not count the time of the old one's end.
            running.since = if waits_before_main { turn.now } else { since };
            running.first_carried = first_carried;
        }
        if has_joined {
            self.joined(pid, turn);
        }
    }
}
