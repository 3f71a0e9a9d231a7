//! When to look at what was saved, and when to decide what it asks for.
//!
//! An input is looked at when the first event comes: if that was not all of the save, the build
//! that began is cancelled by the next event. Other files are looked at when nothing happened for a
//! moment. A file that is empty or gone is looked at again a little later: it may be in the middle
//! of a save that truncates, or that deletes and creates.

use std::time::{Duration, Instant};

use crate::decide::Reason;
use crate::report::Event;
use crate::stale::Changed;

use super::basis::Basis;
use super::{Core, Found, Looked, Turn};

/// How long nothing must have happened before files other than inputs are looked at.
const QUIET: Duration = Duration::from_millis(10);
/// How long that may be put off, at most.
const BUSY: Duration = Duration::from_millis(60);
/// How long a file may be empty or gone before that is what its author wants.
const HALF_SAVED: Duration = Duration::from_millis(700);

/// From file events to decisions.
#[derive(Debug, Default)]
pub(super) struct Edits {
    debounce: Option<Debounce>,
    /// What the last look found.
    seen: Basis,
    decision: Decision,
    examinations: u64,
}

/// Files that were touched, until they are looked at.
#[derive(Clone, Copy, Debug)]
struct Debounce {
    first: Instant,
    /// Nothing while they are looked at.
    due: Option<Instant>,
}

/// Whether what was seen has been decided on.
#[derive(Debug, Default)]
enum Decision {
    #[default]
    Made,
    Due(Occasion),
    /// The facts for it are being gathered, by this examination.
    Examining(u64, Occasion),
}

/// Why something is to be decided.
#[derive(Debug, Default)]
pub(super) struct Occasion {
    /// Whether somebody waits to be told: a file was saved. Otherwise something else happened that
    /// may have made a difference, and if it has made none, nothing is said.
    pub(super) is_save: bool,
    /// When the first event of the save came.
    pub(super) detected: Option<Instant>,
    /// Whether the files were looked at just now, and are whole.
    pub(super) is_whole: bool,
    /// What to say if there is nothing to do, unless that nothing changed.
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

    /// Both of them, as one.
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
            false => (now + QUIET).min(first + BUSY).max(now),
        };
        let due = Some(due);
        self.debounce = Some(Debounce { first, due });
    }

    /// Whether files were touched that are still to be looked at.
    pub(super) fn is_touched(&self) -> bool {
        self.debounce.is_some()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.debounce?.due
    }

    /// Begins a look if one is due. Returns whether it is to wait for files that are half saved.
    pub(super) fn begin_look(&mut self, now: Instant) -> Option<bool> {
        let debounce = self.debounce.as_mut()?;
        if debounce.due? > now {
            return None;
        }
        debounce.due = None;
        Some(now < debounce.first + HALF_SAVED)
    }

    /// Begins a look at everything, whether or not one is due.
    pub(super) fn begin_look_at_all(&mut self, now: Instant) -> bool {
        let first = self.debounce.map_or(now, |it| it.first);
        self.debounce = Some(Debounce { first, due: None });
        now < first + HALF_SAVED
    }

    /// Looks again a little later.
    pub(super) fn look_later(&mut self, now: Instant) {
        let first = self.debounce.map_or(now, |it| it.first);
        let due = Some(now + QUIET);
        self.debounce = Some(Debounce { first, due });
    }

    /// A look ended. Returns when the first event came that led to it.
    fn end_look(&mut self, found: Changed) -> Option<Instant> {
        self.seen.changed = found;
        self.seen.look += 1;
        self.debounce.take().map(|it| it.first)
    }

    /// The number of the last look.
    pub(super) fn look(&self) -> u64 {
        self.seen.look
    }

    /// Counts one more look, without one: what is decided from now on is newer than what was said.
    pub(super) fn next_look(&mut self) -> u64 {
        self.seen.look += 1;
        self.seen.look
    }

    /// What the last look found.
    pub(super) fn seen(&self) -> &Basis {
        &self.seen
    }

    /// Whether what was seen last is what runs.
    pub(super) fn is_clean(&self) -> bool {
        self.seen.changed.is_empty()
    }

    pub(super) fn see(&mut self, changed: Changed, owes_restart: bool) {
        self.seen.changed = changed;
        self.seen.owes_restart = owes_restart;
    }

    /// Something is to be decided.
    pub(super) fn decide(&mut self, occasion: Occasion) {
        self.decision = Decision::Due(match std::mem::take(&mut self.decision) {
            Decision::Made => occasion,
            Decision::Due(before) | Decision::Examining(_, before) => before.join(occasion),
        });
    }

    /// Something happened that may have made a difference.
    pub(super) fn recheck(&mut self, detected: Option<Instant>) {
        self.decide(Occasion {
            detected,
            ..Occasion::default()
        });
    }

    /// The same, and whatever was saved has had its outcome unless there is a difference.
    pub(super) fn recheck_only(&mut self, detected: Option<Instant>) {
        if let Decision::Due(occasion) | Decision::Examining(_, occasion) = &mut self.decision {
            occasion.is_save = false;
            occasion.nothing = None;
        }
        self.recheck(detected);
    }

    pub(super) fn is_decision_due(&self) -> bool {
        !matches!(self.decision, Decision::Made)
    }

    /// Nothing is to be decided after all.
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

    /// What is to be decided, if there is anything.
    pub(super) fn take_occasion(&mut self) -> Option<Occasion> {
        match std::mem::take(&mut self.decision) {
            Decision::Due(occasion) => Some(occasion),
            other => {
                self.decision = other;
                None
            }
        }
    }

    /// The examination with this number ended. Returns what it was for, unless something else has
    /// happened since.
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
    /// So many files were touched that nobody knows which.
    pub(super) fn overflowed(&mut self, now: Instant) {
        self.edits.touch(now, false);
        self.builds.may_mend();
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
        let may_mend = has_new_files && self.is_broken();
        let detected = self.edits.end_look(changed);
        self.builds.confirm(self.edits.seen());
        self.program.confirm(self.edits.seen());
        if has_new_files {
            self.builds.may_mend();
        }
        if edited.is_empty() {
            return;
        }
        turn.tell(Event::Edit { paths: edited });
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
        let is_missed = is_changed || may_mend || !runs;
        let is_ahead = build.task.is_ahead();
        if is_paused || is_ahead || is_missed {
            let detected = build.detected.or(detected);
            self.edits.decide(Occasion {
                nothing: is_same_code.then_some(Reason::SameTokens),
                ..Occasion::save(detected)
            });
        }
        // The sources changed since the build began.
        if is_missed && !is_paused && (is_ahead || self.builds.may_cancel(turn.now)) {
            self.builds.cancel(turn);
        }
    }
}
