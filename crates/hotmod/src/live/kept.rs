//! State that is carried over reloads: the statics of `keep!`.
//!
//! Each generation has a static of its own, which is but the way to the value; [`versions`] has the
//! values. All statics that read one value must take it for one type: a generation whose static has
//! another type is refused, unless both say how the value is written and read.

use std::any::type_name;
use std::fmt::{self, Display};
use std::ops::Deref;
use std::sync::OnceLock;

use super::handle::the_one;
use super::record::Description;
use super::versions::{self, Value};

/// A static of [`keep!`](crate::keep): derefs to its value.
pub struct Kept<T: 'static> {
    value: OnceLock<&'static T>,
    make: fn() -> T,
    /// An instance of [`kept_types`] or [`migrated_types`].
    place: fn() -> &'static str,
    migration: Option<Migration>,
}

/// How a value is made over to a type that changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Migration {
    /// Of a value of the static's type.
    pub(super) write: unsafe fn(Value) -> Result<Vec<u8>, String>,
    pub(super) read: fn(&[u8]) -> Result<Value, String>,
}

impl<T: Sync> Kept<T> {
    /// A static whose value this closure makes, which stands in the static.
    #[doc(hidden)]
    pub const fn new<F: Fn() -> T + Copy>(_: F) -> Self {
        Kept {
            value: OnceLock::new(),
            make: make::<T, F>,
            place: kept_types::<T, F>,
            migration: None,
        }
    }

    /// The same, of a value that can be written and read.
    #[doc(hidden)]
    pub const fn migrating<F, W, R, E: Display, D: Display>(_: F, _: W, _: R) -> Self
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
    pub fn describe(&self) -> Description {
        Description::Kept(self.layout())
    }

    fn layout(&self) -> KeptStatic {
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
    let make = unsafe { the_one::<F>() };
    make()
}

/// # Safety
/// The value is a `T`.
unsafe fn write<T, W, E: Display>(value: Value) -> Result<Vec<u8>, String>
where
    T: Sync + 'static,
    W: Fn(&T) -> Result<Vec<u8>, E> + Copy,
{
    // SAFETY: `Kept::migrating` was given the value.
    let write = unsafe { the_one::<W>() };
    // SAFETY: by the caller's word.
    write(unsafe { value.get::<T>() }).map_err(|error| error.to_string())
}

fn read<T, R, D: Display>(bytes: &[u8]) -> Result<Value, String>
where
    T: Sync + 'static,
    R: Fn(&[u8]) -> Result<T, D> + Copy,
{
    // SAFETY: `Kept::migrating` was given the value.
    let read = unsafe { the_one::<R>() };
    let value = read(bytes).map_err(|error| error.to_string())?;
    Ok(Value::of(value))
}

impl<T: Sync> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.get_or_init(|| {
            // A constant: no code of the user's runs under the lock.
            let value = versions::find(&self.layout(), || Value::of((self.make)()));
            // SAFETY: it was made by a static that has one version with this one, and so is of a
            // type of the same name, size and alignment. That the type is the same within, the tool
            // checks before it offers a generation, or says that it is not.
            unsafe { value.get() }
        })
    }
}

impl<T: Sync + fmt::Debug> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::fmt(self, f)
    }
}

/// What a generation says of a static of `keep!`.
#[derive(Clone, Copy, Debug)]
pub struct KeptStatic {
    /// Its address, which no static of another generation has.
    pub(super) at: usize,
    place: fn() -> &'static str,
    type_name: &'static str,
    size: usize,
    align: usize,
    pub(super) migration: Option<Migration>,
}

impl KeptStatic {
    /// Its path.
    pub(super) fn name(&self) -> &'static str {
        let place = (self.place)();
        place.strip_suffix("::{{closure}}").unwrap_or(place)
    }

    /// Whether the tool calls it so, which names closures and impls otherwise or not at all.
    pub(super) fn is_called(&self, path: &str) -> bool {
        let plain = |path: &str| {
            let parts = path.split("::").filter(|part| !part.starts_with('{'));
            parts.collect::<Vec<_>>().join("::")
        };
        let name = plain(self.name());
        match path.rsplit_once("{impl}") {
            Some((_, in_impl)) => name.ends_with(&plain(in_impl)),
            None => name == plain(path),
        }
    }

    /// Whether a value of the other's type is one of this.
    pub(super) fn check(&self, kept: &KeptStatic) -> Result<(), String> {
        let layout = |it: &KeptStatic| (it.type_name, it.size, it.align);
        if layout(self) == layout(kept) {
            return Ok(());
        }
        let text = |it: &KeptStatic| format!("`{}` of {} bytes", it.type_name, it.size);
        let (name, from, to) = (self.name(), text(kept), text(self));
        Err(format!(
            "the kept static `{name}` changed from {from} to {to}"
        ))
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
                $crate::__private::Record::of(|| $name.describe());
            $crate::__hotmod_kept!(@[$($serde)*] $type, || -> $type { const { $value } })
        };
    };
    (@[] $type:ty, $make:expr) => {
        $crate::Kept::new($make)
    };
    (@[$($serde:tt)+] $type:ty, $make:expr) => {
        $crate::Kept::migrating(
            $make,
            |value: &$type| $($serde)+::to_vec(value),
            |bytes: &[u8]| $($serde)+::from_slice(bytes),
        )
    };
}
