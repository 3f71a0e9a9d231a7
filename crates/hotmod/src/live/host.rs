//! Whether this process is the session's host.

use std::sync::atomic::{AtomicU32, Ordering};

/// The id of the process to which the tool offers generations; 0 if there is none. A forked process
/// has a copy of this number, but another process id. It guards no other data: `Relaxed`.
static HOST: AtomicU32 = AtomicU32::new(0);

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
