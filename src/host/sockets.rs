//! Listening sockets that outlive hosts: bound once, and passed to each host.
//!
//! A client that connects while no host is running waits in the socket's backlog. The protocol is
//! systemd's: the sockets are the descriptors from 3 on, `LISTEN_FDS` is their number, and
//! `LISTEN_PID` is the process they are for.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};
use std::os::fd::RawFd;
use std::path::Path;
use std::process::Command;

use command_fds::{CommandFdExt as _, FdMapping};

use crate::base::own_id::tell_own_id;

use super::Stop;

/// Set if this binary is a supervisor, to how it stops the host.
pub(crate) const SUPERVISOR_VARIABLE: &str = "HOTMOD_SUPERVISOR";

/// The program that a supervisor starts.
pub(crate) const SUPERVISED_VARIABLE: &str = "HOTMOD_SUPERVISED";

/// How many clients may wait. Linux limits this to `net.core.somaxconn`.
const BACKLOG: i32 = 4096;

/// The first descriptor that is passed.
const FIRST: RawFd = 3;

/// Why a socket could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListenError {
    #[error("`{0}` is not a valid address to listen on")]
    Address(String),
    #[error("could not listen on `{address}`: {error}")]
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

/// The sockets of a session, which stay open until it ends.
#[derive(Debug, Default)]
pub(crate) struct Sockets(Vec<TcpListener>);

impl Sockets {
    /// Binds the addresses in this order. Call this before opening files: then the descriptors from
    /// 3 on are in use, and `spawn` does not use one of them for its error pipe.
    pub(crate) fn bind(addresses: &[String]) -> Result<Self, ListenError> {
        let sockets = addresses.iter().map(|address| {
            let address = resolve(address)?;
            listen(address).map_err(|error| ListenError::Bind { address, error })
        });
        Ok(Sockets(sockets.collect::<Result<_, _>>()?))
    }

    /// The bound addresses, with the chosen port instead of port 0.
    pub(crate) fn addresses(&self) -> Vec<String> {
        let addresses = self.0.iter().filter_map(|socket| socket.local_addr().ok());
        addresses.map(|it| it.to_string()).collect()
    }

    /// The command that runs the host with the sockets, if any, and under a supervisor that stops it, if
    /// needed. Call [`tell_whose`](Self::tell_whose) at last.
    pub(crate) fn command(&self, host: &Path, supervised: Option<Stop>) -> io::Result<Command> {
        let mut command = Command::new(host);
        if let Some(stop) = supervised {
            // This works even if the file was replaced meanwhile.
            command = Command::new("/proc/self/exe");
            command
                .env(SUPERVISED_VARIABLE, host)
                .env(SUPERVISOR_VARIABLE, stop.to_string());
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

    /// Tells the command's process that the sockets are for it. A supervisor tells that to the runner.
    pub(crate) fn tell_whose(&self, command: &mut Command) -> io::Result<()> {
        match self.0.is_empty() {
            true => Ok(()),
            false => tell_own_id(command, "LISTEN_PID"),
        }
    }
}

/// A port alone means 127.0.0.1. For a name with several addresses, the first IPv4 address is used.
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
    fn addresses_are_parsed() {
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
                format!("`{given}` is not a valid address to listen on")
            );
            assert!(error.help().unwrap().contains("`[::1]:3000`"));
        }
    }

    #[test]
    fn errors_of_binding_have_a_help() {
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
