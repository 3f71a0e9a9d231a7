//! What a session decides: a state machine without threads, files, clocks or screens.
//!
//! [`Core::step`] takes one thing that happened and returns what to do about it, in order. Some
//! effects have a result: it comes back as the next input, before anything else.
//!
//! # Looks and outcomes
//!
//! A *look* checks the input files for changes. Looks are numbered. Each build records the number of
//! the look that it was started for, and its outcome has the same number. If a later look finds no
//! further change, the running build and the current outcome get the number of that look. A request
//! (`wait`, `reload`, `restart`) triggers a look, and is answered by the first outcome whose number
//! is at least that of the look.
//!
//! # The modules
//!
//! - [`input`] and [`effect`]: what goes in and what comes out
//! - [`basis`]: what a build or an outcome is based on
//! - [`program`]: the program's phases; [`host`]: the conversation with the host
//! - [`edits`]: when to look at saved files, and when to decide on them
//! - [`decide`]: the decision; [`restarts`]: restarts that are due; [`repeated_restarts`]: those without an end
//! - [`builds`]: builds that begin; [`build_ends`]: builds that end; [`deltas`]: the full compilations
//!   that follow deltas; [`checks`]: the check of the whole workspace
//! - [`cancel_budget`] and [`failed_builds`]: limits for builds that are cancelled or fail in a row
//! - [`guests`]: hosts that the session did not start; [`frames`]: generations that wait for a frame of the host
//! - [`stopping`]: the end of a host that is replaced; [`handover`]: the next one, if it is started before;
//!   [`carried`]: the values that survive it; [`announce`]: what is reported of the next host
//! - [`calls`]: whether new code was called; [`rollback`]: an earlier generation goes live again; [`history`]: which
//! - [`requests`]: requests of users and other processes, and the outcomes that answer them

mod announce;
mod basis;
mod build_ends;
mod builds;
mod calls;
mod cancel_budget;
mod carried;
mod checks;
mod decide;
mod deltas;
mod edits;
mod effect;
mod failed_builds;
mod frames;
mod guests;
mod handover;
mod history;
mod host;
mod input;
mod program;
mod repeated_restarts;
mod requests;
mod restarts;
mod rollback;
mod stopping;
mod task;

use std::time::{Duration, Instant};

use crate::base::contents::Contents;
use crate::compat::symbols::shown;
use crate::decide::{Action, Cause, Reason};
use crate::host::StopSignal;
use crate::report::{Event, Note};

use builds::Builds;
use calls::Calls;
use carried::Carried;
use edits::Edits;
pub(super) use effect::Effect;
pub(super) use input::{
    BuildEnd, CodeEnd, Examined, Failure, Fit, FollowEnd, Found, GroupBuilt, GroupFailure,
    HostBuilt, HostFailure, HostInput, Input, Looked, NewCode, Reply, ScriptsEnd, SuccessorInput,
};
use program::{Link, Program};
use requests::{Answer, Requests};
use restarts::{Restart, Restarts};
pub(super) use task::Task;

/// What the command line says about restarts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy {
    /// Whether an edit may restart the host.
    pub(super) may_restart: bool,
    /// Whether the workspace is checked while idle.
    pub(super) checks: bool,
    /// Whether another process, such as a debugger, starts the host.
    pub(super) waits_for_host: bool,
    /// The signal that stops a host, and how long the host may take to end.
    pub(super) stop_signal: StopSignal,
    pub(super) stop_timeout: Duration,
    pub(super) handover: Handover,
}

/// When the next host is started, if one runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handover {
    /// When that one has ended.
    AfterEnd,
    /// Before that one is stopped. The next one waits at the beginning of `main` until it has ended.
    AtMain,
    /// As `AtMain`, but a program that carries values waits at the first of them (`--overlap`).
    AtFirstCarried,
}

/// The state of a session.
#[derive(Debug)]
pub(super) struct Core {
    policy: Policy,
    program: Program,
    builds: Builds,
    edits: Edits,
    calls: Calls,
    carried: Carried,
    restarts: Restarts,
    requests: Requests,
}

/// One step: its time, and the effects that it produces.
struct Turn {
    now: Instant,
    effects: Vec<Effect>,
}

impl Turn {
    fn emit(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn tell(&mut self, event: Event) {
        self.emit(Effect::Tell(event));
    }

    fn note(&mut self, note: Note) {
        self.tell(Event::Note(note));
    }
}

impl Core {
    pub(super) fn new(policy: Policy) -> Self {
        Core {
            policy,
            program: Program::Missing,
            builds: Builds::default(),
            edits: Edits::default(),
            calls: Calls::default(),
            carried: Carried::default(),
            restarts: Restarts::default(),
            requests: Requests::default(),
        }
    }

    /// Takes what happened, and returns what to do about it.
    pub(super) fn step(&mut self, input: Input, now: Instant) -> Vec<Effect> {
        let mut turn = Turn {
            now,
            effects: Vec::new(),
        };
        match input {
            Input::Begin => self.begin(Task::FirstHost, None, &mut turn),
            Input::Touched { at_once } => self.edits.touch(now, at_once),
            Input::CheckedTouched => self.checked_touched(&mut turn),
            Input::Overflowed => self.overflowed(&mut turn),
            Input::Looked(looked) => self.looked(looked, &mut turn),
            Input::Examined(examined) => self.examined(*examined, &mut turn),
            Input::BuildEnded(end) => self.build_ended(end, &mut turn),
            Input::Inspected(fit) => self.inspected(fit, &mut turn),
            Input::PutOff { is_any } => self.put_off(is_any),
            Input::Host(input) => self.host(input, &mut turn),
            Input::NewCode(new) => self.calls.found(new),
            Input::Action(action) => self.act(action, &mut turn),
            Input::RestartFresh => self.restart_fresh(&mut turn),
            Input::RollBack => self.roll_back(None, &mut turn),
            Input::TogglePause => self.toggle_pause(&mut turn),
            Input::Asked { question, request } => self.asked(question, request, &mut turn),
            Input::CookieSeen { number } => self.cookie_seen(number, &mut turn),
            Input::Tick => self.tick(&mut turn),
        }
        self.await_rollback(&mut turn);
        self.settle(&mut turn);
        if self.may_tell_calls() {
            self.calls.tell(&mut turn);
        }
        turn.effects
    }

    /// When the next [`Input::Tick`] is due, if nothing else happens before.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let is_wanted = self.edits.is_decision_due() || self.requests.action.is_some();
        let times = [
            self.edits.deadline(),
            self.calls.deadline().filter(|_| self.may_tell_calls()),
            self.program.deadline(is_wanted, self.policy.stop_timeout),
            self.requests.deadline(),
        ];
        times.into_iter().flatten().min()
    }

    /// Whether the live generation stays, so that it matters whether its code is called.
    fn may_tell_calls(&self) -> bool {
        let is_offered = self.program.offered_at().is_some();
        !self.is_building() && !is_offered && self.restarts.pending.is_none()
    }

    fn tick(&mut self, turn: &mut Turn) {
        self.await_host(turn);
        self.await_end(turn);
        self.announce(turn);
        self.phase_timed_out(turn);
        if let Some(number) = self.requests.overdue(turn.now) {
            // Events are lost, perhaps of sources that only the check of the workspace reads.
            self.checked_touched(turn);
            self.cookie_seen(number, turn);
        }
    }

    /// Starts whatever can start now.
    fn settle(&mut self, turn: &mut Turn) {
        if let Some(is_patient) = self.edits.begin_look(turn.now) {
            let at_all = false;
            return turn.emit(Effect::Look { at_all, is_patient });
        }
        let is_replaced = matches!(self.program, Program::Stopping(_) | Program::Spawning(_));
        if self.edits.awaits_facts() || is_replaced {
            return;
        }
        let action = self.requests.action;
        let is_wanted = self.edits.is_decision_due() || action.is_some();
        // Files that have yet to be looked at may change the decision.
        if is_wanted && !self.edits.is_touched() {
            self.decide_when_free(action, turn);
        }
        self.conclude(turn);
    }

    /// Starts a decision, unless something must finish first.
    fn decide_when_free(&mut self, action: Option<Action>, turn: &mut Turn) {
        let build = self.builds.running.as_ref();
        if action == Some(Action::Reload) && build.is_some_and(|it| it.makes(self.edits.seen())) {
            // The running build is the one that was requested.
            return self.requests.begin_action(self.edits.look());
        }
        if self.awaits_reply(turn) || self.program.is_leaving() {
            return;
        }
        let is_dirty =
            !self.edits.is_clean() || action.is_some() || self.restarts.pending.is_some();
        let runs = self.program.runs();
        let edits_wait = self.edits_wait();
        let Some(build) = &mut self.builds.running else {
            return self.examine(turn);
        };
        if action == Some(Action::Restart) && build.task != Task::AskCargo {
            // A restart needs no other build than the host's, but it needs cargo's answer.
            return build.cancel(turn);
        }
        match build.task.is_ahead() {
            // A build that was requested comes first.
            true if is_dirty || !runs => build.cancel(turn),
            true => self.examine(turn),
            // The build goes on, and the user is told that the edit waits.
            false if edits_wait => self.examine(turn),
            false => {}
        }
    }

    /// Whether the host has yet to reply to an offer. After a timeout it is given up, and a restart
    /// is due.
    fn awaits_reply(&mut self, turn: &mut Turn) -> bool {
        let Some(at) = self.program.offered_at() else {
            return false;
        };
        if self.take_back(turn) {
            return true;
        }
        if turn.now.saturating_duration_since(at) < program::REPLY_TIMEOUT {
            return true;
        }
        let seconds = program::REPLY_TIMEOUT.as_secs();
        let reason = Reason::NoAnswer { seconds };
        self.lose_host(Link::Left, reason.clone(), turn);
        self.restarts.pending = Some(Restart::untold(Cause::NoAnswer, reason));
        false
    }

    /// Answers the questions that have an outcome.
    fn conclude(&mut self, turn: &mut Turn) {
        if self.is_at_rest() {
            // Idle: the current outcome already covers the last look.
            self.requests.outcome.look = self.edits.look();
            self.requests.outcome.first_look = self.requests.outcome.look;
        }
        for (question, wants_check) in self.requests.answered(self.is_checked()) {
            let mut answer = self.answer();
            if wants_check {
                self.add_check(&mut answer);
            }
            turn.emit(Effect::Answer { question, answer });
        }
    }

    /// Whether nothing is in progress that can change the outcome.
    fn is_at_rest(&self) -> bool {
        let is_built = self
            .builds
            .running
            .as_ref()
            .is_none_or(|it| it.task.is_ahead());
        let is_judged = !self.edits.is_decision_due() && !self.edits.is_touched();
        is_built && is_judged && self.requests.action.is_none() && self.program.is_at_rest()
    }

    /// What somebody who asks now is answered.
    pub(super) fn answer(&self) -> Answer {
        let serving = self.program.serving();
        let generation = serving.map(|it| it.generation);
        let mut answer = self
            .requests
            .outcome
            .answer(generation, serving.map(|it| it.pid));
        answer.not_called = self.uncalled().map(|it| shown(it)).collect();
        answer
    }

    // Only the core has these facts.

    /// Whether a host runs.
    pub(super) fn runs(&self) -> bool {
        self.program.runs()
    }

    /// The number of the generation that is live.
    pub(super) fn generation(&self) -> Option<u32> {
        self.program.serving().map(|it| it.generation)
    }

    /// The entry points that lead to code of the live generation that was not called.
    pub(super) fn uncalled(&self) -> impl Iterator<Item = &String> {
        self.calls.uncalled().into_iter()
    }

    /// The process of the host.
    pub(super) fn pid(&self) -> Option<u32> {
        self.program.serving().map(|it| it.pid)
    }

    /// Whether the host has joined, even if it left since.
    pub(super) fn has_joined(&self) -> bool {
        self.program
            .serving()
            .is_some_and(|it| !matches!(it.link, Link::Starting { .. }))
    }

    /// Whether the host was told that it has joined, and has not left.
    pub(super) fn is_welcome(&self) -> bool {
        let serving = self.program.serving();
        serving.is_some_and(|it| matches!(it.link, Link::Joined { .. }))
    }

    /// Whether a host is being stopped, so that the next can start.
    pub(super) fn is_stopping(&self) -> bool {
        matches!(self.program, Program::Stopping(_))
    }

    /// Changes whenever the answer may have changed.
    pub(super) fn conclusion(&self) -> (u64, Option<u32>) {
        (self.requests.outcome.number, self.generation())
    }

    pub(super) fn is_paused(&self) -> bool {
        self.requests.is_paused
    }

    /// Whether a build is running that was requested or follows an edit.
    pub(super) fn is_building(&self) -> bool {
        let build = self.builds.running.as_ref();
        build.is_some_and(|it| !it.task.is_ahead())
    }

    /// Whether the last build that ran to its end failed.
    pub(super) fn last_build_failed(&self) -> bool {
        self.builds.last_failed
    }

    /// Whether the last build failed or there is no program, so that a new file may be the missing one.
    pub(super) fn is_broken(&self) -> bool {
        matches!(self.program, Program::Missing) || self.builds.fruitless.is_some()
    }

    /// The files that were written while the last builds of the host failed, with their contents.
    /// An event of such a file is not a save.
    pub(super) fn left_by_failed_builds(&self) -> &Contents {
        self.builds.failed.written()
    }
}

#[cfg(test)]
mod tests;
