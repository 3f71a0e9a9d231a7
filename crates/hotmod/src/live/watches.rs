//! Whether something may have been saved: the kernel's queue of file events.
//!
//! The tool watches the same folders a second time, and passes this process the descriptor of that
//! queue. Only the tool reads from it: a program may close descriptors that it did not open, and the
//! runtime must not read from another file with the same number.

#![expect(unsafe_code, reason = "std can't receive descriptors")]

use std::env;
use std::ffi::c_int;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd as _, FromRawFd as _, IntoRawFd as _, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use hotmod_protocol::{Message, SOCKET_VARIABLE, write_message};

use super::peer::require_same_user;

/// How long the tool may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// The queue of file events, as long as the program leaves its descriptor open.
#[derive(Debug)]
pub(super) struct Watches {
    descriptor: RawFd,
    /// A thread of the runtime. It is set as the owner of the descriptor, to detect that another file has
    /// its number.
    mark: libc::pid_t,
}

impl Watches {
    /// Asks the tool for the descriptor. `mark` is a thread that lives as long as the session.
    pub(super) fn fetch(mark: libc::pid_t) -> io::Result<Self> {
        let path = env::var_os(SOCKET_VARIABLE).ok_or(io::ErrorKind::NotFound)?;
        let mut stream = UnixStream::connect(path)?;
        require_same_user(&stream)?;
        stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
        write_message(&mut stream, &Message::Watch)?;
        let descriptor = receive(&stream)?;
        Self::new(descriptor, mark)
    }

    fn new(descriptor: OwnedFd, mark: libc::pid_t) -> io::Result<Self> {
        let owner = Owner {
            kind: Owner::THREAD,
            id: mark,
        };
        // SAFETY: the pointer is to an owner. No signal is ever sent, because none is enabled.
        let status = unsafe { libc::fcntl(descriptor.as_raw_fd(), Owner::SET, &raw const owner) };
        if status != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Watches {
            // Never closed, because the program may close it and get the same number for another file.
            descriptor: descriptor.into_raw_fd(),
            mark,
        })
    }

    /// Whether there are events. `None` if the program has closed the descriptor.
    pub(super) fn have_events(&self) -> Option<bool> {
        let mut length: c_int = 0;
        // SAFETY: the pointer is to an integer.
        let status = unsafe { libc::ioctl(self.descriptor, libc::FIONREAD as _, &raw mut length) };
        // Checked last: if it is still this descriptor, it was this one above, too.
        (status == 0 && self.is_marked()).then_some(length > 0)
    }

    fn is_marked(&self) -> bool {
        let mut owner = Owner { kind: -1, id: 0 };
        // SAFETY: the pointer is to an owner.
        let status = unsafe { libc::fcntl(self.descriptor, Owner::GET, &raw mut owner) };
        status == 0 && owner.kind == Owner::THREAD && owner.id == self.mark
    }
}

/// The owner of a descriptor: the kernel's `f_owner_ex`, which older versions of the crate `libc` lack.
#[repr(C)]
struct Owner {
    kind: c_int,
    id: libc::pid_t,
}

impl Owner {
    const SET: c_int = 15;
    const GET: c_int = 16;
    const THREAD: c_int = 0;
}

/// Receives the message that comes with a descriptor.
fn receive(stream: &UnixStream) -> io::Result<OwnedFd> {
    let invalid = || io::Error::from(io::ErrorKind::InvalidData);
    let mut frame = [0_u8; 64];
    // Space for one descriptor, aligned as a header.
    let mut control = [0_u64; 4];
    let mut part = libc::iovec {
        iov_base: frame.as_mut_ptr().cast(),
        iov_len: frame.len(),
    };
    // SAFETY: all zeros are a valid header, with no pointers.
    let mut header: libc::msghdr = unsafe { MaybeUninit::zeroed().assume_init() };
    header.msg_iov = &raw mut part;
    header.msg_iovlen = 1;
    header.msg_control = control.as_mut_ptr().cast();
    header.msg_controllen = size_of_val(&control) as _;
    // SAFETY: the header's pointers are to buffers of the lengths that it has.
    let length =
        unsafe { libc::recvmsg(stream.as_raw_fd(), &raw mut header, libc::MSG_CMSG_CLOEXEC) };
    let length = usize::try_from(length).map_err(|_| io::Error::last_os_error())?;
    // SAFETY: the kernel wrote the header and the buffers, which are still there.
    let descriptor = unsafe { descriptor_in(&header) };
    let payload = frame.get(4..length).ok_or_else(invalid)?;
    match Message::decode(payload) {
        Ok(Message::Watching) => descriptor.ok_or_else(invalid),
        _ => Err(invalid()),
    }
}

/// Takes the descriptor out of a received message.
///
/// # Safety
/// The kernel wrote the header, and nobody has taken the descriptor.
unsafe fn descriptor_in(header: &libc::msghdr) -> Option<OwnedFd> {
    // SAFETY: the caller guarantees that the header is valid; it has at most one part.
    let part = unsafe { libc::CMSG_FIRSTHDR(header).as_ref() }?;
    if part.cmsg_level != libc::SOL_SOCKET || part.cmsg_type != libc::SCM_RIGHTS {
        return None;
    }
    // SAFETY: this kind of part has descriptors, which may lie unaligned.
    let number = unsafe { libc::CMSG_DATA(part).cast::<c_int>().read_unaligned() };
    // SAFETY: the kernel has opened it for this process, and nobody else knows it.
    Some(unsafe { OwnedFd::from_raw_fd(number) })
}
