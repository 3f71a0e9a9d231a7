//! Whether this process is the session's host.

#![expect(
    unsafe_code,
    reason = "std knows neither the kernel's number of a thread nor memory that a fork clears"
)]

use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// The id of the process to which the tool offers generations; 0 if there is none. A forked process
/// has a copy of this number, but another process id. It guards no other data: `Relaxed`.
static HOST: AtomicU32 = AtomicU32::new(0);

/// Whether this very process is the host, in memory that the kernel clears in a forked process: a request
/// looks at it several times, and asking for the process id is a system call. `None` if the kernel has no
/// such memory. It guards no other data: `Relaxed`.
static IS_HOST: OnceLock<Option<&'static AtomicBool>> = OnceLock::new();

/// Memory that is `false` at first, and again in a forked process (`MADV_WIPEONFORK`, since Linux 4.14).
#[cfg(target_os = "linux")]
fn cleared_by_fork() -> Option<&'static AtomicBool> {
    let (length, access) = (size_of::<AtomicBool>(), libc::PROT_READ | libc::PROT_WRITE);
    let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: it maps new memory, at an address that the kernel chooses.
    let page = unsafe { libc::mmap(null_mut(), length, access, kind, -1, 0) };
    if page == libc::MAP_FAILED {
        return None;
    }
    // SAFETY: the memory is the one that was just mapped.
    if unsafe { libc::madvise(page, length, libc::MADV_WIPEONFORK) } != 0 {
        return None;
    }
    // SAFETY: a page of zeros is aligned for an `AtomicBool`, and is one. It is never unmapped.
    Some(unsafe { &*page.cast() })
}

#[cfg(not(target_os = "linux"))]
fn cleared_by_fork() -> Option<&'static AtomicBool> {
    None
}

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

/// Whether the tool said that this process is to wait, however long it takes. It guards no other data:
/// `Relaxed`.
static IS_HELD: AtomicBool = AtomicBool::new(false);

/// How long to wait for the tool to say so, unless this process is held.
const JOIN_TIMEOUT: Duration = Duration::from_secs(10);

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

/// Another process still is the host, and this one follows it.
pub(super) fn hold() {
    IS_HELD.store(true, Ordering::Relaxed);
}

/// Whether this very process waits for the tool to say whether it is the host.
pub fn is_joining() -> bool {
    let joining = JOINING.load(Ordering::Relaxed);
    // Asking for the process id is a system call.
    joining != 0 && joining == std::process::id()
}

/// This process is the host from now on.
pub(super) fn connected() {
    HOST.store(std::process::id(), Ordering::Relaxed);
    if let Some(is_host) = IS_HOST.get_or_init(cleared_by_fork) {
        is_host.store(true, Ordering::Relaxed);
    }
    has_joined();
}

/// The session is over for this process.
pub(super) fn disconnected() {
    HOST.store(0, Ordering::Relaxed);
    if let Some(Some(is_host)) = IS_HOST.get() {
        is_host.store(false, Ordering::Relaxed);
    }
    has_joined();
}

/// Whether this very process is the session's host. If the tool has yet to say so, this waits for it.
pub(super) fn is_live_after_joining() -> bool {
    let begun = Instant::now();
    let mut changes = changes();
    while is_joining() && (IS_HELD.load(Ordering::Relaxed) || begun.elapsed() < JOIN_TIMEOUT) {
        let waited = JOINED.wait_timeout(changes, JOIN_TIMEOUT);
        changes = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
    drop(changes);
    is_live()
}

/// Whether this process is the session's host, or was forked from it.
pub(super) fn is_connected() -> bool {
    HOST.load(Ordering::Relaxed) != 0
}

/// Whether this very process is the session's host.
pub(crate) fn is_live() -> bool {
    match IS_HOST.get() {
        Some(Some(is_host)) => is_host.load(Ordering::Relaxed),
        _ => HOST.load(Ordering::Relaxed) == std::process::id(),
    }
}
