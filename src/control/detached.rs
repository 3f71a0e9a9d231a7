//! Sessions that run in the background: `cargo hotmod run --detach`.
//!
//! The command starts itself again with the path of a socket, shows what the new process prints, and waits until
//! that connects. By then, the session can be asked, and prints to a file.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use rustix::process::setsid;
use rustix::stdio::{dup2_stderr, dup2_stdout};

/// The side of the session.
#[derive(Debug)]
pub(crate) struct Detached {
    socket: PathBuf,
}

impl Detached {
    /// Leaves the terminal of the process that listens on this socket.
    pub(crate) fn leave_terminal(socket: PathBuf) -> io::Result<Self> {
        setsid()?;
        Ok(Detached { socket })
    }

    /// Prints to this file from now on, and tells the process that listens that the session can be asked.
    pub(crate) fn begin(&self, output: &Path) -> io::Result<()> {
        let file = File::create(output)?;
        dup2_stdout(file.as_fd())?;
        dup2_stderr(file.as_fd())?;
        // It may have been ended: the session runs nevertheless.
        let _ = UnixStream::connect(&self.socket);
        Ok(())
    }
}
