//! Restarts: the one that is pending, and the edits that wait for one.
//!
//! If only the user may restart the program, an edit that needs a restart is refused. An edit outside of
//! reloadable crates is also *put off* until the next restart, while other edits are still reloaded.

use std::time::Instant;

use crate::decide::{Cause, Program, Reason};
use crate::report::{Event, Outcome};

use super::basis::Basis;
use super::builds::Shadow;
use super::repeated_restarts::{LIMIT, RepeatedRestarts};
use super::requests::State;
use super::{Core, Effect, Failure, Task, Turn};

#[derive(Debug, Default)]
pub(super) struct Restarts {
    /// The restart that is due or under way.
    pub(super) pending: Option<Restart>,
    /// The reasons of refused edits that were put off until the next restart.
    pub(super) put_off: Vec<Reason>,
    pub(super) repeated: RepeatedRestarts,
}

/// A pending restart, and why.
#[derive(Debug)]
pub(super) struct Restart {
    pub(super) cause: Cause,
    pub(super) reason: Reason,
    /// Whether the user has been told: saving many files may start the same restart several times.
    pub(super) is_told: bool,
}

impl Restarts {
    /// The pending restart, if it must be remembered.
    pub(super) fn remembered(&self) -> Option<&Restart> {
        let pending = self.pending.as_ref();
        pending.filter(|it| it.must_be_remembered())
    }
}

impl Restart {
    pub(super) fn untold(cause: Cause, reason: Reason) -> Self {
        Restart {
            cause,
            reason,
            is_told: false,
        }
    }

    /// Whether it must be remembered until the program is started again: looking at the files does not
    /// find its cause.
    pub(super) fn must_be_remembered(&self) -> bool {
        !self.cause.is_found_again()
    }
}

impl Core {
    /// The reasons for a restart that only the user may start.
    pub(in crate::session) fn manual_restart_reasons(&self) -> Vec<&Reason> {
        if !self.program.runs() {
            return Vec::new();
        }
        let refused = match &self.requests.outcome.state {
            State::Refused(reason @ Reason::StaysOld(_)) => Some(reason),
            _ => None,
        };
        let differs = match &self.builds.live.shadow {
            Shadow::Differs(reason) => Some(reason),
            Shadow::Same | Shadow::Unknown | Shadow::Failed(_) => None,
        };
        let others = refused.into_iter().chain(differs);
        let others = others.filter(|it| !self.restarts.put_off.contains(it));
        let all = self.restarts.put_off.iter().chain(others);
        all.flat_map(Reason::causes).collect()
    }

    /// Restarts the host, or refuses the edit if only the user may restart it.
    pub(super) fn ask_for_restart(
        &mut self,
        cause: Cause,
        reason: Reason,
        detected: Option<Instant>,
        turn: &mut Turn,
    ) {
        let is_allowed = self.policy.may_restart || cause == Cause::Requested;
        if !is_allowed && self.program.standing() == Program::Runs {
            if self.may_have_same_code(&cause, &reason) {
                self.restarts.pending = Some(Restart {
                    cause,
                    reason,
                    is_told: true,
                });
                return self.begin(Task::HostCode, detected, turn);
            }
            let generation = self.program.next_generation();
            let seen = self.edits.seen().clone();
            return self.stay(generation, reason, seen, turn);
        }
        let changed = &self.edits.seen().changed;
        if cause != Cause::Requested && self.restarts.repeated.are_enough(&reason, changed) {
            return self.stop_restarting(reason, turn);
        }
        self.start_over(cause, reason, detected, turn);
    }

    /// Ends a row of restarts that are each the cause of the next one. The changes outside of reloadable
    /// crates are put off.
    fn stop_restarting(&mut self, reason: Reason, turn: &mut Turn) {
        self.restarts.pending = None;
        let basis = self.edits.seen().clone();
        let runs = self.program.standing() == Program::Runs;
        let why = match runs {
            true => reason.to_string(),
            // The reason is that the program ended, and not what changed.
            false => {
                let files = basis.changed.keys();
                let files = files.map(|it| format!("`{}` changed", it.display()));
                files.collect::<Vec<_>>().join(", ")
            }
        };
        let message = format!(
            "{why}: this has restarted the program {LIMIT} times, each time within a second of its start, so it \
             is not restarted for this again"
        );
        let help = Some(
            "if the program writes the file, let it write outside the package, or let the build script name \
             its inputs with `cargo::rerun-if-changed`; if you saved it, run `cargo hotmod restart`"
                .to_owned(),
        );
        if !runs {
            return self.fail(Failure::Other { message, help }, basis, turn);
        }
        turn.tell(Event::Error { message, help });
        let look = basis.look;
        let state = State::Refused(Reason::StaysOld(Box::new(reason)));
        self.builds.fail(basis, state.clone());
        self.conclude_with(look, state);
        turn.emit(Effect::PutOff);
    }

    /// Whether a build may show that an edit needs no restart. It must not build an edited crate that is
    /// not reloadable, because that would overwrite what generations are linked with.
    fn may_have_same_code(&self, cause: &Cause, reason: &Reason) -> bool {
        let is_of_group = |it: &&Reason| !matches!(it, Reason::Package { .. });
        matches!(cause, Cause::Code(_))
            && !self.builds.is_comparison_uncertain
            && !self.edits.seen().has_put_off
            && reason.causes().iter().all(is_of_group)
    }

    pub(super) fn start_over(
        &mut self,
        cause: Cause,
        reason: Reason,
        detected: Option<Instant>,
        turn: &mut Turn,
    ) {
        // If a restart is already in progress, it also serves the request.
        let is_requested = cause == Cause::Requested;
        match self.restarts.pending.as_mut().filter(|it| it.is_told) {
            Some(restart) if is_requested => restart.cause = cause,
            Some(restart) if restart.cause == Cause::Requested || restart.cause == cause => {}
            _ => {
                turn.tell(Event::Verdict {
                    verdict: Outcome::Restart,
                    reason: reason.clone(),
                });
                self.restarts.pending = Some(Restart {
                    cause,
                    reason,
                    is_told: true,
                });
            }
        }
        let restart = self.restarts.pending.as_ref();
        let task = match restart.map(|it| &it.cause) {
            Some(Cause::Code(_)) if !self.builds.is_comparison_uncertain => Task::ChangedHost,
            _ => Task::Host,
        };
        self.begin(task, detected, turn);
    }

    /// Refuses the inputs of a build, because they need a restart and the program must not be restarted.
    pub(super) fn stay(&mut self, generation: u32, reason: Reason, basis: Basis, turn: &mut Turn) {
        self.restarts.pending = None;
        let look = basis.look;
        let reason = Reason::StaysOld(Box::new(reason));
        self.builds.fail(basis, State::Refused(reason.clone()));
        turn.emit(Effect::PutOff);
        self.refuse(generation, reason, true, look, turn);
    }

    /// The refused changes outside of reloadable crates were put off, if there are any.
    pub(super) fn put_off(&mut self, is_any: bool) {
        if is_any {
            if let State::Refused(reason) = &self.requests.outcome.state
                && !self.restarts.put_off.contains(reason)
            {
                self.restarts.put_off.push(reason.clone());
            }
            self.builds.fruitless = None;
            self.edits.recheck(None);
        }
    }

    /// A restart failed. If it is tried again, the user is told again.
    pub(super) fn untell_restart(&mut self) {
        let pending = self.restarts.pending.take();
        self.restarts.pending = pending.filter(Restart::must_be_remembered);
        if let Some(restart) = &mut self.restarts.pending {
            restart.is_told = false;
        }
    }
}
