//! Instances that we did not start: what can happen about them, and what we do about it.
//!
//! Each source tells the complete list of what it sees; `reduce::discovery` makes one instance of all that mean the same server.

mod address;
mod attachment;
mod credentials;
mod endpoint;
mod found;
mod sightings;

use launch::ProcessIdentity;
use opencode_api::UntrustedCertificate;

pub(crate) use address::Address;
pub use address::AddressError;
pub(crate) use attachment::{Attachment, Kept, Said};
pub use credentials::{Credentials, Keep, Overhearing};
pub(crate) use endpoint::Endpoint;
pub(crate) use found::{Found, ProcessSeen};
pub(crate) use sightings::Sightings;

use crate::InstanceId;
use crate::event::{CallId, RunId};
use std::path::PathBuf;
use std::sync::Arc;

/// By what an instance is known, in the order of trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// We started it.
    Started,
    /// A process of this machine.
    Process,
    /// The registry that programs share.
    Registry,
    /// opencode's own file for its background service.
    ServiceFile,
    /// The person added its address.
    Added,
    /// It announces itself in the local network.
    Mdns,
    /// A container of an engine of this machine.
    Container,
}

/// What can happen about instances of others.
#[derive(Debug)]
pub(crate) enum DiscoveryEvent {
    /// This is all that a source sees.
    SourceSeen { source: Source, found: Vec<Found> },
    /// Somebody has added this address; the list with it has been seen.
    Added { call: CallId, endpoint: Endpoint, credentials: Option<Credentials> },
    /// Somebody has changed an address on the list to this one, or how it lets us in; the list with it has been seen.
    Changed { call: CallId, endpoint: Endpoint, credentials: Option<Credentials> },
    /// Somebody gave a password that the server takes.
    Unlocked { call: CallId, at: RunId, credentials: Credentials },
    /// Somebody wants the process of somebody else ended, and was shown this one.
    StopExternal { call: CallId, id: InstanceId, pid: u32 },
    /// What answers there shows a certificate that is not trusted. Nothing was sent to it.
    Untrusted { at: RunId, certificate: Arc<UntrustedCertificate>, reason: String },
    /// A server was reached there: whether it asks for a password, and what it serves.
    Reached { at: RunId, endpoint: Endpoint, is_secured: bool, directory: Option<PathBuf> },
}

/// What we do about instances of others.
#[derive(Debug)]
pub(crate) enum DiscoveryEffect {
    /// Use these credentials with a server of ours.
    LetIn { at: RunId, endpoint: Endpoint, credentials: Credentials },
    /// Take an address off the person's list, and its password out of the keyring.
    ForgetAddress { endpoint: Endpoint },
    /// Give an address on the person's list another name.
    RenameAddress { id: InstanceId, name: String },
    /// End a server that one of us has started and that belongs to no instance, if that is so on disk, too.
    Reap { instance: InstanceId, identity: ProcessIdentity },
}

impl DiscoveryEvent {
    /// The run that a report is about.
    pub(crate) fn run(&self) -> Option<&RunId> {
        match self {
            Self::Reached { at, .. } | Self::Untrusted { at, .. } => Some(at),
            Self::SourceSeen { .. }
            | Self::Added { .. }
            | Self::Changed { .. }
            | Self::Unlocked { .. }
            | Self::StopExternal { .. } => None,
        }
    }
}
