//! Whether an edit may still cancel the running build.
//!
//! If each save cancelled the build, a user who saves all the time would never see a result. So after
//! two cancelled builds in a row, or three seconds since the first of them began, a build runs to its
//! end, and later saves are built after it. Cancelling a build that has just begun does not count: one
//! save may cause several events, and several files are often saved at once. A build that takes very long
//! may be cancelled in any case, because it may never end, for example if a build script hangs.

use std::time::{Duration, Instant};

const CANCELLATIONS: u32 = 2;
const ROW: Duration = Duration::from_secs(3);
const YOUNG: Duration = Duration::from_millis(25);
const LONG: Duration = Duration::from_secs(60);

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
        let is_young = age(begun) < YOUNG;
        let has_time = age(first) < ROW || age(begun) >= LONG;
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
        let now = begun + YOUNG;
        let answers = [(); 4].map(|()| budget.may_cancel(begun, now));
        assert_eq!(answers, [true, true, false, false]);
        assert!(budget.may_cancel(now, now), "it has only begun");
    }

    #[test]
    fn the_time_counts_from_the_first_build_of_the_row() {
        let mut budget = CancelBudget::default();
        let begun = Instant::now();
        assert!(!budget.may_cancel(begun, begun + ROW));
        // The next build belongs to the same row, even if it has just begun.
        assert!(!budget.may_cancel(begun + ROW, begun + ROW));
    }

    #[test]
    fn a_build_that_takes_very_long_is_cancelled_twice() {
        let mut budget = CancelBudget::default();
        let begun = Instant::now();
        assert!(!budget.may_cancel(begun, begun + ROW));
        let answers = [(); 3].map(|()| budget.may_cancel(begun, begun + LONG));
        assert_eq!(answers, [true, true, false]);
    }

    #[test]
    fn a_build_is_young_for_a_moment() {
        let begun = Instant::now();
        let just_before = begun + YOUNG - Duration::from_nanos(1);
        let mut budget = CancelBudget::default();
        for _ in 0..=CANCELLATIONS {
            assert!(budget.may_cancel(begun, just_before));
        }
        let mut budget = CancelBudget::default();
        let last_moment = begun + ROW - Duration::from_nanos(1);
        assert!(budget.may_cancel(begun, last_moment));
    }
}
