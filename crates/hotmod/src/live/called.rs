//! Which entry points were called in a generation, for the tool to know.
//!
//! # Algorithm
//! Each place of a generation that a call can come through has a flag. The first call sets it and
//! wakes the reporter thread, which looks through the flags of the live generation and tells the tool
//! which are set. A later call reads the flag and nothing else. Several calls may be the first at
//! once; the reporter tells each name once.
//!
//! The thread of a call may be anybody's, in a forked process too. So it takes no lock, allocates
//! nothing, and does no I/O: it stores a flag and unparks a thread.
//!
//! # Orderings
//! A flag guards no data: `Relaxed`. The reporter must see a flag that was set before it was woken:
//! all calls of `unpark` happen before the return of the `park` that takes their token.
//!
//! `tests/loom.rs` runs this file under loom.

use std::sync::OnceLock;

use super::sync::{AtomicBool, Ordering, Thread};

/// Whether a call came this way.
pub(super) struct Called(AtomicBool);

impl Called {
    pub(super) fn not_yet() -> Self {
        Called(AtomicBool::new(false))
    }

    /// Notes a call.
    #[inline]
    pub(super) fn note(&self, reporter: &OnceLock<Thread>) {
        if !self.is_set() {
            self.set(reporter);
        }
    }

    #[cold]
    #[inline(never)]
    fn set(&self, reporter: &OnceLock<Thread>) {
        self.0.store(true, Ordering::Relaxed);
        if let Some(reporter) = reporter.get() {
            reporter.unpark();
        }
    }

    #[inline]
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The thread that tells the tool, once there is one.
pub(super) static REPORTER: OnceLock<Thread> = OnceLock::new();
