//! Runs a program without the system call `close_range`, as on old kernels and in some sandboxes.

#![expect(
    unsafe_code,
    reason = "code that runs between `fork` and `exec` is unsafe"
)]

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Has that call fail in a command and in all that it starts.
pub fn without_close_range(command: &mut Command) {
    let load = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    let jump = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    let end = (libc::BPF_RET | libc::BPF_K) as u16;
    let denied = libc::SECCOMP_RET_ERRNO | libc::EPERM as u32;
    let number = libc::SYS_close_range as u32;
    // SAFETY: they make values from values. The first field of what is looked at is the number.
    let mut filter = unsafe {
        [
            libc::BPF_STMT(load, 0),
            libc::BPF_JUMP(jump, number, 0, 1),
            libc::BPF_STMT(end, denied),
            libc::BPF_STMT(end, libc::SECCOMP_RET_ALLOW),
        ]
    };
    let apply = move || {
        let program = libc::sock_fprog {
            len: filter.len() as u16,
            filter: filter.as_mut_ptr(),
        };
        // SAFETY: two system calls; the filter is valid while the second one reads it.
        let failed = unsafe {
            libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
                || libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &program) != 0
        };
        match failed {
            true => Err(io::Error::last_os_error()),
            false => Ok(()),
        }
    };
    // SAFETY: what runs after the fork only makes system calls.
    unsafe { command.pre_exec(apply) };
}
