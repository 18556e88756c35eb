//! One container as its engine tells it, as far as it concerns us.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Asker, ContainerRef};
use crate::discovery::{Credentials, Endpoint};
use crate::{Failure, InstanceId, Profile, Timestamp};

/// One container as its engine tells it, as far as it concerns us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ContainerSeen {
    pub(crate) container: ContainerRef,
    pub(crate) phase: Phase,
    /// The instance of ours that it was made for, by a host with our state folder. What has another one's is somebody else's.
    pub(crate) mark: Option<Mark>,
    /// Where its server is reached from here, while it runs.
    pub(crate) endpoint: Option<Endpoint>,
    /// What it serves.
    pub(crate) directory: Option<PathBuf>,
    /// Whether its command says that it serves: it is worth showing though it does not run.
    pub(crate) serves: bool,
    /// What its server wants to hear, by its environment.
    pub(crate) credentials: Option<Credentials>,
    pub(crate) started_at: Option<Timestamp>,
    /// Of one of ours: what it was made with, for an instance whose profile is lost.
    pub(crate) made_with: Option<Arc<Profile>>,
}

/// What the labels of a container of ours say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) instance: InstanceId,
    pub(crate) name: String,
}

/// How a container is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It runs.
    Running,
    /// Somebody has paused it.
    Paused,
    /// It is on its way up or out.
    Between,
    /// It was made and not started yet.
    Made,
    /// It has ended.
    Ended(Box<Ended>),
}

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) failure: Failure,
    /// It ended by itself and says that all is well.
    pub(crate) is_clean: bool,
    /// Who asked it to; none: nobody did, as far as is known.
    pub(crate) asked: Option<Asker>,
}

impl Phase {
    /// Whether it has a process.
    pub(crate) fn is_up(&self) -> bool {
        matches!(self, Self::Running | Self::Paused)
    }
}
