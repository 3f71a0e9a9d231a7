//! The end of another process.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// A process that may end at any time. Its id may then be that of another process; this still refers to the same
/// one.
#[derive(Debug)]
pub(crate) struct ProcessEnd {
    pidfd: OwnedFd,
}

impl ProcessEnd {
    /// The process with this id now, if there is one.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        let pid = Pid::from_raw(i32::try_from(pid).ok()?)?;
        let pidfd = pidfd_open(pid, PidfdFlags::empty()).ok()?;
        Some(ProcessEnd { pidfd })
    }

    pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
        Ok(pidfd_send_signal(&self.pidfd, signal)?)
    }

    /// Waits for it.
    pub(crate) fn wait(&self) {
        let mut events = [PollFd::new(&self.pidfd, PollFlags::IN)];
        while poll(&mut events, None) == Err(Errno::INTR) {}
    }
}

/// Readable once the process has ended.
impl AsFd for ProcessEnd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }
}
