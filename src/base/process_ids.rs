//! The session and the process group of this process, as numbers.
//!
//! Where these began outside of its namespace of process ids, as in some containers and sandboxes, their
//! number is 0, and `rustix` has no such `Pid`: its `getsid` and `getpgrp` must not be called there.

use procfs::process::{Process, Stat};

/// The session.
pub(crate) fn session() -> Option<i32> {
    own().map(|it| it.session)
}

/// The process group.
pub(crate) fn group() -> Option<i32> {
    own().map(|it| it.pgrp)
}

fn own() -> Option<Stat> {
    Process::myself().and_then(|it| it.stat()).ok()
}
