//! The decision: what to do about the changes on disk and the requests.

use crate::decide::{self, Action, Cause, Evidence, Program, Reason, Verdict};
use crate::report::{Comparison, Event, Note, Outcome};
use crate::stale::Change;

use super::builds::{Build, Deltas, Shadow};
use super::edits::Occasion;
use super::requests::State;
use super::{Core, Effect, Examined, Restart, Task, Turn};

impl Core {
    /// Gathers the facts for a decision.
    pub(super) fn examine(&mut self, turn: &mut Turn) {
        let occasion = self.edits.take_occasion().unwrap_or_else(|| Occasion {
            is_whole: true,
            ..Occasion::save(Some(turn.now))
        });
        let is_patient = !occasion.is_whole;
        let number = self.edits.begin_examination(occasion);
        turn.emit(Effect::Examine { number, is_patient });
    }

    /// Whether edits wait for a request.
    pub(super) fn edits_wait(&self) -> bool {
        let is_requested = |it: &Restart| it.cause == Cause::Requested;
        self.requests.is_paused
            && self.requests.action.is_none()
            && !self.restarts.pending.as_ref().is_some_and(is_requested)
    }

    /// The facts are there: decides, unless a file is just being saved.
    pub(super) fn examined(&mut self, examined: Examined, turn: &mut Turn) {
        let Some(occasion) = self.edits.end_examination(examined.number) else {
            return;
        };
        if examined.is_half_saved {
            self.edits.look_later(turn.now);
            return self.edits.decide(Occasion {
                is_whole: true,
                ..occasion
            });
        }
        self.edits.see(examined.changed, examined.has_put_off);
        self.builds.sources = examined.sources;
        if !examined.has_put_off {
            self.restarts.put_off.clear();
        }
        match self.edits.is_clean() {
            true => self.matches_program(examined.needs_shadow, turn),
            false => self.cancel_ahead(turn),
        }
        if self.was_reported(&occasion) {
            return match self.edits.is_clean() {
                true => self.runs_what_is_there(turn),
                false => self.waits(),
            };
        }
        if examined.needs_cargo && self.may_ask_cargo() {
            return self.begin(Task::AskCargo, occasion.detected, turn);
        }
        let verdict = self.verdict(examined.changes, examined.has_layouts);
        self.act_on(verdict, examined.stale_scripts, occasion, turn);
    }

    /// The inputs are those of the program.
    fn matches_program(&mut self, needs_shadow: bool, turn: &mut Turn) {
        let is_untold = std::mem::take(&mut self.builds.live.is_comparison_untold);
        if needs_shadow {
            self.builds.live.shadow = Shadow::Unknown;
        } else if is_untold {
            let (outcome, ms) = (Comparison::Skipped, 0.0);
            turn.tell(Event::HostCompared { outcome, ms });
        }
        if self.requests.action.is_none() && !self.builds.is_delta_wrong() {
            // The edit that needed the restart was reverted. A requested restart is still due.
            let is_moot = |it: &Restart| it.must_be_remembered() && it.cause != Cause::Requested;
            self.restarts.pending = self.restarts.pending.take().filter(|it| !is_moot(it));
        }
    }

    /// The inputs changed, so what is built while idle is out of date.
    fn cancel_ahead(&mut self, turn: &mut Turn) {
        let is_ahead = |it: &Build| it.task.is_ahead();
        if self.builds.running.as_ref().is_some_and(is_ahead) {
            self.builds.cancel(turn);
        }
    }

    /// Whether nobody expects an outcome, and the one of these inputs was reported before.
    fn was_reported(&self, occasion: &Occasion) -> bool {
        let is_asked = self.requests.action.is_some() || self.restarts.remembered().is_some();
        let has_failed = self.builds.failure_on(self.edits.seen()).is_some();
        let has_outcome = self.edits.is_clean() || has_failed || self.edits_wait();
        has_outcome && !occasion.is_save && !is_asked
    }

    /// Whether cargo's answer about changed manifests may spare a restart.
    fn may_ask_cargo(&self) -> bool {
        self.program.standing() == Program::Runs
            && self.restarts.remembered().is_none()
            && self.builds.failure_on(self.edits.seen()).is_none()
            && !self.edits_wait()
            && self.builds.running.is_none()
    }

    fn verdict(&self, changes: Vec<Change>, has_layouts: bool) -> Verdict {
        let due = self.restarts.remembered();
        decide::of_edit(&Evidence {
            program: self.program.standing(),
            due: due.map(|it| (it.cause.clone(), it.reason.clone())),
            changes,
            is_known_to_fail: self.builds.would_fail_on(self.edits.seen()),
            has_layouts,
            has_same_code: self.builds.live.same_sources.as_ref() == Some(&self.builds.sources),
            action: self.requests.action,
            is_paused: self.edits_wait(),
        })
    }

    fn act_on(
        &mut self,
        verdict: Verdict,
        stale_scripts: Vec<String>,
        occasion: Occasion,
        turn: &mut Turn,
    ) {
        match verdict {
            Verdict::Nothing { reason } => {
                let nothing = occasion.nothing.filter(|_| self.edits.is_clean());
                self.nothing_to_do(nothing.unwrap_or(reason), turn);
            }
            // The running build has to end first.
            _ if self.builds.running.is_some() => self.edits.decide(occasion),
            Verdict::Reload { .. } if !stale_scripts.is_empty() => {
                let packages = stale_scripts;
                self.begin(Task::Scripts { packages }, occasion.detected, turn);
            }
            Verdict::Reload { reason } => {
                if self.policy.may_restart && occasion.nothing == Some(Reason::SameCode) {
                    // The restart was announced.
                    turn.note(Note::NotRestarted);
                }
                self.take_action();
                self.untell_restart();
                turn.tell(Event::Verdict {
                    verdict: Outcome::Reload,
                    reason,
                });
                self.begin(Task::Reload, occasion.detected, turn);
            }
            Verdict::Restart { cause, reason } => match self.take_action() {
                Some(Action::Restart) => {
                    self.start_over(Cause::Requested, reason, occasion.detected, turn);
                }
                _ => self.ask_for_restart(cause, reason, occasion.detected, turn),
            },
        }
    }

    /// Begins the requested action.
    fn take_action(&mut self) -> Option<Action> {
        let action = self.requests.action?;
        let look = self.edits.next_look();
        self.requests.begin_action(look);
        Some(action)
    }

    /// An edit has no effect, or has to wait.
    fn nothing_to_do(&mut self, reason: Reason, turn: &mut Turn) {
        self.untell_restart();
        let is_clean = self.edits.is_clean();
        if is_clean {
            turn.emit(Effect::ClearDiagnostics);
        }
        self.tell_nothing(reason, turn);
        match is_clean {
            true => self.runs_what_is_there(turn),
            false => self.waits(),
        }
    }

    /// The inputs that were seen last are not live, and nothing is done about it: either they are known
    /// to fail, or edits wait.
    fn waits(&mut self) {
        let failure = self.builds.failure_on(self.edits.seen());
        let state = failure.cloned().unwrap_or(State::Paused);
        self.conclude_with(self.edits.look(), state);
    }

    pub(super) fn tell_nothing(&mut self, reason: Reason, turn: &mut Turn) {
        turn.tell(Event::Verdict {
            verdict: Outcome::Nothing,
            reason,
        });
    }

    /// The inputs that were seen last are those of the program, running or not.
    fn runs_what_is_there(&mut self, turn: &mut Turn) {
        if self.builds.is_delta_wrong() && self.program.standing() == Program::Runs {
            return self.replace_wrong_delta(turn);
        }
        self.builds.fruitless = None;
        if let Some(failure) = self.program.behind() {
            let state = State::Failed(failure.clone());
            return self.conclude_with(self.edits.look(), state);
        }
        // A generation of the same inputs is on its way, such as one that was requested.
        if self.is_building() || self.program.holds(self.edits.seen()) {
            return;
        }
        self.program.drop_held();
        if let Some(earlier) = self.earlier() {
            return self.conclude_with(self.edits.look(), State::RolledBack { earlier });
        }
        let seen = self.edits.seen();
        let (look, has_put_off) = (seen.look, seen.has_put_off);
        // The reason for the pending restart was reported before.
        let is_told = has_put_off && matches!(self.requests.outcome.state, State::Refused(_));
        if !self.program.runs() {
            self.end_outcome(Some(look));
        } else if !is_told {
            let live = &self.builds.live;
            let state = match (&live.shadow, &live.deltas) {
                (Shadow::Failed(failure), _)
                | (_, Deltas::Failed(failure) | Deltas::Wrong(failure)) => {
                    State::Failed(failure.clone())
                }
                (Shadow::Differs(reason), _) => State::PartlyLive(vec![reason.clone()]),
                (Shadow::Same | Shadow::Unknown, _) => self.live_state(has_put_off),
            };
            self.conclude_with(look, state);
        }
        self.build_ahead(turn);
    }
}
