//! The one pointer that says what is live.
//!
//! # Algorithm
//! A single writer publishes values that live for ever; any number of readers take the latest.
//! What is published is never changed and never freed, so a reader may keep what it took for as
//! long as it likes, and there is nothing to reclaim, to count or to lock.
//!
//! # Orderings
//! `publish` stores with `Release`, `get` loads with `Acquire`: a reader that sees the pointer
//! sees all that was written before it was published, the value itself and the slots' indices
//! that it goes with. One pointer makes the change of the whole group one change. Nothing needs
//! a total order with other variables, so nothing is `SeqCst`.
//!
//! `tests/loom.rs` runs this file under loom.

#[cfg(not(loom))]
use std::sync::atomic::{AtomicPtr, Ordering};

#[cfg(loom)]
use loom::sync::atomic::{AtomicPtr, Ordering};

/// A value that can be replaced while others read it.
pub struct Published<T: 'static>(AtomicPtr<T>);

impl<T> Published<T> {
    /// Nothing is published yet.
    #[cfg(not(loom))]
    pub const fn nothing() -> Self {
        Published(AtomicPtr::new(std::ptr::null_mut()))
    }

    /// Nothing is published yet.
    #[cfg(loom)]
    pub fn nothing() -> Self {
        Published(AtomicPtr::new(std::ptr::null_mut()))
    }

    /// What was published last.
    #[inline]
    pub fn get(&self) -> Option<&'static T> {
        // SAFETY: the pointer is null or came from a `&'static T` in `publish`, and the
        // `Acquire` load makes what was written before the `Release` store visible.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }
    }

    /// Replaces what is published.
    pub fn publish(&self, value: &'static T) {
        self.0
            .store(std::ptr::from_ref(value).cast_mut(), Ordering::Release);
    }
}
