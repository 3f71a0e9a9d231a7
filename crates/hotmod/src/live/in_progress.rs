//! Work that the program should finish before the stop signal ends it, such as requests.
//!
//! Values are saved after the last work has ended. Then no more work may begin: a client would get a response
//! whose effect is not saved.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How often to look whether all work has ended.
const INTERVAL: Duration = Duration::from_millis(2);

/// The number of guards. Not a mutex: if another thread held it during a `fork`, it would stay locked in
/// the child.
///
/// `SeqCst`, like [`IS_OVER`]: work counts itself and then looks whether it may begin, while the stop
/// sets [`IS_OVER`] and then looks at the count. So at least one of them sees the other.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// Whether no more work may begin.
static IS_OVER: AtomicBool = AtomicBool::new(false);

/// Work in progress. While there is any, a restart waits for a moment before it stops a process that
/// does not handle the signal.
#[derive(Debug)]
pub struct InProgress(());

impl InProgress {
    /// Counts work that is about to begin.
    #[expect(clippy::new_without_default, reason = "a guard has no default")]
    pub fn new() -> Self {
        COUNT.fetch_add(1, Ordering::SeqCst);
        InProgress(())
    }

    /// Whether the work may begin. Otherwise the values are being saved, and the signal follows.
    #[must_use]
    pub fn may_begin(&self) -> bool {
        !IS_OVER.load(Ordering::SeqCst)
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        COUNT.fetch_sub(1, Ordering::SeqCst);
    }
}

/// From now on, no more work may begin.
pub(super) fn end() {
    IS_OVER.store(true, Ordering::SeqCst);
}

/// Waits until no work is in progress. Returns whether all of it ended in time.
pub(super) fn await_end(limit: Duration) -> bool {
    let end = Instant::now() + limit;
    while COUNT.load(Ordering::SeqCst) > 0 {
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
