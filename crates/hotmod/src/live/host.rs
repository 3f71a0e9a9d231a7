//! Whether this process is the session's host.

#![expect(
    unsafe_code,
    reason = "std does not tell the kernel's number of a thread"
)]

use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};

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

/// This process is the host from now on.
pub(super) fn connected() {
    HOST.store(std::process::id(), Ordering::Relaxed);
}

/// The session is over for this process.
pub(super) fn disconnected() {
    HOST.store(0, Ordering::Relaxed);
}

/// Whether this process is the session's host, or was forked from it.
pub(super) fn is_connected() -> bool {
    HOST.load(Ordering::Relaxed) != 0
}

/// Whether this very process is the session's host.
pub(crate) fn is_live() -> bool {
    HOST.load(Ordering::Relaxed) == std::process::id()
}
