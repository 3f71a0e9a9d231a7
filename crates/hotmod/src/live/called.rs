//! Which entry points were called in a generation, for the tool to know.
//!
//! # Algorithm
//! The address of an entry point has a mark until it is called. The first call removes the mark and
//! wakes the reporter thread, which looks through the marks of the live generation and tells the tool
//! which are gone. A later call loads the address, which it needs anyway, and tests one bit of it.
//! Several calls may be the first at once; the reporter tells each name once.
//!
//! A call may come from any thread, also in a forked process. So it takes no lock, allocates nothing, and
//! does no I/O: it stores an address and unparks a thread.
//!
//! # Orderings
//! The address was written before its generation was published, and is the same with the mark and
//! without: `Relaxed`. The reporter must see that a mark was removed before it was woken: all calls of
//! `unpark` happen before the return of the `park` that takes their token.
//!
//! `tests/loom.rs` runs this file under loom.

use std::sync::OnceLock;

use super::sync::{AtomicPtr, Ordering, Thread};

/// The mark. No program's code is in this half of the address space.
const NOT_CALLED: usize = 1 << (usize::BITS - 1);

/// The address of an entry point, and whether it was called.
pub(super) struct Target(AtomicPtr<()>);

impl Target {
    pub(super) fn new(address: *const ()) -> Self {
        assert_eq!(address.addr() & NOT_CALLED, 0, "code in the kernel's half");
        let marked = address.map_addr(|it| it | NOT_CALLED);
        Target(AtomicPtr::new(marked.cast_mut()))
    }

    /// The address for a call.
    #[inline]
    pub(super) fn call(&self, reporter: &OnceLock<Thread>) -> *const () {
        let address = self.0.load(Ordering::Relaxed);
        match address.addr() & NOT_CALLED {
            0 => address,
            _ => self.call_first(address, reporter),
        }
    }

    #[cold]
    #[inline(never)]
    fn call_first(&self, marked: *mut (), reporter: &OnceLock<Thread>) -> *const () {
        let address = marked.map_addr(|it| it & !NOT_CALLED);
        self.0.store(address, Ordering::Relaxed);
        if let Some(reporter) = reporter.get() {
            reporter.unpark();
        }
        address
    }

    pub(super) fn is_called(&self) -> bool {
        self.0.load(Ordering::Relaxed).addr() & NOT_CALLED == 0
    }
}

/// The thread that tells the tool, once there is one.
pub(super) static REPORTER: OnceLock<Thread> = OnceLock::new();
