//! State that is carried over reloads: the statics of `keep!`.
//!
//! Each generation has a static of its own, which is but the way to the value: that is made once,
//! by the first generation that asks for it, and kept under the static's path. Both sides of a
//! reload read the same memory, so a generation whose static has another type is refused.

use std::any::type_name;
use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::handle::the_one;
use super::record::Description;

/// A static of [`keep!`](crate::keep): derefs to its value.
pub struct Kept<T: 'static> {
    value: OnceLock<&'static T>,
    make: fn() -> T,
    /// An instance of [`kept_types`].
    place: fn() -> &'static str,
}

impl<T: Sync> Kept<T> {
    /// A static whose value this closure makes, which stands in the static.
    #[doc(hidden)]
    pub const fn new<F: Fn() -> T + Copy>(_: F) -> Self {
        fn make<T, F: Fn() -> T + Copy>() -> T {
            // SAFETY: `new` was given the value.
            let make = unsafe { the_one::<F>() };
            make()
        }
        Kept {
            value: OnceLock::new(),
            make: make::<T, F>,
            place: kept_types::<T, F>,
        }
    }

    #[doc(hidden)]
    pub fn describe(&self) -> Description {
        Description::Kept(self.layout())
    }

    fn layout(&self) -> KeptStatic {
        KeptStatic {
            place: self.place,
            type_name: type_name::<T>(),
            size: size_of::<T>(),
            align: align_of::<T>(),
        }
    }
}

impl<T: Sync> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.get_or_init(|| find(self))
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
    place: fn() -> &'static str,
    type_name: &'static str,
    size: usize,
    align: usize,
}

impl KeptStatic {
    /// Its path.
    pub(super) fn name(&self) -> &'static str {
        let place = (self.place)();
        place.strip_suffix("::{{closure}}").unwrap_or(place)
    }

    /// Whether a value of the other's type is one of this.
    fn check(&self, kept: &KeptStatic) -> Result<(), String> {
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

/// The statics that there ever were, by name.
static ALL: Mutex<Option<HashMap<&'static str, Known>>> = Mutex::new(None);

struct Known {
    layout: KeptStatic,
    /// Once somebody asked for it.
    value: Option<Value>,
}

/// The address of a value of that layout.
#[derive(Clone, Copy)]
struct Value(*const ());

// SAFETY: it is only made of references to values that are `Sync`.
unsafe impl Send for Value {}

fn lock() -> MutexGuard<'static, Option<HashMap<&'static str, Known>>> {
    // Every change is a single insertion or field, so a panic between two leaves it whole.
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Refuses a generation that would take a kept value for another.
pub(super) fn check(statics: &[KeptStatic]) -> Result<(), String> {
    let all = lock();
    let known = |it: &KeptStatic| all.as_ref()?.get(it.name()).map(|known| known.layout);
    statics
        .iter()
        .filter_map(|it| Some((it, known(it)?)))
        .try_for_each(|(it, known)| it.check(&known))
}

/// Has all generations to come keep to these: this one may make the values at any time.
pub(super) fn declare(statics: &[KeptStatic]) {
    let mut all = lock();
    for layout in statics {
        let value = None;
        let known = Known {
            layout: *layout,
            value,
        };
        all.get_or_insert_default()
            .entry(layout.name())
            .or_insert(known);
    }
}

/// The value of a static, made now unless it was before.
fn find<T: Sync>(kept: &Kept<T>) -> &'static T {
    let layout = kept.layout();
    let mut all = lock();
    let known = all.get_or_insert_default().entry(layout.name());
    let known = known.or_insert(Known {
        layout,
        value: None,
    });
    if let Err(reason) = layout.check(&known.layout) {
        drop(all);
        panic!("{reason}");
    }
    match known.value {
        // SAFETY: it was made below, of a type of the same name, size and alignment, and lives for
        // ever. That the type is the same within, the tool checks before it offers a generation.
        Some(Value(value)) => unsafe { &*value.cast() },
        None => {
            // A constant: no code of the user's runs under the lock.
            let value: &'static T = Box::leak(Box::new((kept.make)()));
            known.value = Some(Value(std::ptr::from_ref(value).cast()));
            value
        }
    }
}

/// Declares statics whose values are carried over reloads: state that lives in a reloadable crate.
///
/// The value is made once in a process, by the first generation that reads it.
#[macro_export]
macro_rules! keep {
    ($($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = $value:expr;)*) => {
        $(
            $(#[$attribute])*
            $visibility static $name: $crate::Kept<$type> = {
                #[used]
                #[unsafe(link_section = "hotmod_entries")]
                static __hotmod_kept: $crate::__private::Record =
                    $crate::__private::Record::of(|| $name.describe());
                $crate::Kept::new(|| -> $type { const { $value } })
            };
        )*
    };
}
