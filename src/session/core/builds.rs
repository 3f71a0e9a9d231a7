//! Builds that begin and end: one at a time, and a newer edit can cancel it.

use std::time::Instant;

use crate::decide;
use crate::stale::Changed;

use super::basis::Basis;
use super::cancel_budget::CancelBudget;
use super::failed_builds::FailedBuilds;
use super::{Core, Effect, Failure, Program, Task, Turn};

/// A build that runs.
#[derive(Debug)]
pub(super) struct Build {
    pub(super) task: Task,
    pub(super) basis: Basis,
    /// The sources of crates that differed from what runs.
    pub(super) sources: Changed,
    begun: Instant,
    /// When the edit that led to it was noticed.
    pub(super) detected: Option<Instant>,
    /// Whether files were touched that it may have missed.
    pub(super) is_touched: bool,
    pub(super) is_cancelled: bool,
}

impl Build {
    pub(super) fn cancel(&mut self, turn: &mut Turn) {
        if !std::mem::replace(&mut self.is_cancelled, true) {
            turn.emit(Effect::CancelBuild);
        }
    }

    /// Whether it builds something that runs, of just what was seen last.
    pub(super) fn makes(&self, seen: &Basis) -> bool {
        let makes = self.task.builds_host() || self.task == Task::Reload;
        makes && !self.task.is_ahead() && !self.is_cancelled && self.basis.changed == seen.changed
    }
}

/// What there is to build while nobody waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Ahead {
    /// The first generation.
    Generation,
    /// The links.
    Links,
    #[default]
    Nothing,
}

/// Whether a clean build of the program would run the code that runs.
#[derive(Debug, Default)]
pub(super) enum Shadow {
    /// As far as is known.
    #[default]
    Same,
    /// It has yet to be compared.
    Unknown,
    /// The program no longer compiles.
    Failed(Failure),
    /// It would not, and the program may not be restarted.
    Differs,
}

/// The last build, if what it was made of can't go live.
#[derive(Debug)]
pub(super) struct Fruitless {
    saw: Changed,
    /// Whether there is a new file since that may be what it lacked.
    may_be_mended: bool,
}

/// The build that runs, and what those before it came to.
#[derive(Debug, Default)]
pub(super) struct Builds {
    pub(super) running: Option<Build>,
    pub(super) ahead: Ahead,
    pub(super) shadow: Shadow,
    /// Whether files are written while the host's code is compared, as by a build script, so that it is
    /// not known what was compared.
    pub(super) is_comparison_vain: bool,
    /// The changed sources that were judged last.
    pub(super) sources: Changed,
    /// Changed sources of which the host was built, if that has the code that runs.
    pub(super) same_code: Option<Changed>,
    pub(super) fruitless: Option<Fruitless>,
    /// Whether the last one that ran to its end failed.
    pub(super) last_failed: bool,
    pub(super) cancelled: CancelBudget,
    pub(super) failed: FailedBuilds,
}

impl Builds {
    pub(super) fn confirm(&mut self, seen: &Basis) {
        if let Some(build) = &mut self.running {
            build.basis.confirm(seen);
        }
    }

    /// Whether an edit may cancel the build that it finds running.
    pub(super) fn may_cancel(&mut self, now: Instant) -> bool {
        let build = self.running.as_ref().filter(|it| !it.is_cancelled);
        build.is_some_and(|it| self.cancelled.may_cancel(it.begun, now))
    }

    pub(super) fn cancel(&mut self, turn: &mut Turn) {
        if let Some(build) = &mut self.running {
            build.cancel(turn);
        }
    }

    /// There is a new file that a build may have lacked.
    pub(super) fn may_mend(&mut self) {
        if let Some(build) = &mut self.running {
            build.is_touched = true;
        }
        if let Some(fruitless) = &mut self.fruitless {
            fruitless.may_be_mended = true;
        }
    }

    /// What a build was made of can't go live until it changes.
    pub(super) fn fail(&mut self, basis: Basis) {
        self.fruitless = Some(Fruitless {
            saw: basis.changed,
            may_be_mended: false,
        });
    }

    /// Whether the last build failed on just what was seen last.
    pub(super) fn failed_on(&self, seen: &Basis) -> bool {
        let fruitless = self.fruitless.as_ref();
        fruitless.is_some_and(|it| it.saw == seen.changed)
    }

    /// Whether the next one would fail in the same way.
    pub(super) fn would_fail_on(&self, seen: &Basis) -> bool {
        let fruitless = self.fruitless.as_ref();
        self.failed_on(seen) && fruitless.is_some_and(|it| !it.may_be_mended)
    }
}

impl Core {
    pub(super) fn begin(&mut self, task: Task, detected: Option<Instant>, turn: &mut Turn) {
        if !task.is_ahead() && !task.prepares() {
            self.builds.fruitless = None;
            self.program.drop_held();
        }
        self.builds.running = Some(Build {
            task: task.clone(),
            basis: self.edits.seen().clone(),
            sources: self.builds.sources.clone(),
            begun: turn.now,
            detected,
            is_touched: false,
            is_cancelled: false,
        });
        turn.emit(Effect::Build { task, detected });
    }

    /// Begins what nobody waits for. What was seen last is what runs.
    pub(super) fn build_ahead(&mut self, turn: &mut Turn) {
        if self.builds.running.is_some() || matches!(self.program, Program::Missing) {
            return;
        }
        match self.builds.ahead {
            Ahead::Generation => self.begin(Task::Ahead, None, turn),
            Ahead::Links => self.begin(Task::Merge, None, turn),
            Ahead::Nothing if self.wants_shadow() => self.begin(Task::Shadow, None, turn),
            Ahead::Nothing => {}
        }
    }

    /// Whether the host's code is to be compared with what runs. If a restart is due anyway, there
    /// is nothing to find out.
    fn wants_shadow(&self) -> bool {
        matches!(self.builds.shadow, Shadow::Unknown)
            && self.program.standing() == decide::Program::Runs
            && !self.edits.seen().owes_restart
    }
}
