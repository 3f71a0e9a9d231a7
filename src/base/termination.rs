//! Termination: the signals that end a program, and children that end with their parent even if the
//! parent is killed.

#![expect(
    unsafe_code,
    reason = "code that runs between `fork` and `exec` is unsafe"
)]

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use rustix::process::{Signal, getpid, getppid, set_parent_process_death_signal};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// The signals that ask a program to end: Ctrl-C, a closed terminal, and `kill`.
pub(crate) const ENDING: [i32; 3] = [SIGINT, SIGHUP, SIGTERM];

/// Makes the kernel kill the command's process when the thread that spawned it ends.
pub(crate) fn die_with_parent(command: &mut Command) -> &mut Command {
    let parent = getpid();
    // SAFETY: only system calls that are safe between fork and exec: no lock, no allocation.
    unsafe {
        command.pre_exec(move || {
            set_parent_process_death_signal(Some(Signal::KILL))?;
            // The parent may have ended before the line above.
            if getppid() != Some(parent) {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            Ok(())
        })
    }
}

/// Makes the kernel kill this process when its parent ends, also after an `exec`.
pub(crate) fn end_with_parent() {
    // This fails only for an invalid signal.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
}
