//! Functions as types: each function and each closure has its own type with a single value of size
//! zero. So a type parameter is enough to name the function, and to call it.

#![expect(unsafe_code, reason = "a function's type stands for its only value")]

use std::pin::Pin;

/// A function that takes the arguments `Args`, a tuple.
pub trait Callable<Args>: Copy {
    /// The type that it returns.
    type Output;

    /// The address of a function of the same arguments that calls this one and returns its
    /// future in a `Pin<Box<dyn Future>>`.
    fn boxed() -> *const ()
    where
        Self::Output: Future;
}

/// A pointer to an unsafe function, which does not implement [`Callable`].
pub trait UnsafePointer: Copy {
    /// Its arguments, a tuple.
    type Args;
    /// The type that it returns.
    type Output;
}

/// The single value of a function's type.
///
/// # Safety
/// There is a value of `F`, which is `Copy`.
pub(super) unsafe fn instance<F: Copy>() -> F {
    const { assert!(size_of::<F>() == 0, "only functions can be entry points") };
    // SAFETY: `F` has no bytes, and the caller guarantees that it has a value.
    unsafe { std::ptr::NonNull::<F>::dangling().read() }
}

/// Invokes a macro with each list of type parameters that an entry point's arguments may have.
macro_rules! for_each_arity {
    ($invoke:ident) => {
        $invoke!();
        $invoke!(A);
        $invoke!(A B);
        $invoke!(A B C);
        $invoke!(A B C D);
        $invoke!(A B C D E);
        $invoke!(A B C D E G);
        $invoke!(A B C D E G H);
        $invoke!(A B C D E G H I);
        $invoke!(A B C D E G H I J);
        $invoke!(A B C D E G H I J K);
        $invoke!(A B C D E G H I J K L);
        $invoke!(A B C D E G H I J K L M);
        $invoke!(A B C D E G H I J K L M N);
        $invoke!(A B C D E G H I J K L M N O);
        $invoke!(A B C D E G H I J K L M N O P);
        $invoke!(A B C D E G H I J K L M N O P Q);
        $invoke!(A B C D E G H I J K L M N O P Q S);
        $invoke!(A B C D E G H I J K L M N O P Q S T);
        $invoke!(A B C D E G H I J K L M N O P Q S T U);
        $invoke!(A B C D E G H I J K L M N O P Q S T U V);
    };
}
pub(super) use for_each_arity;

macro_rules! callable {
    ($($argument:ident)*) => {
        #[allow(non_snake_case, clippy::too_many_arguments)]
        impl<F, R, $($argument),*> Callable<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> R + Copy,
        {
            type Output = R;

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
                    // SAFETY: `EntryPoint::of_async` was given the value.
                    let function = unsafe { instance::<F>() };
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

for_each_arity!(callable);
