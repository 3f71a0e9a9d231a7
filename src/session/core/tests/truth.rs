//! What is true of the program, apart from what the core thinks, and what must hold of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::control::Outcome;
use crate::report::Event;

use super::world::World;
use super::*;

/// How long a host may at least take for each step of its end.
const STEP: Duration = Duration::from_secs(2);

/// Whether the live generation has a delta.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Delta {
    /// No, or it was compared, or can't be.
    #[default]
    None,
    Unproven,
    Wrong,
}

#[derive(Debug, Default)]
pub(super) struct Truth {
    /// What the host runs.
    pub(super) runs: Files,
    /// What each generation of the host is.
    generations: BTreeMap<u32, Files>,
    delta: Delta,
    /// Whether an error was told since the host or its generation went live.
    has_failed: bool,
    /// Whether the last comparison of the host's code failed.
    pub(super) shadow_failed: bool,
    /// Whether the last comparison before a restart was of files that changed meanwhile.
    is_uncertain: bool,

    /// When the host was started, and when the next one was.
    pub(super) began: Option<Instant>,
    pub(super) successor_began: Option<Instant>,
    /// Whether the host has created a carried value when it started, and whether the next one has.
    pub(super) carries: bool,
    pub(super) successor_carries: bool,
    /// The values that the host has read or reset.
    pub(super) taken: BTreeSet<String>,
    /// How often a start without values was requested, and how often they were forgotten.
    pub(super) fresh_asked: u32,
    forgotten: u32,
    /// Whether the next host is to start without values.
    pub(super) is_fresh_due: bool,

    /// Whether the host was asked to stop, and got the signal.
    is_asked: bool,
    is_signalled: bool,
    /// When the last step of its end began, or it last said that it saves.
    pub(super) busy_since: Option<Instant>,
    /// Whether only time has passed.
    pub(super) is_tick: bool,

    /// The generations in which the host has called the entry point of new code.
    pub(super) called: BTreeSet<u32>,
    /// The generations of which that was told.
    told_uncalled: BTreeSet<u32>,
}

impl Truth {
    /// Another host runs, or the same process begins again.
    pub(super) fn begin(&mut self, baseline: Files, now: Instant) {
        self.began = Some(now);
        self.runs = baseline;
        self.generations = BTreeMap::from([(0, baseline)]);
        self.delta = Delta::None;
        self.has_failed = false;
        self.shadow_failed = false;
        self.carries = false;
        (self.is_asked, self.is_signalled) = (false, false);
        self.called.clear();
        self.told_uncalled.clear();
    }

    pub(super) fn went_back(&mut self, generation: u32, earlier: u32) {
        self.runs = self.generations[&earlier];
        self.generations.insert(generation, self.runs);
        self.delta = Delta::None;
    }

    pub(super) fn went_live(&mut self, generation: u32, runs: Files, is_delta: bool) {
        self.runs = runs;
        self.generations.insert(generation, runs);
        self.has_failed = false;
        self.delta = match is_delta {
            true => Delta::Unproven,
            false => Delta::None,
        };
    }

    pub(super) fn followed(&mut self, end: &FollowEnd, is_cancelled: bool) {
        self.delta = match end {
            _ if self.delta == Delta::None => Delta::None,
            FollowEnd::Different { .. } => Delta::Wrong,
            FollowEnd::Same { .. } | FollowEnd::Unknown if !is_cancelled => Delta::None,
            _ => self.delta,
        };
    }

    pub(super) fn performed(&mut self, effect: &Effect, now: Instant) {
        match effect {
            Effect::Build { task, .. } => {
                let compares = matches!(task, Task::ChangedHost | Task::HostCode);
                assert!(!(compares && self.is_uncertain), "it is compared again");
            }
            Effect::TakeHost => self.is_uncertain = false,
            Effect::ForgetCarried => {
                self.forgotten += 1;
                self.is_fresh_due = false;
                let is_asked = self.forgotten <= self.fresh_asked;
                assert!(is_asked, "values are forgotten, and nobody wants that");
            }
            Effect::StartHost | Effect::Adopt | Effect::TakeSuccessor { .. } => {
                assert!(!self.is_fresh_due, "values are not forgotten");
                self.taken.clear();
            }
            Effect::StartSuccessor => self.successor_carries = false,
            Effect::AskToStop => {
                assert!(!self.is_asked, "it is asked to stop again");
                self.is_asked = true;
                self.busy_since = Some(now);
            }
            Effect::StopHost => {
                assert!(!self.is_signalled, "it gets the signal again");
                self.is_signalled = true;
                // One that left the session can't be asked first.
                match self.is_asked {
                    true => self.presses_on(now),
                    false => self.busy_since = Some(now),
                }
            }
            Effect::AskToSave | Effect::KillHost => self.presses_on(now),
            Effect::Tell(event) => self.told(event),
            _ => {}
        }
    }

    /// The host gets no more time for a step of its end.
    fn presses_on(&mut self, now: Instant) {
        if self.is_tick {
            let since = self.busy_since.expect("it was asked to stop before");
            assert!(now - since >= STEP, "it has had no time");
        }
        self.busy_since = Some(now);
    }

    fn told(&mut self, event: &Event) {
        match event {
            Event::Error { .. } | Event::CompileError { .. } => self.has_failed = true,
            Event::Restarted { carried, .. } => {
                let reset = carried.reset.iter().map(|it| &it.name);
                for name in carried.carried.iter().chain(reset) {
                    assert!(self.taken.contains(name), "another host took `{name}` over");
                }
            }
            Event::NotCalled { generation, .. } => {
                assert!(!self.called.contains(generation), "it was called");
                assert!(self.told_uncalled.insert(*generation), "it was told before");
            }
            Event::Called { generation, .. } => {
                assert!(self.told_uncalled.contains(generation), "nobody missed it");
            }
            _ => {}
        }
    }

    /// A build of the host was taken that has the code that runs.
    pub(super) fn is_same(&mut self, is_certain: bool) {
        self.is_uncertain = !is_certain;
    }

    /// Nothing is under way that may change what is answered.
    pub(super) fn settles(&self, outcome: Outcome) {
        let is_wrong = self.delta == Delta::Wrong && outcome == Outcome::Live;
        assert!(!is_wrong, "a wrong delta is live");
    }

    /// Nothing is under way.
    pub(super) fn come_to_rest(&self, outcome: Outcome) {
        let may_fail = self.has_failed || self.shadow_failed;
        assert!(outcome != Outcome::Failed || may_fail, "nothing has failed");
        let is_right = self.delta == Delta::None;
        assert!(
            outcome != Outcome::Live || is_right,
            "{:?} delta is live",
            self.delta
        );
    }
}

impl World {
    /// The code is found that is new in the live generation.
    pub(super) fn find_new_code(&mut self) {
        if self.core.generation().is_some_and(|it| it > 0) {
            self.new_code("page::new");
        }
    }

    /// The host calls an entry point of its generation.
    pub(super) fn call(&mut self, is_new: bool) {
        let Some(generation) = self.host.as_ref().map(|it| it.confirmed) else {
            return;
        };
        if is_new {
            self.truth.called.insert(generation);
        }
        let name = if is_new { "page::new" } else { "page::old" };
        self.say(HostInput::Called {
            generation,
            entry_points: vec![name.to_owned()],
        });
    }
}
