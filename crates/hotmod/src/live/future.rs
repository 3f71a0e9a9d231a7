//! Calls and pins of async code.
//!
//! A future keeps its generation, and pins it around each poll and around its drop: the values in
//! it may call entry points when they are dropped.

#![expect(
    unsafe_code,
    reason = "the future of another generation stands in for the caller's"
)]

use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::call::{self, current, pin_call, pin_poll};
use super::generation::Generation;
use super::slot::Slot;

/// Where a call of an async entry point goes.
#[derive(Clone, Copy)]
pub struct Route {
    generation: &'static Generation,
    target: *const (),
}

// SAFETY: an address of code, which is mapped for as long as the process runs; it must not keep
// the future of the call, which may hold it over an await, from being `Send`.
unsafe impl Send for Route {}
// SAFETY: as above; nothing is written through the pointer.
unsafe impl Sync for Route {}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Route").finish_non_exhaustive()
    }
}

impl Route {
    pub(super) fn to(generation: &'static Generation, target: *const ()) -> Self {
        Route { generation, target }
    }

    /// The function that makes the boxed future; null for the baseline's body.
    pub fn target(&self) -> *const () {
        self.target
    }
}

/// Begins a call of an async entry point through a slot.
#[inline(never)]
pub fn route_async(slot: &'static Slot) -> Route {
    let generation = current();
    Route::to(generation, generation.target(slot))
}

/// The future of an entry point, which belongs to one generation.
///
/// `F` is the future as the caller's own crate knows it. The one inside may be another
/// generation's, with the same output; only the auto traits and lifetimes of `F` are taken.
#[must_use = "futures do nothing unless polled"]
pub struct HotFuture<F: Future> {
    generation: &'static Generation,
    /// Lives no longer than `F`, which the compiler checks by the marker.
    future: ManuallyDrop<Pin<Box<dyn Future<Output = F::Output>>>>,
    as_if: PhantomData<F>,
}

// SAFETY: the future inside is `F` itself, or one that is `Send` if `F` is (`HotFuture::live`).
unsafe impl<F: Future + Send> Send for HotFuture<F> {}
// SAFETY: a shared reference gives no access to the future.
unsafe impl<F: Future + Sync> Sync for HotFuture<F> {}

// These only warn of what may be seen after a panic, and so take the caller's word.
impl<F: Future + UnwindSafe> UnwindSafe for HotFuture<F> {}
impl<F: Future + RefUnwindSafe> RefUnwindSafe for HotFuture<F> {}

impl<F: Future> HotFuture<F> {
    /// The baseline's own future.
    pub fn baseline(route: Route, future: F) -> Self {
        // SAFETY: it is `F` itself.
        unsafe { Self::live(route, Box::pin(future)) }
    }

    /// A generation's future in its place.
    ///
    /// # Safety
    /// If `F` is `Send`, so is `future`.
    pub unsafe fn live<'a>(
        route: Route,
        future: Pin<Box<dyn Future<Output = F::Output> + 'a>>,
    ) -> Self
    where
        F: 'a,
    {
        HotFuture {
            generation: route.generation,
            // SAFETY: only the lifetime changes, and `as_if: F` with `F: 'a` in its place lets
            // nobody keep or drop the future after `'a`.
            future: ManuallyDrop::new(unsafe {
                std::mem::transmute::<
                    Pin<Box<dyn Future<Output = F::Output> + 'a>>,
                    Pin<Box<dyn Future<Output = F::Output> + 'static>>,
                >(future)
            }),
            as_if: PhantomData,
        }
    }
}

impl<F: Future> Drop for HotFuture<F> {
    fn drop(&mut self) {
        let _pin = pin_call(self.generation);
        // SAFETY: it is dropped here only, and not used after.
        unsafe { ManuallyDrop::drop(&mut self.future) }
    }
}

impl<F: Future> std::fmt::Debug for HotFuture<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HotFuture")
            .field("generation", &self.generation.number)
            .finish_non_exhaustive()
    }
}

// The marker holds no future, so moving this moves only a box.
impl<F: Future> Unpin for HotFuture<F> {}

impl<F: Future> Future for HotFuture<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _pin = pin_call(self.generation);
        self.future.as_mut().poll(context)
    }
}

/// In a session it holds the generation that answered where it was made.
#[must_use = "futures do nothing unless polled"]
pub struct Pinned<F> {
    generation: &'static Generation,
    future: ManuallyDrop<F>,
}

impl<F> Drop for Pinned<F> {
    fn drop(&mut self) {
        let _pins = pin_poll(self.generation);
        // SAFETY: it is dropped here only, in its place, and not used after.
        unsafe { ManuallyDrop::drop(&mut self.future) }
    }
}

impl<F> std::fmt::Debug for Pinned<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pinned")
            .field("generation", &self.generation.number)
            .finish_non_exhaustive()
    }
}

pub(crate) fn pinned<F: Future>(future: F) -> Pinned<F> {
    Pinned {
        generation: current(),
        future: ManuallyDrop::new(future),
    }
}

impl<F: Future> Future for Pinned<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _pins = pin_poll(self.generation);
        // SAFETY: the field is structurally pinned: it is never moved out of a `Pinned`, which
        // drops it in its place, is `Unpin` only if `F` is, and is not packed.
        unsafe { self.map_unchecked_mut(|pinned| &mut *pinned.future) }.poll(context)
    }
}

/// The generation that answered where this was made, for code that can't be one future of
/// [`pinned`](crate::pinned), such as the body of a response.
#[derive(Clone, Copy)]
pub struct PinTo(&'static Generation);

impl PinTo {
    /// The generation that answers here.
    #[must_use]
    pub fn current() -> Self {
        PinTo(current())
    }

    /// Pins this thread to the generation until the result is dropped, as a poll of [`Pinned`] does.
    #[must_use = "the pin is released when the guard is dropped"]
    pub fn poll(self) -> PollPin {
        PollPin {
            _pins: pin_poll(self.0),
        }
    }
}

impl std::fmt::Debug for PinTo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PinTo").field(&self.0.number).finish()
    }
}

/// It holds the pin of [`PinTo::poll`].
pub struct PollPin {
    _pins: [call::Pin; 2],
}

impl std::fmt::Debug for PollPin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PollPin").finish_non_exhaustive()
    }
}
