//! The check of the whole workspace (`--check`), while idle.
//!
//! It also compiles what the program does not contain: tests, other binaries, other members. So a save of such a source
//! makes its result out of date, too. A result that is out of date is not shown or answered.

use crate::compile::CheckReport;
use crate::control::Outcome;
use crate::report::Event;

use super::requests::{Answer, State};
use super::{Core, Task, Turn};

#[derive(Debug, Default)]
pub(super) struct Checks {
    /// What the last one found.
    last: CheckReport,
    /// Whether nothing was saved since it began.
    is_current: bool,
}

impl Core {
    /// Whether the workspace was checked as it is, or is not to be checked.
    pub(super) fn is_checked(&self) -> bool {
        self.builds.checks.is_current || !self.policy.checks
    }

    /// Whether to check the workspace. If it is known not to compile, that was reported.
    pub(super) fn wants_check(&self) -> bool {
        !self.is_checked() && !matches!(self.requests.outcome.state, State::Failed(_))
    }

    /// What was found in the workspace as it is.
    pub(in crate::session) fn check(&self) -> Option<&CheckReport> {
        let checks = &self.builds.checks;
        checks.is_current.then_some(&checks.last)
    }

    /// Adds the check of the workspace to an answer.
    pub(super) fn add_check(&self, answer: &mut Answer) {
        let Some(checked) = self.check().filter(|_| answer.outcome == Outcome::Live) else {
            return;
        };
        answer.check = Some(checked.into());
        answer.rendered.clone_from(&checked.rendered);
        answer.messages.clone_from(&checked.messages);
    }

    /// Whether the workspace is being checked.
    pub(in crate::session) fn is_checking(&self) -> bool {
        let build = self.builds.running.as_ref();
        build.is_some_and(|it| it.task == Task::Check)
    }

    /// Sources were saved that the program does not contain.
    pub(super) fn checked_touched(&mut self, turn: &mut Turn) {
        self.outdate_check(turn);
        self.check_if_idle(turn);
    }

    /// Checks the workspace again, unless there is something to do before that leads to it.
    pub(super) fn check_if_idle(&mut self, turn: &mut Turn) {
        if self.is_at_rest() && self.edits.is_clean() && self.wants_check() {
            self.build_ahead(turn);
        }
    }

    /// Something was saved.
    pub(super) fn outdate_check(&mut self, turn: &mut Turn) {
        self.builds.checks.is_current = false;
        if self.is_checking() {
            self.builds.cancel(turn);
        }
    }

    /// The workspace was checked in so many milliseconds; `None` if that was cancelled or something was saved since.
    pub(super) fn checked(&mut self, checked: Option<Box<CheckReport>>, ms: f64, turn: &mut Turn) {
        let Some(mut checked) = checked else {
            return self.check_if_idle(turn);
        };
        let checks = &mut self.builds.checks;
        checked.compare(&checks.last);
        turn.tell(Event::Checked {
            checked: (*checked).clone(),
            ms,
        });
        checks.last = *checked;
        checks.is_current = true;
        self.build_ahead(turn);
    }
}
