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

/// The process that the tool has not told yet whether it is the host.
static JOINING: Mutex<Option<u32>> = Mutex::new(None);
static JOINED: Condvar = Condvar::new();

/// How long to wait for the tool to say so.
const PATIENCE: Duration = Duration::from_secs(10);

fn joining() -> MutexGuard<'static, Option<u32>> {
    // Each change is one assignment, so a panic can't leave it half done.
    JOINING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn has_joined() {
    *joining() = None;
    JOINED.notify_all();
}

/// This process has asked to join the session.
pub(super) fn joins() {
    *joining() = Some(std::process::id());
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
    let this = Some(std::process::id());
    if !is_live() {
        let waited = JOINED.wait_timeout_while(joining(), PATIENCE, |joins| *joins == this);
        drop(waited);
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
