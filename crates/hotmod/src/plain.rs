//! The runtime in a plain build: there is one generation, and pins do nothing.

#![expect(
    unsafe_code,
    reason = "a pinned field is projected by hand, since a plain build has no dependency"
)]

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::settled::Settled;

/// Pins a thread. In a plain build, it does nothing.
#[must_use = "the pin is released when the guard is dropped"]
#[derive(Debug)]
pub struct Guard {
    /// Not `Send`, as in a session, so that both builds accept the same code.
    _thread: PhantomData<*const ()>,
}

// Users drop a guard explicitly to end a pin early, which a lint rejects for types without `Drop`.
impl Drop for Guard {
    #[inline]
    fn drop(&mut self) {}
}

/// A pinned future. In a plain build, it only wraps the future.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct Pinned<F>(F);

// As in a session, where dropping the future is pinned too, so that both builds accept the same
// code.
impl<F> Drop for Pinned<F> {
    #[inline]
    fn drop(&mut self) {}
}

impl<F: Future> Future for Pinned<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: the field is structurally pinned: it is never moved out of a `Pinned`, whose
        // `Drop` does nothing, which is `Unpin` only if `F` is, and is not packed.
        unsafe { self.map_unchecked_mut(|pinned| &mut pinned.0) }.poll(context)
    }
}

/// A kept static. In a plain build, it is the value itself.
pub struct Kept<T: 'static>(T);

impl<T: Sync> Kept<T> {
    #[doc(hidden)]
    pub const fn new(value: T) -> Self {
        Kept(value)
    }
}

impl<T: Sync> Deref for Kept<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Sync + fmt::Debug> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The static that [`keep!`](crate::keep) declares.
#[doc(hidden)]
#[macro_export]
macro_rules! __hotmod_kept {
    (
        [$($serde:tt)*]
        $(#[$($attribute:tt)*])*
        $visibility:vis static $name:ident: $type:ty = $value:expr;
    ) => {
        $(#[$($attribute)*])*
        $visibility static $name: $crate::Kept<$type> = $crate::Kept::new($value);
    };
}

/// A function that calls the path, which is the function itself.
#[doc(hidden)]
#[macro_export]
macro_rules! __hotmod_live {
    ($path:path) => {
        $path
    };
}

#[inline]
pub(crate) fn on_reload(_: impl Fn(u32) + Send + Sync + 'static) {}

#[cfg(feature = "serde")]
#[inline]
pub(crate) fn carry<T>(_: &str, init: impl FnOnce() -> T) -> Arc<T> {
    Arc::new(init())
}

#[inline]
pub(crate) fn carry_with<T, S, L>(_: &str, init: impl FnOnce() -> T, _: S, _: L) -> Arc<T> {
    Arc::new(init())
}

#[inline]
pub(crate) fn checkpoint() {}

#[inline]
pub(crate) fn on_restart(_: impl Fn() + Send + Sync + 'static) {}

#[inline]
pub(crate) fn yield_to_restart() -> bool {
    false
}

#[inline]
pub(crate) fn generation() -> u32 {
    0
}

#[inline]
pub(crate) fn is_live() -> bool {
    false
}

#[inline]
pub(crate) fn advance() {}

#[inline]
pub(crate) fn enter() -> Guard {
    Guard {
        _thread: PhantomData,
    }
}

#[inline]
pub(crate) fn pinned<F: Future>(future: F) -> Pinned<F> {
    Pinned(future)
}

/// The saved code is the running code.
const SETTLED: Settled = Settled::Live { generation: 0 };

#[inline]
pub(crate) async fn settled(_: Duration) -> Settled {
    SETTLED
}

#[inline]
pub(crate) fn settle(_: Duration) -> Settled {
    SETTLED
}

/// Outcomes. In a plain build, there is one.
#[derive(Debug)]
pub(crate) struct Outcomes {
    is_told: bool,
}

#[inline]
pub(crate) fn outcomes() -> Outcomes {
    Outcomes { is_told: false }
}

impl Outcomes {
    pub(crate) async fn next(&mut self) -> Settled {
        if std::mem::replace(&mut self.is_told, true) {
            std::future::pending().await
        }
        SETTLED
    }
}
