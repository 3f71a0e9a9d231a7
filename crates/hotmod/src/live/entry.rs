//! The description that `#[hot]` generates for each entry point.
//!
//! An `asm!` in the function's body writes its [`Record`](super::record::Record): its `sym` operand can
//! name a method through `Self`, and a `static` can't. So there is a record if and only if there is code
//! for the function.

#![expect(unsafe_code, reason = "an entry point is called by its address")]

use std::any::type_name;
use std::marker::PhantomData;

use super::function::{Callable, UnsafePointer};

/// The description of an entry point: what the runtime and the tool compare, and where to call it.
#[derive(Clone, Copy, Debug)]
pub struct EntryPoint {
    /// An instance of [`entry_types`].
    types: fn() -> &'static str,
    signature: &'static str,
    target: *const (),
    is_async: bool,
    is_send: bool,
}

// SAFETY: names and code stay mapped for as long as the process runs.
unsafe impl Send for EntryPoint {}
// SAFETY: as above; nothing is written through the pointer.
unsafe impl Sync for EntryPoint {}

impl EntryPoint {
    /// Describes a function. Its name is that of its type, which says module, type and trait. A closure
    /// tells the tool the `place`, and `of` the type that it is a method of; see [`entry_types`].
    ///
    /// # Safety
    /// `target` is the address of `function`, or of a function that may be called in its place, and
    /// `signature` is the text of its type as `hotmod-macros` writes it: equal texts of one name
    /// mean that a call compiled for one may go to the other.
    pub unsafe fn of_function<Args, F: Callable<Args>, P, Of: ?Sized>(
        function: F,
        place: P,
        of: PhantomData<Of>,
        target: *const (),
        signature: &'static str,
    ) -> Self {
        let _ = (function, place, of);
        EntryPoint {
            types: entry_types::<Args, F::Output, F, P, Of>,
            signature,
            target,
            is_async: false,
            is_send: true,
        }
    }

    /// Describes an unsafe function, which comes as a pointer too: only that has known arguments.
    ///
    /// # Safety
    /// As for [`of_function`](Self::of_function).
    pub unsafe fn of_unsafe<U: UnsafePointer, F, P, Of: ?Sized>(
        function: F,
        place: P,
        of: PhantomData<Of>,
        pointer: U,
        target: *const (),
        signature: &'static str,
    ) -> Self {
        let _ = (function, place, of, pointer);
        EntryPoint {
            types: entry_types::<U::Args, U::Output, F, P, Of>,
            signature,
            target,
            is_async: false,
            is_send: true,
        }
    }

    /// Describes an async function: its target is a function that boxes the future.
    ///
    /// # Safety
    /// `signature` is as for [`of_function`](Self::of_function), and `is_send` is set only if the
    /// future is `Send`.
    pub unsafe fn of_async<Args, F, P, Of: ?Sized>(
        function: F,
        place: P,
        of: PhantomData<Of>,
        signature: &'static str,
        is_send: bool,
    ) -> Self
    where
        F: Callable<Args>,
        F::Output: Future,
    {
        let _ = (function, place, of);
        EntryPoint {
            types: entry_types::<Args, <F::Output as Future>::Output, F, P, Of>,
            signature,
            target: F::boxed(),
            is_async: true,
            is_send,
        }
    }

    pub(super) fn name(&self) -> &'static str {
        (self.types)()
    }

    pub(super) fn signature(&self) -> &'static str {
        self.signature
    }

    pub(super) fn target(&self) -> *const () {
        self.target
    }

    /// The target as a function pointer.
    ///
    /// # Safety
    /// `T` is the type of a pointer to a function of this entry point's signature; of one that
    /// boxes the future, if the entry point is async.
    pub(super) unsafe fn function<T: Copy>(&self) -> T {
        const { assert!(size_of::<T>() == size_of::<*const ()>()) };
        // SAFETY: the caller guarantees the type, and the line above its size.
        unsafe { std::mem::transmute_copy(&self.target) }
    }

    pub(super) fn is_async(&self) -> bool {
        self.is_async
    }

    pub(super) fn is_send(&self) -> bool {
        self.is_send
    }
}

/// The name of an entry point: of the function type `F`, with arguments `Args` and result `R`.
///
/// The tool reads the types from the debug information of this instance, which describes each type that
/// the entry point takes or returns, and compares their layouts.
///
/// `Place` is the type of a closure inside the entry point. Debug information names a closure by its
/// position, and a function only by its signature. The position of a method contains the number of its
/// impl, which other edits can change. So `Of` is the type of which it is a method, or `()`.
///
/// Each entry point has its own instance, in its own crate. All have different bodies, because functions
/// with the same body could be merged.
#[inline(never)]
#[allow(clippy::extra_unused_type_parameters)]
fn entry_types<Args, R, F, Place, Of: ?Sized>() -> &'static str {
    type_name::<F>()
}

/// Writes the record of the function in whose body it stands.
#[doc(hidden)]
#[macro_export]
macro_rules! __hotmod_register {
    ($describe:path) => {
        $crate::__hotmod_register!(@".quad 0", $describe)
    };
    ($describe:path, $slot:path) => {
        $crate::__hotmod_register!(@".quad {slot}", $describe, slot = sym $slot)
    };
    (@$second:literal, $describe:path $(, $slot:ident = sym $path:path)?) => {
        // SAFETY: no instruction is emitted, only two words of data in a section of their own
        // (`R`: kept by the linker although nothing refers to it by name).
        #[allow(unsafe_code)]
        unsafe {
            $crate::__private::core::arch::asm!(
                ".pushsection hotmod_entries,\"awR\",@progbits",
                ".balign 8",
                ".quad {describe}",
                $second,
                ".popsection",
                describe = sym $describe,
                $($slot = sym $path,)?
                options(nomem, nostack, preserves_flags),
            )
        }
    };
}

pub use __hotmod_register as register;

/// Whether the future of an async function is `Send`. Method resolution asks: the trait that
/// requires `Send` is found first, the other one only behind one more reference.
#[doc(hidden)]
#[macro_export]
macro_rules! __hotmod_is_send {
    ($path:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::{IsSend as _, MayBeSend as _};
        (&$crate::__private::output_of($path)).is_send()
    }};
}

pub use __hotmod_is_send as is_send;

/// The type that a function returns.
pub fn output_of<Args, F: Callable<Args>>(_: F) -> Output<F::Output> {
    Output(PhantomData)
}

/// See [`output_of`].
#[derive(Debug)]
pub struct Output<T>(PhantomData<T>);

/// Found for an output that is `Send`.
pub trait IsSend {
    /// Always `true`.
    fn is_send(&self) -> bool {
        true
    }
}

impl<T: Send> IsSend for Output<T> {}

/// Found for any other output.
pub trait MayBeSend {
    /// Always `false`.
    fn is_send(&self) -> bool {
        false
    }
}

impl<T> MayBeSend for &Output<T> {}
