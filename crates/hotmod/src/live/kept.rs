//! State that survives reloads: the statics of `keep!`.
//!
//! Each generation has its own static, which only refers to the value; [`VERSIONS`] holds the values. All
//! statics that share a value must have the same type. A generation whose static has another type is
//! refused, unless both have `#[migrate]`.

#![expect(
    unsafe_code,
    reason = "a value is read through an address that another generation has made"
)]

use std::any::type_name;
use std::fmt::{self, Display};
use std::ops::Deref;
use std::sync::OnceLock;

use super::function::instance;
use super::globals::VERSIONS;
use super::kept_static::{KeptStatic, Migration, Value};

/// In a session, it has the value that the first generation that read it created.
pub struct Kept<T: 'static> {
    value: OnceLock<&'static T>,
    make: fn() -> T,
    /// An instance of [`kept_types`] or [`migrated_types`].
    place: fn() -> &'static str,
    migration: Option<Migration>,
}

impl<T: Sync> Kept<T> {
    /// A static whose value the closure in its initialiser creates.
    ///
    /// # Safety
    /// It is the value of a static that has a [`Record`](super::record::Record), so that the runtime
    /// refuses a generation in which the closure's path is not unique.
    #[doc(hidden)]
    pub const unsafe fn new<F: Fn() -> T + Copy>(_: F) -> Self {
        Kept {
            value: OnceLock::new(),
            make: make::<T, F>,
            place: kept_types::<T, F>,
            migration: None,
        }
    }

    /// A static whose value can be serialised, and deserialised as a new type.
    ///
    /// # Safety
    /// As for [`new`](Self::new).
    #[doc(hidden)]
    pub const unsafe fn migrating<F, W, R, E: Display, D: Display>(_: F, _: W, _: R) -> Self
    where
        F: Fn() -> T + Copy,
        W: Fn(&T) -> Result<Vec<u8>, E> + Copy,
        R: Fn(&[u8]) -> Result<T, D> + Copy,
    {
        Kept {
            value: OnceLock::new(),
            make: make::<T, F>,
            place: migrated_types::<T, F>,
            migration: Some(Migration {
                write: write::<T, W, E>,
                read: read::<T, R, D>,
            }),
        }
    }

    #[doc(hidden)]
    pub fn describe(&self) -> KeptStatic {
        KeptStatic {
            at: std::ptr::from_ref(self).addr(),
            place: self.place,
            type_name: type_name::<T>(),
            size: size_of::<T>(),
            align: align_of::<T>(),
            migration: self.migration,
        }
    }
}

fn make<T, F: Fn() -> T + Copy>() -> T {
    // SAFETY: `Kept::new` or `Kept::migrating` was given the value.
    let make = unsafe { instance::<F>() };
    make()
}

/// Serialises a value, for `read` of another generation.
///
/// # Safety
/// The value is a `T`.
unsafe fn write<T, W, E: Display>(value: Value) -> Result<Vec<u8>, String>
where
    T: Sync + 'static,
    W: Fn(&T) -> Result<Vec<u8>, E> + Copy,
{
    // SAFETY: `Kept::migrating` was given the value.
    let write = unsafe { instance::<W>() };
    // SAFETY: the caller guarantees it.
    write(unsafe { value.get::<T>() }).map_err(|error| error.to_string())
}

fn read<T, R, D: Display>(bytes: &[u8]) -> Result<Value, String>
where
    T: Sync + 'static,
    R: Fn(&[u8]) -> Result<T, D> + Copy,
{
    // SAFETY: `Kept::migrating` was given the value.
    let read = unsafe { instance::<R>() };
    let value = read(bytes).map_err(|error| error.to_string())?;
    Ok(Value::new(value))
}

impl<T: Sync> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.get_or_init(|| {
            // The initialiser is a constant expression, so no user code runs under the lock.
            let value = VERSIONS.find(&self.describe(), || Value::new((self.make)()));
            // SAFETY: it was made by a static that shares a version with this one, and so its type
            // has the same name, size and alignment. Whether the type's layout is the same too, the
            // tool checks before it offers a generation; if not, the two share no version.
            unsafe { value.get() }
        })
    }
}

impl<T: Sync + fmt::Debug> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::fmt(self, f)
    }
}

/// The path of a static of `keep!` with type `T`. `Place` is the type of the closure in its initialiser.
///
/// As with entry points ([`entry_types`](super::entry)), the tool reads the layout of the type from the
/// debug information of this instance.
#[inline(never)]
#[allow(clippy::extra_unused_type_parameters)]
fn kept_types<T, Place>() -> &'static str {
    type_name::<Place>()
}

/// The same for a static with `#[migrate]`. The function's name shows the tool that its type may change.
#[inline(never)]
#[allow(clippy::extra_unused_type_parameters)]
fn migrated_types<T, Place>() -> &'static str {
    type_name::<Place>()
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
        $visibility static $name: $crate::Kept<$type> = {
            #[used]
            #[unsafe(link_section = "hotmod_entries")]
            static __hotmod_kept: $crate::__private::Record =
                $crate::__private::Record::new(|| {
                    $crate::__private::Description::Kept($name.describe())
                });
            $crate::__hotmod_kept!(@[$($serde)*] $type, || -> $type { const { $value } })
        };
    };
    (@[] $type:ty, $make:expr) => {
        // SAFETY: the record stands beside it.
        unsafe { $crate::Kept::new($make) }
    };
    (@[$($serde:tt)+] $type:ty, $make:expr) => {
        // SAFETY: as above.
        unsafe {
            $crate::Kept::migrating(
                $make,
                |value: &$type| $($serde)+::to_vec(value),
                |bytes: &[u8]| $($serde)+::from_slice(bytes),
            )
        }
    };
}
