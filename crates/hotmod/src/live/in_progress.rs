//! Work that the program should finish before the stop signal ends it, such as requests.
//!
//! Values are saved after the last work has ended. Then no more work may begin: a client would get a response
//! whose effect is not saved.

use std::thread;
use std::time::{Duration, Instant};

use super::gate::Gate;

/// How often to look whether all work has ended.
const INTERVAL: Duration = Duration::from_millis(2);

static GATE: Gate = Gate::new();

/// Work in progress. While there is any, a restart waits for a moment before it stops a process that
/// does not handle the signal.
#[derive(Debug)]
pub struct InProgress {
    may_begin: bool,
}

impl InProgress {
    /// Counts work that is about to begin.
    #[expect(clippy::new_without_default, reason = "a guard has no default")]
    pub fn new() -> Self {
        InProgress {
            may_begin: GATE.enter(),
        }
    }

    /// Whether the work may begin. Otherwise the values are saved, and the signal follows.
    #[must_use]
    pub fn may_begin(&self) -> bool {
        self.may_begin
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        GATE.leave();
    }
}

/// From now on, no more work may begin.
pub(super) fn end() {
    GATE.close();
}

/// Waits until no work is in progress. Returns whether all of it ended in time.
pub(super) fn await_end(limit: Duration) -> bool {
    let end = Instant::now() + limit;
    while !GATE.is_empty() {
        if Instant::now() >= end {
            return false;
        }
        thread::sleep(INTERVAL);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_with_the_last_work_or_in_time() {
        assert!(await_end(Duration::ZERO));
        let work = [InProgress::new(), InProgress::new()];
        assert!(!await_end(Duration::from_millis(1)));
        let ended = thread::spawn(|| await_end(Duration::from_secs(20)));
        drop(work);
        assert!(ended.join().unwrap());
    }
}
