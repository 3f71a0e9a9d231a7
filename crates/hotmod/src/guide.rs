//! Pages on what to write, with examples; there is no code here.
//!
//! - [`pinning`]: which version of the code answers a call, and how to choose
//! - [`state`]: what is lost at a reload, and what stays
//! - [`hooks`]: what runs when generations come and go
//! - [`limits`]: what can't be marked, and what no check sees

/// Which version of the code answers.
///
/// A call of an entry point from the host goes to the live generation, and ends in the generation in
/// which it began, whatever it calls on its thread. So one call is always of one version. Two calls in
/// a row are two questions, and a reload may come between them:
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
/// The guard belongs to its thread, and is not `Send`. In async code [`pinned`](crate::pinned) holds
/// the generation around each poll:
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
/// # Values that outlive a call
/// Inside of the group the plain name of an entry point is the function of the same generation. A
/// router, a callback or a loop that is made there and kept would run that generation for ever.
/// [`live!`](crate::live!) makes a function of the same arguments that asks anew at each call:
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
/// A thread or a task that a call spawned outlives it and is pinned to nothing: it runs the code that
/// it was made of, and its calls by way of the host go to the live generation. A loop that is to take
/// new code calls an entry point in each round:
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

/// What is lost at a reload, and what stays.
///
/// | where it is | at a reload |
/// |---|---|
/// | a value that the host owns, and lends to calls | stays |
/// | a `static` or thread-local of a crate that is not marked | stays: host and group share one copy of the crate |
/// | a `static` or thread-local of a reloadable crate | reset by each reload |
/// | a static in [`keep!`](crate::keep!) | stays |
/// | items that a reloadable crate collects (`inventory`, `linkme`, `typetag`) | each generation has its own |
/// | items that an unmarked crate collects | stay, with their old code |
/// | data of C code that a reloadable crate bundles | reset by each reload |
/// | a local variable of a call in progress | stays, and so does its code |
///
/// State that the host owns needs nothing:
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
/// A static of a reloadable crate is kept by name:
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
/// A type that crosses an entry point, or that is in a [`keep!`](crate::keep!), and lies otherwise in
/// the new code restarts the program, with type, field and offset as the reason. With
/// `#[migrate(serde_json)]` on a kept static the old code writes its value and the new code reads it.
/// A migrated value is a copy: retired code that still runs keeps the old one.
pub mod state {}

/// What runs when generations come and go.
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
/// | [`setup`](macro@crate::setup) | before its generation is live, base crates first | the generation is refused with its words, and the old code goes on |
/// | [`teardown`](macro@crate::teardown) | after its generation was retired, base crates last | it is said on stderr |
/// | [`on_reload`](crate::on_reload) | after each swap | it is said on stderr |
///
/// All run on the runtime's own thread, and the next reload waits for them: after 5 s, an edit restarts
/// the program. Generation 0 is set up by nobody but your `main`, and torn down like the others. When
/// the program ends, nothing is torn down. In a plain build no hook runs.
pub mod hooks {}

/// What can't be marked, and what no check sees.
///
/// An entry point has one address and one layout. In a session these are compile errors: type and const
/// parameters, `impl Trait`, `const fn`, `extern "C"`, a single method of a trait impl. Lifetimes are
/// fine, and so is a generic function behind an entry point:
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
/// // The block, not the method.
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
/// - Host code that does not go through an entry point stays old; the session restarts the host for it.
/// - A value behind `*mut ()`, or behind an integer, is seen by no check.
/// - Functions and trait objects in a kept value are those of the generation that put them there.
/// - Retired code stays mapped until the process ends, since a `&'static str` or a vtable may point
///   into it.
/// - It works on Linux, and is tested on x86_64.
///
/// The page `docs/limits.md` of the repository has all that is known.
pub mod limits {}
