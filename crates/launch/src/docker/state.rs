//! How a container is.

use bollard::models::{ContainerStateStatusEnum as Status, ContainerSummaryStateEnum as Listed};

use crate::LaunchError;

/// How a container is, as a list of all of them tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// It was made but never started.
    Created,
    /// It runs.
    Running,
    /// It stands still until it is unpaused.
    Paused,
    /// The engine is starting it again.
    Restarting,
    /// It is being removed.
    Removing,
    /// It has ended.
    Exited,
    /// The engine could not remove all of it.
    Dead,
}

/// How a container is, in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContainerState {
    /// It runs.
    Running,
    /// It stands still: it answers nothing until it is unpaused.
    Paused,
    /// The engine is starting it again.
    Restarting,
    /// It was made but never started.
    Created,
    /// It has ended.
    Exited {
        /// With this code; 128 and the number of the signal when one ended it.
        code: i64,
        /// Whether the kernel killed it, or something in it, because it used too much memory.
        out_of_memory: bool,
        /// What the engine says of its end, mostly why it could not be started.
        message: Option<String>,
    },
    /// The engine could not remove all of it; it will not run again.
    Dead,
    /// It is being removed.
    Removing,
    /// There is no such container.
    Gone,
}

impl ContainerState {
    /// Whether it has a process: running, paused or on its way up again.
    pub fn is_up(&self) -> bool {
        matches!(self, Self::Running | Self::Paused | Self::Restarting)
    }
}

impl Phase {
    pub(super) fn of_list(state: Option<Listed>) -> Option<Self> {
        Some(match state? {
            Listed::CREATED => Self::Created,
            Listed::RUNNING | Listed::STOPPING => Self::Running,
            Listed::PAUSED => Self::Paused,
            Listed::RESTARTING => Self::Restarting,
            Listed::REMOVING => Self::Removing,
            Listed::EXITED => Self::Exited,
            Listed::DEAD => Self::Dead,
            Listed::EMPTY => return None,
        })
    }
}

pub(super) fn state_of(state: &bollard::models::ContainerState) -> Result<ContainerState, LaunchError> {
    Ok(match state.status {
        Some(Status::RUNNING | Status::STOPPING) => ContainerState::Running,
        Some(Status::PAUSED) => ContainerState::Paused,
        Some(Status::RESTARTING) => ContainerState::Restarting,
        Some(Status::CREATED) => ContainerState::Created,
        Some(Status::EXITED) => ContainerState::Exited {
            code: state.exit_code.unwrap_or_default(),
            out_of_memory: state.oom_killed.unwrap_or_default(),
            message: state.error.clone().filter(|text| !text.is_empty()),
        },
        Some(Status::DEAD) => ContainerState::Dead,
        Some(Status::REMOVING) => ContainerState::Removing,
        Some(Status::EMPTY) | None => {
            return Err(LaunchError::EngineAnswer { source: "it names no state of the container".into() });
        }
    })
}
