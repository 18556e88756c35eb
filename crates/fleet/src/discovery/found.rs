//! One thing that a source sees: what that source knows of a server, and no more.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use launch::ProcessIdentity;
use opencode_api::Trust;

use super::{Credentials, Endpoint, Source};
use crate::{InstanceId, Role, Timestamp};

/// One thing that a source sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) source: Source,
    /// Where it says that the server answers.
    pub(crate) endpoint: Option<Endpoint>,
    /// The process, when the source sees it.
    pub(crate) process: Option<ProcessSeen>,
    /// The process, when somebody wrote its number down.
    pub(crate) pid: Option<u32>,
    /// The id that the source has for it.
    pub(crate) id: Option<InstanceId>,
    pub(crate) name: Option<String>,
    pub(crate) directory: Option<PathBuf>,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) credentials: Option<Credentials>,
    /// Which certificate is good enough there.
    pub(crate) trust: Trust,
    /// Whether it is surely an opencode, so that it is shown even if no other source knows it.
    pub(crate) is_verified: bool,
}

/// A process that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProcessSeen {
    pub(crate) identity: ProcessIdentity,
    pub(crate) role: Role,
    /// For a person, secrets masked.
    pub(crate) command: String,
    pub(crate) listens: Vec<SocketAddr>,
    /// What stands above it for it alone, outermost first.
    pub(crate) wrappers: Vec<u32>,
    /// The instance that a host with our state folder started it for.
    pub(crate) mark: Option<InstanceId>,
}

impl Found {
    /// Nothing but where it comes from.
    pub(crate) fn by(source: Source) -> Self {
        Self {
            source,
            endpoint: None,
            process: None,
            pid: None,
            id: None,
            name: None,
            directory: None,
            started_at: None,
            credentials: None,
            trust: Trust::System,
            is_verified: false,
        }
    }

    /// Whether it is worth showing when no other source knows it. A server that does not listen (yet) is not: it is on its way up,
    /// or in a container whose ports are not ours.
    pub(crate) fn is_shown_alone(&self) -> bool {
        match &self.process {
            Some(process) => process.role == Role::Tui || !process.listens.is_empty(),
            None => self.is_verified,
        }
    }
}

impl ProcessSeen {
    /// Whether it is the process with that number, or one that a wrapper with that number stands for.
    pub(crate) fn is_or_is_under(&self, pid: u32) -> bool {
        self.identity.pid == pid || self.wrappers.contains(&pid)
    }

    /// Whether it listens on this very address.
    pub(crate) fn listens_at(&self, endpoint: &Endpoint) -> bool {
        if !endpoint.is_direct() {
            // Something else stands there before it.
            return false;
        }
        let host: Option<IpAddr> = endpoint.host.parse().ok();
        self.listens.iter().any(|socket| socket.port() == endpoint.port.get() && Some(socket.ip()) == host)
    }

    /// Whether it listens there, on this very address or on all of this machine.
    pub(crate) fn answers_at(&self, endpoint: &Endpoint) -> bool {
        let is_everywhere = |socket: &SocketAddr| socket.ip().is_unspecified() && socket.port() == endpoint.port.get();
        let is_here = endpoint.is_here && endpoint.is_direct();
        self.listens_at(endpoint) || (is_here && self.listens.iter().any(is_everywhere))
    }

    /// Where we reach it.
    pub(crate) fn endpoints(&self) -> Vec<Endpoint> {
        let mut endpoints: Vec<Endpoint> = Vec::new();
        for socket in &self.listens {
            let Some(port) = opencode_api::Port::new(socket.port()) else { continue };
            let endpoint = Endpoint { is_here: true, ..Endpoint::new(&socket.ip().to_string(), port) };
            if !endpoints.contains(&endpoint) {
                endpoints.push(endpoint);
            }
        }
        endpoints
    }
}
