//! The tool as the process that replaces itself with the host, see
//! [`sockets`](crate::host::sockets).

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::host::HOST_VARIABLE;

/// Replaces this process with the host. Returns only on an error.
pub(crate) fn become_host(host: &OsStr, arguments: impl Iterator<Item = OsString>) -> io::Error {
    let mut command = Command::new(host);
    command.args(arguments).env_remove(HOST_VARIABLE);
    // Without sockets from the session, inherited ones are not for the host.
    if std::env::var_os("LISTEN_FDS").is_some() && std::env::var_os("LISTEN_PID").is_none() {
        command.env("LISTEN_PID", std::process::id().to_string());
    }
    command.exec()
}
