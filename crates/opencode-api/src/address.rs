//! Where a server answers and what it wants to hear first.

use std::fmt;

use crate::{Port, Secret};

/// Name that opencode expects unless it was told another.
const DEFAULT_USER: &str = "opencode";

/// Host, port and credentials of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress {
    /// A name or an IP address; an IPv6 address without brackets.
    pub host: String,
    /// Its port.
    pub port: Port,
    /// The user's name for HTTP Basic.
    pub user: String,
    /// The password; none for a server that has none.
    pub password: Option<Secret>,
}

impl ServerAddress {
    /// A server on this machine.
    pub fn loopback(port: Port, password: Option<Secret>) -> Self {
        Self { host: "127.0.0.1".to_owned(), port, user: DEFAULT_USER.to_owned(), password }
    }

    /// The address as a URL without credentials.
    pub fn origin(&self) -> String {
        if self.host.contains(':') {
            format!("http://[{}]:{}", self.host, self.port)
        } else {
            format!("http://{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())
    }
}

#[cfg(test)]
mod tests {
    use super::ServerAddress;
    use crate::{Port, Secret};

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
        assert_eq!(address.origin(), "http://[::1]:80");
    }
}
