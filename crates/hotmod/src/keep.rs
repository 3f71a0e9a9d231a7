//! `keep!`: its syntax, which is the same in a session and in a plain build.

/// Declares statics that keep their values across reloads: state in a reloadable crate.
///
/// A reload resets an ordinary `static`. A static in `keep!` is initialised once per process, by
/// the first generation that reads it, and all generations share its value. It is identified by its
/// path, such as `screens::VISITS`, so a renamed static has a new value. If an edit changes the
/// layout of its type, the program restarts, unless the static has `#[migrate]`.
///
/// The static is a [`Kept`](crate::Kept), which derefs to the value, in a plain build too. As for
/// any static, the value is a constant expression, and its type must be `Sync`. Function pointers
/// and trait objects in the value keep running the code of the generation that stored them.
///
/// # Examples
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// hotmod::keep! {
///     /// The number of visits.
///     pub static VISITS: AtomicU64 = AtomicU64::new(0);
/// }
///
/// VISITS.fetch_add(1, Ordering::Relaxed);
/// assert_eq!(VISITS.load(Ordering::Relaxed), 1);
/// ```
///
/// # Types that change
/// With `#[migrate(serde_json)]`, a changed type does not restart the program: the old code
/// serialises the value, and the new code deserialises it. The path can be any module with
/// functions `to_vec(&T) -> Result<Vec<u8>, E>` and `from_slice(&[u8]) -> Result<T, E>`, such as
/// `serde_json` or `rmp_serde`:
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
/// Values are migrated before the setup of the new generation. If a value can't be serialised or
/// deserialised, the program restarts, with serde's error as the reason. If the generation does not
/// go live, the old value stays. Retired code keeps using the old value, and its changes are lost.
/// If an entry point takes or returns the type, a changed layout still restarts the program. In a
/// plain build, the attribute does nothing.
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

/// Separates `#[migrate]` from the other attributes of a static.
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
