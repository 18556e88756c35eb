//! Listens for opencode servers that announce themselves in the local network.
//!
//! An announcement is a hint, not a truth: every opencode server calls its host `opencode.local`, so the addresses of several
//! machines may stand behind one name, and among them addresses that mean another machine here than there (a container bridge).
//! Nothing here connects to a server; who uses an announcement verifies each address.
//!
//! opencode says no goodbye when it ends: what it announced holds for two minutes more. Who finds that a server does not answer
//! any more lets [`Browser::confirm`] ask for it.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv6Addr},
    thread,
    time::Duration,
};

use mdns_sd::{MDNS_PORT, Receiver, ServiceDaemon, ServiceEvent};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::LaunchError;

/// What opencode registers itself as.
const SERVICE: &str = "_http._tcp.local.";

/// How long a server has to say that it is still there. It is asked twice in this time.
const CONFIRMATION: Duration = Duration::from_secs(5);

/// Listens until it is dropped. It costs a thread that waits, and a look at the interfaces every few seconds.
pub struct Browser {
    daemon: ServiceDaemon,
}

/// What was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Announcement {
    /// A server is there, or something about it has changed.
    Seen(Announced),
    /// A server said goodbye, or was not heard of for too long, or the network that it was in is gone.
    Gone {
        /// Its name.
        name: String,
    },
}

/// A server as it announces itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// `opencode-<port>`. Two machines may use the same.
    pub name: String,
    /// Where it listens.
    pub port: u16,
    /// The name of its machine, without the dot at the end: `opencode.local` unless the user chose another.
    pub host: String,
    /// Where that machine may be reached, IPv4 first; never empty.
    pub addresses: Vec<IpAddr>,
}

impl Browser {
    /// Begins to listen, on every interface that there is or that will come.
    ///
    /// Without any network it fails; ask again later.
    pub fn start() -> Result<(Self, UnboundedReceiver<Announcement>), LaunchError> {
        if !is_in_a_network() {
            return Err(LaunchError::NoNetwork);
        }
        // The library opens its sockets later and tells nobody when that fails.
        port_can_be_opened()?;
        let daemon = ServiceDaemon::new().map_err(failed)?;
        let browser = Self { daemon };
        let events = browser.daemon.browse(SERVICE).map_err(failed)?;
        let (sender, receiver) = unbounded_channel();
        thread::Builder::new()
            .name("announcements".to_owned())
            .spawn(move || listen(&events, &sender))
            .map_err(|error| LaunchError::Announcements { source: Box::new(error) })?;
        Ok((browser, receiver))
    }

    /// Asks the network whether a server is still there. If nobody says so within a few seconds, it is told as gone.
    pub fn confirm(&self, name: &str) -> Result<(), LaunchError> {
        self.daemon.verify(format!("{name}.{SERVICE}"), CONFIRMATION).map_err(failed)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It only fails when it has ended already, or when 100 commands wait, and we give but two.
        let _ended = self.daemon.shutdown();
    }
}

impl std::fmt::Debug for Browser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Browser")
    }
}

fn failed(error: mdns_sd::Error) -> LaunchError {
    LaunchError::Announcements { source: Box::new(error) }
}

/// Passes on what changes, until the daemon ends or nobody listens any more.
fn listen(events: &Receiver<ServiceEvent>, sender: &UnboundedSender<Announcement>) {
    let mut known = Known::default();
    while let Ok(event) = events.recv() {
        let news = match event {
            ServiceEvent::ServiceResolved(service) => {
                let addresses = service.addresses.iter().map(mdns_sd::ScopedIp::to_ip_addr);
                announced(&service.fullname, service.port, &service.host, addresses).and_then(|seen| known.seen(seen))
            }
            ServiceEvent::ServiceRemoved(_, full_name) => known.gone(&full_name),
            _ => None,
        };
        if news.is_some_and(|news| sender.send(news).is_err()) {
            return;
        }
    }
}

/// What was told so far: the same is not told twice, and none leaves that has not come.
#[derive(Default)]
struct Known(BTreeMap<String, Announced>);

impl Known {
    fn seen(&mut self, seen: Announced) -> Option<Announcement> {
        if self.0.get(&seen.name) == Some(&seen) {
            return None;
        }
        self.0.insert(seen.name.clone(), seen.clone());
        Some(Announcement::Seen(seen))
    }

    fn gone(&mut self, full_name: &str) -> Option<Announcement> {
        let gone = self.0.remove(instance_name(full_name)?)?;
        Some(Announcement::Gone { name: gone.name })
    }
}

/// The announcement of an opencode server; `None` for what is none, or cannot be reached.
fn announced(full_name: &str, port: u16, host: &str, addresses: impl IntoIterator<Item = IpAddr>) -> Option<Announced> {
    let name = instance_name(full_name)?;
    // opencode names itself after its port: another port is another program's, or a name made up because of a collision.
    let digits = name.strip_prefix("opencode-")?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || digits.parse() != Ok(port) || port == 0 {
        return None;
    }
    let mut addresses: Vec<IpAddr> = addresses.into_iter().filter(can_be_reached).collect();
    // IPv4 sorts first.
    addresses.sort_unstable();
    addresses.dedup();
    (!addresses.is_empty()).then(|| Announced {
        name: name.to_owned(),
        port,
        host: host.strip_suffix('.').unwrap_or(host).to_owned(),
        addresses,
    })
}

/// `opencode-4096` of `opencode-4096._http._tcp.local.`
fn instance_name(full_name: &str) -> Option<&str> {
    full_name.strip_suffix(SERVICE)?.strip_suffix('.')
}

/// A loopback address means this machine to whoever reads it, and a link-local IPv6 address means nothing without its interface.
fn can_be_reached(address: &IpAddr) -> bool {
    let is_link_local = matches!(address, IpAddr::V6(address) if address.is_unicast_link_local());
    !(is_link_local || address.is_loopback() || address.is_unspecified() || address.is_multicast())
}

fn is_in_a_network() -> bool {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    interfaces.iter().any(|interface| !interface.is_loopback() && interface.is_oper_up())
}

/// Opens the port as the library will, together with other programs, and closes it again.
#[cfg(unix)]
fn port_can_be_opened() -> Result<(), LaunchError> {
    use rustix::net::{AddressFamily, SocketType, bind, socket, sockopt};
    use std::net::{Ipv4Addr, SocketAddrV4, SocketAddrV6};

    let open = |family, address: std::net::SocketAddr| {
        let socket = socket(family, SocketType::DGRAM, None)?;
        sockopt::set_socket_reuseaddr(&socket, true)?;
        // Not every system has it; the library goes on without it as well.
        let _unsupported = sockopt::set_socket_reuseport(&socket, true);
        if family == AddressFamily::INET6 {
            sockopt::set_ipv6_v6only(&socket, true)?;
        }
        bind(&socket, &address)
    };
    let by_ipv4 = open(AddressFamily::INET, SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, MDNS_PORT).into());
    // One of them is enough.
    by_ipv4
        .or_else(|error| {
            let address = SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, MDNS_PORT, 0, 0);
            open(AddressFamily::INET6, address.into()).map_err(|_| error)
        })
        .map_err(|error| LaunchError::AnnouncementPort { port: MDNS_PORT, source: error.into() })
}

/// Not looked at: there the port is always shared.
#[cfg(not(unix))]
fn port_can_be_opened() -> Result<(), LaunchError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Announced, Announcement, Known, announced};

    fn check(full_name: &str, port: u16, addresses: &[&str], expected: Option<(&str, &[&str])>) {
        let addresses = addresses.iter().map(|address| address.parse().unwrap());
        let seen = announced(full_name, port, "opencode.local.", addresses);
        let expected = expected.map(|(name, addresses)| Announced {
            name: name.to_owned(),
            port,
            host: "opencode.local".to_owned(),
            addresses: addresses.iter().map(|address| address.parse().unwrap()).collect(),
        });
        assert_eq!(seen, expected, "{full_name}");
    }

    #[test]
    fn only_names_of_opencode_with_their_port_count() {
        let address = &["10.0.0.2"];
        check("opencode-4096._http._tcp.local.", 4096, address, Some(("opencode-4096", address)));
        for (name, port) in [
            ("opencode-4096", 4096),
            ("opencode-4096._http._tcp.local.", 4097),
            ("opencode-._http._tcp.local.", 4096),
            ("opencode-0._http._tcp.local.", 0),
            ("opencode-+96._http._tcp.local.", 96),
            ("opencode-65536._http._tcp.local.", 0),
            ("opencode-4096 (2)._http._tcp.local.", 4096),
            ("my-opencode-4096._http._tcp.local.", 4096),
            ("Printer._http._tcp.local.", 80),
            ("opencode-4096._ipp._tcp.local.", 4096),
            ("_http._tcp.local.", 4096),
        ] {
            check(name, port, address, None);
        }
    }

    #[test]
    fn addresses_that_lead_nowhere_are_dropped_and_ipv4_comes_first() {
        let name = "opencode-4096._http._tcp.local.";
        let all = ["fd00::2", "fe80::1", "::1", "192.168.1.4", "127.0.0.1", "0.0.0.0", "10.0.0.2", "fd00::2"];
        check(name, 4096, &all, Some(("opencode-4096", &["10.0.0.2", "192.168.1.4", "fd00::2"])));
        check(name, 4096, &["fe80::1", "127.0.0.1"], None);
        check(name, 4096, &[], None);
    }

    #[test]
    fn only_changes_are_told() {
        let seen = |address: &str| {
            let addresses = [address.parse().unwrap()];
            announced("opencode-4096._http._tcp.local.", 4096, "opencode.local.", addresses).unwrap()
        };
        let mut known = Known::default();
        let gone = |known: &mut Known| known.gone("opencode-4096._http._tcp.local.");
        assert_eq!(gone(&mut known), None, "it never came");
        assert!(known.seen(seen("10.0.0.2")).is_some());
        assert_eq!(known.seen(seen("10.0.0.2")), None, "nothing has changed");
        assert!(known.seen(seen("10.0.0.3")).is_some());
        assert_eq!(gone(&mut known), Some(Announcement::Gone { name: "opencode-4096".to_owned() }));
        assert_eq!(gone(&mut known), None, "it is gone already");
        assert!(known.seen(seen("10.0.0.3")).is_some(), "it is back");
    }
}
