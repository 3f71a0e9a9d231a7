//! What a session knows of a crate's deltas.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::copy::Copy;
use crate::base::stamp::Stamp;
use crate::compile::group::settings::DeltaPolicy;
use crate::compile::group::unit::Compiled;

/// How many bodies a crate must have for deltas, if it was not measured yet.
const MIN_BODIES: usize = 40;

/// How long a delta may take, compared with a full compilation.
const MAX_TIME_RATIO: f64 = 0.85;

/// How often a session tries to make the incremental state of a crate's deltas.
const ATTEMPTS: u32 = 3;

/// What a session knows of a crate's deltas.
#[derive(Debug, Default)]
pub(crate) struct Deltas {
    copy: Mutex<Copy>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The last delta, until a full compilation has replaced it.
    pending: Option<Compiled>,
    /// The last delta, until its code was compared. It may have been replaced before.
    unproven: Option<Compiled>,
    /// Whether a delta was wrong, or could not be linked.
    are_off: bool,
    /// Whether the incremental state of deltas is that of this crate.
    are_warm: bool,
    /// How often it could not be made.
    attempts: u32,
    /// Whether there was a delta. The first compilation after an edit is slow, also in full, and tells
    /// nothing of the next.
    had_one: bool,
    /// Whether the last one was compiled in vain, as far as is known.
    has_failed: bool,
    times: Times,
}

/// How long the last compilations took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Times {
    full: Option<Duration>,
    delta: Option<Duration>,
}

impl Deltas {
    pub(super) fn copy(&self) -> MutexGuard<'_, Copy> {
        // It forgets a file before it is written, so a panic leaves nothing wrong.
        self.copy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change writes one field, so a panic leaves no partial change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Chooses whether to compile a delta rather than the whole crate.
    pub(super) fn choose(&self, policy: DeltaPolicy, full: &Compiled) -> bool {
        let mut state = self.state();
        match policy {
            DeltaPolicy::Never => false,
            _ if state.are_off => false,
            DeltaPolicy::Always => true,
            DeltaPolicy::Auto => state.are_warm && state.times.choose(full.outlines.all_bodies()),
        }
    }

    /// Whether a delta may be faster, so that its incremental state is worth creating.
    pub(super) fn is_worth_warming(&self, policy: DeltaPolicy, full: &Compiled) -> bool {
        let state = self.state();
        let may_succeed = state.attempts < ATTEMPTS;
        let is_large = full.outlines.all_bodies() >= MIN_BODIES || policy == DeltaPolicy::Always;
        policy != DeltaPolicy::Never && !state.are_off && !state.are_warm && may_succeed && is_large
    }

    /// The incremental state was made.
    pub(super) fn warmed(&self) {
        self.state().are_warm = true;
    }

    /// The incremental state could not be made.
    pub(super) fn warming_failed(&self) {
        self.state().attempts += 1;
    }

    /// A delta was compiled.
    pub(super) fn compiled(&self, delta: &Compiled, took: Duration) {
        let mut state = self.state();
        state.pending = Some(delta.clone());
        state.unproven = Some(delta.clone());
        if std::mem::replace(&mut state.had_one, true) {
            state.times.delta = Some(took);
        }
        state.has_failed = false;
        state.are_warm = true;
    }

    /// The last delta, if no full compilation has followed.
    pub(crate) fn pending(&self) -> Option<Compiled> {
        self.state().pending.clone()
    }

    /// The last delta, if its code was not compared.
    pub(super) fn unproven(&self) -> Option<Compiled> {
        self.state().unproven.clone()
    }

    /// The last delta's code was compared, or can't be.
    pub(super) fn proven(&self) {
        self.state().unproven = None;
    }

    /// A delta could not be compiled. If the full compilation succeeds, it was in vain.
    pub(super) fn failed(&self) {
        self.state().has_failed = true;
    }

    /// Whether this is the stamp of a delta that no full compilation has followed.
    pub(crate) fn is_pending(&self, stamp: Stamp) -> bool {
        self.state()
            .pending
            .as_ref()
            .is_some_and(|it| it.stamp == stamp)
    }

    /// The whole crate was compiled, and how long that took with incremental state.
    pub(crate) fn followed(&self, took: Option<Duration>) {
        let mut state = self.state();
        state.pending = None;
        state.times.full = took.or(state.times.full);
        if std::mem::take(&mut state.has_failed) {
            // The next one would probably be, too.
            state.times.delta = state.times.full.map(|it| it.mul_f64(1.5));
        }
    }

    /// The crate gets no more deltas.
    pub(crate) fn turn_off(&self) {
        let mut state = self.state();
        state.are_off = true;
        state.pending = None;
        state.unproven = None;
    }
}

impl Times {
    /// Chooses whether to compile a delta in a crate with so many bodies. A delta that was slower is tried
    /// again after some choices.
    fn choose(&mut self, bodies: usize) -> bool {
        let Times { full, delta } = self;
        match (full, delta) {
            (Some(full), Some(delta)) => {
                let is_faster = delta.as_secs_f64() < full.as_secs_f64() * MAX_TIME_RATIO;
                if !is_faster {
                    // One slow delta does not tell much, so that another one is tried later.
                    *delta = delta.mul_f64(0.9);
                }
                is_faster
            }
            _ => bodies >= MIN_BODIES,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use super::*;
    use crate::base::contents::Contents;
    use crate::compile::group::interface::{Interface, Outlines};
    use crate::compile::group::link::Objects;
    use crate::compile::group::unit::Flavour;

    #[test]
    fn a_delta_is_chosen_if_it_is_faster() {
        let ms = |it: u64| Some(Duration::from_millis(it));
        for (full, delta, bodies, expected) in [
            (None, None, MIN_BODIES, true),
            (None, None, MIN_BODIES - 1, false),
            (ms(100), None, MIN_BODIES - 1, false),
            (ms(1000), ms(600), 1, true),
            (ms(1000), ms(900), 1000, false),
        ] {
            let mut times = Times { full, delta };
            assert_eq!(
                times.choose(bodies),
                expected,
                "{full:?} {delta:?} {bodies}"
            );
        }
    }

    #[test]
    fn a_delta_that_was_slow_is_tried_again() {
        let mut times = Times {
            full: Some(Duration::from_millis(1000)),
            delta: Some(Duration::from_millis(1500)),
        };
        let tries = (0..).take_while(|_| !times.choose(1)).count();
        assert!((3..10).contains(&tries), "{tries}");
    }

    #[test]
    fn a_delta_that_was_replaced_is_unproven_until_it_was_compared() {
        let stamp = Stamp::next();
        let delta = Compiled {
            stamp,
            flavour: Flavour::Leaf,
            refuses_leaf: false,
            command: 0,
            dependencies: Vec::new(),
            variables: BTreeMap::new(),
            inputs: Contents::new(),
            outlines: Outlines::default(),
            interface: Interface::unknown(stamp),
            has_kept_interface: false,
            objects: Objects {
                path: PathBuf::new(),
                merged: PathBuf::new(),
            },
            written: 0,
        };
        let deltas = Deltas::default();
        deltas.compiled(&delta, Duration::ZERO);
        // The comparison that follows may be cancelled.
        deltas.followed(None);
        assert!(!deltas.is_pending(stamp));
        assert!(deltas.unproven().is_some());
        deltas.proven();
        assert!(deltas.unproven().is_none());
    }
}
