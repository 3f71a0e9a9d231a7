//! Listening sockets that outlive hosts: bound once, and handed to each host in turn.
//!
//! A client that connects while no host runs waits in the socket's backlog for the next one. The
//! way is systemd's: the sockets are the descriptors from 3 on, `LISTEN_FDS` says how many, and
//! `LISTEN_PID` whose they are. That is known only in the new process, and nobody can set a
//! variable there who has not called `exec`: so this binary is started first, and becomes the host.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};
use std::os::fd::RawFd;
use std::path::Path;
use std::process::Command;

use command_fds::{CommandFdExt as _, FdMapping};

/// Says that this binary is a supervisor.
pub(crate) const SUPERVISOR_VARIABLE: &str = "HOTMOD_SUPERVISOR";

/// Names the host that this binary is to become.
pub(crate) const HOST_VARIABLE: &str = "HOTMOD_HOST";

/// How many clients may wait. Linux takes `net.core.somaxconn` if that is less.
const BACKLOG: i32 = 4096;

/// The first descriptor that is handed over.
const FIRST: RawFd = 3;

/// Why there is no socket.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListenError {
    #[error("`{0}` is no address to listen on")]
    Address(String),
    #[error("nobody can listen on `{address}`: {error}")]
    Bind {
        address: SocketAddr,
        error: io::Error,
    },
}

impl ListenError {
    /// What to do next.
    pub(crate) fn help(&self) -> Option<String> {
        let help = match self {
            ListenError::Address(_) => {
                "give `HOST:PORT` or `PORT`, such as `127.0.0.1:3000`, `[::1]:3000`, \
                 `localhost:3000` or `3000`"
            }
            ListenError::Bind { error, .. } => match error.kind() {
                ErrorKind::AddrInUse => "end what listens there, or give another port",
                ErrorKind::PermissionDenied => {
                    "ports below 1024 are for privileged users: give a higher one"
                }
                ErrorKind::AddrNotAvailable => {
                    "give an address that this machine has, such as `127.0.0.1` or `0.0.0.0`"
                }
                _ => return None,
            },
        };
        Some(help.to_owned())
    }
}

/// The sockets of a session, held for as long as it runs.
#[derive(Debug, Default)]
pub(crate) struct Sockets(Vec<TcpListener>);

impl Sockets {
    /// Binds what was asked for, in this order. Call it before files are opened: the descriptors
    /// from 3 on are then taken here too, and none of them is one by which `spawn` learns of errors.
    pub(crate) fn bind(addresses: &[String]) -> Result<Self, ListenError> {
        let sockets = addresses.iter().map(|address| {
            let address = resolve(address)?;
            listen(address).map_err(|error| ListenError::Bind { address, error })
        });
        Ok(Sockets(sockets.collect::<Result<_, _>>()?))
    }

    /// What they are bound to; port 0 became one that was free.
    pub(crate) fn addresses(&self) -> Vec<String> {
        let addresses = self.0.iter().filter_map(|socket| socket.local_addr().ok());
        addresses.map(|it| it.to_string()).collect()
    }

    /// A command that runs the host, which has the sockets if there are any, under a supervisor if
    /// it needs one.
    pub(crate) fn command(&self, host: &Path, is_supervised: bool) -> io::Result<Command> {
        if self.0.is_empty() && !is_supervised {
            return Ok(Command::new(host));
        }
        // Also if the file was replaced meanwhile.
        let mut command = Command::new("/proc/self/exe");
        command.env(HOST_VARIABLE, host);
        if is_supervised {
            command.env(SUPERVISOR_VARIABLE, "");
        }
        if self.0.is_empty() {
            return Ok(command);
        }
        command
            .env("LISTEN_FDS", self.0.len().to_string())
            .env_remove("LISTEN_FDNAMES")
            .env_remove("LISTEN_PID");
        let sockets = (FIRST..).zip(&self.0).map(|(child_fd, socket)| {
            let parent_fd = socket.try_clone()?.into();
            Ok(FdMapping {
                parent_fd,
                child_fd,
            })
        });
        command
            .fd_mappings(sockets.collect::<io::Result<_>>()?)
            .map_err(io::Error::other)?;
        Ok(command)
    }
}

/// A port alone is one of this machine's own; of a name's addresses the first of the older kind is
/// taken, as it is for a port alone.
fn resolve(address: &str) -> Result<SocketAddr, ListenError> {
    if let Ok(port) = address.parse::<u16>() {
        return Ok(SocketAddr::from(([127, 0, 0, 1], port)));
    }
    let found = address.to_socket_addrs().into_iter().flatten();
    found
        .min_by_key(SocketAddr::is_ipv6)
        .ok_or_else(|| ListenError::Address(address.to_owned()))
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = TcpListener::bind(address)?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        for (given, expected) in [
            ("3000", "127.0.0.1:3000"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("[::1]:3000", "[::1]:3000"),
            ("localhost:3000", "127.0.0.1:3000"),
        ] {
            assert_eq!(resolve(given).unwrap().to_string(), expected);
        }
        for given in [
            "",
            ":3000",
            "65536",
            "-1",
            "localhost",
            "::1",
            "127.0.0.1:x",
            "1.2.3:4:5",
        ] {
            let error = resolve(given).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("`{given}` is no address to listen on")
            );
            assert!(error.help().unwrap().contains("`[::1]:3000`"));
        }
    }

    #[test]
    fn what_keeps_a_socket_from_being_bound_has_its_help() {
        for (kind, help) in [
            (ErrorKind::AddrInUse, "another port"),
            (ErrorKind::PermissionDenied, "below 1024"),
            (ErrorKind::AddrNotAvailable, "that this machine has"),
        ] {
            let address = SocketAddr::from(([127, 0, 0, 1], 80));
            let error = kind.into();
            let error = ListenError::Bind { address, error };
            assert!(error.help().unwrap().contains(help), "{error}");
        }
        let held = Sockets::bind(&["0".to_owned()]).unwrap();
        let error = Sockets::bind(&held.addresses()).unwrap_err();
        assert!(matches!(error, ListenError::Bind { error, .. }
            if error.kind() == ErrorKind::AddrInUse));
        let nowhere = Sockets::bind(&["192.0.2.1:3000".to_owned()]).unwrap_err();
        assert!(matches!(nowhere, ListenError::Bind { error, .. }
            if error.kind() == ErrorKind::AddrNotAvailable));
    }
}
