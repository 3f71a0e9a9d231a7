//! A host and a generation in one crate: what the expansions write, written by hand.
//!
//! Everything here runs under Miri, which finds undefined behaviour in it:
//! `MIRIFLAGS=-Zmiri-ignore-leaks cargo +nightly miri test -p hotmod --features live --lib`.
//! Generations are never freed, so they count as leaks. The dynamic loader, the linker's records and
//! the channel need a real process; the end-to-end tests run them.

#![expect(unsafe_code, reason = "it stands in for the expansions")]

use std::array::TryFromSliceError;
use std::convert::Infallible;
use std::marker::PhantomData;
use std::pin::{Pin, pin};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

use super::call::{call, enter, generation};
use super::contract::Candidate;
use super::entry::EntryPoint;
use super::future::{HotFuture, pinned, route_async};
use super::generation::Origin;
use super::globals::{CONTRACT, VERSIONS};
use super::hook::Hook;
use super::kept::Kept;
use super::kept_static::KeptStatic;
use super::record::{Bounds, Contents, Description, Record};
use super::signatures::Signatures;
use super::slot::Slot;
use super::{lifecycle, load, migration};

type Page = fn(&'static str) -> (String, u32);
type Boxed<'a> = Pin<Box<dyn Future<Output = String> + 'a>>;

static PAGE: Slot = Slot::new();
static FETCH: Slot = Slot::new();

/// An entry point. It returns which code ran, and the generation that a call inside it goes to.
fn page(name: &str) -> (String, u32) {
    let (target, _pin) = call(&PAGE);
    if !target.is_null() {
        type Target = unsafe fn(&str) -> (String, u32);
        // SAFETY: the contract compared the signatures.
        return unsafe { std::mem::transmute::<*const (), Target>(target)(name) };
    }
    (format!("{name} 0"), generation())
}

fn page_1(name: &str) -> (String, u32) {
    (format!("{name} 1"), generation())
}

/// An async entry point.
async fn fetch(name: &str) -> String {
    let future = {
        let route = route_async(&FETCH);
        let target = route.target();
        if target.is_null() {
            HotFuture::baseline(route, async move {
                yields().await;
                format!("{name} 0 in {}", generation())
            })
        } else {
            type Target = for<'a> fn(&'a str) -> Boxed<'a>;
            // SAFETY: the contract compared the signatures, and no future here is `Send`.
            unsafe {
                let future = std::mem::transmute::<*const (), Target>(target)(name);
                HotFuture::live(route, future)
            }
        }
    };
    future.await
}

fn fetch_1(name: &str) -> Boxed<'_> {
    Box::pin(async move {
        yields().await;
        format!("{name} 1 in {}", generation())
    })
}

/// Is pending once.
fn yields() -> impl Future<Output = ()> {
    let mut is_first = true;
    std::future::poll_fn(move |_| match std::mem::take(&mut is_first) {
        true => Poll::Pending,
        false => Poll::Ready(()),
    })
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn ready(text: &str) -> Poll<String> {
    Poll::Ready(text.to_owned())
}

// SAFETY: its record is in `HOST`.
static VISITS: Kept<AtomicU32> = unsafe { Kept::new(|| AtomicU32::new(1)) };

// SAFETY: its record is in `HOST`.
static SCORE: Kept<AtomicU32> = unsafe { Kept::migrating(|| AtomicU32::new(7), write, read) };

fn write(score: &AtomicU32) -> Result<Vec<u8>, Infallible> {
    Ok(score.load(Ordering::Relaxed).to_le_bytes().into())
}

fn read(bytes: &[u8]) -> Result<AtomicU32, TryFromSliceError> {
    let score = u32::from_le_bytes(bytes.try_into()?);
    Ok(AtomicU32::new(score + 100))
}

/// The same static in a library, where it has another address.
fn in_library(kept: &Kept<AtomicU32>) -> KeptStatic {
    let mut kept = kept.describe();
    kept.at += 1;
    kept
}

fn value_in_library(kept: &Kept<AtomicU32>) -> u32 {
    let value = VERSIONS.find(&in_library(kept), || unreachable!("there is a value"));
    // SAFETY: it was made by one of the two statics, which have one type.
    unsafe { value.get::<AtomicU32>() }.load(Ordering::Relaxed)
}

static DONE: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn done(what: &str) {
    let line = format!("{what} in {}", generation());
    DONE.lock().unwrap().push(line);
}

fn start() -> Result<(), String> {
    done("start");
    Ok(())
}

fn stop() {
    done("stop");
    panic!("a teardown may panic");
}

fn describe_page(target: Page) -> Description {
    let (of, signature) = (PhantomData::<()>, "fn(&str) -> (String, u32)");
    let target = target as *const ();
    // SAFETY: both targets have this signature.
    let page = unsafe { EntryPoint::of_function(page, || (), of, target, signature) };
    Description::EntryPoint(page)
}

fn describe_fetch(target: *const ()) -> Description {
    let (of, signature) = (PhantomData::<()>, "async fn(&str) -> String");
    // SAFETY: the only target that is called returns a boxed future, as `fetch` expects.
    let fetch = unsafe { EntryPoint::of_function(fetch, || (), of, target, signature) };
    Description::EntryPoint(fetch)
}

const fn record(describe: fn() -> Description, slot: Option<&'static Slot>) -> Record {
    Record {
        describe: Some(describe),
        of: match slot {
            Some(slot) => std::ptr::NonNull::new(std::ptr::from_ref(slot).cast_mut().cast()),
            None => None,
        },
    }
}

static HOST: [Record; 5] = [
    record(|| describe_page(page), Some(&PAGE)),
    record(|| describe_fetch(std::ptr::null()), Some(&FETCH)),
    Record::new(|| Description::Kept(VISITS.describe())),
    Record::new(|| Description::Kept(SCORE.describe())),
    Record::new(|| Description::Hook(Hook::teardown(stop))),
];

static LIBRARY: [Record; 5] = [
    record(|| describe_page(page_1), None),
    record(|| describe_fetch(fetch_1 as fn(_) -> _ as *const ()), None),
    Record::new(|| Description::Kept(in_library(&VISITS))),
    Record::new(|| Description::Kept(in_library(&SCORE))),
    Record::new(|| Description::Hook(Hook::setup(start))),
];

fn propose(records: &[Record]) -> Result<Candidate, String> {
    let contents = Contents::of(records)?;
    let changed = [SCORE.describe().name().to_owned()];
    // SAFETY: the test stands in for the tool: only the type of `SCORE` counts as changed.
    unsafe {
        CONTRACT.propose(
            1,
            Origin::default(),
            contents,
            None,
            Signatures::Written,
            &changed,
        )
    }
}

/// The runtime's state is one for the process, so this is one test.
#[test]
fn a_generation_goes_live_while_calls_are_in_progress() {
    assert_eq!(page("early"), ("early 0".to_owned(), 0));
    let bounds = HOST.as_ptr_range();
    let bounds = Bounds {
        start: bounds.start,
        stop: bounds.end,
    };
    // SAFETY: they are the bounds of the host's records.
    unsafe { load::take_up_baseline(bounds) }.unwrap();
    let handle = crate::live!(page);
    assert_eq!(page("a"), ("a 0".to_owned(), 0));
    assert_eq!(handle("a"), ("a 0".to_owned(), 0));
    assert_eq!(VISITS.fetch_add(1, Ordering::Relaxed), 1);
    assert_eq!(SCORE.load(Ordering::Relaxed), 7);
    let mut begun = pin!(fetch("b"));
    assert!(poll(begun.as_mut()).is_pending());
    let mut held = pin!(pinned(fetch("c")));
    let mut dropped = Box::pin(fetch("d"));
    assert!(poll(dropped.as_mut()).is_pending());
    lifecycle::on_reload(|generation| done(&format!("{generation} is live")));

    let lacks_page = propose(&LIBRARY[1..]).err();
    let gone = "the entry point `hotmod::live::tests::page` is gone";
    assert_eq!(lacks_page.as_deref(), Some(gone));
    let candidate = propose(&LIBRARY).unwrap();
    let (baseline, generation_1) = (CONTRACT.live(), candidate.generation);
    migration::migrate(generation_1).unwrap();
    lifecycle::set_up(generation_1).unwrap();
    let guard = enter();
    candidate.admit().unwrap();
    drop(candidate);
    lifecycle::tell(1);
    lifecycle::tear_down(baseline);

    // Pinned before the swap.
    assert_eq!(page("a"), ("a 0".to_owned(), 0));
    drop(guard);
    assert_eq!(page("a"), ("a 1".to_owned(), 1));
    assert_eq!(handle("a"), ("a 1".to_owned(), 1));
    let on_thread = std::thread::spawn(|| page("a"));
    assert_eq!(on_thread.join().unwrap(), ("a 1".to_owned(), 1));
    assert_eq!(poll(begun.as_mut()), ready("b 0 in 0"));
    assert!(poll(held.as_mut()).is_pending());
    assert_eq!(poll(held.as_mut()), ready("c 0 in 0"));
    drop(dropped);
    let mut new = pin!(fetch("e"));
    assert!(poll(new.as_mut()).is_pending());
    assert_eq!(poll(new.as_mut()), ready("e 1 in 1"));
    // One value for both, and one that was written and read.
    assert_eq!(value_in_library(&VISITS), 2);
    assert_eq!(value_in_library(&SCORE), 107);
    assert_eq!(SCORE.load(Ordering::Relaxed), 7);
    // The callback ran on the thread that was pinned.
    let expected = ["start in 1", "1 is live in 0", "stop in 0"];
    assert_eq!(*DONE.lock().unwrap(), expected);

    let go_back = |number, earlier| {
        // SAFETY: as in `propose`.
        unsafe { CONTRACT.propose_again(number, earlier, Signatures::Written) }
    };
    let migrated = "the value of the kept static `hotmod::live::tests::SCORE` was migrated to another type since";
    assert_eq!(go_back(2, 0).err().as_deref(), Some(migrated));
    let never = "generation 7 was never live";
    assert_eq!(go_back(2, 7).err().as_deref(), Some(never));
    go_back(2, 1).unwrap().admit().unwrap();
    assert_eq!(page("a"), ("a 1".to_owned(), 2));
    assert_eq!(handle("a"), ("a 1".to_owned(), 2));
    assert_eq!(value_in_library(&VISITS), 2);
}
