//! Values that survive restarts: the functions, which are the same in a session and in a plain build.

use std::fmt::Display;
use std::sync::Arc;

use crate::runtime;

/// Creates a value that survives restarts. This needs the feature `serde`.
///
/// When the session restarts the program, the old process serialises the value, and this call
/// deserialises it in the new process. Without an old value, it calls `init`. In a plain build, it
/// only calls `init`.
///
/// Values are matched by name, which must be unique in the program. Use a lock or atomics to change
/// a value: serde supports `Mutex`, `RwLock` and the atomic types. The old process saves its values
/// after it has ended `main`, if it handles the stop signal, otherwise before it gets the signal.
///
/// With `cargo hotmod run --overlap`, the first call waits until the old process has ended.
///
/// # Types that change
/// Add fields with `#[serde(default)]`. If the new type can't read the old value, the call returns
/// `init()`, and the session says so, with serde's reason. It also names fields that are no longer
/// in the type.
///
/// # Panics
/// In a session, this panics if a value of this name exists already. A static in
/// [`keep!`](crate::keep) with `#[migrate]` has its path as a name.
///
/// # Examples
/// ```
/// use std::sync::Mutex;
///
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct World {
///     height: f64,
///     #[serde(default)]
///     bounces: u64,
/// }
///
/// let world = hotmod::carry("world", || Mutex::new(World { height: 10.0, bounces: 0 }));
/// world.lock().unwrap().bounces += 1;
/// ```
#[cfg(feature = "serde")]
pub fn carry<T>(name: &str, init: impl FnOnce() -> T) -> Arc<T>
where
    T: serde::Serialize + serde::de::DeserializeOwned + Send + Sync + 'static,
{
    runtime::carry(name, init)
}

/// Creates a value that survives restarts, in a format of your own. See `carry`, which is the same
/// for types that implement serde's traits.
///
/// `save` returns the bytes that `load` reads in the next process. If one of them fails, the session
/// shows the error. If `load` fails, the value is `init()`.
///
/// # Panics
/// In a session, this panics if a value of this name exists already. A static in
/// [`keep!`](crate::keep) with `#[migrate]` has its path as a name.
///
/// # Examples
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// let visits = hotmod::carry_with(
///     "visits",
///     || AtomicU64::new(0),
///     |visits| Ok::<_, std::fmt::Error>(visits.load(Ordering::Relaxed).to_le_bytes().to_vec()),
///     |bytes| bytes.try_into().map(|bytes| AtomicU64::new(u64::from_le_bytes(bytes))),
/// );
/// visits.fetch_add(1, Ordering::Relaxed);
/// ```
pub fn carry_with<T, E: Display, D: Display>(
    name: &str,
    init: impl FnOnce() -> T,
    save: impl Fn(&T) -> Result<Vec<u8>, E> + Send + Sync + 'static,
    load: impl FnOnce(&[u8]) -> Result<T, D>,
) -> Arc<T>
where
    T: Send + Sync + 'static,
{
    runtime::carry_with(name, init, save, load)
}

/// Saves all carried values now. If the program crashes, the next process gets the values of the
/// last checkpoint or reload, whichever came later.
///
/// Don't call this while you hold the lock of a carried value. In the first second of a process, it
/// does nothing: a program that crashes at its start keeps the values of the one before. In a plain
/// build, it does nothing.
///
/// # Examples
/// ```
/// hotmod::checkpoint();
/// ```
pub fn checkpoint() {
    runtime::checkpoint();
}

/// Registers a callback that runs when the session is about to restart the program, before carried
/// values are saved.
///
/// It runs on a thread of its own, and the restart waits for it for up to a second. In a plain
/// build, it never runs.
///
/// # Examples
/// ```
/// hotmod::on_restart(|| println!("this process is about to be stopped"));
/// ```
pub fn on_restart(callback: impl Fn() + Send + Sync + 'static) {
    runtime::on_restart(callback);
}

/// Marks a point where the program can be stopped for a restart, such as the top of its main loop.
/// Returns whether it is being stopped: then return from `main`.
///
/// Carried values are saved while all threads that call this function wait in it, so the values
/// match each other. The restart waits for each of these threads for up to a second. Otherwise, the
/// function returns `false` at once, and in a plain build it always does.
///
/// # Examples
/// ```
/// # let mut steps = 0;
/// while !hotmod::yield_to_restart() {
///     // One step of the simulation.
/// #   steps += 1;
/// #   if steps == 3 { break }
/// }
/// ```
#[must_use = "a program that is being stopped should return from `main`"]
pub fn yield_to_restart() -> bool {
    runtime::yield_to_restart()
}
