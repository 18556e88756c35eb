//! How a server is reached, beside its host and port.

use opencode_api::{BasePath, Scheme, Trust};

use crate::discovery::Endpoint;
use crate::{Instance, Kind};

/// How a server is reached, beside its host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Whether it is encrypted.
    pub scheme: Scheme,
    /// The path that a reverse proxy has put it under.
    pub base: BasePath,
    /// Which certificate is good enough, where it is encrypted.
    pub trust: Trust,
    /// Whether it stays on this machine.
    pub is_here: bool,
}

impl Default for Way {
    /// As opencode itself listens on this machine.
    fn default() -> Self {
        Self { scheme: Scheme::Http, base: BasePath::default(), trust: Trust::System, is_here: true }
    }
}

impl Instance {
    /// Where it is reached, without credentials: `http://127.0.0.1:4096`, `https://build.example/opencode`.
    pub fn url(&self) -> Option<String> {
        self.endpoint().map(|endpoint| endpoint.url())
    }

    /// Whether what is sent to it can be read by whoever carries it.
    pub fn is_overheard(&self) -> bool {
        self.kind == Kind::Remote && self.way.scheme == Scheme::Http && !self.way.is_here
    }

    /// Where it is reached.
    pub(crate) fn endpoint(&self) -> Option<Endpoint> {
        let Way { scheme, base, is_here, .. } = &self.way;
        let plain = Endpoint::new(&self.host, self.port?);
        let is_here = plain.is_here || (*is_here && self.kind == Kind::Remote);
        Some(Endpoint { is_here, ..plain.behind(*scheme, &self.host, base.clone()) })
    }

    /// Whether this is where it is reached. A server of this machine may be known by any of its addresses.
    pub(crate) fn is_at(&self, endpoint: &Endpoint) -> bool {
        self.endpoint().is_some_and(|own| {
            let is_same_port = own.port == endpoint.port && own.is_direct() && endpoint.is_direct();
            own == *endpoint || (endpoint.is_here && is_same_port)
        })
    }
}
