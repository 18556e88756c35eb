//! The address of a server as a person writes it.

use opencode_api::{BasePath, Port, Scheme};

use super::{Credentials, Endpoint};

/// The address of a server, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) endpoint: Endpoint,
    /// The user's name, if the address has one.
    pub(crate) user: Option<String>,
    /// The password, if the address has one.
    pub(crate) credentials: Option<Credentials>,
}

/// What is wrong with an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was written.
    #[error("An address is needed, such as `http://build.example:4096`")]
    Empty,
    /// We cannot speak that.
    #[error("The address begins with `{scheme}://`; only `https://` and `http://` can be spoken")]
    Scheme {
        /// What it begins with.
        scheme: String,
    },
    /// There is no host in it, or nothing that can be one.
    #[error(
        "`{host}` is no host; write a name such as `build.example`, an IPv4 address, or an IPv6 address in brackets"
    )]
    Host {
        /// What is in its place.
        host: String,
    },
    /// The port is no port.
    #[error("`{port}` is no port; write a number from 1 to 65535")]
    Port {
        /// What is in its place.
        port: String,
    },
    /// There is more than a path after the port.
    #[error("The address ends with `{rest}`; only a path may stand there, such as `/opencode`")]
    Rest {
        /// What is there.
        rest: String,
    },
    /// Another one on the person's list has this address.
    #[error("`{url}` is on your list already, as `{name}`; remove that one first, or use it")]
    OnTheList {
        /// The address.
        url: String,
        /// What the other one is called.
        name: String,
    },
    /// It is not on the person's list, so there is nothing to change.
    #[error("`{name}` was not added by its address, so it has none that could be changed")]
    NotAdded {
        /// What the person calls it.
        name: String,
    },
    /// A user was named, and there is no password to send with the name.
    #[error("The user `{user}` was named without a password, and none is kept for `{url}`; give the password, too")]
    UserAlone {
        /// The user's name.
        user: String,
        /// The address.
        url: String,
    },
    /// A certificate is to be trusted where none is shown.
    #[error("`{url}` shows no certificate that could be trusted; write `https://`")]
    NoCertificate {
        /// The address.
        url: String,
    },
}

impl Address {
    /// Understands `http://HOST:PORT`, `HOST:PORT`, `https://USER:PASSWORD@HOST:PORT/PATH`.
    pub(crate) fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (Scheme::Http, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (Scheme::Https, rest),
            Some((scheme, _)) => return Err(AddressError::Scheme { scheme: scheme.to_owned() }),
            None => (Scheme::Http, text),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        // A password with such a letter in it that was not written out would be part of this.
        let base = if tail.contains('@') { None } else { BasePath::parse(tail) };
        let base = base.ok_or_else(|| {
            let rest = if tail.contains('@') { "…".to_owned() } else { tail.to_owned() };
            AddressError::Rest { rest }
        })?;
        let (who, place) = match authority.rsplit_once('@') {
            Some((who, place)) => (Some(who), place),
            None => (None, authority),
        };
        let (host, port) = split(place, scheme)?;
        let (user, password) = match who.map(|who| who.split_once(':').unwrap_or((who, ""))) {
            Some((user, password)) => (Some(decoded(user)), Some(decoded(password))),
            None => (None, None),
        };
        let user = user.filter(|user| !user.is_empty());
        let credentials = password
            .filter(|password| !password.is_empty())
            .map(|password| Credentials::new(user.as_deref(), password));
        Ok(Self { endpoint: Endpoint::new(host, port).behind(scheme, host, base), user, credentials })
    }
}

/// Host and port.
fn split(place: &str, scheme: Scheme) -> Result<(&str, Port), AddressError> {
    let wrong = || AddressError::Host { host: place.to_owned() };
    let (host, port) = if let Some(inner) = place.strip_prefix('[') {
        let (address, rest) = inner.split_once(']').ok_or_else(wrong)?;
        address.parse::<std::net::Ipv6Addr>().map_err(|_| wrong())?;
        match rest.strip_prefix(':') {
            Some(port) => (address, Some(port)),
            None if rest.is_empty() => (address, None),
            None => return Err(wrong()),
        }
    } else {
        match place.split_once(':') {
            // An IPv6 address without brackets: where its port begins nobody knows.
            Some((_, port)) if port.contains(':') => return Err(wrong()),
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        }
    };
    let is_letter = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_');
    if !place.starts_with('[') && (host.is_empty() || !host.chars().all(is_letter)) {
        return Err(AddressError::Host { host: host.to_owned() });
    }
    let Some(port) = port else { return Ok((host, scheme.usual_port())) };
    let number = port.parse().ok().and_then(Port::new);
    Ok((host, number.ok_or_else(|| AddressError::Port { port: port.to_owned() })?))
}

/// With `%41` made `A`; what is no such code stays.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = bytes.get(at + 1..at + 3).and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok()).filter(|_| bytes[at] == b'%');
        decoded.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Address, AddressError};

    fn check(text: &str, endpoint: &str, credentials: Option<(&str, &str)>) {
        let address = Address::parse(text).unwrap();
        assert_eq!(address.endpoint.to_string(), endpoint, "{text}");
        let got = address.credentials.as_ref();
        assert_eq!(got.map(|got| (got.user.as_str(), got.password.expose())), credentials, "{text}");
    }

    #[test]
    fn addresses_are_understood() {
        check("http://build.example:4096", "build.example:4096", None);
        check(" HTTP://Build.Example:4096/ ", "build.example:4096", None);
        check("build:4096", "build:4096", None);
        check("10.0.0.2:4096", "10.0.0.2:4096", None);
        check("localhost:4096", "127.0.0.1:4096", None);
        check("http://build", "build:80", None);
        check("[fd00::2]:4096", "[fd00::2]:4096", None);
        check("http://[FD00:0::2]", "[fd00::2]:80", None);
        check("http://me:se%40cret@build:1", "build:1", Some(("me", "se@cret")));
        check("http://:pw@build:1", "build:1", Some(("opencode", "pw")));
        check("http://a:b:c@build:1", "build:1", Some(("a", "b:c")));
        check("https://build.example", "https://build.example", None);
        check("HTTPS://Build.Example:443/", "https://build.example", None);
        check("https://me:pw@build:8443/Open%20code/", "https://build:8443/Open%20code", Some(("me", "pw")));
        check("https://[fd00::2]/opencode", "https://[fd00::2]/opencode", None);
        check("https://localhost:8443", "https://localhost:8443", None);
        check("build:4096/opencode", "http://build:4096/opencode", None);
        check("build/opencode", "http://build/opencode", None);
        check("http://build:4096/a/../b", "http://build:4096/b", None);
        assert_eq!(Address::parse("me@build:1").unwrap().user.as_deref(), Some("me"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let fails = |text: &str| Address::parse(text).unwrap_err();
        assert_eq!(fails("  "), AddressError::Empty);
        assert!(matches!(fails("ftp://build"), AddressError::Scheme { .. }));
        assert!(matches!(fails("http://build:4096/session?x"), AddressError::Rest { rest } if rest == "/session?x"));
        assert!(matches!(fails("build?x=1"), AddressError::Rest { .. }));
        for port in ["0", "65536", "x", "", "-1"] {
            assert!(matches!(fails(&format!("build:{port}")), AddressError::Port { .. }), "{port}");
        }
        for host in ["fd00::2", "[build]:1", "[::1", "[::1]x", "", "a b:1", "http://:4096", "http://me@:1"] {
            let text = if host.is_empty() { "http://" } else { host };
            assert!(matches!(fails(text), AddressError::Host { .. }), "{text}: {:?}", fails(text));
        }
        assert!(!fails("http://me:hun/ter2@build").to_string().contains("ter2"), "no password in an error");
    }

    proptest! {
        #[test]
        fn anything_is_understood_or_refused(text in ".{0,40}") {
            let _either = Address::parse(&text);
        }
    }
}
