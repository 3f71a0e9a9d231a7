//! The values that the program carries across restarts: which were saved, and which the next host has read.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use hotmod_protocol::Saved;

use crate::report::{self, NotCarried};

/// How long to wait until a new host reads the next of the saved values, before its start is reported.
pub(super) const NEXT_VALUE_TIMEOUT: Duration = Duration::from_secs(1);

/// How long it may take to read one of them.
pub(super) const READ_TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(super) struct Carried {
    /// The values that the next host can read, and when each was saved.
    saved: BTreeMap<String, Instant>,
    /// When the host ended by itself, if nothing was saved at its end.
    ended_at: Option<Instant>,
    /// What the running host has read, until that is reported.
    unreported: report::Carried,
}

impl Carried {
    pub(super) fn saved(&mut self, saved: Saved, now: Instant) {
        if saved == Saved::default() {
            // The host has no values, so those of the one before it stay.
            return;
        }
        let failed: BTreeSet<String> = saved.failed.into_iter().map(|it| it.name).collect();
        let saved_at = |name: &String| match failed.contains(name) {
            true => self.saved.get(name).copied().unwrap_or(now),
            false => now,
        };
        let names = saved.names.into_iter();
        let times = names.map(|name| (saved_at(&name), name));
        self.saved = times.map(|(at, name)| (name, at)).collect();
    }

    /// The host has read a value.
    pub(super) fn value_read(&mut self, name: String, dropped: Vec<String>) {
        let dropped = dropped.into_iter().map(|field| format!("{name}.{field}"));
        self.unreported.dropped.extend(dropped);
        self.unreported.carried.push(name);
    }

    pub(super) fn reset(&mut self, value: NotCarried) {
        self.unreported.reset.push(value);
    }

    /// The values that were saved, and that the running host has neither read nor reset.
    fn not_read(&self) -> impl Iterator<Item = &String> {
        let carried = self.unreported.carried.iter();
        let reset = self.unreported.reset.iter().map(|it| &it.name);
        let known: BTreeSet<&String> = carried.chain(reset).collect();
        self.saved.keys().filter(move |name| !known.contains(name))
    }

    /// Whether the running host has read all values that were saved.
    pub(super) fn is_complete(&self) -> bool {
        self.not_read().next().is_none()
    }

    /// What to report of the host that was started.
    pub(super) fn take(&mut self) -> report::Carried {
        let not_read = self.not_read().cloned().collect();
        let mut carried = std::mem::take(&mut self.unreported);
        carried.not_read = not_read;
        let times = carried.carried.iter();
        let oldest = times.filter_map(|name| self.saved.get(name)).min();
        carried.lost_seconds = self
            .ended_at
            .take()
            .zip(oldest)
            .map(|(ended, saved)| ended.saturating_duration_since(*saved).as_secs());
        carried
    }

    /// The host ended, and has not saved its values at its end.
    pub(super) fn ended(&mut self, now: Instant) {
        self.ended_at.get_or_insert(now);
    }

    /// A host was stopped, after it saved its values.
    pub(super) fn saved_at_end(&mut self) {
        self.ended_at = None;
    }

    /// The next host starts.
    pub(super) fn starts(&mut self) {
        self.unreported = report::Carried::default();
    }

    /// The next host starts without values.
    pub(super) fn forget(&mut self) {
        *self = Carried::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORLD: &str = "world";

    fn failed() -> Vec<hotmod_protocol::NotCarried> {
        vec![hotmod_protocol::NotCarried {
            name: WORLD.to_owned(),
            reason: "poisoned".to_owned(),
        }]
    }

    /// The host saved `world`, or could not, so that an earlier one stays.
    fn save(carried: &mut Carried, has_failed: bool, now: Instant) {
        let saved = Saved {
            names: vec![WORLD.to_owned()],
            failed: if has_failed { failed() } else { Vec::new() },
        };
        carried.saved(saved, now);
    }

    fn saved(now: Instant) -> Carried {
        let mut carried = Carried::default();
        save(&mut carried, false, now);
        carried
    }

    #[test]
    fn a_value_that_failed_is_as_old_as_before() {
        let now = Instant::now();
        let second = Duration::from_secs(1);
        for (has_failed, lost) in [(true, 5), (false, 2)] {
            let mut carried = saved(now);
            save(&mut carried, has_failed, now + 3 * second);
            carried.ended(now + 5 * second);
            carried.value_read(WORLD.to_owned(), Vec::new());
            assert_eq!(carried.take().lost_seconds, Some(lost));
        }
    }

    #[test]
    fn a_value_that_was_never_saved_is_not_awaited() {
        let mut carried = Carried::default();
        let saved = Saved {
            names: Vec::new(),
            failed: failed(),
        };
        carried.saved(saved, Instant::now());
        assert!(carried.is_complete());
    }

    #[test]
    fn what_is_lost_was_not_saved_at_the_end_of_the_host() {
        let now = Instant::now();
        for (is_stopped, lost) in [(false, Some(5)), (true, None)] {
            let mut carried = saved(now);
            carried.ended(now + Duration::from_secs(5));
            if is_stopped {
                carried.saved_at_end();
            }
            carried.value_read(WORLD.to_owned(), Vec::new());
            let told = carried.take();
            assert_eq!(told.lost_seconds, lost);
            assert!(told.not_read.is_empty());
        }
    }

    #[test]
    fn another_host_has_read_nothing() {
        let mut carried = saved(Instant::now());
        carried.value_read(WORLD.to_owned(), Vec::new());
        assert!(carried.is_complete());
        carried.starts();
        assert!(!carried.is_complete());
        assert_eq!(carried.take().not_read, [WORLD]);
    }
}
