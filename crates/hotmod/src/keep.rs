//! `keep!`, in both kinds of build: what it declares differs, how it is written does not.

/// Declares statics whose values are carried over reloads: state that lives in a reloadable crate.
///
/// A plain `static` begins anew in each generation. The value of one in `keep!` is made once in a
/// process, by the first generation that reads it, and every generation reads that one. It is known
/// by its path, `screens::VISITS`: under another name it is another value. An edit that makes its
/// type lie otherwise in memory restarts the program, unless the static has `#[migrate]`.
///
/// The static is a [`Kept`](crate::Kept), which derefs to the value, in a plain build too. Like that
/// of any static, the value is a constant expression, and its type is `Sync`. Functions and trait
/// objects in it are those of the generation that put them there, and so stay old.
///
/// # Examples
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// hotmod::keep! {
///     /// How often somebody came by.
///     pub static VISITS: AtomicU64 = AtomicU64::new(0);
/// }
///
/// VISITS.fetch_add(1, Ordering::Relaxed);
/// assert_eq!(VISITS.load(Ordering::Relaxed), 1);
/// ```
///
/// # Types that change
/// `#[migrate(serde_json)]` has a value written by the code that it was made by, and read by the new
/// code, when its type changed. The path is that of any module with functions
/// `to_vec(&T) -> Result<Vec<u8>, E>` and `from_slice(&[u8]) -> Result<T, E>`, as `serde_json` and
/// `rmp_serde` are:
///
/// ```
/// # mod serde_json {
/// #     pub fn to_vec<T>(_: &T) -> Result<Vec<u8>, std::fmt::Error> { Ok(Vec::new()) }
/// #     pub fn from_slice<T: Default>(_: &[u8]) -> Result<T, std::fmt::Error> { Ok(T::default()) }
/// # }
/// use std::sync::Mutex;
///
/// #[derive(Default)] // and `Serialize`, `Deserialize`
/// struct Game {
///     score: u32,
/// }
///
/// hotmod::keep! {
///     #[migrate(serde_json)]
///     static GAME: Mutex<Game> = Mutex::new(Game { score: 0 });
/// }
/// # assert_eq!(GAME.lock().unwrap().score, 0);
/// ```
///
/// It happens before the new generation is set up. If a value can't be written or read, the program is
/// restarted, with what serde says as the reason. If the generation does not go live, the old value
/// stays the kept one. Retired code keeps the old value: what a call in progress does to it is not in
/// the new one. A type that also crosses by an entry point must lie as before all the same. In a plain
/// build the attribute vanishes.
#[macro_export]
macro_rules! keep {
    ($(
        $(#[$($attribute:tt)*])*
        $visibility:vis static $name:ident: $type:ty = $value:expr;
    )*) => {
        $($crate::__hotmod_keep! {
            [$([$($attribute)*])*] [] []
            $visibility static $name: $type = $value;
        })*
    };
}

/// Parts `#[migrate]` from the other attributes of a static.
#[doc(hidden)]
#[macro_export]
macro_rules! __hotmod_keep {
    ([[migrate($($serde:tt)+)] $($rest:tt)*] [$($others:tt)*] [] $($static:tt)*) => {
        $crate::__hotmod_keep! { [$($rest)*] [$($others)*] [$($serde)+] $($static)* }
    };
    ([[$($other:tt)*] $($rest:tt)*] [$($others:tt)*] [$($serde:tt)*] $($static:tt)*) => {
        $crate::__hotmod_keep! { [$($rest)*] [$($others)* #[$($other)*]] [$($serde)*] $($static)* }
    };
    ([] [$($others:tt)*] [$($serde:tt)*] $($static:tt)*) => {
        $crate::__hotmod_kept! { [$($serde)*] $($others)* $($static)* }
    };
}
