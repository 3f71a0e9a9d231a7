//! The runtime of [`cargo hotmod`](https://crates.io/crates/cargo-hotmod), which keeps a program
//! running while you edit it: save a file, and the program runs the new code.
//!
//! Mark a crate as reloadable in its manifest, mark the program's `main` with [`main`], and run
//! `cargo hotmod run`:
//!
//! ```
//! # mod screens {
//! // screens/src/lib.rs
//! pub fn greeting(name: &str) -> String {
//!     format!("hello, {name}")
//! }
//! # }
//!
//! // app/src/main.rs
//! #[hotmod::main]
//! fn main() {
//!     assert_eq!(screens::greeting("bob"), "hello, bob");
//! }
//! ```
//!
//! The program calls the newest version of each plain function of the crate: one that is not generic,
//! `async`, `const` or inlined. Mark others with [`hot`]. In an optimised crate, mark all functions
//! that the program calls.
//!
//! # Terms
//! - The *host* is the program.
//! - The *group* is all of its reloadable crates, which are built and replaced together.
//! - An *entry point* is a function marked with [`hot`], where a call crosses from the host into
//!   the group.
//! - A *generation* is one build of the group. Generation 0, the *baseline*, is linked into the
//!   host.
//! - New calls go to the *live* generation. Earlier generations are *retired*: calls in progress
//!   finish there, and their code stays in memory.
//!
//! # Versions
//! A call of an entry point runs in one generation, including everything that it calls on its
//! thread. [`enter`] and [`pinned`] run several calls in the same generation.
//! [`live!`](crate::live) creates a handle that you can store, and that always calls the live
//! generation.
//!
//! # Waiting for the saved code
//! [`settled`] and [`settle`] wait until everything that has been saved is live, has failed or is
//! being restarted for. A server that waits before it answers a request never shows old code.
//!
//! # Restarts
//! `carry` and [`carry_with`] create values that survive restarts. A static in [`keep!`](crate::keep)
//! with `#[migrate]` survives them, too.
//!
//! # Plain builds
//! Only `cargo hotmod run` enables the feature `live`. Without it, the attributes return their item
//! unchanged, and there is only generation 0.
//!
//! # Guide
//! [`guide::pinning`], [`guide::state`], [`guide::hooks`], [`guide::waiting`], [`guide::limits`].

mod carry;
// Documentation only.
#[cfg(any(doc, doctest))]
pub mod guide;
mod keep;
mod settled;
mod waiting;

#[cfg(all(feature = "live", not(target_os = "linux")))]
compile_error!(
    "the feature `live` of `hotmod`, which `cargo hotmod run` enables for a session, needs Linux"
);

#[cfg(all(feature = "live", target_os = "linux"))]
mod live;
#[cfg(all(feature = "live", target_os = "linux"))]
use live as runtime;

#[cfg(not(all(feature = "live", target_os = "linux")))]
mod plain;
#[cfg(not(all(feature = "live", target_os = "linux")))]
use plain as runtime;

/// Marks a function, a method, or the functions of an impl block or a module as entry points.
///
/// In a session, a call from outside the group goes to the live generation. In a plain build, the
/// item is unchanged.
///
/// To mark a method of a trait impl, or an associated function without `self`, put
/// `#[hotmod::hot]` on the impl block. The future of an `async fn` is boxed, and runs in the
/// generation that is live at its first poll.
///
/// On a module that is written out in braces, it marks all functions in it, in its impl blocks and in
/// its modules, except those that can't be entry points. rustc does not accept it on `mod name;`, or
/// on a module that contains one.
///
/// # Compile errors
/// An entry point must have one address and one signature. In a session, these are errors, which
/// say what to write instead:
/// - type or const parameters, of the function or of its impl; lifetimes are fine
/// - `impl Trait` as an argument or a return type
/// - `const fn`, `async unsafe fn`, and functions with another ABI, such as `extern "C"`
/// - variadic functions, functions with more than 20 arguments, and arguments with `#[cfg]`
/// - `main`, items of a trait definition, and impls of `Drop`
/// - a single method of a trait impl, and `#[hot]` on a function in a block or module with `#[hot]`
///
/// # Examples
/// ```
/// #[hotmod::hot]
/// pub fn greeting(name: &str) -> String {
///     format!("hello, {name}")
/// }
///
/// pub struct Counter(u32);
///
/// #[hotmod::hot]
/// impl Counter {
///     pub fn new() -> Self {
///         Counter(0)
///     }
///
///     pub fn next(&mut self) -> u32 {
///         self.0 += 1;
///         self.0
///     }
/// }
///
/// assert_eq!(greeting("bob"), "hello, bob");
/// assert_eq!(Counter::new().next(), 1);
/// ```
pub use hotmod_macros::hot;

/// Marks the host's `main`: in a session, the program joins the session before anything else runs.
///
/// Put it above other attributes, such as `#[tokio::main]`. `main` may have any return type.
///
/// # Examples
/// ```
/// #[hotmod::main]
/// fn main() -> Result<(), std::num::ParseIntError> {
///     let port: u16 = "3000".parse()?;
///     println!("listening on {port}");
///     Ok(())
/// }
/// ```
pub use hotmod_macros::main;

/// Marks a function that prepares a new generation, before any call goes to it.
///
/// When a generation is loaded, the setups of its crates run one after the other: those of a crate
/// before those of its dependents, and within a crate in the order of their paths. They run in the
/// new generation: [`generation`] returns its number, and calls of entry points stay in it. The
/// generation goes live when all setups are done. If one returns an error or panics, the generation
/// is refused with that message, the [`teardown`]s of the crates before its own run, and the old
/// code keeps running.
///
/// The function takes no arguments, and returns nothing or a `Result<(), E>` where `E` implements
/// `Display`.
///
/// No setup runs for generation 0 when the program starts: do in `main` what the program needs. `main` may call the setup
/// function itself. If an earlier generation goes live again (`cargo hotmod rollback`), its setups run again, and those of
/// generation 0, too.
///
/// # Examples
/// ```
/// #[hotmod::setup]
/// pub fn start() -> Result<(), std::num::ParseIntError> {
///     let _limit: u32 = "12".parse()?;
///     Ok(())
/// }
/// ```
pub use hotmod_macros::setup;

/// Marks a function that runs after its generation is retired.
///
/// When a new generation is live, the teardowns of the previous one run in the old code, those of
/// dependents before those of the crates that they depend on. They also run for generation 0, but
/// not for the generation that is live when the program ends. Calls that began earlier may still be
/// in progress. A panic is reported on stderr and otherwise ignored.
///
/// The function takes no arguments and returns nothing. Hooks run on the runtime's own thread, and
/// the next reload waits for them. If a teardown waits for a thread, it must first tell the thread
/// to end.
///
/// # Examples
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering};
///
/// static IS_STOPPED: AtomicBool = AtomicBool::new(false);
///
/// #[hotmod::teardown]
/// fn stop() {
///     IS_STOPPED.store(true, Ordering::Relaxed);
/// }
/// ```
pub use hotmod_macros::teardown;

/// Pins its thread to one generation until it is dropped, see [`enter`].
///
/// # Examples
/// A struct that pins the thread while it exists:
///
/// ```
/// struct Page {
///     _one_version: hotmod::Guard,
/// }
///
/// let page = Page { _one_version: hotmod::enter() };
/// // All entry points called here run in the same generation.
/// drop(page);
/// ```
pub use runtime::Guard;

/// A static in [`keep!`], which derefs to its value.
///
/// # Panics
/// In a session, reading the value panics if code that runs while its library is loaded (such as a
/// constructor) reads it, and the kept value has another type. Later reads are safe, because the
/// tool has checked the type.
///
/// # Examples
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// hotmod::keep! {
///     static VISITS: AtomicU64 = AtomicU64::new(0);
/// }
///
/// fn count(visits: &hotmod::Kept<AtomicU64>) -> u64 {
///     visits.fetch_add(1, Ordering::Relaxed) + 1
/// }
/// assert_eq!(count(&VISITS), 1);
/// ```
pub use runtime::Kept;

/// A future that is pinned to one generation, see [`pinned`].
///
/// # Examples
/// A field with such a future:
///
/// ```
/// use std::pin::Pin;
///
/// struct Request<F> {
///     page: Pin<Box<hotmod::Pinned<F>>>,
/// }
///
/// let request = Request { page: Box::pin(hotmod::pinned(async { "one version" })) };
/// # use std::{future::Future, task::{Context, Poll, Waker}};
/// # let mut page = request.page;
/// # let poll = page.as_mut().poll(&mut Context::from_waker(Waker::noop()));
/// # assert_eq!(poll, Poll::Ready("one version"));
/// ```
pub use runtime::Pinned;

#[cfg(feature = "serde")]
pub use carry::carry;
pub use carry::{carry_with, checkpoint, on_restart, yield_to_restart};
pub use settled::Settled;
pub use waiting::{Outcomes, outcomes, settle, settled};

#[doc(hidden)]
#[cfg(feature = "live")]
pub use live::private as __private;

/// Returns the number of the generation to which calls go: that of the call in progress on this
/// thread, otherwise that of the thread's pin, otherwise the live one. In a plain build, it is 0.
///
/// A thread or task that a call spawned is not part of the call. There, this is the live
/// generation, which may be newer than the code of the thread.
///
/// # Examples
/// ```
/// assert_eq!(hotmod::generation(), 0);
/// ```
pub fn generation() -> u32 {
    runtime::generation()
}

/// Returns whether a session reloads this process. It is `false` in a plain build, in a program
/// that was started without its session, and in processes that the host starts or forks.
///
/// # Examples
/// ```
/// assert!(!hotmod::is_live());
/// ```
pub fn is_live() -> bool {
    runtime::is_live()
}

/// Pins this thread to one generation until the guard is dropped, so that several calls run in the
/// same version of the whole group.
///
/// The thread is pinned to the generation that [`generation`] returns; under an outer guard, that
/// is the outer guard's. The guard is not `Send`. In async code, use [`pinned`] instead: a guard
/// that is held across an `.await` would also pin other tasks on the thread. Guards may be dropped
/// in any order; the last one ends the pin.
///
/// # Examples
/// ```
/// let one_version = hotmod::enter();
/// // All entry points called here run in the same generation.
/// drop(one_version);
/// ```
pub fn enter() -> Guard {
    runtime::enter()
}

/// Says that a frame begins: in a program that calls this, new code goes live only here.
///
/// A program with a frame on several threads, such as a game whose systems run in parallel, calls it once at the start
/// of each frame, while no other thread calls entry points. So all calls of a frame run in the same generation,
/// on all threads. [`enter`] does that for one thread.
///
/// From the first call on, a generation that was built waits for the next call. That one returns when the setups have
/// run and the generation is live, but after a second at most: then the generation goes live at a later call. Other
/// calls only look at two flags. If nothing calls this for a second, the session says that the generation waits, and
/// [`settled`] returns `Refused`: on the thread that calls this, waiting for the saved code is of no use.
///
/// In a plain build, and in hooks, it does nothing.
///
/// # Examples
/// ```
/// fn run_frame() {
///     hotmod::advance();
///     std::thread::scope(|scope| {
///         scope.spawn(|| { /* calls entry points */ });
///         scope.spawn(|| { /* of the same generation */ });
///     });
/// }
/// run_frame();
/// ```
#[inline]
pub fn advance() {
    runtime::advance();
}

/// Pins a future to one generation, as [`enter`] does for a thread. The pin is active during each
/// poll, and does not affect other tasks on the same thread.
///
/// # Examples
/// ```
/// # use std::{future::Future, pin::pin, task::{Context, Poll, Waker}};
/// let page = hotmod::pinned(async { "header, body and footer of one version" });
/// # assert!(pin!(page).poll(&mut Context::from_waker(Waker::noop())).is_ready());
/// ```
pub fn pinned<F: Future>(future: F) -> Pinned<F> {
    runtime::pinned(future)
}

/// Registers a callback that runs after each reload, with the number of the live generation.
///
/// It runs on the runtime's own thread, and the next reload waits until it returns. It may call
/// anything, including entry points and this function. A panic is reported on stderr. Callbacks are
/// never unregistered, so register them in the host: if a reloadable crate registers one in each
/// generation, the callbacks of all generations run. In a plain build, callbacks never run.
///
/// # Examples
/// ```
/// hotmod::on_reload(|generation| println!("generation {generation} is live"));
/// ```
pub fn on_reload(callback: impl Fn(u32) + Send + Sync + 'static) {
    runtime::on_reload(callback);
}

/// Creates a handle to an entry point that always calls the live generation. Use it for values that
/// outlive a call: routes, callbacks, loops.
///
/// Inside the group, the path of an entry point is the function of the same generation. A router or
/// a loop that stores it would run that generation forever. The handle is a function with the same
/// arguments. It calls the live generation, or the one to which [`enter`] or [`pinned`] pins the
/// caller.
///
/// The lifetime of reference arguments is fixed for each handle. If a callback must accept any
/// lifetime, create the handle inside it: `|name: &str| hotmod::live!(greeting)(name)`.
///
/// # Panics
/// In a session, the call panics if the path is not an entry point of the live generation.
///
/// # Examples
/// ```
/// #[hotmod::hot]
/// fn tick(count: u32) -> u32 {
///     count + 1
/// }
///
/// let tick = hotmod::live!(tick);
/// assert_eq!(tick(1), 2);
/// ```
#[macro_export]
macro_rules! live {
    ($path:path) => {
        $crate::__hotmod_live!($path)
    };
}
