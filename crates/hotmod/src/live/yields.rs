//! The threads that call `yield_to_restart`, and wait there while carried values are saved.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// How long to wait for each of the threads.
const YIELD_TIMEOUT: Duration = Duration::from_secs(1);

static YIELDS: Mutex<Yields> = Mutex::new(Yields {
    threads: Vec::new(),
    is_saved: false,
});
static CHANGED: Condvar = Condvar::new();

struct Yields {
    threads: Vec<Yielder>,
    is_saved: bool,
}

struct Yielder {
    id: ThreadId,
    name: String,
    /// Whether it waits.
    is_here: bool,
}

fn lock() -> MutexGuard<'static, Yields> {
    // Each change is one assignment or insertion, so a panic can't leave it half done.
    YIELDS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The calling thread's registration, until it ends.
struct Registration(ThreadId);

impl Registration {
    fn new() -> Self {
        let thread = thread::current();
        let name = thread.name().unwrap_or("without a name").to_owned();
        lock().threads.push(Yielder {
            id: thread.id(),
            name,
            is_here: false,
        });
        Registration(thread.id())
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        lock().threads.retain(|it| it.id != self.0);
        CHANGED.notify_all();
    }
}

thread_local! {
    static REGISTRATION: Registration = Registration::new();
}

/// Registers the calling thread.
pub(super) fn register() {
    // A thread that is ending need not be waited for.
    let _ = REGISTRATION.try_with(|_| ());
}

/// Waits until the values are saved.
pub(super) fn arrive() {
    let id = thread::current().id();
    let mut yields = lock();
    if let Some(this) = yields.threads.iter_mut().find(|it| it.id == id) {
        this.is_here = true;
        CHANGED.notify_all();
    }
    while !yields.is_saved {
        yields = CHANGED.wait(yields).unwrap_or_else(PoisonError::into_inner);
    }
}

/// Waits until all threads have arrived. Returns whether there are any, and the names of those that
/// have not.
pub(super) fn await_all() -> (bool, Vec<String>) {
    let end = Instant::now() + YIELD_TIMEOUT;
    let mut yields = lock();
    loop {
        let missing = yields.threads.iter().filter(|it| !it.is_here);
        let missing: Vec<String> = missing.map(|it| it.name.clone()).collect();
        let left = end.saturating_duration_since(Instant::now());
        if missing.is_empty() || left.is_zero() {
            return (!yields.threads.is_empty(), missing);
        }
        let waited = CHANGED.wait_timeout(yields, left);
        yields = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// The values are saved, so the threads go on.
pub(super) fn release() {
    lock().is_saved = true;
    CHANGED.notify_all();
}
