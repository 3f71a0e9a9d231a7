//! What must hold whatever happens.

use crate::control;
use crate::decide::Reason;
use crate::report::{Comparison, Event, Outcome};

use super::*;

/// What was promised and done so far.
#[derive(Debug, Default)]
pub(super) struct Promises {
    /// Whether an edit may restart the host.
    may_restart: bool,
    /// Which host runs, and which one the build that runs is for.
    host: u32,
    built_for: u32,
    /// What the last build of a generation saw when it began.
    pub(super) saw: Files,
    /// Whether something was saved that has no outcome yet.
    is_open: bool,
    /// How much happened, less what was said of it, since nothing was under way.
    news: i64,
    /// Whether something happened since the host was started that a restart may be for.
    has_cause: bool,
    /// Whether something is built that somebody waits for.
    is_building: bool,
    /// Whether something happened since it began.
    has_new: bool,
    /// What a build saw that is known to fail, unless something happened since.
    failed: Option<Files>,
    /// Whether the session stopped the host, and has yet to say so.
    is_stopped: bool,
    /// The restart that was told, until it has come to something.
    told: Option<Reason>,
    /// Whether it was said that only a restart can run what was saved, and nothing happened since.
    needs_restart: bool,
    /// The last conclusion, and what was answered then.
    concluded: Option<((u64, Option<u32>), Said)>,
}

type Said = (control::Outcome, Option<u32>, Vec<String>);

impl Promises {
    /// Whoever waits for another conclusion misses no answer.
    pub(super) fn concludes(&mut self, core: &Core) {
        let Answer {
            outcome,
            generation,
            reasons,
            ..
        } = core.answer();
        let now = (core.conclusion(), (outcome, generation, reasons));
        if let Some(before) = self.concluded.replace(now.clone())
            && before.0 == now.0
        {
            assert_eq!(before.1, now.1, "the conclusion is the same");
        }
    }

    pub(super) fn new(policy: Policy) -> Self {
        Promises {
            may_restart: policy.may_restart,
            ..Promises::default()
        }
    }

    /// Something happened that may have an outcome, or ask for a restart.
    pub(super) fn trigger(&mut self) {
        self.news += 1;
        self.has_cause = true;
        self.failed = None;
        self.has_new = true;
    }

    /// Somebody asked for something, which is a cause of its own.
    pub(super) fn requested(&mut self) {
        self.told = None;
        self.needs_restart = false;
        self.trigger();
    }

    pub(super) fn new_host(&mut self) {
        self.needs_restart = false;
        self.host += 1;
    }

    /// Whether the last build began when this host ran.
    pub(super) fn is_for_this_host(&self) -> bool {
        self.built_for == self.host
    }

    pub(super) fn build_begins(&mut self, task: &Task, saw: Files) {
        self.built_for = self.host;
        self.has_new = false;
        self.is_building = !task.is_ahead();
        if self.is_building && !task.prepares() {
            assert_ne!(self.failed, Some(saw), "it is known to fail");
        }
        if !task.is_ahead() {
            self.saw = saw;
        }
    }

    pub(super) fn build_ends(&mut self) {
        self.is_building = false;
    }

    /// The session starts a host.
    pub(super) fn started(&mut self) {
        assert!(self.has_cause, "nothing asked for another restart");
        self.has_cause = false;
        self.is_stopped = false;
        self.told = None;
    }

    /// Something has come of what was saved.
    fn outcome(&mut self, what: &Effect) {
        assert!(self.news > 0, "there was nothing to say: {what:?}");
        self.news -= 1;
        self.is_open = false;
    }

    /// The session says that a host can't be started.
    pub(super) fn is_said(&mut self) {
        self.told = None;
        self.outcome(&Effect::StartHost);
    }

    pub(super) fn performed(&mut self, effect: &Effect) {
        match effect {
            Effect::WentBack { .. } => self.outcome(effect),
            Effect::GoLive { .. } => {
                assert!(!self.needs_restart, "that was to need a restart");
                self.outcome(effect);
            }
            Effect::ClearHost => {
                self.is_stopped = true;
                self.new_host();
            }
            // That of a host that exited was said.
            Effect::AwaitHost { .. } if std::mem::take(&mut self.is_stopped) => {
                self.told = None;
                self.outcome(effect);
            }
            Effect::Disconnect => self.trigger(),
            // The restart was not needed. After another edit it may be.
            Effect::TakeSame => self.told = None,
            Effect::Tell(event) => match event {
                Event::Edit { .. } => {
                    self.needs_restart = false;
                    self.news += 1;
                    self.is_open = true;
                }
                Event::Verdict {
                    verdict: Outcome::Nothing,
                    ..
                } => {
                    self.told = None;
                    self.needs_restart = false;
                    self.outcome(effect);
                }
                Event::Verdict {
                    verdict: Outcome::Restart,
                    reason,
                } => {
                    assert_ne!(self.told.as_ref(), Some(reason), "it was said before");
                    self.needs_restart = false;
                    self.told = Some(reason.clone());
                }
                Event::Verdict { .. } => self.told = None,
                Event::Refused { restart, .. } => {
                    self.told = None;
                    self.needs_restart = *restart && self.may_restart;
                    self.outcome(effect);
                }
                Event::CompileError { .. }
                | Event::Error { .. }
                | Event::Restarted { .. }
                | Event::HostStarted { .. } => {
                    self.told = None;
                    self.outcome(effect);
                }
                // The error is told, and the generation that replaces the delta is an outcome, too.
                Event::DeltaCompared {
                    outcome: Comparison::Different,
                    ..
                } => self.news += 1,
                Event::HostExited { .. } => {
                    self.needs_restart = false;
                    self.told = None;
                    let is_open = self.is_open && self.is_building;
                    self.outcome(effect);
                    // What is being built has yet to be shown.
                    self.is_open = is_open;
                }
                _ => {}
            },
            Effect::WatchForFix if !self.has_new => self.failed = Some(self.saw),
            _ => {}
        }
    }

    /// Nothing is under way, except for the events of written files, which may not have arrived yet.
    pub(super) fn come_to_rest(&mut self, unnoticed: i64, is_paused: bool) {
        assert!(!self.is_open, "what was saved has no outcome");
        let is_due = self.needs_restart && !is_paused;
        assert!(!is_due, "the restart that was needed did not come");
        self.news = unnoticed;
    }
}
