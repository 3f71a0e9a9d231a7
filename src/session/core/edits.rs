//! When to look at saved files, and when to decide on them.
//!
//! An input is looked at when its first event arrives. If the save is not complete, the next event
//! cancels the build. Other files are looked at when there was no event for a moment. A file that is
//! empty or gone is looked at again a little later, because it may be in the middle of a save that
//! truncates the file, or deletes and creates it.

use std::time::{Duration, Instant};

use crate::decide::Reason;
use crate::report::Event;
use crate::stale::Changed;

use super::basis::Basis;
use super::{Core, Found, Looked, Turn};

/// How long there must be no event before files other than inputs are looked at.
const QUIET_TIME: Duration = Duration::from_millis(10);
/// The longest time that events can delay that.
const LONGEST_DELAY: Duration = Duration::from_millis(60);
/// How long a file must be empty or gone before that counts as an edit.
const HALF_SAVED: Duration = Duration::from_millis(700);

/// The saves on the way from file events to decisions.
#[derive(Debug, Default)]
pub(super) struct Edits {
    debounce: Option<Debounce>,
    /// What the last look found.
    seen: Basis,
    decision: Decision,
    examinations: u64,
}

/// File events that wait for a look.
#[derive(Clone, Copy, Debug)]
struct Debounce {
    first: Instant,
    /// `None` during the look.
    due: Option<Instant>,
}

/// Whether there is a decision on the inputs that were seen last.
#[derive(Debug, Default)]
enum Decision {
    #[default]
    Made,
    Due(Occasion),
    /// The examination with this number is gathering the facts.
    Examining(u64, Occasion),
}

/// Why a decision is due.
#[derive(Debug, Default)]
pub(super) struct Occasion {
    /// Whether a file was saved, so that the user expects an outcome. Otherwise, an unchanged outcome
    /// is not reported again.
    pub(super) is_save: bool,
    /// The time of the save's first event.
    pub(super) detected: Option<Instant>,
    /// Whether the files were looked at just now, and are complete.
    pub(super) is_whole: bool,
    /// The reason to report if there is nothing to do; `None` for the usual one.
    pub(super) nothing: Option<Reason>,
}

impl Occasion {
    pub(super) fn save(detected: Option<Instant>) -> Self {
        Occasion {
            is_save: true,
            detected,
            ..Occasion::default()
        }
    }

    /// Joins two occasions.
    fn join(self, newer: Occasion) -> Self {
        Occasion {
            is_save: self.is_save || newer.is_save,
            detected: self.detected.or(newer.detected),
            is_whole: newer.is_whole,
            nothing: newer.nothing,
        }
    }
}

impl Edits {
    /// Files were touched.
    pub(super) fn touch(&mut self, now: Instant, at_once: bool) {
        let first = self.debounce.map_or(now, |it| it.first);
        let due = match at_once {
            true => now,
            false => (now + QUIET_TIME).min(first + LONGEST_DELAY).max(now),
        };
        let due = Some(due);
        self.debounce = Some(Debounce { first, due });
    }

    /// Whether files were touched that have not been looked at yet.
    pub(super) fn is_touched(&self) -> bool {
        self.debounce.is_some()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.debounce?.due
    }

    /// Begins a look if one is due. Returns whether it should wait for half-saved files.
    pub(super) fn begin_look(&mut self, now: Instant) -> Option<bool> {
        let debounce = self.debounce.as_mut()?;
        if debounce.due? > now {
            return None;
        }
        debounce.due = None;
        Some(now < debounce.first + HALF_SAVED)
    }

    /// Begins a look at all inputs.
    pub(super) fn begin_look_at_all(&mut self, now: Instant) -> bool {
        let first = self.debounce.map_or(now, |it| it.first);
        self.debounce = Some(Debounce { first, due: None });
        now < first + HALF_SAVED
    }

    /// Looks again a little later.
    pub(super) fn look_later(&mut self, now: Instant) {
        let first = self.debounce.map_or(now, |it| it.first);
        let due = Some(now + QUIET_TIME);
        self.debounce = Some(Debounce { first, due });
    }

    /// A look ended. Returns the time of the first event that led to it.
    fn end_look(&mut self, found: Changed) -> Option<Instant> {
        self.seen.changed = found;
        self.next_look();
        self.debounce.take().map(|it| it.first)
    }

    /// The number of the last look.
    pub(super) fn look(&self) -> u64 {
        self.seen.look
    }

    /// Increments the number of the look, so that the next outcome is newer than the current one.
    pub(super) fn next_look(&mut self) -> u64 {
        self.seen.look += 1;
        self.seen.first_look = self.seen.look;
        self.seen.look
    }

    /// What the last look found.
    pub(super) fn seen(&self) -> &Basis {
        &self.seen
    }

    /// Whether the inputs that were seen last are those of the running program.
    pub(super) fn is_clean(&self) -> bool {
        self.seen.changed.is_empty()
    }

    pub(super) fn see(&mut self, changed: Changed, has_put_off: bool) {
        self.seen.changed = changed;
        self.seen.has_put_off = has_put_off;
    }

    /// Makes a decision due.
    pub(super) fn decide(&mut self, occasion: Occasion) {
        self.decision = Decision::Due(match std::mem::take(&mut self.decision) {
            Decision::Made => occasion,
            Decision::Due(before) | Decision::Examining(_, before) => before.join(occasion),
        });
    }

    /// Makes a decision due because something happened that may change it.
    pub(super) fn recheck(&mut self, detected: Option<Instant>) {
        self.decide(Occasion {
            detected,
            ..Occasion::default()
        });
    }

    /// Like [`recheck`](Self::recheck), and an unchanged outcome is the outcome of all saves so far.
    pub(super) fn recheck_only(&mut self, detected: Option<Instant>) {
        if let Decision::Due(occasion) | Decision::Examining(_, occasion) = &mut self.decision {
            occasion.is_save = false;
            occasion.nothing = None;
        }
        self.recheck(detected);
    }

    /// Makes a decision due if none is.
    pub(super) fn recheck_unless_due(&mut self) {
        if !self.is_decision_due() {
            self.recheck(None);
        }
    }

    pub(super) fn is_decision_due(&self) -> bool {
        !matches!(self.decision, Decision::Made)
    }

    /// Drops a decision that is due.
    pub(super) fn forget_decision(&mut self) {
        self.decision = Decision::Made;
    }

    /// Whether a look is under way.
    pub(super) fn awaits_look(&self) -> bool {
        self.debounce.is_some_and(|it| it.due.is_none())
    }

    /// Whether a look or an examination is under way.
    pub(super) fn awaits_facts(&self) -> bool {
        self.awaits_look() || matches!(self.decision, Decision::Examining(..))
    }

    /// Begins to gather the facts for a decision. Returns the number of the examination.
    pub(super) fn begin_examination(&mut self, occasion: Occasion) -> u64 {
        self.examinations += 1;
        self.decision = Decision::Examining(self.examinations, occasion);
        self.examinations
    }

    /// Takes the decision that is due, if any.
    pub(super) fn take_occasion(&mut self) -> Option<Occasion> {
        match std::mem::take(&mut self.decision) {
            Decision::Due(occasion) => Some(occasion),
            other => {
                self.decision = other;
                None
            }
        }
    }

    /// The examination with this number ended. Returns its occasion, unless another decision has become
    /// due since.
    pub(super) fn end_examination(&mut self, number: u64) -> Option<Occasion> {
        match std::mem::take(&mut self.decision) {
            Decision::Examining(this, occasion) if this == number => Some(occasion),
            other => {
                self.decision = other;
                None
            }
        }
    }
}

impl Core {
    /// File events were lost, so any file may have changed.
    pub(super) fn overflowed(&mut self, turn: &mut Turn) {
        self.edits.touch(turn.now, false);
        self.builds.may_fix();
        self.checked_touched(turn);
    }

    pub(super) fn looked(&mut self, looked: Looked, turn: &mut Turn) {
        let found = match looked {
            Looked::HalfSaved => return self.edits.look_later(turn.now),
            Looked::Found(found) => found,
        };
        let Found {
            edited,
            is_changed,
            has_new_files,
            is_same_code,
            changed,
        } = found;
        let may_fix = has_new_files && self.is_broken();
        let detected = self.edits.end_look(changed);
        self.builds.confirm(self.edits.seen());
        self.program.confirm(self.edits.seen());
        if has_new_files {
            self.builds.may_fix();
        }
        if edited.is_empty() {
            // What is built while idle may have ended meanwhile.
            return self.check_if_idle(turn);
        }
        turn.tell(Event::Edit { paths: edited });
        self.outdate_check(turn);
        self.end_rollback();
        self.restarts.repeated.saved(detected.unwrap_or(turn.now));
        let runs = self.program.runs();
        let is_paused = self.edits_wait();
        let Some(build) = &mut self.builds.running else {
            return self.edits.decide(Occasion {
                is_whole: true,
                nothing: is_same_code.then_some(Reason::SameTokens),
                ..Occasion::save(detected)
            });
        };
        build.is_touched = true;
        let is_missed = is_changed || may_fix || !runs;
        let is_ahead = build.task.is_ahead();
        if is_paused || is_ahead || is_missed {
            let detected = build.detected.or(detected);
            self.edits.decide(Occasion {
                nothing: is_same_code.then_some(Reason::SameTokens),
                ..Occasion::save(detected)
            });
        }
        // The sources changed since the build began. A question that waits for its outcome does not
        // have to wait for a later save.
        let is_waited_for = !is_ahead && self.requests.wait_for(build.basis.look);
        let is_outdated = is_missed && !is_paused && !is_waited_for;
        if is_outdated && (is_ahead || self.builds.may_cancel(turn.now)) {
            self.builds.cancel(turn);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_counts_as_half_saved_for_a_limited_time() {
        let now = Instant::now();
        let mut edits = Edits::default();
        edits.touch(now, true);
        assert_eq!(edits.begin_look(now), Some(true));
        assert!(edits.awaits_look());
        edits.touch(now + HALF_SAVED, true);
        assert_eq!(edits.begin_look(now + HALF_SAVED), Some(false));
        assert!(!edits.begin_look_at_all(now + HALF_SAVED));
        let mut edits = Edits::default();
        assert!(edits.begin_look_at_all(now));
    }

    #[test]
    fn a_decision_is_for_the_first_event() {
        let (first, later) = (Instant::now(), Instant::now() + QUIET_TIME);
        let taken = |edits: &mut Edits| edits.take_occasion().map(|it| (it.is_save, it.detected));
        let mut edits = Edits::default();
        edits.decide(Occasion::save(Some(first)));
        edits.recheck(Some(later));
        assert_eq!(taken(&mut edits), Some((true, Some(first))));
        edits.recheck(Some(later));
        assert_eq!(taken(&mut edits), Some((false, Some(later))));
        edits.recheck(None);
        edits.forget_decision();
        assert!(!edits.is_decision_due());
    }

    #[test]
    fn only_the_newest_examination_counts() {
        let mut edits = Edits::default();
        let old = edits.begin_examination(Occasion::default());
        let new = edits.begin_examination(Occasion::default());
        assert!(edits.end_examination(old).is_none());
        assert!(edits.end_examination(new).is_some());
    }
}
