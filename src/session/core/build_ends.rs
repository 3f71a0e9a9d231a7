//! What happens when a build ends.

use crate::decide::{self, Cause, Reason};
use crate::report::{Comparison, Event, Note};
use crate::stale::Changed;

use super::basis::Basis;
use super::builds::{Ahead, Build, Shadow};
use super::cancel_budget::CancelBudget;
use super::edits::Occasion;
use super::failed_builds::FailedBuilds;
use super::program::Spawning;
use super::requests::State;
use super::{
    BuildEnd, CodeEnd, Core, Effect, Failure, Fit, GroupBuilt, GroupFailure, HostBuilt,
    HostFailure, Program, Restart, ScriptsEnd, Turn,
};

impl Core {
    pub(super) fn build_ended(&mut self, end: BuildEnd, turn: &mut Turn) {
        let Some(build) = self.builds.running.take() else {
            return turn.emit(Effect::Discard);
        };
        let (is_ahead, has_failed) = (build.task.is_ahead(), end.has_failed());
        if !(is_ahead || build.is_cancelled && has_failed) {
            self.builds.cancelled = CancelBudget::default();
        }
        if !(is_ahead || build.is_cancelled || build.task.prepares() && !has_failed) {
            self.builds.last_failed = has_failed;
        }
        // It may have read a half-saved file, or lacked a file that exists now. Then its errors are
        // useless, and the next build reports the current ones. While edits wait, there is no next
        // build.
        let is_touched = build.is_touched || self.edits.is_touched();
        // A question that has waited for one failed build does not wait for another.
        let has_failed_twice = has_failed && self.requests.record_failure(&build.basis);
        let may_have_missed = is_touched && !self.edits_wait() && !has_failed_twice;
        if build.is_cancelled && !is_ahead {
            // The edit that it was started for has no outcome yet.
            self.edits.decide(Occasion::save(build.detected));
        } else if is_touched && self.edits_wait() {
            // Files were saved since it began, so its result may not match them.
            self.edits.recheck(None);
        }
        match end {
            // These results are about the files before the edit that cancelled the build.
            BuildEnd::Host(_)
            | BuildEnd::SameHost { .. }
            | BuildEnd::Cargo { .. }
            | BuildEnd::Scripts(_)
                if build.is_cancelled =>
            {
                turn.emit(Effect::Discard);
            }
            BuildEnd::Cargo { .. } if self.edits.is_decision_due() => {
                turn.emit(Effect::Discard);
                self.edits.decide(Occasion::save(build.detected));
            }
            BuildEnd::Cargo { nothing } => {
                turn.emit(Effect::TakePlan);
                self.edits.decide(Occasion {
                    nothing,
                    is_whole: true,
                    ..Occasion::save(build.detected)
                });
            }
            BuildEnd::Scripts(end) => self.scripts_ended(end, &build, may_have_missed, turn),
            BuildEnd::Host(Ok(built)) => self.host_built(&built, build, turn),
            BuildEnd::Host(Err(failure)) => self.host_failed(failure, build, may_have_missed, turn),
            BuildEnd::Group(Ok(built)) => self.group_built(&built, build, turn),
            BuildEnd::Group(Err(failure)) => {
                self.group_failed(failure, build, may_have_missed, turn);
            }
            BuildEnd::Followed(end) => self.followed(end, &build, turn),
            BuildEnd::Checked(checked) => {
                let checked = checked.filter(|_| !self.is_outdated(&build));
                self.checked(checked, build.ms(turn.now), turn);
            }
            BuildEnd::Merged => {
                if !build.is_cancelled {
                    self.builds.ahead = Ahead::Nothing;
                }
                match self.is_outdated(&build) {
                    false => self.build_ahead(turn),
                    // An edit that was undone leads to nothing else.
                    true => self.check_if_idle(turn),
                }
            }
            BuildEnd::SameHost {
                of_program,
                is_certain,
            } => self.host_is_same(&of_program, is_certain, build, turn),
            // The edit is decided on again.
            BuildEnd::Compared(_) if build.is_cancelled && !is_ahead => {}
            BuildEnd::Compared(end) if !is_ahead => {
                self.host_code_known(end, build, may_have_missed, turn);
            }
            BuildEnd::Compared(_) if self.is_outdated(&build) => self.edits.recheck(None),
            BuildEnd::Compared(compared) => {
                self.compared(compared, &build, turn);
                self.build_ahead(turn);
            }
        }
    }

    /// Whether something happened during a build that was done while idle.
    pub(super) fn is_outdated(&self, build: &Build) -> bool {
        build.is_cancelled || self.edits.is_decision_due() || self.edits.is_touched()
    }

    /// The edit that seemed to need a restart does not change the host's code.
    fn host_is_same(
        &mut self,
        of_program: &Changed,
        is_certain: bool,
        mut build: Build,
        turn: &mut Turn,
    ) {
        self.builds.failed = FailedBuilds::default();
        if is_certain {
            self.untell_restart();
        }
        turn.emit(Effect::TakeSame);
        build
            .sources
            .retain(|path, _| !of_program.contains_key(path));
        // If the build may have read other contents, the host is built again and restarted.
        self.builds.is_comparison_uncertain = !is_certain;
        self.builds.live.same_sources = Some(build.sources).filter(|_| is_certain);
        self.edits.decide(Occasion {
            is_whole: true,
            nothing: Some(Reason::SameCode),
            ..Occasion::save(build.detected)
        });
    }

    /// An edit that only the user may restart the host for changes the host's code, or may do so.
    fn host_code_known(
        &mut self,
        end: CodeEnd,
        build: Build,
        may_have_missed: bool,
        turn: &mut Turn,
    ) {
        let difference = match end {
            CodeEnd::Failed(failure) => {
                return self.host_failed(failure, build, may_have_missed, turn);
            }
            CodeEnd::Different(reason) => Some(reason),
            CodeEnd::Same | CodeEnd::Unknown => None,
        };
        let suspected = self.restarts.pending.take().map(|it| it.reason);
        let reasons = suspected.into_iter().chain(difference).collect();
        match Reason::of_all(reasons) {
            Some(reason) if self.program.standing() == decide::Program::Runs => {
                let generation = self.program.next_generation();
                self.stay(generation, reason, build.basis, turn);
            }
            _ => self.edits.decide(Occasion::save(build.detected)),
        }
    }

    /// The code of a clean build was compared with the host's.
    fn compared(&mut self, end: CodeEnd, build: &Build, turn: &mut Turn) {
        self.builds.live.shadow = Shadow::Same;
        let outcome = match &end {
            CodeEnd::Same => Comparison::Same,
            CodeEnd::Different(_) => Comparison::Different,
            CodeEnd::Failed(_) => Comparison::Failed,
            CodeEnd::Unknown => return,
        };
        let ms = build.ms(turn.now);
        turn.tell(Event::HostCompared { outcome, ms });
        let look = build.basis.look;
        match end {
            CodeEnd::Same | CodeEnd::Unknown => {}
            CodeEnd::Different(reason) if self.policy.may_restart => {
                self.start_over(Cause::Shadow, reason, None, turn);
            }
            CodeEnd::Different(reason) => {
                let generation = self.generation().unwrap_or_default();
                turn.tell(Event::Refused {
                    generation,
                    reason: Reason::StaysOld(Box::new(reason.clone())),
                    restart: true,
                });
                self.conclude_with(look, State::PartlyLive(vec![reason.clone()]));
                self.builds.live.shadow = Shadow::Differs(reason);
            }
            CodeEnd::Failed(HostFailure { failure, .. }) => {
                self.builds.live.shadow = Shadow::Failed(failure.clone());
                self.builds.last_failed = true;
                self.fail_once(failure, look, turn);
            }
        }
    }

    fn host_built(&mut self, built: &HostBuilt, build: Build, turn: &mut Turn) {
        self.builds.failed = FailedBuilds::default();
        self.builds.host_replaced();
        self.builds.is_comparison_uncertain = false;
        let restart = self.restarts.pending.take();
        let is_first = matches!(self.program, Program::Missing);
        turn.emit(Effect::TakeHost);
        let is_requested = restart
            .as_ref()
            .is_some_and(|it| it.cause == Cause::Requested);
        let is_behind = self.program.standing() == decide::Program::Behind;
        // Cargo compares with what it built last, which a generation has replaced.
        let runs = self.generation() == Some(0) && !is_behind;
        if built.is_new || is_requested || !runs {
            let reason = restart.map(|it| it.reason).filter(|_| !is_first);
            let is_as_seen = built.is_certain && !build.is_touched;
            let look = is_as_seen.then_some(build.basis.look);
            self.replace_host(Spawning { reason, look }, built.has_runner, turn);
        } else {
            self.tell_nothing(Reason::NothingBuilt, turn);
        }
        self.edits.recheck_only(build.detected);
    }

    fn host_failed(
        &mut self,
        failure: HostFailure,
        build: Build,
        may_have_missed: bool,
        turn: &mut Turn,
    ) {
        let HostFailure { failure, written } = failure;
        let mut writers = None;
        if may_have_missed {
            if !self.builds.failed.are_enough(&failure, written) {
                return self.edits.decide(Occasion::save(build.detected));
            }
            // It was tried often enough, so this is the result.
            self.edits.forget_decision();
            writers = Some(self.builds.failed.writers());
        } else {
            self.builds.failed = FailedBuilds::default();
        }
        self.fail(failure, build.basis, turn);
        if matches!(self.program, Program::Missing) {
            turn.note(Note::WaitingForChange);
        }
        if let Some((count, files)) = writers {
            turn.emit(Effect::TellWritten { count, files });
        }
    }

    fn group_built(&mut self, built: &GroupBuilt, build: Build, turn: &mut Turn) {
        if build.task.is_ahead() {
            if self.is_outdated(&build) || !built.is_current {
                turn.emit(Effect::Discard);
                // The next decision says whether to build it again.
                return self.edits.recheck(None);
            }
            turn.emit(Effect::TakeAhead);
            self.builds.ahead = Ahead::Links;
            return self.build_ahead(turn);
        }
        if !built.is_current || self.program.standing() != decide::Program::Runs {
            // The host that it was built for is gone. The edit still needs an outcome.
            turn.emit(Effect::Discard);
            return self.edits.decide(Occasion::save(build.detected));
        }
        // It counts as running until it is known whether it fits.
        self.builds.running = Some(build);
        turn.emit(Effect::Inspect);
    }

    pub(super) fn inspected(&mut self, fit: Fit, turn: &mut Turn) {
        let Some(build) = self.builds.running.take() else {
            return turn.emit(Effect::Discard);
        };
        match fit {
            Fit::Yes => self.accept(build.basis, turn),
            Fit::No(cause, reason) => {
                turn.emit(Effect::Discard);
                self.ask_for_restart(cause, reason, build.detected, turn);
            }
            Fit::Unknown => {
                turn.emit(Effect::Discard);
                self.edits.decide(Occasion::save(build.detected));
            }
            Fit::Damaged(reason) => {
                turn.emit(Effect::Discard);
                let generation = self.program.next_generation();
                self.refuse(generation, reason, false, build.basis.look, turn);
            }
        }
    }

    fn group_failed(
        &mut self,
        failure: GroupFailure,
        build: Build,
        may_have_missed: bool,
        turn: &mut Turn,
    ) {
        if build.task.is_ahead() {
            // It is built again when it is needed, and errors are reported then.
            if !build.is_cancelled {
                self.builds.ahead = Ahead::Nothing;
            }
            if !self.is_outdated(&build) {
                self.build_ahead(turn);
            }
            return;
        }
        if build.is_cancelled {
            return;
        }
        if may_have_missed {
            return self.edits.decide(Occasion::save(build.detected));
        }
        match failure {
            GroupFailure::Cancelled => {}
            GroupFailure::Sources(failure) => self.fail(failure, build.basis, turn),
            GroupFailure::Other(failure) => self.fail_once(failure, build.basis.look, turn),
            GroupFailure::Restart(cause, reason) => {
                self.restarts.pending = Some(Restart::untold(cause, reason));
                self.edits.decide(Occasion::save(build.detected));
            }
        }
    }

    fn scripts_ended(
        &mut self,
        end: ScriptsEnd,
        build: &Build,
        may_have_missed: bool,
        turn: &mut Turn,
    ) {
        let detected = build.detected;
        if matches!(end, ScriptsEnd::Failed(_)) && may_have_missed {
            turn.emit(Effect::Discard);
            return self.edits.decide(Occasion::save(detected));
        }
        turn.emit(Effect::TakeScripts);
        if matches!(end, ScriptsEnd::Failed(_)) {
            // This failure answers a request for a reload.
            self.requests.begin_action(build.basis.look);
        }
        match end {
            ScriptsEnd::Cancelled => {}
            ScriptsEnd::Failed(Ok(failure)) => self.fail(failure, build.basis.clone(), turn),
            ScriptsEnd::Failed(Err(failure)) => self.fail_once(failure, build.basis.look, turn),
            ScriptsEnd::Changed(_) if self.edits.is_decision_due() => {
                self.edits.decide(Occasion::save(detected));
            }
            ScriptsEnd::Changed(reason) => {
                self.ask_for_restart(Cause::ScriptOutput, reason, detected, turn);
            }
            ScriptsEnd::Same(reason) => self.edits.decide(Occasion {
                nothing: Some(reason),
                is_whole: true,
                ..Occasion::save(detected)
            }),
        }
    }

    /// Reports a failure that lasts until the inputs change.
    pub(super) fn fail(&mut self, failure: Failure, basis: Basis, turn: &mut Turn) {
        let look = basis.look;
        self.builds.fail(basis, State::Failed(failure.clone()));
        self.fail_once(failure, look, turn);
        turn.emit(Effect::WatchForFix);
    }

    /// Reports a failure. Another build of the same inputs may succeed.
    pub(super) fn fail_once(&mut self, failure: Failure, look: u64, turn: &mut Turn) {
        self.untell_restart();
        turn.tell(match failure.clone() {
            Failure::Compile { rendered, messages } => Event::CompileError { rendered, messages },
            Failure::Other { message, help } => Event::Error { message, help },
        });
        self.conclude_with(look, State::Failed(failure));
    }
}
