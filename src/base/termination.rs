//! How processes end: by which signals, and never later than the one that started them, even if
//! that is killed.

#![expect(
    unsafe_code,
    reason = "code that runs between `fork` and `exec` is unsafe"
)]

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use rustix::process::{Signal, getpid, getppid, set_parent_process_death_signal};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// Ctrl-C, a closed terminal, and what asks politely.
pub(crate) const ENDING: [i32; 3] = [SIGINT, SIGHUP, SIGTERM];

/// Makes the kernel kill the command's process when the thread that spawned it ends.
pub(crate) fn die_with_parent(command: &mut Command) -> &mut Command {
    let parent = getpid();
    // SAFETY: only system calls that are safe between fork and exec: no lock, no allocation.
    unsafe {
        command.pre_exec(move || {
            set_parent_process_death_signal(Some(Signal::KILL))?;
            // The parent may have died before the line above.
            if getppid() != Some(parent) {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            Ok(())
        })
    }
}

/// The same for this process, and for what it becomes by `exec`.
pub(crate) fn end_with_parent() {
    // The kernel refuses only what is no signal.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
}
