//! Whether an edit may still cancel the build that it finds running.
//!
//! Somebody who never stops typing would never see anything. So after two builds in a row that
//! were cancelled, or three seconds since the first of the row began, a build runs to its end,
//! and what was saved meanwhile is built after it. A build that has only begun is not counted:
//! one save may be several events, and several files are often saved at once.

use std::time::{Duration, Instant};

const CANCELLATIONS: u32 = 2;
const PATIENCE: Duration = Duration::from_secs(3);
const YOUNG: Duration = Duration::from_millis(25);

/// The row of builds that were cancelled since one ran to its end.
#[derive(Debug, Default)]
pub(super) struct Patience {
    first: Option<Instant>,
    cancelled: u32,
}

impl Patience {
    /// Whether the build that began then may be cancelled; if so, it is counted.
    pub(super) fn may_cancel(&mut self, begun: Instant) -> bool {
        let first = *self.first.get_or_insert(begun);
        let is_young = begun.elapsed() < YOUNG;
        let may = (is_young || self.cancelled < CANCELLATIONS) && first.elapsed() < PATIENCE;
        self.cancelled += u32::from(may && !is_young);
        may
    }

    /// A build ran to its end.
    pub(super) fn ran_to_its_end(&mut self) {
        *self = Patience::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_build_of_a_row_runs_to_its_end() {
        let mut patience = Patience::default();
        let before = Instant::now().checked_sub(2 * YOUNG).unwrap();
        let answers = [(); 4].map(|()| patience.may_cancel(before));
        assert_eq!(answers, [true, true, false, false]);
        assert!(patience.may_cancel(Instant::now()), "it has only begun");
        patience.ran_to_its_end();
        assert!(patience.may_cancel(before));
    }

    #[test]
    fn the_time_counts_from_the_first_build_of_the_row() {
        let mut patience = Patience::default();
        let long_ago = Instant::now().checked_sub(PATIENCE).unwrap();
        assert!(!patience.may_cancel(long_ago));
        // The next one is of the same row, however young it is.
        assert!(!patience.may_cancel(Instant::now()));
    }
}
