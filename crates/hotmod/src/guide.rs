//! A guide with examples. These modules contain no code.
//!
//! - [`pinning`]: in which version of the code a call runs, and how to choose it
//! - [`state`]: what a reload resets, and what it keeps
//! - [`hooks`]: functions that run when generations come and go
//! - [`waiting`]: how to answer with the code that was just saved
//! - [`limits`]: what can't be an entry point, and what no check sees

/// In which version of the code a call runs.
///
/// When the host calls an entry point, the call goes to the live generation, and finishes in that
/// generation, including everything that it calls on its thread. So one call always runs in one
/// version. A reload can happen between two calls. Pin the thread to run both in the same version:
///
/// ```
/// # mod screens { #[hotmod::hot] pub fn header() -> String { "<header>".into() } #[hotmod::hot] pub fn footer() -> String { "<footer>".into() } }
/// let page = {
///     let _one_version = hotmod::enter();
///     screens::header() + &screens::footer()
/// };
/// assert_eq!(page, "<header><footer>");
/// ```
///
/// The guard is not `Send`. In async code, [`pinned`](crate::pinned) pins the generation during
/// each poll:
///
/// ```
/// # mod screens { #[hotmod::hot] pub async fn header() -> String { "<header>".into() } #[hotmod::hot] pub async fn footer() -> String { "<footer>".into() } }
/// async fn page() -> String {
///     hotmod::pinned(async { screens::header().await + &screens::footer().await }).await
/// }
/// # use std::{future::Future, pin::pin, task::{Context, Poll, Waker}};
/// # let mut page = pin!(page());
/// # let Poll::Ready(page) = page.as_mut().poll(&mut Context::from_waker(Waker::noop())) else { panic!() };
/// # assert_eq!(page, "<header><footer>");
/// ```
///
/// In a program with a frame on several threads, [`advance`](crate::advance) says when a frame begins. New code goes
/// live only there:
///
/// ```
/// # mod rules { #[hotmod::hot] pub fn step(count: u32) -> u32 { count + 1 } }
/// for count in 0..3 {
///     hotmod::advance();
///     let systems = [1, 2].map(|_| std::thread::spawn(move || rules::step(count)));
///     let [one, two] = systems.map(|it| it.join().unwrap());
///     assert_eq!(one, two);
/// }
/// ```
///
/// # Values that outlive a call
/// Inside the group, the path of an entry point is the function of the same generation. A router, a
/// callback or a loop that stores it would run that generation forever. [`live!`](crate::live!)
/// creates a function with the same arguments that calls the live generation each time:
///
/// ```
/// # mod screens { #[hotmod::hot] pub fn home(name: &str) -> String { format!("hello, {name}") } }
/// type Route = Box<dyn Fn(&str) -> String>;
///
/// fn routes() -> Vec<(&'static str, Route)> {
///     vec![("/", Box::new(|name: &str| hotmod::live!(screens::home)(name)))]
/// }
/// assert_eq!(routes()[0].1("bob"), "hello, bob");
/// ```
///
/// A thread or task that outlives the call that spawned it is not pinned. It keeps running the code
/// that spawned it, and its calls through the host go to the live generation. To run new code in a
/// loop, call an entry point in each iteration:
///
/// ```
/// # mod rules { #[hotmod::hot] pub fn step(count: u32) -> u32 { count + 1 } }
/// let worker = std::thread::spawn(|| {
///     let mut count = 0;
///     while count < 3 {
///         count = hotmod::live!(rules::step)(count);
///     }
///     count
/// });
/// assert_eq!(worker.join().unwrap(), 3);
/// ```
pub mod pinning {}

/// What a reload resets, and what it keeps.
///
/// | state | after a reload |
/// |---|---|
/// | a value that the host owns and lends to calls | stays |
/// | a `static` or thread-local of an unmarked crate | stays: host and group share one copy of the crate |
/// | a `static` or thread-local of a reloadable crate | is reset |
/// | a static in [`keep!`](crate::keep!) | stays |
/// | items that a reloadable crate collects (`inventory`, `linkme`, `typetag`) | each generation has its own |
/// | items that an unmarked crate collects | stay, and run their old code |
/// | data of C code that a reloadable crate bundles | is reset |
/// | a local variable of a call in progress | stays, and so does the code of the call |
///
/// State that the host owns needs no preparation:
///
/// ```
/// # mod rules {
/// pub struct World { pub ticks: u64 }
///
/// #[hotmod::hot]
/// pub fn tick(world: &mut World) {
///     world.ticks += 1;
/// }
/// # }
/// let mut world = rules::World { ticks: 0 };
/// rules::tick(&mut world);
/// assert_eq!(world.ticks, 1);
/// ```
///
/// To keep a static of a reloadable crate, put it in `keep!`:
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// hotmod::keep! {
///     static VISITS: AtomicU64 = AtomicU64::new(0);
/// }
///
/// #[hotmod::hot]
/// pub fn visit() -> u64 {
///     VISITS.fetch_add(1, Ordering::Relaxed) + 1
/// }
/// assert_eq!(visit(), 1);
/// ```
///
/// # Types that change
/// If the layout of a type changes, and an entry point takes or returns the type or a
/// [`keep!`](crate::keep!) contains it, the program restarts. The reason names the type, the field
/// and its offset. With `#[migrate(serde_json)]` on a kept static, the old code serialises the
/// value and the new code deserialises it. A migrated value is a copy: retired code that is still
/// running keeps the old one.
pub mod state {}

/// Functions that run when generations come and go.
///
/// ```
/// # mod templates { pub fn check() -> Result<(), std::io::Error> { Ok(()) } }
/// # mod worker { pub fn stop() {} }
/// // In a reloadable crate:
/// #[hotmod::setup]
/// fn begin() -> Result<(), std::io::Error> {
///     templates::check()
/// }
///
/// #[hotmod::teardown]
/// fn end() {
///     worker::stop();
/// }
///
/// // In the host:
/// hotmod::on_reload(|generation| println!("generation {generation} is live"));
/// ```
///
/// | | when | on an error or a panic |
/// |---|---|---|
/// | [`setup`](macro@crate::setup) | before its generation goes live, base crates first | the generation is refused with the message, and the old code keeps running |
/// | [`teardown`](macro@crate::teardown) | after its generation is retired, base crates last | the message is printed on stderr |
/// | [`on_reload`](crate::on_reload) | after each reload | the message is printed on stderr |
///
/// All of them run on the runtime's own thread, and the next reload waits for them. If they take
/// longer than 5 s, an edit restarts the program. Generation 0 has no setup, so do its setup in
/// `main`; its teardowns run like all others. No teardown runs when the program ends. In a plain
/// build, no hook runs.
pub mod hooks {}

/// How to answer with the code that was just saved.
///
/// A page that is loaded right after a save would show the old code, because the new code is still
/// being built. A server that waits before it answers shows the new code, or what is wrong with it:
///
/// ```
/// # mod pages { #[hotmod::hot] pub async fn answer(path: String) -> String { path } }
/// use std::time::Duration;
///
/// async fn handle(path: String) -> (u16, String) {
///     match hotmod::settled(Duration::from_secs(30)).await {
///         hotmod::Settled::Failed { diagnostics } => (500, diagnostics),
///         // The old code answers where the new code can't.
///         _ => (200, hotmod::pinned(pages::answer(path)).await),
///     }
/// }
/// # use std::{future::Future, pin::pin, task::{Context, Poll, Waker}};
/// # let answer = pin!(handle("/".to_owned())).poll(&mut Context::from_waker(Waker::noop()));
/// # assert_eq!(answer, Poll::Ready((200, "/".to_owned())));
/// ```
///
/// - Wait in the host, before you call an entry point: a call in progress stays in its generation.
/// - [`settled`](crate::settled) needs no async runtime. [`settle`](crate::settle) blocks the thread:
///   use it in threads of your own, not on those of an async executor.
/// - Files that are saved after the call do not make it wait longer.
/// - While nothing is saved, a call takes a few microseconds. In a plain build, it is no code.
/// - While the program is rebuilt for a restart, calls wait. Then they return
///   [`Restarting`](crate::Settled::Restarting), and the session stops the process.
/// - Do not wait for it in a [`setup`](macro@crate::setup), [`teardown`](macro@crate::teardown) or
///   [`on_reload`](crate::on_reload) callback, not even on another thread: no generation goes live
///   meanwhile. On the thread that runs them, the call returns at once.
/// - [`outcomes`](crate::outcomes) tells of each change, for example to a browser that shows a page.
pub mod waiting {}

/// What can't be an entry point, and what hotmod can't check.
///
/// An entry point has one address and one signature. In a session, these are compile errors: type
/// and const parameters, `impl Trait`, `const fn`, `extern "C"`, and a single method of a trait
/// impl. Lifetime parameters are fine, and an entry point may call generic functions:
///
/// ```
/// # mod screens {
/// fn list<T: std::fmt::Display>(items: &[T]) -> String {
///     items.iter().map(|item| format!("{item} ")).collect()
/// }
///
/// #[hotmod::hot]
/// pub fn numbers(items: &[u32]) -> String {
///     list(items)
/// }
///
/// pub trait Screen {
///     fn draw(&self) -> String;
/// }
///
/// pub struct Home;
///
/// // Mark the block, not the method.
/// #[hotmod::hot]
/// impl Screen for Home {
///     fn draw(&self) -> String {
///         numbers(&[1, 2])
///     }
/// }
/// # }
/// # use screens::Screen as _;
/// assert_eq!(screens::Home.draw(), "1 2 ");
/// ```
///
/// - If the host uses code of the group without an entry point, editing that code restarts the
///   program.
/// - hotmod can't check a value behind `*mut ()` or an integer.
/// - Function pointers and trait objects in a kept value run the code of the generation that stored
///   them.
/// - Retired code stays in memory until the process ends, because a `&'static str` or a vtable may
///   point into it.
/// - Only Linux is supported; only x86_64 is tested on each change.
///
/// `docs/limits.md` in the repository has the full list.
pub mod limits {}
