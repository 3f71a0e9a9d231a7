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
    /// This is published first.
    #[cfg(not(loom))]
    pub const fn of(value: &'static T) -> Self {
        Published(AtomicPtr::new(std::ptr::from_ref(value).cast_mut()))
    }

    /// This is published first.
    #[cfg(loom)]
    pub fn of(value: &'static T) -> Self {
        Published(AtomicPtr::new(std::ptr::from_ref(value).cast_mut()))
    }

    /// What was published last.
    #[inline]
    pub fn get(&self) -> &'static T {
        // SAFETY: the pointer came from a `&'static T` in `of` or `publish`, and the `Acquire`
        // load makes what was written before the `Release` store visible.
        unsafe { &*self.0.load(Ordering::Acquire) }
    }

    /// Replaces what is published.
    pub fn publish(&self, value: &'static T) {
        self.0
            .store(std::ptr::from_ref(value).cast_mut(), Ordering::Release);
    }
}
