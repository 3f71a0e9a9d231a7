//! The one pointer that says which generation is live.
//!
//! # Algorithm
//! A single writer publishes values that live for ever; any number of readers take the latest.
//! A published value is never changed and never freed, so a reader may keep it for as long as it
//! likes, and there is nothing to reclaim, to count or to lock.
//!
//! # Orderings
//! `publish` stores with `Release`, `get` loads with `Acquire`: a reader that sees the pointer
//! sees everything that was written before it was published, which is the value itself and the
//! slots' indices that go with it. One pointer makes the change of the whole group one change.
//! Nothing needs a total order with other variables, so nothing is `SeqCst`.
//!
//! `tests/loom.rs` runs this file under loom.

#![expect(
    unsafe_code,
    reason = "the published value is behind an atomic pointer"
)]

use super::sync::{AtomicPtr, Ordering, const_unless_loom};

/// A value that can be replaced while others read it.
///
/// `get` hands the value to any thread, so it must be `Sync`; and a value that one thread made is
/// used by others, so it must be `Send`. `AtomicPtr` asks for neither.
#[repr(transparent)]
pub(super) struct Published<T: Send + Sync + 'static>(AtomicPtr<T>);

impl<T: Send + Sync + 'static> Published<T> {
    const_unless_loom! {
        /// `value` is published first.
        pub(super) fn new(value: &'static T) -> Self {
            Published(AtomicPtr::new(std::ptr::from_ref(value).cast_mut()))
        }
    }

    /// The value that was published last.
    #[inline]
    pub(super) fn get(&self) -> &'static T {
        // SAFETY: the pointer came from a `&'static T` in `new` or `publish`, and the `Acquire`
        // load makes what was written before the `Release` store visible.
        unsafe { &*self.0.load(Ordering::Acquire) }
    }

    /// Replaces the published value.
    pub(super) fn publish(&self, value: &'static T) {
        self.0
            .store(std::ptr::from_ref(value).cast_mut(), Ordering::Release);
    }
}
