//! Who is at the other end of a socket.

#![expect(
    unsafe_code,
    reason = "std can't ask who is at the other end of a socket"
)]

use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;

/// Refuses a socket that another user serves: it would tell this process what code to load.
pub(super) fn require_same_user(stream: &UnixStream) -> io::Result<()> {
    let mut peer = libc::ucred {
        pid: 0,
        uid: 0,
        gid: 0,
    };
    let mut length = size_of::<libc::ucred>() as libc::socklen_t;
    // SAFETY: the pointers are to a `ucred` and to its length, as `SO_PEERCRED` asks for.
    let status = unsafe {
        libc::getsockopt(
            stream.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut peer).cast(),
            &raw mut length,
        )
    };
    if status != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it has no preconditions.
    if peer.uid != unsafe { libc::geteuid() } {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("the session belongs to user {}", peer.uid),
        ));
    }
    Ok(())
}
