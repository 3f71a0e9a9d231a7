//! The host's side of an entry point.

#![expect(unsafe_code, reason = "the index decides which code a call runs")]

use std::sync::atomic::{AtomicUsize, Ordering};

/// The index that an entry point has in each generation's table.
#[derive(Debug)]
pub struct Slot {
    /// Written when the host starts, before any generation is published, and read after one is
    /// (see `Published` for the ordering between the two): `Relaxed` is enough.
    index: AtomicUsize,
}

impl Slot {
    /// A slot without an index.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Slot {
            index: AtomicUsize::new(usize::MAX),
        }
    }

    pub(super) fn index(&self) -> usize {
        self.index.load(Ordering::Relaxed)
    }

    /// # Safety
    /// At this index, every generation's table has an entry point of the slot's own name.
    pub(super) unsafe fn set_index(&self, index: usize) {
        self.index.store(index, Ordering::Relaxed);
    }
}
