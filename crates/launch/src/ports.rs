//! Ports: which are free, and who listens on one.

use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream},
    time::Duration,
};

use listeners::{Protocol, SocketState};

use crate::{LaunchError, ProcessIdentity, process_tree::ProcessTree};

/// The first port from `from` on that nothing is bound to and that is not in `taken`.
///
/// Another program may take it before it is used; whoever uses it must be ready to come back for the next.
pub fn next_free_port(from: u16, taken: &[u16]) -> Result<u16, LaunchError> {
    (from.max(1)..=u16::MAX)
        .find(|port| !taken.contains(port) && is_free(*port))
        .ok_or(LaunchError::NoFreePort { from })
}

fn is_free(port: u16) -> bool {
    let loopback = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port));
    match TcpListener::bind(loopback) {
        // Where a bound loopback address is allowed beside a wildcard one, only asking shows the other.
        Ok(listener) => {
            drop(listener);
            match TcpStream::connect_timeout(&loopback, Duration::from_millis(200)) {
                Err(error) => error.kind() == ErrorKind::ConnectionRefused,
                Ok(_) => false,
            }
        }
        Err(_) => false,
    }
}

/// Who listens on a port, as far as that can be seen: the process id, and the program's name.
pub fn listener_on(port: u16) -> Option<(u32, String)> {
    let all = listeners::get_all().ok()?;
    let listener = all.into_iter().find(|listener| {
        listener.socket.port() == port && listener.protocol == Protocol::TCP && listener.state == SocketState::Listen
    })?;
    Some((listener.process.pid, listener.process.name))
}

/// The addresses of this machine, loopback among them.
pub fn own_addresses() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    interfaces.into_iter().map(|interface| interface.ip()).collect()
}

/// Whether this very process, or one that it started, listens on the port.
pub fn listens(identity: &ProcessIdentity, port: u16) -> bool {
    if !identity.is_alive() {
        return false;
    }
    let Ok(all) = listeners::get_all() else { return false };
    let mut owners = all
        .into_iter()
        .filter(|listener| {
            listener.socket.port() == port
                && listener.protocol == Protocol::TCP
                && listener.state == SocketState::Listen
        })
        .map(|listener| listener.process.pid)
        .peekable();
    if owners.peek().is_none() {
        return false;
    }
    let tree = ProcessTree::scan();
    owners.any(|owner| tree.is_in_tree_of(owner, identity.pid)) && identity.is_alive()
}
