//! The system's table of TCP sockets, as text; only those that listen matter. For sandboxes in which the kernel cannot be asked. Linux.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The state of a socket that listens, as the kernel writes it.
const LISTEN: &[u8] = b"0A";

/// Every listening socket in the table, by the number of its inode.
///
/// The kernel lists the listening ones first, so the rest, which may be long, is not looked at.
pub(super) fn listening(table: &[u8]) -> impl Iterator<Item = (u64, SocketAddr)> {
    table.split(|byte| *byte == b'\n').skip(1).map(row).take_while(|row| *row != Row::Other).filter_map(|row| match row
    {
        Row::Listens(inode, address) => Some((inode, address)),
        Row::Other | Row::Unreadable => None,
    })
}

/// Whether the table goes on with other sockets, so that no more has to be read of it.
pub(super) fn has_ended(table: &[u8]) -> bool {
    let end = table.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    table[..end].split(|byte| *byte == b'\n').skip(1).last().is_some_and(|line| row(line) == Row::Other)
}

#[derive(Debug, PartialEq, Eq)]
enum Row {
    Listens(u64, SocketAddr),
    /// It is connected, or waits for something else.
    Other,
    Unreadable,
}

fn row(line: &[u8]) -> Row {
    let mut fields = line.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty());
    let (Some(local), Some(state)) = (fields.nth(1), fields.nth(1)) else { return Row::Unreadable };
    if state != LISTEN {
        return Row::Other;
    }
    let inode = fields.nth(5).and_then(|field| std::str::from_utf8(field).ok()?.parse().ok());
    match inode.zip(address(local)) {
        Some((inode, address)) => Row::Listens(inode, address),
        None => Row::Unreadable,
    }
}

/// `0100007F:1000`: words of four bytes in the order of this machine, then the port.
fn address(text: &[u8]) -> Option<SocketAddr> {
    let (address, port) = std::str::from_utf8(text).ok()?.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |at: usize| u32::from_str_radix(address.get(at * 8..at * 8 + 8)?, 16).ok().map(u32::to_ne_bytes);
    let ip = match address.len() {
        8 => IpAddr::from(Ipv4Addr::from(word(0)?)),
        32 => {
            let mut bytes = [0; 16];
            for (at, part) in bytes.chunks_exact_mut(4).enumerate() {
                part.copy_from_slice(&word(at)?);
            }
            Ipv6Addr::from(bytes).to_canonical()
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    fn line(address: &str, state: &str, inode: &str) -> String {
        format!(
            "   1: {address} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000  1000        0 {inode} 1 0 100 0 0 10 0\n"
        )
    }

    fn check(rows: &[String], expected: &[(u64, &str)]) {
        let table = format!("{HEAD}{}", rows.concat());
        let expected: Vec<(u64, SocketAddr)> =
            expected.iter().map(|(inode, address)| (*inode, address.parse().unwrap())).collect();
        assert_eq!(listening(table.as_bytes()).collect::<Vec<_>>(), expected, "{table}");
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn listening_sockets_are_read() {
        check(
            &[line("0100007F:1000", "0A", "7"), line("00000000:07E8", "0A", "8"), line("0100007F:1001", "01", "9")],
            &[(7, "127.0.0.1:4096"), (8, "0.0.0.0:2024")],
        );
        check(
            &[
                line("00000000000000000000000001000000:1000", "0A", "7"),
                line("00000000000000000000000000000000:1000", "0A", "8"),
                line("0000000000000000FFFF00000100007F:1000", "0A", "9"),
                line("B80D01200000000000000000EF000000:0050", "0A", "10"),
            ],
            &[(7, "[::1]:4096"), (8, "[::]:4096"), (9, "127.0.0.1:4096"), (10, "[2001:db8::ef]:80")],
        );
    }

    #[test]
    fn what_cannot_be_read_is_passed_over() {
        check(&["nonsense\n".to_owned()], &[]);
        check(
            &[line("0100007F", "0A", "7"), line("00000000:0050", "0A", "x"), line("00000000:0050", "0A", "8")],
            &[(8, "0.0.0.0:80")],
        );
        check(&[], &[]);
    }

    #[test]
    fn reading_ends_with_the_first_other_socket() {
        let listening = format!("{HEAD}{}", line("0100007F:1000", "0A", "7"));
        assert!(!has_ended(listening.as_bytes()));
        assert!(!has_ended(HEAD.as_bytes()) && !has_ended(b""));
        let more = format!("{listening}{}", line("0100007F:1000", "01", "8"));
        assert!(has_ended(more.as_bytes()));
        assert!(!has_ended(&more.as_bytes()[..more.len() - 1]), "the last line may be cut");
    }
}
