//! Work that the program should finish before the stop signal ends it, such as requests.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How often to look whether all work has ended.
const INTERVAL: Duration = Duration::from_millis(2);

/// The number of guards. It guards no other data: `Relaxed`. A lock would be held in the copy of a
/// process that forks.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// Work in progress. While there is any, a restart waits for a moment before it stops a process that
/// does not handle the signal.
#[derive(Debug)]
pub struct InProgress(());

impl InProgress {
    /// The work begins.
    #[expect(clippy::new_without_default, reason = "a guard has no default")]
    pub fn new() -> Self {
        COUNT.fetch_add(1, Ordering::Relaxed);
        InProgress(())
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        COUNT.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Waits until no work is in progress. Returns whether all of it has ended in time.
pub(super) fn await_end(limit: Duration) -> bool {
    let end = Instant::now() + limit;
    while COUNT.load(Ordering::Relaxed) > 0 {
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
