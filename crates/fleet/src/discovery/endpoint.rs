//! Where a server answers, in one way of writing for all sources.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use opencode_api::Port;

/// Where a server answers.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    /// A name in lower case or an IP address without brackets.
    pub(crate) host: String,
    pub(crate) port: Port,
    /// Whether the host is this machine.
    pub(crate) is_here: bool,
}

impl Endpoint {
    /// With the host as somebody wrote it. What means "anywhere on this machine" is where we reach it.
    pub(crate) fn new(host: &str, port: Port) -> Self {
        let bare = host.trim().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let host = match bare.as_str() {
            "" | "localhost" | "0.0.0.0" | "::" | "*" => Ipv4Addr::LOCALHOST.to_string(),
            // One way of writing for each address.
            _ => bare.parse::<IpAddr>().map_or(bare.clone(), |address| address.to_canonical().to_string()),
        };
        let is_here = host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        Self { host, port, is_here }
    }

    /// The same, known to be on this machine if the host is one of its addresses.
    #[must_use]
    pub(crate) fn among(mut self, own: &[IpAddr]) -> Self {
        self.is_here |= self.host.parse::<IpAddr>().is_ok_and(|address| own.contains(&address));
        self
    }

    /// Under what name the password of a user there is kept.
    pub(crate) fn account(&self, user: &str) -> String {
        format!("{user}@{self}")
    }
}

/// Where it is decides; whether that is this machine is only known or not.
impl PartialEq for Endpoint {
    fn eq(&self, other: &Self) -> bool {
        self.port == other.port && self.host == other.host
    }
}

impl Eq for Endpoint {}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(formatter, "[{}]:{}", self.host, self.port)
        } else {
            write!(formatter, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;
    use crate::Port;

    #[test]
    fn one_place_is_written_in_one_way() {
        for (written, expected, is_here) in [
            ("localhost", "127.0.0.1:4096", true),
            ("0.0.0.0", "127.0.0.1:4096", true),
            ("", "127.0.0.1:4096", true),
            ("::", "127.0.0.1:4096", true),
            ("[::1]", "[::1]:4096", true),
            ("0:0:0:0:0:0:0:1", "[::1]:4096", true),
            ("::ffff:10.0.0.2", "10.0.0.2:4096", false),
            ("Build.Example", "build.example:4096", false),
        ] {
            let endpoint = Endpoint::new(written, Port::new(4096).unwrap());
            assert_eq!((endpoint.to_string().as_str(), endpoint.is_here), (expected, is_here), "{written}");
        }
        let own = ["10.0.0.2".parse().unwrap()];
        assert!(Endpoint::new("10.0.0.2", Port::new(1).unwrap()).among(&own).is_here);
    }
}
