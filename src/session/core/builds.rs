//! The running build and the results of earlier ones. There is one build at a time, and a newer edit can
//! cancel it.

use std::time::Instant;

use crate::decide::{self, Reason};
use crate::stale::Changed;

use super::basis::Basis;
use super::cancel_budget::CancelBudget;
use super::checks::Checks;
use super::failed_builds::FailedBuilds;
use super::requests::State;
use super::{Core, Effect, Failure, Program, Task, Turn};

/// A build that runs.
#[derive(Debug)]
pub(super) struct Build {
    pub(super) task: Task,
    pub(super) basis: Basis,
    /// The sources that differed from those of the running program.
    pub(super) sources: Changed,
    begun: Instant,
    /// When the edit that led to it was noticed.
    pub(super) detected: Option<Instant>,
    /// Whether files were saved since it began, which it may not have read.
    pub(super) is_touched: bool,
    pub(super) is_cancelled: bool,
}

impl Build {
    pub(super) fn cancel(&mut self, turn: &mut Turn) {
        if !std::mem::replace(&mut self.is_cancelled, true) {
            turn.emit(Effect::CancelBuild);
        }
    }

    /// How long it has taken, in milliseconds.
    pub(super) fn ms(&self, now: Instant) -> f64 {
        (now - self.begun).as_secs_f64() * 1000.0
    }

    /// Whether it builds a host or a generation from the files that were seen last.
    pub(super) fn makes(&self, seen: &Basis) -> bool {
        let makes = self.task.builds_host() || self.task == Task::Reload;
        makes && !self.task.is_ahead() && !self.is_cancelled && self.basis.changed == seen.changed
    }
}

/// What to build while idle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Ahead {
    /// The first generation, so that the first reload is as fast as the others.
    Generation,
    /// What speeds up later links and deltas.
    Links,
    #[default]
    Nothing,
}

/// Whether a clean build of the program has the code that runs.
#[derive(Debug, Default)]
pub(super) enum Shadow {
    /// Yes, as far as is known.
    #[default]
    Same,
    /// They have not been compared yet.
    Unknown,
    /// The program no longer compiles.
    Failed(Failure),
    /// No, for this reason, and the program must not be restarted.
    Differs(Reason),
}

/// The inputs of the last build, if they can't go live.
#[derive(Debug)]
pub(super) struct Fruitless {
    saw: Changed,
    /// Why they can't.
    state: State,
    /// Whether there are new files since then, one of which the build may have lacked.
    may_be_fixed: bool,
}

/// Whether the live generation's deltas have the code of full compilations.
#[derive(Debug, Default)]
pub(super) enum Deltas {
    /// They have, as far as is known, or there are none.
    #[default]
    Right,
    /// Full compilations have to follow.
    Unproven,
    /// The sources do not compile in full.
    Failed(Failure),
    /// A delta has other code, which is this error. Another generation has to replace it.
    Wrong(Failure),
}

/// What was found out about the code that runs. It no longer holds when another host runs.
#[derive(Debug, Default)]
pub(super) struct LiveCode {
    pub(super) deltas: Deltas,
    pub(super) shadow: Shadow,
    /// Whether a generation went live of which it was not yet told whether it is compared.
    pub(super) is_comparison_untold: bool,
    /// Changed sources from which a host was built that has this code.
    pub(super) same_sources: Option<Changed>,
}

/// The running build, and the results of earlier ones.
#[derive(Debug, Default)]
pub(super) struct Builds {
    pub(super) running: Option<Build>,
    pub(super) ahead: Ahead,
    pub(super) live: LiveCode,
    /// Whether files were written during the last comparison of the host's code, for example by a build script,
    /// so that the compared contents are not known.
    pub(super) is_comparison_uncertain: bool,
    /// The changed sources of the last examination.
    pub(super) sources: Changed,
    pub(super) fruitless: Option<Fruitless>,
    /// Whether the last completed build failed.
    pub(super) last_failed: bool,
    pub(super) cancelled: CancelBudget,
    pub(super) failed: FailedBuilds,
    pub(super) checks: Checks,
}

impl Builds {
    /// Whether the live generation has a wrong delta.
    pub(super) fn is_delta_wrong(&self) -> bool {
        matches!(self.live.deltas, Deltas::Wrong(_))
    }

    /// A host begins at its baseline, with none of the generations that were live before.
    pub(super) fn host_replaced(&mut self) {
        self.host_ended();
        self.ahead = Ahead::Generation;
        self.fruitless = None;
    }

    /// No host runs. The last failure still explains why what was saved is not live.
    pub(super) fn host_ended(&mut self) {
        self.live = LiveCode::default();
    }

    /// A generation went live.
    pub(super) fn went_live(&mut self, is_delta: bool) {
        self.live = LiveCode {
            deltas: match is_delta {
                true => Deltas::Unproven,
                false => Deltas::Right,
            },
            shadow: std::mem::take(&mut self.live.shadow),
            is_comparison_untold: true,
            same_sources: None,
        };
        self.ahead = Ahead::Links;
        self.fruitless = None;
    }

    pub(super) fn confirm(&mut self, seen: &Basis) {
        if let Some(build) = &mut self.running {
            build.basis.confirm(seen);
        }
    }

    /// Whether an edit may cancel the running build.
    pub(super) fn may_cancel(&mut self, now: Instant) -> bool {
        let build = self.running.as_ref().filter(|it| !it.is_cancelled);
        build.is_some_and(|it| self.cancelled.may_cancel(it.begun, now))
    }

    pub(super) fn cancel(&mut self, turn: &mut Turn) {
        if let Some(build) = &mut self.running {
            build.cancel(turn);
        }
    }

    /// There is a new file, which the running or the last build may have lacked.
    pub(super) fn may_fix(&mut self) {
        if let Some(build) = &mut self.running {
            build.is_touched = true;
        }
        if let Some(fruitless) = &mut self.fruitless {
            fruitless.may_be_fixed = true;
        }
    }

    /// Records that these inputs can't go live.
    pub(super) fn fail(&mut self, basis: Basis, state: State) {
        self.fruitless = Some(Fruitless {
            saw: basis.changed,
            state,
            may_be_fixed: false,
        });
    }

    /// Why the inputs that were seen last can't go live, if the last build had the same.
    pub(super) fn failure_on(&self, seen: &Basis) -> Option<&State> {
        let fruitless = self.fruitless.as_ref();
        let fruitless = fruitless.filter(|it| it.saw == seen.changed);
        fruitless.map(|it| &it.state)
    }

    /// Whether another build of the same inputs would fail, too.
    pub(super) fn would_fail_on(&self, seen: &Basis) -> bool {
        let fruitless = self.fruitless.as_ref();
        self.failure_on(seen).is_some() && fruitless.is_some_and(|it| !it.may_be_fixed)
    }
}

impl Core {
    pub(super) fn begin(&mut self, task: Task, detected: Option<Instant>, turn: &mut Turn) {
        if !task.is_ahead() && !task.prepares() {
            self.builds.fruitless = None;
            self.program.drop_held();
        }
        if !task.is_ahead() {
            // Not every change that was found was an edit.
            self.outdate_check(turn);
        }
        if task.builds_host() && !task.is_ahead() {
            self.restarts.repeated.build_began(turn.now);
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

    /// Starts the next build that is done while idle. The inputs that were seen last are live.
    pub(super) fn build_ahead(&mut self, turn: &mut Turn) {
        let is_missing = matches!(self.program, Program::Missing);
        // After going back, what is saved and what runs differ until the next save.
        if self.builds.running.is_some() || is_missing || self.earlier().is_some() {
            return;
        }
        match self.builds.ahead {
            Ahead::Generation => self.begin(Task::Ahead, None, turn),
            _ if matches!(self.builds.live.deltas, Deltas::Unproven) => {
                self.begin(Task::Follow, None, turn);
            }
            Ahead::Links => self.begin(Task::Merge, None, turn),
            Ahead::Nothing if self.wants_shadow() => self.begin(Task::Shadow, None, turn),
            Ahead::Nothing if self.wants_check() => self.begin(Task::Check, None, turn),
            Ahead::Nothing => {}
        }
    }

    /// Whether to compare the host's code with a clean build. If a restart is due anyway, the comparison
    /// would find only what is known.
    fn wants_shadow(&self) -> bool {
        matches!(self.builds.live.shadow, Shadow::Unknown)
            && self.program.standing() == decide::Program::Runs
            && !self.edits.seen().has_put_off
    }
}
