//! The channel's socket, in a process whose descriptors belong to the program.
//!
//! Daemons close all descriptors that they did not open, and the next file or socket gets the same
//! number. So the thread that talks to the tool has its own descriptor table, which contains only the
//! channel. If the kernel refuses that (before Linux 5.9, or in a sandbox), the socket is in the program's
//! table. Then each use first checks that the number still refers to this socket, so that the runtime never
//! reads, writes or closes a descriptor of the program.

#![expect(
    unsafe_code,
    reason = "std does not know descriptors that others may close"
)]

use std::ffi::c_long;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, IntoRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// The socket, until the program closes it.
#[derive(Debug)]
pub(super) struct Socket {
    descriptor: RawFd,
    /// Device and inode, to detect that another file has its number.
    identity: (u64, u64),
}

impl Socket {
    /// Takes ownership of the descriptor.
    pub(super) fn new(stream: UnixStream) -> io::Result<Self> {
        let stream = match stream.as_raw_fd() {
            // The program has closed this one of its own, and may still write to it. std never chooses
            // one of these numbers for a duplicate.
            ..=libc::STDERR_FILENO => stream.try_clone()?,
            _ => stream,
        };
        let identity = identity(stream.as_raw_fd())?;
        let descriptor = stream.into_raw_fd();
        Ok(Socket {
            descriptor,
            identity,
        })
    }

    /// The same socket, for a thread with another descriptor table in which it has the same number.
    pub(super) fn in_other_table(&self) -> Self {
        Socket { ..*self }
    }

    /// Waits until something can be read, or the time is over, if there is a limit.
    pub(super) fn is_readable_within(&self, time: Option<Duration>) -> io::Result<bool> {
        let mut wanted = libc::pollfd {
            fd: self.descriptor()?,
            events: libc::POLLIN,
            revents: 0,
        };
        let end = time.map(|time| Instant::now() + time);
        loop {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()).as_millis());
            let left = left.map_or(-1, |left| i32::try_from(left).unwrap_or(i32::MAX));
            // SAFETY: the pointer is to one `pollfd`.
            match unsafe { libc::poll(&raw mut wanted, 1, left) } {
                count @ 0.. => return Ok(count > 0),
                _ => match io::Error::last_os_error() {
                    error if error.kind() == ErrorKind::Interrupted => {}
                    error => return Err(error),
                },
            }
        }
    }

    /// The descriptor, if it is still this socket's.
    fn descriptor(&self) -> io::Result<RawFd> {
        match identity(self.descriptor) {
            Ok(found) if found == self.identity => Ok(self.descriptor),
            _ => Err(io::Error::new(
                ErrorKind::NotConnected,
                "the program closed its descriptor",
            )),
        }
    }

    /// Gives the calling thread its own descriptor table, which contains only this socket. Its stdin,
    /// stdout and stderr are empty. Returns `false` if that is not possible, and the table is still
    /// shared.
    ///
    /// # Safety
    /// The calling thread has opened no descriptor but this socket's: all others are closed for it.
    pub(super) unsafe fn isolate(&self) -> bool {
        let Ok(own) = u32::try_from(self.descriptor) else {
            return false;
        };
        // SAFETY: the first call copies the table as well, so the process's own stays as it is; and
        // the caller guarantees that this thread needs none of the others.
        let is_isolated = unsafe {
            close_range(own + 1, u32::MAX, libc::CLOSE_RANGE_UNSHARE)
                && (own == 0 || close_range(0, own - 1, 0))
        };
        if is_isolated {
            // Otherwise the next file gets the number of stderr, and a panic message might go into it.
            for _ in libc::STDIN_FILENO..=libc::STDERR_FILENO {
                let null = File::options().read(true).write(true).open("/dev/null");
                let _ = null.map(IntoRawFd::into_raw_fd);
            }
        }
        is_isolated
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let descriptor = self.descriptor()?;
        // SAFETY: the pointer and the length are those of a buffer that may be written to.
        let count = unsafe { libc::recv(descriptor, buffer.as_mut_ptr().cast(), buffer.len(), 0) };
        usize::try_from(count).map_err(|_| io::Error::last_os_error())
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let descriptor = self.descriptor()?;
        // SAFETY: the pointer and the length are those of the bytes. No signal: a program may have
        // set SIGPIPE to its default, and must not end because the tool did.
        let count = unsafe {
            libc::send(
                descriptor,
                bytes.as_ptr().cast(),
                bytes.len(),
                libc::MSG_NOSIGNAL,
            )
        };
        usize::try_from(count).map_err(|_| io::Error::last_os_error())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Ok(descriptor) = self.descriptor() {
            // SAFETY: the number is still that of this socket, which owns it.
            unsafe { libc::close(descriptor) };
        }
    }
}

/// Device and inode of an open descriptor.
fn identity(descriptor: RawFd) -> io::Result<(u64, u64)> {
    let mut stat = MaybeUninit::uninit();
    // SAFETY: the pointer is to memory for a `stat`.
    if unsafe { libc::fstat(descriptor, stat.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: `fstat` succeeded, so it wrote all of it.
    let stat: libc::stat = unsafe { stat.assume_init() };
    Ok((stat.st_dev, stat.st_ino))
}

/// # Safety
/// Nothing that uses the table, or the copy that `CLOSE_RANGE_UNSHARE` makes, needs these
/// descriptors.
unsafe fn close_range(first: u32, last: u32, flags: u32) -> bool {
    // By its number, because glibc has no function for it before 2.34.
    // SAFETY: the caller guarantees it.
    let status = unsafe {
        libc::syscall(
            libc::SYS_close_range,
            first as c_long,
            last as c_long,
            flags as c_long,
        )
    };
    status == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::{FromRawFd as _, OwnedFd};

    fn pair() -> (Socket, UnixStream) {
        let (own, other) = UnixStream::pair().unwrap();
        (Socket::new(own).unwrap(), other)
    }

    /// Closes the socket as a daemon does, and opens a file with its number.
    fn replace(socket: &Socket) -> File {
        let file = File::open("/dev/zero").unwrap();
        // SAFETY: the test stands in for a program that closes what it does not know.
        let number = unsafe { libc::dup2(file.as_raw_fd(), socket.descriptor) };
        assert_eq!(number, socket.descriptor);
        // SAFETY: `dup2` made the descriptor, for nobody else.
        unsafe { OwnedFd::from_raw_fd(number) }.into()
    }

    #[test]
    #[cfg_attr(miri, ignore = "it makes system calls")]
    fn a_descriptor_of_the_programs_is_never_used_in_the_sockets_place() {
        let (mut socket, _other) = pair();
        let mut file = replace(&socket);
        let mut byte = [7];
        let error = socket.read(&mut byte).unwrap_err();
        assert_eq!(error.to_string(), "the program closed its descriptor");
        assert_eq!(byte, [7], "it read from the program's file");
        socket.write(&byte).unwrap_err();
        drop(socket);
        file.read_exact(&mut byte)
            .expect("the program's file was closed");
        assert_eq!(byte, [0]);
    }

    #[test]
    #[cfg_attr(miri, ignore = "it makes system calls")]
    fn the_socket_never_has_the_number_of_stderr() {
        let thread = std::thread::spawn(|| {
            // SAFETY: the thread gets a table of its own, so nothing else uses this stderr.
            unsafe {
                assert_eq!(libc::unshare(libc::CLONE_FILES), 0);
                libc::close(2);
            }
            let (own, _other) = UnixStream::pair().unwrap();
            let number = own.as_raw_fd();
            let socket = Socket::new(own).unwrap();
            (number, socket.descriptor)
        });
        let (number, descriptor) = thread.join().unwrap();
        assert_eq!(number, 2);
        assert!(descriptor > 2, "{descriptor}");
    }

    #[test]
    #[cfg_attr(miri, ignore = "it makes system calls")]
    fn what_the_program_closes_stays_open_in_a_thread_of_its_own_table() {
        let (socket, mut other) = pair();
        let mut own = socket.in_other_table();
        let (isolated, is_isolated) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            // SAFETY: this thread uses no other descriptor.
            isolated.send(unsafe { own.isolate() }).unwrap();
            // Nor do others that it opens get the numbers of stdout and stderr.
            let file = File::open("/dev/zero").unwrap();
            assert!(file.as_raw_fd() > 2, "{file:?}");
            let mut byte = [0];
            own.read_exact(&mut byte).unwrap();
            own.write_all(&byte).unwrap();
        });
        assert!(
            is_isolated.recv().unwrap(),
            "this kernel has no close_range"
        );
        let _file = replace(&socket);
        other.write_all(b"x").unwrap();
        let mut answer = Vec::new();
        // This reads to the end, because the thread's descriptor was the last one.
        other.read_to_end(&mut answer).unwrap();
        assert_eq!(answer, b"x");
        thread.join().unwrap();
    }
}
