//! Whether an edit may still cancel the running build.
//!
//! If each save cancelled the build, a user who saves all the time would never see a result. So after
//! two cancelled builds in a row, or three seconds since the first of them began, a build runs to its
//! end, and later saves are built after it. Cancelling a build that has just begun does not count: one
//! save may cause several events, and several files are often saved at once. A build that takes very long
//! may be cancelled in any case, because it may never end, for example if a build script hangs.

use std::time::{Duration, Instant};

/// How many builds in a row may be cancelled.
const CANCELLATIONS: u32 = 2;
/// For how long, from the begin of the first of them.
const ROW_WINDOW: Duration = Duration::from_secs(3);
/// Up to this age, cancelling a build does not count.
const JUST_BEGUN: Duration = Duration::from_millis(25);
/// From this age, a build may be cancelled in any case.
const MAY_HANG_AFTER: Duration = Duration::from_secs(60);

/// The builds that were cancelled since the last completed one.
#[derive(Debug, Default)]
pub(super) struct CancelBudget {
    first: Option<Instant>,
    cancelled: u32,
}

impl CancelBudget {
    /// Whether a build that began at this time may be cancelled. If so, it counts.
    pub(super) fn may_cancel(&mut self, begun: Instant, now: Instant) -> bool {
        let first = *self.first.get_or_insert(begun);
        let age = |since| now.saturating_duration_since(since);
        let is_young = age(begun) < JUST_BEGUN;
        let has_time = age(first) < ROW_WINDOW || age(begun) >= MAY_HANG_AFTER;
        let may = (is_young || self.cancelled < CANCELLATIONS) && has_time;
        self.cancelled += u32::from(may && !is_young);
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_build_in_a_row_runs_to_its_end() {
        let mut budget = CancelBudget::default();
        let begun = Instant::now();
        let now = begun + JUST_BEGUN;
        let answers = [(); 4].map(|()| budget.may_cancel(begun, now));
        assert_eq!(answers, [true, true, false, false]);
        assert!(budget.may_cancel(now, now), "it has only begun");
    }

    #[test]
    fn the_time_counts_from_the_first_build_of_the_row() {
        let mut budget = CancelBudget::default();
        let begun = Instant::now();
        assert!(!budget.may_cancel(begun, begun + ROW_WINDOW));
        // The next build belongs to the same row, even if it has just begun.
        assert!(!budget.may_cancel(begun + ROW_WINDOW, begun + ROW_WINDOW));
    }

    #[test]
    fn a_build_that_takes_very_long_is_cancelled_twice() {
        let mut budget = CancelBudget::default();
        let begun = Instant::now();
        assert!(!budget.may_cancel(begun, begun + ROW_WINDOW));
        let answers = [(); 3].map(|()| budget.may_cancel(begun, begun + MAY_HANG_AFTER));
        assert_eq!(answers, [true, true, false]);
    }

    #[test]
    fn a_build_is_young_for_a_moment() {
        let begun = Instant::now();
        let just_before = begun + JUST_BEGUN - Duration::from_nanos(1);
        let mut budget = CancelBudget::default();
        for _ in 0..=CANCELLATIONS {
            assert!(budget.may_cancel(begun, just_before));
        }
        let mut budget = CancelBudget::default();
        let last_moment = begun + ROW_WINDOW - Duration::from_nanos(1);
        assert!(budget.may_cancel(begun, last_moment));
    }
}
