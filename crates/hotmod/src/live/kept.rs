//! State that is carried over reloads: the statics of `keep!`.
//!
//! Each generation has a static of its own, which only leads to the value; [`VERSIONS`] has the
//! values. All statics that read one value must agree on its type: a generation whose static has
//! another type is refused, unless both say how the value is written and read.

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

/// In a session it has the value that the first generation made that read it.
pub struct Kept<T: 'static> {
    value: OnceLock<&'static T>,
    make: fn() -> T,
    /// An instance of [`kept_types`] or [`migrated_types`].
    place: fn() -> &'static str,
    migration: Option<Migration>,
}

impl<T: Sync> Kept<T> {
    /// A static whose value this closure makes, which stands in the static.
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

    /// A static whose value can be written, and read as a new type.
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

/// Writes a value as bytes that `read` of another generation can read.
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
            // A constant: no code of the user's runs under the lock.
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

/// Where a static of `keep!` of type `T` stands: in it stands the closure whose type is `Place`.
///
/// As with entry points ([`entry_types`](super::entry)), the tool reads the debug information of
/// this instance for what the type is made of.
#[inline(never)]
#[allow(clippy::extra_unused_type_parameters)]
fn kept_types<T, Place>() -> &'static str {
    type_name::<Place>()
}

/// The same of a static that has `#[migrate]`: by the name the tool knows that its type may change.
#[inline(never)]
#[allow(clippy::extra_unused_type_parameters)]
fn migrated_types<T, Place>() -> &'static str {
    type_name::<Place>()
}

/// What [`keep!`](crate::keep) declares.
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
