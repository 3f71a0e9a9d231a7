//! Whether the code that a reload made live has been called.
//!
//! The host reports the entry points that were called in each generation. A comparison of machine
//! code, which takes a moment, finds the entry points that lead to the changed code. Changed code is
//! *uncalled* until one of them is called.
//!
//! If it stays uncalled for a second, the user is told, because old code may keep running in its place,
//! such as a closure that the program stores. The screen does not report entry points that were called in
//! several generations, such as web pages, because they will be called again.
//!
//! Unknown code counts as called.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::compat::symbols::shown;
use crate::report::Event;

use super::Turn;
use super::input::NewCode;

/// How long new code may stay uncalled before the user is told.
const CALL_TIMEOUT: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct Calls {
    /// The live generation; 0 is the baseline, of which nothing is known.
    generation: u32,
    /// When it went live.
    since: Option<Instant>,
    /// The entry points that were called in a generation. The host may report them before it replies
    /// that the generation is live.
    called: (u32, BTreeSet<String>),
    /// By entry point, the first generation that it was called in, and whether that was not the only
    /// one.
    history: BTreeMap<String, (u32, bool)>,
    /// The code of the live generation that has not been called, once it is known.
    new: Option<NewCode>,
    told: Option<Told>,
}

/// What the user was told.
#[derive(Debug)]
struct Told {
    entry_points: Vec<String>,
    is_usual: bool,
}

impl Calls {
    /// A generation went live. Returns the names of the code that was still uncalled in the one
    /// before, if they are known.
    pub(super) fn went_live(&mut self, generation: u32, now: Instant) -> Option<BTreeSet<String>> {
        let uncalled = self.new.take().map(|it| it.changed);
        self.generation = generation;
        self.since = Some(now);
        self.told = None;
        if self.called.0 != generation {
            self.called = (generation, BTreeSet::new());
        }
        Some(uncalled?.into_iter().map(|it| it.name).collect())
    }

    /// The host reports calls.
    pub(super) fn called(&mut self, generation: u32, entry_points: Vec<String>) {
        if generation < self.called.0 {
            return;
        }
        if generation > self.called.0 {
            self.called = (generation, BTreeSet::new());
        }
        for path in entry_points {
            let (first, is_called_again) = self
                .history
                .entry(path.clone())
                .or_insert((generation, false));
            *is_called_again |= *first != generation;
            self.called.1.insert(path);
        }
        self.forget_called();
    }

    /// The changed code of a generation is known.
    pub(super) fn found(&mut self, new: NewCode) {
        if new.generation == self.generation {
            self.new = Some(new);
            self.forget_called();
        }
    }

    fn forget_called(&mut self) {
        let (generation, called) = &self.called;
        let Some(new) = &mut self.new else { return };
        if *generation != new.generation {
            return;
        }
        // If the host has another name for an entry point than its symbol, nothing is known.
        let are_known = called.is_subset(&new.entry_points);
        new.changed
            .retain(|it| are_known && it.entry_points.is_disjoint(called));
    }

    /// The entry points that lead to uncalled code.
    pub(super) fn uncalled(&self) -> BTreeSet<&String> {
        let changed = self.new.iter().flat_map(|it| &it.changed);
        changed.flat_map(|it| &it.entry_points).collect()
    }

    /// When to tell the user.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let is_due = self.told.is_none() && !self.uncalled().is_empty();
        self.since.filter(|_| is_due).map(|it| it + CALL_TIMEOUT)
    }

    /// Tells the user if the time has come.
    pub(super) fn tell(&mut self, turn: &mut Turn) {
        let generation = self.generation;
        let uncalled = self.uncalled();
        if self.deadline().is_some_and(|it| it <= turn.now) {
            let is_called_again = |path: &&String| self.history.get(*path).is_some_and(|it| it.1);
            let is_usual = uncalled.iter().all(is_called_again);
            let entry_points: Vec<String> = uncalled.into_iter().map(|it| shown(it)).collect();
            turn.tell(Event::NotCalled {
                generation,
                entry_points: entry_points.clone(),
                is_usual,
            });
            self.told = Some(Told {
                entry_points,
                is_usual,
            });
        } else if uncalled.is_empty()
            && let Some(told) = self.told.take()
        {
            turn.tell(Event::Called {
                generation,
                entry_points: told.entry_points,
                is_usual: told.is_usual,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compat::code::ChangedCode;

    const ALL: [&str; 3] = ["build", "other", "page"];

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|it| (*it).to_owned()).collect()
    }

    /// Each function that changed, with its entry points.
    fn new(generation: u32, changed: &[(&str, &[&str])]) -> NewCode {
        let changed = changed.iter().map(|(name, entry_points)| ChangedCode {
            name: (*name).to_owned(),
            entry_points: set(entry_points),
        });
        NewCode {
            generation,
            changed: changed.collect(),
            entry_points: set(&ALL),
            stored: BTreeSet::new(),
        }
    }

    fn call(calls: &mut Calls, generation: u32, name: &str) {
        calls.called(generation, vec![name.to_owned()]);
    }

    /// What is told after that time.
    fn told(calls: &mut Calls, start: Instant, after_ms: u64) -> Option<String> {
        let mut turn = Turn {
            now: start + Duration::from_millis(after_ms),
            effects: Vec::new(),
        };
        calls.tell(&mut turn);
        let effect = turn.effects.pop()?;
        assert!(turn.effects.is_empty());
        Some(match effect {
            super::super::Effect::Tell(Event::NotCalled {
                generation,
                entry_points,
                is_usual,
            }) => format!("{generation} not called: {entry_points:?} {is_usual}"),
            super::super::Effect::Tell(Event::Called {
                generation,
                entry_points,
                ..
            }) => format!("{generation} called: {entry_points:?}"),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn code_that_is_not_called_is_told_after_a_second_and_once() {
        let start = Instant::now();
        let mut calls = Calls::default();
        assert_eq!(calls.went_live(1, start), None);
        assert_eq!(calls.deadline(), None, "it is not known yet");
        calls.found(new(1, &[("closure", &["build"])]));
        assert_eq!(calls.deadline(), Some(start + CALL_TIMEOUT));
        assert_eq!(told(&mut calls, start, 999), None);
        let expected = "1 not called: [\"build\"] false";
        assert_eq!(told(&mut calls, start, 1000).as_deref(), Some(expected));
        assert_eq!(told(&mut calls, start, 5000), None);
        assert_eq!(calls.deadline(), None);
        call(&mut calls, 1, "page");
        assert_eq!(told(&mut calls, start, 5000), None);
        call(&mut calls, 1, "build");
        let expected = "1 called: [\"build\"]";
        assert_eq!(told(&mut calls, start, 5000).as_deref(), Some(expected));
        assert_eq!(told(&mut calls, start, 5000), None);
    }

    #[test]
    fn code_that_is_called_in_time_is_not_told() {
        let start = Instant::now();
        for is_found_first in [true, false] {
            let mut calls = Calls::default();
            // It may be called before the host says that it is live.
            if !is_found_first {
                call(&mut calls, 1, "page");
            }
            calls.went_live(1, start);
            calls.found(new(1, &[("helper", &["page", "other"])]));
            if is_found_first {
                assert_eq!(calls.uncalled().len(), 2);
                call(&mut calls, 1, "page");
            }
            assert!(calls.uncalled().is_empty());
            assert_eq!(told(&mut calls, start, 2000), None);
        }
    }

    #[test]
    fn each_changed_function_waits_for_its_own_entry_points() {
        let start = Instant::now();
        let mut calls = Calls::default();
        calls.went_live(1, start);
        calls.found(new(1, &[("a", &["page"]), ("closure", &["build"])]));
        call(&mut calls, 1, "page");
        let expected = "1 not called: [\"build\"] false";
        assert_eq!(told(&mut calls, start, 1000).as_deref(), Some(expected));
        // The next generation takes it over.
        assert_eq!(calls.went_live(2, start), Some(set(&["closure"])));
        assert_eq!(told(&mut calls, start, 9000), None, "it is not known yet");
        calls.found(new(2, &[("closure", &["build"])]));
        assert!(told(&mut calls, start, 9000).is_some());
    }

    #[test]
    fn calls_and_code_of_other_generations_do_not_count() {
        let start = Instant::now();
        let mut calls = Calls::default();
        calls.went_live(2, start);
        calls.found(new(1, &[("a", &["page"])]));
        assert_eq!(calls.deadline(), None);
        calls.found(new(2, &[("a", &["page"])]));
        call(&mut calls, 1, "page");
        assert!(told(&mut calls, start, 1000).is_some());
    }

    #[test]
    fn an_entry_point_with_an_unknown_name_may_be_any() {
        let start = Instant::now();
        let mut calls = Calls::default();
        calls.went_live(1, start);
        calls.found(new(1, &[("a", &["page"])]));
        call(&mut calls, 1, "another");
        assert_eq!(told(&mut calls, start, 1000), None);
    }

    #[test]
    fn what_was_called_in_several_generations_is_usual() {
        let start = Instant::now();
        let mut calls = Calls::default();
        for generation in 1..=2 {
            calls.went_live(generation, start);
            call(&mut calls, generation, "page");
        }
        calls.went_live(3, start);
        calls.found(new(3, &[("a", &["page"])]));
        let expected = "3 not called: [\"page\"] true";
        assert_eq!(told(&mut calls, start, 1000).as_deref(), Some(expected));
    }

    #[test]
    fn what_was_called_in_one_generation_is_not_usual() {
        let start = Instant::now();
        let mut calls = Calls::default();
        calls.went_live(1, start);
        call(&mut calls, 1, "page");
        calls.went_live(2, start);
        calls.found(new(2, &[("a", &["page"])]));
        let expected = "2 not called: [\"page\"] false";
        assert_eq!(told(&mut calls, start, 1000).as_deref(), Some(expected));
    }

    #[test]
    fn all_calls_before_the_code_is_known_count() {
        let mut calls = Calls::default();
        calls.went_live(1, Instant::now());
        call(&mut calls, 1, "build");
        call(&mut calls, 1, "page");
        calls.found(new(1, &[("a", &["build"]), ("b", &["page"])]));
        assert!(calls.uncalled().is_empty());
    }
}
