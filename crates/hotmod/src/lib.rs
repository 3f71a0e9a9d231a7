//! The runtime of [`cargo hotmod`](https://crates.io/crates/cargo-hotmod): edit a crate, save,
//! and the running program is the new one.
//!
//! Mark a crate in its manifest, mark its entry points with [`hot`], mark the program's `main`
//! with [`main`], and run `cargo hotmod run`:
//!
//! ```
//! # mod screens {
//! // screens/src/lib.rs
//! #[hotmod::hot]
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
//! # Words
//! The program is the *host*; all its reloadable crates together are the *group*. An *entry
//! point* is a function marked [`hot`]: where a call crosses from the host into the group. A
//! *generation* is one build of the whole group; generation 0, the *baseline*, is the one that
//! is linked into the host. New calls go to the *live* generation, those before it are
//! *retired*: their calls end in their own time, and their code stays mapped.
//!
//! # What a call sees
//! A call through an entry point is answered by one generation, whatever it calls on its thread.
//! [`enter`] and [`pinned`] hold several calls to one generation. [`live!`](crate::live) makes a
//! handle that does the opposite: it outlives the call in which it was made and always calls the
//! live generation.
//!
//! # In a plain build
//! Without the feature `live`, which only the tool switches on, the attributes return their item
//! untouched, and everything here is a constant: there is one generation, 0.
//!
//! # Pages
//! [`guide::pinning`], [`guide::state`], [`guide::hooks`], [`guide::limits`].

// Nothing but documentation: a build has none of it.
#[cfg(any(doc, doctest))]
pub mod guide;
mod keep;

#[cfg(feature = "live")]
mod live;
#[cfg(feature = "live")]
use live as runtime;

#[cfg(not(feature = "live"))]
mod plain;
#[cfg(not(feature = "live"))]
use plain as runtime;

/// Marks a function, a method, or every function of an impl block as an entry point.
///
/// In a session a call from outside the group goes to the live generation. In a plain build the
/// item is untouched.
///
/// What crosses must have one address and one layout: a generic function, a method of a generic
/// type, `impl Trait`, `const fn` and `extern "C"` are compile errors in a session. An entry
/// point in a trait impl is marked by `#[hotmod::hot]` on the impl block; so is an associated
/// function that takes no `self`. An `async fn` is boxed, and its future belongs to the
/// generation that was live at its first poll.
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

/// Marks the host's `main`: in a session the program joins it before anything else runs.
///
/// It stands above other attributes such as `#[tokio::main]`, and on any return type.
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
/// When a generation is loaded, the setups of its crates run one after the other, those of a base
/// crate before those of its dependants, and within a crate in the order of their paths. They run in
/// the new code: [`generation`] is the new number there, and what a setup calls answers from it. The
/// generation goes live when all are done. If one returns an error or panics, the generation is
/// refused with its words, the [`teardown`]s of the crates before its own are run, and the old code
/// goes on as if nothing had happened.
///
/// The function takes nothing, and returns nothing or a `Result<(), E>` where `E` can be displayed.
///
/// Generation 0 is set up by nobody but the program itself, in a session as in a plain build: call
/// from `main` what it needs. `main` may call this very function.
///
/// ```
/// #[hotmod::setup]
/// pub fn start() -> Result<(), std::num::ParseIntError> {
///     let _limit: u32 = "12".parse()?;
///     Ok(())
/// }
/// ```
pub use hotmod_macros::setup;

/// Marks a function that runs when its generation was retired.
///
/// When a new generation is live, the teardowns of the one before it run in the old code, those of
/// dependants before those of their base crates. Generation 0 is torn down like any other; the last
/// one is not, since it ends with the program. Calls that began before may still be in progress. A panic is said on
/// stderr and changes nothing.
///
/// The function takes and returns nothing. Hooks run on the runtime's own thread: one that does not
/// end keeps the generations to come waiting, so a thread that it waits for must have been told to
/// end.
///
/// # Examples
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering};
///
/// static IS_OVER: AtomicBool = AtomicBool::new(false);
///
/// #[hotmod::teardown]
/// fn stop() {
///     IS_OVER.store(true, Ordering::Relaxed);
/// }
/// ```
pub use hotmod_macros::teardown;

pub use runtime::{Guard, Kept, Pinned};

#[doc(hidden)]
#[cfg(feature = "live")]
pub use live::private as __private;

/// The number of the generation that answers here: of the call in progress, else of the pin that
/// is held, else the live one. 0 in a plain build.
///
/// Calls and pins are a thread's own: on a thread, or in a task, that a generation spawned and that
/// runs on when its call has ended, this is the live generation, whose code may be a newer one.
///
/// # Examples
/// ```
/// assert_eq!(hotmod::generation(), 0);
/// ```
pub fn generation() -> u32 {
    runtime::generation()
}

/// Whether a session reloads this process, so that generations can change. `false` in a plain
/// build, in a program that was started without its session, and in processes that the host itself
/// starts or forks.
///
/// # Examples
/// ```
/// assert!(!hotmod::is_live());
/// ```
pub fn is_live() -> bool {
    runtime::is_live()
}

/// Pins this thread to one generation until the guard is dropped, so that several entry points
/// called under it answer from one version of the whole group.
///
/// The generation is the one that [`generation`] would name; under an outer guard, the outer's.
/// The guard belongs to its thread (it is not `Send`): held over an await it would pin the other
/// tasks of its thread too, so in async code use [`pinned`]. Guards may be dropped in any order; the
/// last one ends the pin.
///
/// # Examples
/// ```
/// let one_version = hotmod::enter();
/// // Every entry point called here answers from the same generation.
/// drop(one_version);
/// ```
pub fn enter() -> Guard {
    runtime::enter()
}

/// Pins a future to one generation, as [`enter`] does for a thread: the pin is held around each
/// poll, and other tasks on the same thread do not see it.
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

/// Has a function called after each reload, with the number of the generation that is live now.
///
/// It is called on the runtime's own thread, and may do what it likes there, such as calling entry
/// points or this function; the next reload waits until it returns. A panic is said on stderr. It is
/// never forgotten, so call this from the host: a reloadable crate that does so in each generation
/// has the functions of all of them called. In a plain build it does nothing.
///
/// # Examples
/// ```
/// hotmod::on_reload(|generation| println!("generation {generation} is live"));
/// ```
pub fn on_reload(callback: impl Fn(u32) + Send + Sync + 'static) {
    runtime::on_reload(callback);
}

/// A handle to an entry point that always calls the live generation, for values that outlive
/// a call: routes, callbacks, loops.
///
/// Inside the group an entry point's name is that generation's own function; a router or a loop
/// that keeps it would keep that generation for ever. The handle is a function of the same
/// arguments. It goes where new calls go, or to the generation that [`enter`] or [`pinned`] holds.
///
/// Arguments that are references have one lifetime for each handle, so where a callback takes any
/// lifetime, make the handle inside it: `|name: &str| hotmod::live!(greeting)(name)`.
///
/// # Panics
/// In a session, where the path is not an entry point of the live generation.
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
#[cfg(not(feature = "live"))]
#[macro_export]
macro_rules! live {
    ($path:path) => {
        $path
    };
}

/// A handle to an entry point that always calls the live generation, for values that outlive
/// a call: routes, callbacks, loops.
///
/// # Panics
/// In a session, where the path is not an entry point of the live generation.
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
#[cfg(feature = "live")]
#[macro_export]
macro_rules! live {
    ($path:path) => {{
        #[allow(unused_imports)]
        use $crate::__private::{HandleOfAsync as _, HandleOfSync as _};
        (&$crate::__private::entry_point($path)).handle()
    }};
}
