//! The ports on which a host listens, according to the kernel.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use procfs::net::{TcpNetEntry, TcpState};
use procfs::process::{FDTarget, Process};
use procfs::{ProcError, ProcResult};

/// The TCP addresses on which a process listens, as reachable from this machine; lowest port first.
pub(crate) fn listening(pid: u32) -> Result<Vec<SocketAddr>, ProcError> {
    let process = Process::new(i32::try_from(pid).unwrap_or_default())?;
    let open = process.fd()?;
    let sockets: BTreeSet<u64> = open
        .filter_map(|fd| match fd.ok()?.target {
            FDTarget::Socket(inode) => Some(inode),
            _ => None,
        })
        .collect();
    let all = |entries: ProcResult<Vec<TcpNetEntry>>| entries.unwrap_or_default();
    // IPv4 or IPv6 may be disabled.
    let entries = all(process.tcp()).into_iter().chain(all(process.tcp6()));
    let mut addresses: Vec<SocketAddr> = entries
        .filter(|it| it.state == TcpState::Listen && sockets.contains(&it.inode))
        .map(|it| reachable(it.local_address))
        .collect();
    addresses.sort_by_key(SocketAddr::port);
    addresses.dedup();
    Ok(addresses)
}

/// Replaces the unspecified address, which means all of the machine's, by the loopback address.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn the_listening_sockets_of_a_process_are_found() {
        let loopback = TcpListener::bind("127.0.0.1:0").unwrap();
        let any = TcpListener::bind("0.0.0.0:0").unwrap();
        let found = listening(std::process::id()).unwrap();
        assert!(found.contains(&loopback.local_addr().unwrap()), "{found:?}");
        let port = any.local_addr().unwrap().port();
        assert!(
            found.contains(&(Ipv4Addr::LOCALHOST, port).into()),
            "{found:?}"
        );
        drop(loopback);
        assert!(listening(u32::MAX / 2).is_err());
    }
}
