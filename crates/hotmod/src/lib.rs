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
/// To mark a method of a trait impl, or an associated function without `self`, put
/// `#[hotmod::hot]` on the impl block. The future of an `async fn` is boxed, and belongs to the
/// generation that was live at its first poll.
///
/// # Compile errors
/// An entry point must have one address and one signature. So in a session these are errors, each
/// of which says what to write instead:
/// - a function with type or const parameters, or in an impl that has some; lifetimes are fine
/// - `impl Trait` as an argument or a return type
/// - `const fn`, `async unsafe fn`, and functions of another ABI, such as `extern "C"`
/// - variadic functions, functions with more than 16 arguments, and arguments under `#[cfg]`
/// - `main`, items of a trait definition, and impls of `Drop`
/// - a single method of a trait impl, and `#[hot]` on a function of a block that has it already
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

/// Marks the host's `main`: it joins the session, if there is one, before anything else runs.
///
/// Put it above other attributes such as `#[tokio::main]`. `main` may have any return type.
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
/// before those of its dependants, and within a crate in the order of their paths. They run in the
/// new code: [`generation`] is the new number there, and calls of entry points stay in it. The
/// generation goes live when all setups are done. If one returns an error or panics, the generation
/// is refused with that message, the [`teardown`]s of the crates before its own run, and the old code
/// goes on.
///
/// The function takes no arguments, and returns nothing or a `Result<(), E>` where `E` implements
/// `Display`.
///
/// The runtime does not set up generation 0, neither in a session nor in a plain build: that is up to
/// `main`, which may call this very function.
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
/// When a new generation is live, the teardowns of the one before it run in the old code, those of
/// dependants before those of the crates that they depend on. Generation 0 is torn down like any
/// other; the last one is not, since it ends with the program. Calls that began earlier may still be
/// in progress. A panic is reported on stderr and changes nothing.
///
/// The function takes no arguments and returns nothing. Hooks run on the runtime's own thread, and the
/// next reload waits for them: before a teardown waits for a thread, tell that thread to end.
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

/// A pin that holds its thread to one generation until it is dropped; see [`enter`].
///
/// # Examples
/// A function that keeps its callers on one version while they hold the guard:
///
/// ```
/// struct Page {
///     _one_version: hotmod::Guard,
/// }
///
/// let page = Page { _one_version: hotmod::enter() };
/// // Every entry point called here answers from the same generation.
/// drop(page);
/// ```
pub use runtime::Guard;

/// A static of [`keep!`]: it derefs to its value.
///
/// # Panics
/// In a session the first read of the value panics, if the code that reads it runs while its library
/// is being loaded (as a constructor does), and there is a value of another type. After that, the
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

/// A future that is held to one generation; see [`pinned`].
///
/// # Examples
/// A field that holds one:
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

#[doc(hidden)]
#[cfg(feature = "live")]
pub use live::private as __private;

/// The number of the generation that calls go to here: that of the call in progress, else that of the
/// pin, else the live one. 0 in a plain build.
///
/// Calls and pins belong to a thread. On a thread or in a task that a call has spawned, this is the
/// live generation, which may be newer than the code that runs there.
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

/// Registers a callback that runs after each reload, with the number of the live generation.
///
/// It runs on the runtime's own thread, where it may call anything, entry points and this function
/// included; the next reload waits until it returns. A panic is reported on stderr. Callbacks are
/// never unregistered, so register them in the host: if a reloadable crate does it in each generation,
/// the callbacks of all generations run. In a plain build callbacks never run.
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
/// that keeps it would call that generation for ever. The handle is a function of the same
/// arguments. It calls the live generation, or the one that [`enter`] or [`pinned`] holds.
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
#[macro_export]
macro_rules! live {
    ($path:path) => {
        $crate::__hotmod_live!($path)
    };
}
