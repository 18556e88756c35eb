//! Containers: what can happen about them, and what we do about it.
//!
//! Each engine tells the complete list of what it has that concerns us; `reduce::containers` decides what follows.

mod asker;
mod container_ref;
mod engine_seen;
mod engine_summary;
mod get_image;
mod install;
mod seen;
mod start_asked;

pub(crate) use asker::Asker;
use std::path::PathBuf;

pub use container_ref::ContainerRef;
pub(crate) use engine_seen::{EngineSeen, Engines};
pub use engine_summary::EngineSummary;
pub(crate) use get_image::GetImage;
pub use install::INSTALL_AN_ENGINE;
pub(crate) use seen::{ContainerSeen, Ended, Mark, Phase};
pub(crate) use start_asked::StartAsked;

use crate::event::{CallId, RunId, StartCall};
use crate::registry::DockerEntry;
use crate::{FleetError, InstanceId, Port, Timestamp};

/// What can happen about containers.
#[derive(Debug)]
pub(crate) enum ContainersEvent {
    /// These are the containers in the shared registry.
    Listed { entries: Vec<DockerEntry> },
    /// This is what an engine has, or why it cannot be asked.
    EngineSeen { engine: String, seen: EngineSeen },
    /// Nobody looks at this engine any more.
    EngineLeft { engine: String },
    /// An instance that was forgotten while its engine could not be asked runs: somebody has started it since.
    Returned { id: InstanceId },
    /// The container of a start is about to be made or started at this engine, by its address.
    Settles { at: RunId, engine: String },
    /// Somebody else's container was started, and whatever its engine shows of it was seen since.
    StartSeen { at: RunId },
    /// The container of a start runs, and where it is reached is known.
    Up { at: RunId, up: Box<Up> },
    /// A start was given up, and its container goes on: it was at work before, or could not be stopped.
    Outlived { at: RunId, reason: String },
    /// What is left of an instance that is to be forgotten was removed, or could not be.
    Removed { id: InstanceId, result: Result<(), FleetError> },
    /// Somebody wants an instance that does not run started, with its image got again.
    GetImageAgain { call: CallId, id: InstanceId },
    /// The same of one that may not be there yet.
    StartWithImageAgain { call: CallId, start: StartCall },
}

/// A container of ours that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Up {
    pub(crate) container: ContainerRef,
    pub(crate) host: String,
    pub(crate) port: Port,
    /// When it was started, by the engine's clock.
    pub(crate) since: Timestamp,
}

/// What we do about containers.
#[derive(Debug)]
pub(crate) enum ContainersEffect {
    /// Stop a container.
    Stop { at: RunId, container: ContainerRef },
    /// Start a container of somebody else's that exists.
    Start { at: RunId, container: ContainerRef },
    /// Give the container of an instance of ours the instance's new name.
    Rename { id: InstanceId, container: ContainerRef, name: String },
    /// Remove the container of an instance of ours, and its volume if that is wanted.
    Remove(Box<Removal>),
}

/// What is to be removed at an engine before an instance of ours is forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Removal {
    pub(crate) id: InstanceId,
    pub(crate) name: String,
    pub(crate) directory: PathBuf,
    /// As the profile names it.
    pub(crate) engine: Option<String>,
    /// The container that is known; there may be another one with the instance's label.
    pub(crate) container: Option<ContainerRef>,
    pub(crate) with_data: bool,
}

impl ContainersEvent {
    /// The run that a report is about.
    pub(crate) fn run(&self) -> Option<&RunId> {
        match self {
            Self::Settles { at, .. } | Self::Up { at, .. } | Self::Outlived { at, .. } | Self::StartSeen { at } => {
                Some(at)
            }
            Self::Listed { .. }
            | Self::EngineSeen { .. }
            | Self::EngineLeft { .. }
            | Self::Returned { .. }
            | Self::Removed { .. }
            | Self::GetImageAgain { .. }
            | Self::StartWithImageAgain { .. } => None,
        }
    }
}
