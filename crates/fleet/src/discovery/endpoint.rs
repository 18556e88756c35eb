//! Where a server answers, in one way of writing for all sources.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use opencode_api::{BasePath, Port, Scheme, ServerAddress, Trust};

use super::Credentials;
use crate::Way;

/// Where a server answers.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) scheme: Scheme,
    /// A name in lower case or an IP address without brackets.
    pub(crate) host: String,
    pub(crate) port: Port,
    /// The path that a reverse proxy has put it under.
    pub(crate) base: BasePath,
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
        Self { scheme: Scheme::Http, host, port, base: BasePath::default(), is_here }
    }

    /// The same behind what a person wrote around it. A certificate is for a name, so an encrypted `localhost` keeps its own.
    #[must_use]
    pub(crate) fn behind(mut self, scheme: Scheme, written: &str, base: BasePath) -> Self {
        if scheme == Scheme::Https && written.eq_ignore_ascii_case("localhost") {
            "localhost".clone_into(&mut self.host);
        }
        Self { scheme, base, ..self }
    }

    /// The same, known to be on this machine if the host is one of its addresses.
    #[must_use]
    pub(crate) fn among(mut self, own: &[IpAddr]) -> Self {
        self.is_here |= self.host.parse::<IpAddr>().is_ok_and(|address| own.contains(&address));
        self
    }

    /// Whether it can be opencode itself that listens there: it speaks no TLS, and serves at the root.
    pub(crate) fn is_direct(&self) -> bool {
        self.scheme == Scheme::Http && self.base.is_root()
    }

    /// Whether what is sent there can be read by whoever carries it.
    pub(crate) fn is_overheard(&self) -> bool {
        self.scheme == Scheme::Http && !self.is_here
    }

    /// Under what name the password of a user there is kept.
    pub(crate) fn account(&self, user: &str) -> String {
        format!("{user}@{self}")
    }

    /// As a person would write it, without credentials.
    pub(crate) fn url(&self) -> String {
        if self.is_direct() { format!("{}://{self}", self.scheme) } else { self.to_string() }
    }

    /// How it is reached, with what is trusted there.
    pub(crate) fn way(&self, trust: Trust) -> Way {
        Way { scheme: self.scheme, base: self.base.clone(), trust, is_here: self.is_here }
    }

    /// As a client takes it.
    pub(crate) fn address(&self, trust: &Trust, credentials: Option<&Credentials>) -> ServerAddress {
        let bare = ServerAddress::loopback(self.port, credentials.map(|credentials| credentials.password.clone()));
        ServerAddress {
            scheme: self.scheme,
            host: self.host.clone(),
            base: self.base.clone(),
            trust: trust.clone(),
            user: credentials.map_or(bare.user, |credentials| credentials.user.clone()),
            ..bare
        }
    }
}

/// Where it is decides; whether that is this machine is only known or not.
impl PartialEq for Endpoint {
    fn eq(&self, other: &Self) -> bool {
        self.port == other.port && self.host == other.host && self.scheme == other.scheme && self.base == other.base
    }
}

impl Eq for Endpoint {}

/// `HOST:PORT` where opencode itself may listen, and the whole URL where something stands before it. Passwords are kept under
/// it, so it may never change.
impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_direct() {
            write!(formatter, "{}://", self.scheme)?;
        }
        if self.host.contains(':') {
            write!(formatter, "[{}]", self.host)?;
        } else {
            write!(formatter, "{}", self.host)?;
        }
        if self.is_direct() || self.port != self.scheme.usual_port() {
            write!(formatter, ":{}", self.port)?;
        }
        write!(formatter, "{}", self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;
    use crate::Port;
    use opencode_api::{BasePath, Scheme};

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

    #[test]
    fn what_stands_before_a_server_tells_it_apart() {
        let at = |scheme, host, port, base| {
            let base = BasePath::parse(base).unwrap();
            Endpoint::new(host, Port::new(port).unwrap()).behind(scheme, host, base)
        };
        let direct = at(Scheme::Http, "build", 443, "");
        for (endpoint, expected) in [
            (at(Scheme::Https, "build", 443, ""), "https://build"),
            (at(Scheme::Https, "Build", 8443, "/a/"), "https://build:8443/a"),
            (at(Scheme::Http, "build", 80, "/a"), "http://build/a"),
            (at(Scheme::Https, "fd00::2", 443, "/a"), "https://[fd00::2]/a"),
            (at(Scheme::Https, "localhost", 443, ""), "https://localhost"),
        ] {
            assert_eq!(endpoint.to_string(), expected);
            assert!(endpoint != direct && !endpoint.is_direct(), "{expected}");
            assert_eq!(endpoint.account("me"), format!("me@{expected}"));
        }
        assert!(at(Scheme::Https, "localhost", 443, "").is_here);
        assert!(direct.is_overheard() && !at(Scheme::Https, "build", 443, "").is_overheard());
        assert!(!at(Scheme::Http, "localhost", 1, "").is_overheard());
    }
}
