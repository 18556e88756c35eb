//! Where a server answers and what it wants to hear first.

use std::fmt;

use crate::{BasePath, Port, Secret, Trust};

/// Name that opencode expects unless it was told another.
const DEFAULT_USER: &str = "opencode";

/// Where a server answers, how the way there is protected, and the credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress {
    /// Whether the way there is encrypted.
    pub scheme: Scheme,
    /// A name or an IP address; an IPv6 address without brackets.
    pub host: String,
    /// Its port.
    pub port: Port,
    /// The path that a reverse proxy has put it under.
    pub base: BasePath,
    /// Which certificate is good enough; only asked for `https`.
    pub trust: Trust,
    /// The user's name for HTTP Basic.
    pub user: String,
    /// The password; none for a server that has none.
    pub password: Option<Secret>,
}

/// Whether the way to a server is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// It is not: whoever carries what is sent can read it.
    #[default]
    Http,
    /// It is, and the server shows a certificate.
    Https,
}

impl Scheme {
    /// As a URL begins.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port that is meant where none is written.
    pub fn usual_port(self) -> Port {
        let number = match self {
            Self::Http => 80,
            Self::Https => 443,
        };
        Port::new(number).expect("neither is 0")
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ServerAddress {
    /// A server on this machine.
    pub fn loopback(port: Port, password: Option<Secret>) -> Self {
        Self {
            scheme: Scheme::Http,
            host: "127.0.0.1".to_owned(),
            port,
            base: BasePath::default(),
            trust: Trust::System,
            user: DEFAULT_USER.to_owned(),
            password,
        }
    }

    /// The address as a URL without credentials and without a slash at its end.
    pub fn url(&self) -> String {
        let Self { scheme, host, port, base, .. } = self;
        if host.contains(':') {
            format!("{scheme}://[{host}]:{port}{base}")
        } else {
            format!("{scheme}://{host}:{port}{base}")
        }
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url())
    }
}

#[cfg(test)]
mod tests {
    use super::{Scheme, ServerAddress};
    use crate::{BasePath, Port, Secret};

    #[test]
    fn shows_no_password() {
        let port = Port::new(3100).expect("3100 is not 0");
        let address = ServerAddress::loopback(port, Some(Secret::new("hunter2")));
        assert_eq!(address.to_string(), "http://127.0.0.1:3100");
        assert!(!format!("{address:?}").contains("hunter2"));
    }

    #[test]
    fn writes_ipv6_in_brackets() {
        let port = Port::new(80).expect("80 is not 0");
        let address = ServerAddress { host: "::1".to_owned(), ..ServerAddress::loopback(port, None) };
        assert_eq!(address.url(), "http://[::1]:80");
    }

    #[test]
    fn writes_scheme_and_base_path() {
        let base = BasePath::parse("/opencode/").expect("a path");
        let plain = ServerAddress::loopback(Scheme::Https.usual_port(), None);
        let address = ServerAddress { scheme: Scheme::Https, base, ..plain };
        assert_eq!(address.url(), "https://127.0.0.1:443/opencode");
    }
}
