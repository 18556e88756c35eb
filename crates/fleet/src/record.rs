//! What we keep on disk of an instance that is ours: enough to know it again, and its process, after we were killed.
//!
//! The password is not in it: it is read back from the environment of the process.

use std::collections::BTreeSet;
use std::path::PathBuf;

use launch::ProcessIdentity;
use opencode_api::{Port, SessionId};

use crate::{InstanceId, Kind, ProcessElsewhere, Timestamp};

/// What we keep of an instance that is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) id: InstanceId,
    pub(crate) name: String,
    pub(crate) directory: PathBuf,
    /// The scripted model's port, for the tour.
    pub(crate) demo: Option<Port>,
    pub(crate) life: Life,
    /// The program of ours that wrote this.
    pub(crate) host: Option<ProcessIdentity>,
    /// How it ended the last time, when that was not asked for.
    pub(crate) last_end: Option<String>,
    pub(crate) after: Aftermath,
}

/// What goes on after a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Aftermath {
    /// Whether it sleeps: it ended because it was idle, and wakes when it is used.
    pub(crate) is_asleep: bool,
    /// Whether it ended without being asked to, and was neither started nor stopped since.
    pub(crate) is_crashed: bool,
    /// Sessions that ran when the server ended, until they are continued or dismissed.
    pub(crate) interrupted: BTreeSet<SessionId>,
    /// The process of another machine that its writer knows to have ended. Not on disk: it tells whether a record comes too late.
    pub(crate) ended_there: Option<ProcessElsewhere>,
}

/// How far an instance has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// Nothing runs, and that was asked for or has been told.
    Ended,
    /// A server is about to be started; on this port, where that is known before it runs.
    Intended { port: Option<Port> },
    /// This one runs.
    Runs(Running),
    /// This one was asked to end.
    Ending(Running),
}

/// A server that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Running {
    pub(crate) body: Body,
    /// Where it is reached, a name or an IP address.
    pub(crate) host: String,
    pub(crate) port: Port,
    pub(crate) since: Timestamp,
}

/// What a server of ours runs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// A process of this machine.
    Process(ProcessIdentity),
    /// A container: the engine's name or address, and the engine's id of it.
    Container { engine: String, id: String },
    /// A process of another machine.
    Elsewhere { host: String, process: ProcessElsewhere },
}

impl Body {
    /// What an instance with it runs in, while it does not run.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Process(_) => Kind::Process { identity: None },
            Self::Container { .. } => Kind::Docker { container: None },
            Self::Elsewhere { host, .. } => Kind::Ssh { host: host.clone(), process: None },
        }
    }
}

impl Running {
    /// The process of this machine that it runs in.
    pub(crate) fn process(&self) -> Option<&ProcessIdentity> {
        match &self.body {
            Body::Process(identity) => Some(identity),
            Body::Container { .. } | Body::Elsewhere { .. } => None,
        }
    }
}

impl Record {
    /// The server that it names.
    pub(crate) fn running(&self) -> Option<&Running> {
        match &self.life {
            Life::Runs(running) | Life::Ending(running) => Some(running),
            Life::Ended | Life::Intended { .. } => None,
        }
    }
}
