//! Asking the kernel which TCP sockets listen, over netlink. Linux.
//!
//! The tables in `/proc/net` say the same, but the kernel walks through all that might be connected to write them: milliseconds instead of microseconds.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::fd::OwnedFd,
    time::Duration,
};

use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, send, socket_with,
    sockopt::{Timeout, set_socket_timeout},
};

// What the kernel's headers call these.
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
const REQUEST_AND_DUMP: u16 = 0x301;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
const IPPROTO_TCP: u8 = 6;
const TCP_LISTEN: u32 = 10;

const HEADER: usize = 16;
/// Of an `inet_diag_req_v2`: what is asked for, and which socket, here any.
const QUESTION: usize = 8 + 48;
/// Where an `inet_diag_msg` holds its inode, behind all else.
const INODE_AT: usize = 68;
const ANSWER: usize = 32 * 1024;
/// The kernel answers while we ask; this is for a sandbox that swallows the question.
const ANSWERS_WITHIN: Duration = Duration::from_millis(500);

/// Every listening socket of our network, by the number of its inode.
pub(super) fn listening() -> io::Result<Vec<(u64, SocketAddr)>> {
    let socket =
        socket_with(AddressFamily::NETLINK, SocketType::DGRAM, SocketFlags::CLOEXEC, Some(netlink::SOCK_DIAG))?;
    set_socket_timeout(&socket, Timeout::Recv, Some(ANSWERS_WITHIN))?;
    let mut found = ask(&socket, AF_INET)?;
    found.extend(ask(&socket, AF_INET6)?);
    Ok(found)
}

fn ask(socket: &OwnedFd, family: u8) -> io::Result<Vec<(u64, SocketAddr)>> {
    send(socket, &question(family), SendFlags::empty())?;
    let mut found = Vec::new();
    let mut buffer = vec![0; ANSWER];
    loop {
        let (_, length) = recv(socket, &mut buffer[..], RecvFlags::empty())?;
        if length > buffer.len() || read(&buffer[..length], &mut found)? == Answer::Ended {
            return Ok(found);
        }
    }
}

fn question(family: u8) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + QUESTION);
    bytes.extend(u32::try_from(HEADER + QUESTION).unwrap_or_default().to_ne_bytes());
    bytes.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes.extend(REQUEST_AND_DUMP.to_ne_bytes());
    bytes.extend([0; 8]);
    bytes.extend([family, IPPROTO_TCP, 0, 0]);
    bytes.extend((1_u32 << TCP_LISTEN).to_ne_bytes());
    bytes.resize(HEADER + QUESTION, 0);
    bytes
}

#[derive(Debug, PartialEq, Eq)]
enum Answer {
    GoesOn,
    Ended,
}

/// Reads one datagram, which holds several messages, each with its length and kind before it.
fn read(mut datagram: &[u8], found: &mut Vec<(u64, SocketAddr)>) -> io::Result<Answer> {
    while let (Some(length), Some(kind)) = (number(datagram, 0), datagram.get(4..6)) {
        let kind = u16::from_ne_bytes([kind[0], kind[1]]);
        let Some(body) = usize::try_from(length).ok().and_then(|length| datagram.get(HEADER..length)) else { break };
        match kind {
            NLMSG_DONE => return Ok(Answer::Ended),
            NLMSG_ERROR => return Err(io::Error::from(io::ErrorKind::Unsupported)),
            SOCK_DIAG_BY_FAMILY => found.extend(socket(body)),
            _ => {}
        }
        let aligned = (HEADER + body.len()).next_multiple_of(4);
        datagram = datagram.get(aligned..).unwrap_or_default();
    }
    Ok(Answer::GoesOn)
}

/// An `inet_diag_msg`. A socket that nobody holds any more has no inode.
fn socket(body: &[u8]) -> Option<(u64, SocketAddr)> {
    let port = u16::from_be_bytes(body.get(4..6)?.try_into().ok()?);
    let address = body.get(8..24)?;
    let ip = match *body.first()? {
        AF_INET => IpAddr::from(Ipv4Addr::from(<[u8; 4]>::try_from(&address[..4]).ok()?)),
        AF_INET6 => Ipv6Addr::from(<[u8; 16]>::try_from(address).ok()?).to_canonical(),
        _ => return None,
    };
    let inode = number(body, INODE_AT).filter(|inode| *inode != 0)?;
    Some((inode.into(), SocketAddr::new(ip, port)))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, os::fd::AsRawFd};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_listens_is_told() {
        let listeners: Vec<TcpListener> = ["127.0.0.1:0", "0.0.0.0:0", "[::1]:0", "[::]:0"]
            .iter()
            // A machine may have no IPv6.
            .filter_map(|address| TcpListener::bind(address).ok())
            .collect();
        let found = listening().expect("Linux answers");
        for listener in &listeners {
            let link = std::fs::read_link(format!("/proc/self/fd/{}", listener.as_raw_fd())).unwrap();
            let inode = link.to_str().unwrap().trim_matches(|letter: char| !letter.is_ascii_digit()).parse().unwrap();
            assert!(found.contains(&(inode, listener.local_addr().unwrap())), "{listener:?} {found:?}");
        }
        let connected = std::net::TcpStream::connect(listeners[0].local_addr().unwrap()).unwrap();
        let address = connected.local_addr().unwrap();
        assert!(listening().unwrap().iter().all(|(_, other)| *other != address), "what is connected does not listen");
    }

    #[test]
    fn an_end_and_a_refusal_are_understood() {
        let message = |kind: u16| {
            let mut bytes = 20_u32.to_ne_bytes().to_vec();
            bytes.extend(kind.to_ne_bytes());
            bytes.resize(20, 0);
            bytes
        };
        assert_eq!(read(&message(NLMSG_DONE), &mut Vec::new()).unwrap(), Answer::Ended);
        assert!(read(&message(NLMSG_ERROR), &mut Vec::new()).is_err());
        assert_eq!(read(&message(99), &mut Vec::new()).unwrap(), Answer::GoesOn);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_fault(
            mut bytes in prop::collection::vec(any::<u8>(), 0..300), length in 0..200_u32, kind in 0..30_u16,
        ) {
            if let Some(head) = bytes.get_mut(..6) {
                head[..4].copy_from_slice(&length.to_ne_bytes());
                head[4..].copy_from_slice(&kind.to_ne_bytes());
            }
            let mut found = Vec::new();
            let _answer = read(&bytes, &mut found);
            prop_assert!(found.iter().all(|(inode, _)| *inode != 0));
        }
    }
}
