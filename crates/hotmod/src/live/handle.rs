//! `live!`: a function of an entry point's own arguments that looks up the live generation at
//! each call.
//!
//! The handle is a plain function pointer. Which entry point it calls is in its type: it is one
//! instance of a generic function for each function type, whose name is the entry point's.

use std::any::type_name;
use std::marker::PhantomData;
use std::pin::Pin;

use super::call::{current, held_or_live, live, pin_call};
use super::contract;
use super::entry::EntryPoint;
use super::future::{HotFuture, Route};
use super::generation::Generation;

/// A function of the arguments `Args`, a tuple.
pub trait Callable<Args>: Copy {
    /// What it returns.
    type Output;
    /// The handle's type, for a function that is not async.
    type Sync;
    /// The handle's type, for an async function.
    type Async
    where
        Self::Output: Future;

    /// The handle, for a function that is not async.
    fn sync_handle() -> Self::Sync;

    /// The handle, for an async function.
    fn async_handle() -> Self::Async
    where
        Self::Output: Future;

    /// The address of a function of the same arguments that calls this one and returns its
    /// future in a `Pin<Box<dyn Future>>`.
    fn boxed() -> *const ()
    where
        Self::Output: Future;
}

/// A pointer to an unsafe function, which is no [`Callable`].
pub trait UnsafePointer: Copy {
    /// Its arguments, a tuple.
    type Args;
    /// What it returns.
    type Output;
}

/// An entry point in an expression of `live!`.
#[derive(Debug)]
pub struct Handle<F, Args>(PhantomData<(F, Args)>);

/// The entry point that a path names.
pub fn entry_point<Args, F: Callable<Args>>(_: F) -> Handle<F, Args> {
    if Generation::is_described() {
        contract::require(type_name::<F>());
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

impl<Args, F: Callable<Args>> HandleOfAsync<F, Args> for Handle<F, Args>
where
    F::Output: Future,
{
    type Pointer = F::Async;

    fn handle(&self) -> F::Async {
        F::async_handle()
    }
}

/// Found for all others, behind one more reference.
pub trait HandleOfSync<F, Args> {
    /// The handle's type.
    type Pointer;
    /// The handle.
    fn handle(&self) -> Self::Pointer;
}

impl<Args, F: Callable<Args>> HandleOfSync<F, Args> for &Handle<F, Args> {
    type Pointer = F::Sync;

    fn handle(&self) -> F::Sync {
        F::sync_handle()
    }
}

/// Where a handle's call goes; `None` in a build without a session, which has no entry points.
///
/// A generation that is held from before there was such an entry point has no say; the live one
/// has all that handles were made to, but for those that a setup makes to its own generation.
fn find<F>() -> Option<(&'static Generation, &'static EntryPoint)> {
    if !Generation::is_described() {
        return None;
    }
    let name = type_name::<F>();
    let entry_of = |generation: &'static Generation| Some((generation, generation.entry(name)?));
    let found = entry_of(held_or_live()).or_else(|| entry_of(live()));
    let found = found.or_else(|| entry_of(current()));
    match found {
        Some((generation, entry)) => Some((generation, &entry.description)),
        None => panic!("`{name}` is no entry point of the live generation"),
    }
}

/// A value of a type that has only one.
///
/// # Safety
/// There is a value of `F`, which is `Copy`.
pub(super) unsafe fn the_one<F: Copy>() -> F {
    const { assert!(size_of::<F>() == 0, "only functions can be entry points") };
    // SAFETY: `F` has no bytes, and by the caller's word it has a value.
    unsafe { std::ptr::NonNull::<F>::dangling().read() }
}

macro_rules! callable {
    ($($argument:ident)*) => {
        #[allow(non_snake_case, clippy::too_many_arguments)]
        impl<F, R, $($argument),*> Callable<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> R + Copy,
        {
            type Output = R;
            type Sync = fn($($argument),*) -> R;
            type Async
                = fn($($argument),*) -> HotFuture<R>
            where
                R: Future;

            fn sync_handle() -> Self::Sync {
                fn handle<F, R, $($argument),*>($($argument: $argument),*) -> R
                where
                    F: Fn($($argument),*) -> R + Copy,
                {
                    let Some((generation, entry)) = find::<F>() else {
                        // SAFETY: `entry_point` was given the value.
                        return unsafe { the_one::<F>() }($($argument),*);
                    };
                    let _pin = pin_call(generation);
                    // SAFETY: an entry point of this name and, by `contract`, this signature.
                    let target = unsafe { entry.function::<fn($($argument),*) -> R>() };
                    target($($argument),*)
                }
                handle::<F, R, $($argument),*>
            }

            fn async_handle() -> Self::Async
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
                        // SAFETY: `entry_point` was given the value.
                        let future = unsafe { the_one::<F>() }($($argument),*);
                        return HotFuture::baseline(Route::to(live(), std::ptr::null()), future);
                    };
                    let route = Route::to(generation, entry.target());
                    let _pin = pin_call(generation);
                    if entry.is_async() {
                        type Target<'a, R, $($argument),*> =
                            fn($($argument),*) -> Boxed<'a, <R as Future>::Output>;
                        // SAFETY: as above; the target of an async one boxes its future.
                        let target = unsafe { entry.function::<Target<'a, R, $($argument),*>>() };
                        HotFuture::live(route, target($($argument),*))
                    } else {
                        // SAFETY: as above, of a function that returns a future it names.
                        let target = unsafe { entry.function::<fn($($argument),*) -> R>() };
                        HotFuture::baseline(route, target($($argument),*))
                    }
                }
                handle::<F, R, $($argument),*>
            }

            fn boxed() -> *const ()
            where
                R: Future,
            {
                fn boxed<'a, F, R, $($argument),*>(
                    $($argument: $argument),*
                ) -> Pin<Box<dyn Future<Output = R::Output> + 'a>>
                where
                    F: Fn($($argument),*) -> R + Copy,
                    R: Future + 'a,
                {
                    // SAFETY: `Description::of_async` was given the value.
                    let function = unsafe { the_one::<F>() };
                    Box::pin(function($($argument),*))
                }
                boxed::<F, R, $($argument),*> as *const ()
            }
        }

        impl<R, $($argument),*> UnsafePointer for unsafe fn($($argument),*) -> R {
            type Args = ($($argument,)*);
            type Output = R;
        }
    };
}

callable!();
callable!(A);
callable!(A B);
callable!(A B C);
callable!(A B C D);
callable!(A B C D E);
callable!(A B C D E G);
callable!(A B C D E G H);
callable!(A B C D E G H I);
callable!(A B C D E G H I J);
callable!(A B C D E G H I J K);
callable!(A B C D E G H I J K L);
callable!(A B C D E G H I J K L M);
callable!(A B C D E G H I J K L M N);
callable!(A B C D E G H I J K L M N O);
callable!(A B C D E G H I J K L M N O P);
callable!(A B C D E G H I J K L M N O P Q);
