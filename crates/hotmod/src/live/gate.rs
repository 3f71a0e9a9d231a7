//! A count of work in progress, and a gate that lets no more begin.
//!
//! Who closes the gate, and then waits until the count is zero, sees the effect of all work that was let in.
//! There is no mutex: if another thread held it during a `fork`, it would stay locked in the child.
//!
//! `tests/loom.rs` runs this file under loom.

use super::sync::{AtomicUsize, Ordering, const_unless_loom};

/// The bit of a closed gate. The others count.
const CLOSED: usize = 1 << (usize::BITS - 1);

/// One number, so that all threads agree whether work was counted before the gate closed.
#[derive(Debug)]
pub(super) struct Gate(AtomicUsize);

impl Gate {
    const_unless_loom! {
        pub(super) fn new() -> Self {
            Gate(AtomicUsize::new(0))
        }
    }

    /// Counts work. Returns whether it may begin.
    pub(super) fn enter(&self) -> bool {
        // `Relaxed`: the work reads nothing that the other side wrote.
        self.0.fetch_add(1, Ordering::Relaxed) & CLOSED == 0
    }

    /// The work has ended, or did not begin.
    pub(super) fn leave(&self) {
        // `Release`: the work happens before what follows a wait for it.
        self.0.fetch_sub(1, Ordering::Release);
    }

    /// Lets no more work begin.
    pub(super) fn close(&self) {
        // `Relaxed`: only the order of the changes of this number matters.
        self.0.fetch_or(CLOSED, Ordering::Relaxed);
    }

    /// Whether no work is counted.
    pub(super) fn is_empty(&self) -> bool {
        // `Acquire`: pairs with the `Release` of all work, since each change of the number continues the
        // sequence of the ones before.
        self.0.load(Ordering::Acquire) & !CLOSED == 0
    }
}
