//! The values that the program carries across restarts: which were saved, and which the next host took
//! over.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::report::{Carried as Told, NotCarried};

/// How long to wait for a new host to take over the next of the saved values, before its start is
/// reported.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// How long it may take to read one of them.
pub(super) const READING: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(super) struct Carried {
    /// The names of the values that were saved last.
    saved: BTreeSet<String>,
    saved_at: Option<Instant>,
    /// When the host ended by itself, if nothing was saved at its end.
    ended_at: Option<Instant>,
    /// What the running host has taken over, until that is reported.
    told: Told,
}

impl Carried {
    pub(super) fn saved(&mut self, names: Vec<String>, now: Instant) {
        if !names.is_empty() {
            self.saved = names.into_iter().collect();
            self.saved_at = Some(now);
        }
    }

    /// The host took over a value, or reset it.
    pub(super) fn took_over(&mut self, name: String, dropped: Vec<String>) {
        let dropped = dropped.into_iter().map(|field| format!("{name}.{field}"));
        self.told.dropped.extend(dropped);
        self.told.carried.push(name);
    }

    pub(super) fn reset(&mut self, value: NotCarried) {
        self.told.reset.push(value);
    }

    /// The values that were saved, and that the running host has neither taken over nor reset.
    fn not_read(&self) -> impl Iterator<Item = &String> {
        let carried = self.told.carried.iter();
        let reset = self.told.reset.iter().map(|it| &it.name);
        let known: BTreeSet<&String> = carried.chain(reset).collect();
        self.saved.iter().filter(move |name| !known.contains(name))
    }

    /// Whether the running host has taken over all values that were saved.
    pub(super) fn is_complete(&self) -> bool {
        self.not_read().next().is_none()
    }

    /// What to report of the host that was started.
    pub(super) fn take(&mut self) -> Told {
        let not_read = self.not_read().cloned().collect();
        let mut told = std::mem::take(&mut self.told);
        told.not_read = not_read;
        let times = self.ended_at.take().zip(self.saved_at);
        told.lost_seconds = times
            .filter(|_| !told.carried.is_empty())
            .map(|(ended, saved)| ended.saturating_duration_since(saved).as_secs());
        told
    }

    /// The host ended, and has not saved its values at its end.
    pub(super) fn ended(&mut self, now: Instant) {
        self.ended_at.get_or_insert(now);
    }

    /// A host was stopped, after it saved its values.
    pub(super) fn stopped(&mut self) {
        self.ended_at = None;
    }

    /// The next host starts.
    pub(super) fn starts(&mut self) {
        self.told = Told::default();
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

    fn saved(now: Instant) -> Carried {
        let mut carried = Carried::default();
        carried.saved(vec![WORLD.to_owned()], now);
        carried
    }

    #[test]
    fn what_is_lost_was_not_saved_at_the_end_of_the_host() {
        let now = Instant::now();
        for (is_stopped, lost) in [(false, Some(5)), (true, None)] {
            let mut carried = saved(now);
            carried.ended(now + Duration::from_secs(5));
            if is_stopped {
                carried.stopped();
            }
            carried.took_over(WORLD.to_owned(), Vec::new());
            let told = carried.take();
            assert_eq!(told.lost_seconds, lost);
            assert!(told.not_read.is_empty());
        }
    }

    #[test]
    fn another_host_has_taken_over_nothing() {
        let mut carried = saved(Instant::now());
        carried.took_over(WORLD.to_owned(), Vec::new());
        assert!(carried.is_complete());
        carried.starts();
        assert!(!carried.is_complete());
        assert_eq!(carried.take().not_read, [WORLD]);
    }
}
