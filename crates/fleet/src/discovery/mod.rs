//! Instances that we did not start: what can happen about them, and what we do about it.
//!
//! Each source tells the complete list of what it sees; `reduce::discovery` makes one instance of all that mean the same server.

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
}

/// What can happen about instances of others.
#[derive(Debug)]
pub(crate) enum DiscoveryEvent {}

/// What we do about instances of others.
#[derive(Debug)]
pub(crate) enum DiscoveryEffect {}

impl DiscoveryEvent {
    /// The run that a report is about.
    pub(crate) fn run(&self) -> Option<&crate::event::RunId> {
        None
    }
}
