//! Whether this process is the session's host.

#![expect(
    unsafe_code,
    reason = "std does not tell the kernel's number of a thread"
)]

use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The id of the process to which the tool offers generations; 0 if there is none. A forked process
/// has a copy of this number, but another process id. It guards no other data: `Relaxed`.
static HOST: AtomicU32 = AtomicU32::new(0);

/// The thread that talks to the tool, 0 if there is none. It lives as long as the session.
static CHANNEL_THREAD: AtomicI32 = AtomicI32::new(0);

/// The calling thread is the one that talks to the tool.
pub(super) fn this_thread_talks() {
    // SAFETY: it has no preconditions.
    CHANNEL_THREAD.store(unsafe { libc::gettid() }, Ordering::Relaxed);
}

/// The thread that talks to the tool.
pub(super) fn channel_thread() -> libc::pid_t {
    CHANNEL_THREAD.load(Ordering::Relaxed)
}

/// The id of the process that waits for the tool to say whether it is the host; 0 if there is none.
/// It guards no other data: `Relaxed`.
static JOINING: AtomicU32 = AtomicU32::new(0);

/// Held when `JOINING` becomes 0, so that those who wait for it don't miss it.
static CHANGES: Mutex<()> = Mutex::new(());
static JOINED: Condvar = Condvar::new();

/// How long to wait for the tool to say so.
const PATIENCE: Duration = Duration::from_secs(10);

fn changes() -> MutexGuard<'static, ()> {
    // It guards a single store, which a panic can't leave half done.
    CHANGES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn has_joined() {
    let changes = changes();
    JOINING.store(0, Ordering::Relaxed);
    drop(changes);
    JOINED.notify_all();
}

/// This process has asked to join the session.
pub(super) fn joins() {
    JOINING.store(std::process::id(), Ordering::Relaxed);
}

/// Whether this very process waits for the tool to say whether it is the host.
pub fn is_joining() -> bool {
    JOINING.load(Ordering::Relaxed) == std::process::id()
}

/// This process is the host from now on.
pub(super) fn connected() {
    HOST.store(std::process::id(), Ordering::Relaxed);
    has_joined();
}

/// The session is over for this process.
pub(super) fn disconnected() {
    HOST.store(0, Ordering::Relaxed);
    has_joined();
}

/// Whether this very process is the session's host. If the tool has yet to say so, this waits for it.
pub(super) fn is_live_after_joining() -> bool {
    if is_joining() {
        drop(JOINED.wait_timeout_while(changes(), PATIENCE, |()| is_joining()));
    }
    is_live()
}

/// Whether this process is the session's host, or was forked from it.
pub(super) fn is_connected() -> bool {
    HOST.load(Ordering::Relaxed) != 0
}

/// Whether this very process is the session's host.
pub(crate) fn is_live() -> bool {
    HOST.load(Ordering::Relaxed) == std::process::id()
}
