//! `live!`: a function with the arguments of an entry point that looks up the live generation at
//! each call.
//!
//! The handle is a plain function pointer to an instance of a generic function. The instance's type
//! parameter is the type of the entry point's function, whose name identifies the entry point.

#![expect(unsafe_code, reason = "a handle calls an entry point by its address")]

use std::any::type_name;
use std::marker::PhantomData;
use std::pin::Pin;

use super::call::{current, held_or_live, live, pin_call};
use super::called::REPORTER;
use super::entry::EntryPoint;
use super::function::{Callable, for_each_arity, instance};
use super::future::{HotFuture, Route};
use super::generation::Generation;
use super::globals::{BASELINE, CONTRACT};

/// A function to which there can be a handle.
pub trait Handled<Args>: Callable<Args> {
    /// The handle's type, for a function that is not async.
    type Sync;
    /// The handle's type, for an async function.
    type Async
    where
        Self::Output: Future;

    /// The handle, for a function that is not async.
    ///
    /// # Safety
    /// There is a value of the type.
    unsafe fn sync_handle() -> Self::Sync;

    /// The handle, for an async function.
    ///
    /// # Safety
    /// There is a value of the type.
    unsafe fn async_handle() -> Self::Async
    where
        Self::Output: Future;
}

/// An entry point in an expression of `live!`.
#[derive(Debug)]
pub struct Handle<F, Args>(PhantomData<(F, Args)>);

/// The entry point that a path names.
///
/// # Panics
/// In a session, if it is not an entry point of the live generation.
pub fn entry_point<Args, F: Handled<Args>>(_: F) -> Handle<F, Args> {
    if BASELINE.is_described() {
        CONTRACT
            .require(type_name::<F>())
            .unwrap_or_else(|reason| panic!("{reason}"));
    }
    Handle(PhantomData)
}

/// Found for functions that return a future.
pub trait HandleOfAsync<F, Args> {
    /// The handle's type.
    type Pointer;
    /// The handle.
    fn handle(&self) -> Self::Pointer;
}

impl<Args, F: Handled<Args>> HandleOfAsync<F, Args> for Handle<F, Args>
where
    F::Output: Future,
{
    type Pointer = F::Async;

    fn handle(&self) -> F::Async {
        // SAFETY: `entry_point` was given the value.
        unsafe { F::async_handle() }
    }
}

/// Found for all others, behind one more reference.
pub trait HandleOfSync<F, Args> {
    /// The handle's type.
    type Pointer;
    /// The handle.
    fn handle(&self) -> Self::Pointer;
}

impl<Args, F: Handled<Args>> HandleOfSync<F, Args> for &Handle<F, Args> {
    type Pointer = F::Sync;

    fn handle(&self) -> F::Sync {
        // SAFETY: `entry_point` was given the value.
        unsafe { F::sync_handle() }
    }
}

/// A handle to the entry point of this path.
#[doc(hidden)]
#[macro_export]
macro_rules! __hotmod_live {
    ($path:path) => {{
        #[allow(unused_imports)]
        use $crate::__private::{HandleOfAsync as _, HandleOfSync as _};
        (&$crate::__private::entry_point($path)).handle()
    }};
}

/// The target of a handle's call; `None` without a session, where there are no entry points.
///
/// If the thread is pinned to a generation that lacks the entry point, the call goes to the live one. That
/// has every entry point with a handle, unless a setup created the handle in its own generation.
fn find<F>() -> Option<(&'static Generation, &'static EntryPoint)> {
    if !BASELINE.is_described() {
        return None;
    }
    let name = type_name::<F>();
    let entry_of = |generation: &'static Generation| Some((generation, generation.entry(name)?));
    let found = entry_of(held_or_live()).or_else(|| entry_of(live()));
    let found = found.or_else(|| entry_of(current()));
    match found {
        Some((generation, entry)) => {
            entry.target.call(&REPORTER);
            Some((generation, &entry.description))
        }
        None => panic!("`{name}` is not an entry point of the live generation"),
    }
}

macro_rules! handled {
    ($($argument:ident)*) => {
        #[allow(non_snake_case, clippy::too_many_arguments)]
        impl<F, R, $($argument),*> Handled<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> R + Copy,
        {
            type Sync = fn($($argument),*) -> R;
            type Async
                = fn($($argument),*) -> HotFuture<R>
            where
                R: Future;

            unsafe fn sync_handle() -> Self::Sync {
                fn handle<F, R, $($argument),*>($($argument: $argument),*) -> R
                where
                    F: Fn($($argument),*) -> R + Copy,
                {
                    let Some((generation, entry)) = find::<F>() else {
                        // SAFETY: the caller of `sync_handle` guarantees that there is one.
                        return unsafe { instance::<F>() }($($argument),*);
                    };
                    let _pin = pin_call(generation);
                    // SAFETY: an entry point of this name and, by `contract`, this signature.
                    let target = unsafe { entry.function::<fn($($argument),*) -> R>() };
                    target($($argument),*)
                }
                handle::<F, R, $($argument),*>
            }

            unsafe fn async_handle() -> Self::Async
            where
                R: Future,
            {
                fn handle<'a, F, R: Future + 'a, $($argument),*>(
                    $($argument: $argument),*
                ) -> HotFuture<R>
                where
                    F: Fn($($argument),*) -> R + Copy,
                {
                    type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
                    let Some((generation, entry)) = find::<F>() else {
                        // SAFETY: the caller of `async_handle` guarantees that there is one.
                        let future = unsafe { instance::<F>() }($($argument),*);
                        return HotFuture::baseline(Route::to(live(), std::ptr::null()), future);
                    };
                    let route = Route::to(generation, entry.target());
                    let _pin = pin_call(generation);
                    if entry.is_async() {
                        type Target<'a, R, $($argument),*> =
                            fn($($argument),*) -> Boxed<'a, <R as Future>::Output>;
                        // SAFETY: as above; the target of an async one boxes its future.
                        let target = unsafe { entry.function::<Target<'a, R, $($argument),*>>() };
                        let future = target($($argument),*);
                        // SAFETY: `contract` refuses a future that is not `Send` in the place of
                        // one that is.
                        unsafe { HotFuture::live(route, future) }
                    } else {
                        // SAFETY: as above, of a function that returns a future it names.
                        let target = unsafe { entry.function::<fn($($argument),*) -> R>() };
                        HotFuture::baseline(route, target($($argument),*))
                    }
                }
                handle::<F, R, $($argument),*>
            }
        }
    };
}

for_each_arity!(handled);
