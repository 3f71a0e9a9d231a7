//! The ids of this process's session and process group.
//!
//! If they started outside of this process's pid namespace, as in some containers and sandboxes,
//! their id is 0. `rustix` can't represent that as a `Pid`, so its `getsid` and `getpgrp` must not
//! be called.

use procfs::process::{Process, Stat};

/// The id of the session.
pub(crate) fn session() -> Option<i32> {
    own().map(|it| it.session)
}

/// The id of the process group.
pub(crate) fn group() -> Option<i32> {
    own().map(|it| it.pgrp)
}

fn own() -> Option<Stat> {
    Process::myself().and_then(|it| it.stat()).ok()
}
