//! The states of an instance, and the arrows between them.

use std::sync::Arc;

use opencode_api::UntrustedCertificate;

use crate::Timestamp;

/// What is so of an instance. Idle, busy and waiting follow from its sessions and requests (`Instance::activity`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstanceState {
    /// Not running; it can be started.
    Stopped,
    /// On its way up.
    Starting {
        /// What it is doing.
        step: Step,
        /// Since when.
        since: Timestamp,
    },
    /// Answers with our credentials.
    Ready,
    /// On its way down.
    Stopping,
    /// Stopped by us because it was idle.
    Asleep,
    /// The process lives, but does not answer, or its stream fails.
    Degraded {
        /// Why we say so.
        reason: String,
    },
    /// Answers 401 and we hold no password that it takes.
    Locked,
    /// It lives, but cannot be talked to: a terminal UI that opened no port, or an address where nobody is trusted.
    Unreachable {
        /// Why, and how to start it so that it is reachable.
        reason: String,
        /// The certificate that it shows and that is not trusted, if that is why: nothing is sent there.
        certificate: Option<Arc<UntrustedCertificate>>,
    },
    /// Ended without being asked to, or never got ready.
    Crashed(Failure),
    /// What would know cannot be reached.
    Unknown {
        /// What could not be reached.
        reason: String,
    },
}

/// The steps of a start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Which opencode is to run is not known yet.
    FindingOpencode,
    /// The container engine, or the other machine, is being reached.
    Connecting,
    /// The image is built or fetched.
    PreparingImage {
        /// How far it has come, for a person.
        progress: String,
    },
    /// The container is made and started.
    StartingContainer,
    /// A port is chosen, the record written, the process started.
    StartingProcess,
    /// The process runs; it has not answered yet.
    WaitingForAnswer,
}

impl Step {
    /// The step in words.
    pub fn text(&self) -> &str {
        match self {
            Self::FindingOpencode => "Finding opencode",
            Self::Connecting => "Connecting",
            Self::PreparingImage { progress } => progress,
            Self::StartingContainer => "Starting the container",
            Self::StartingProcess => "Starting the process",
            Self::WaitingForAnswer => "Waiting for the first answer",
        }
    }
}

/// Why an instance does not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What happened, with the exit status or signal.
    pub cause: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The last lines of its output.
    pub last_lines: Vec<String>,
}

impl InstanceState {
    /// Whether something runs or is about to: starting it again gives this one.
    pub fn is_live(&self) -> bool {
        match self {
            Self::Starting { .. } | Self::Ready | Self::Degraded { .. } | Self::Locked => true,
            Self::Stopped
            | Self::Stopping
            | Self::Asleep
            | Self::Unreachable { .. }
            | Self::Crashed(_)
            | Self::Unknown { .. } => false,
        }
    }

    /// Whether nothing runs: it can be started or removed.
    pub fn is_ended(&self) -> bool {
        match self {
            Self::Stopped | Self::Asleep | Self::Crashed(_) => true,
            Self::Starting { .. }
            | Self::Ready
            | Self::Stopping
            | Self::Degraded { .. }
            | Self::Locked
            | Self::Unreachable { .. }
            | Self::Unknown { .. } => false,
        }
    }

    /// The state in one word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Starting { .. } => "starting",
            Self::Ready => "ready",
            Self::Stopping => "stopping",
            Self::Asleep => "asleep",
            Self::Degraded { .. } => "degraded",
            Self::Locked => "locked",
            Self::Unreachable { .. } => "unreachable",
            Self::Crashed(_) => "crashed",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Whether an instance may go from this state to that one. `reduce` keeps to it; a property test checks that it does.
    pub fn may_become(&self, next: &Self) -> bool {
        if matches!(next, Self::Unknown { .. }) {
            return true;
        }
        match self {
            // What observes the world may lose sight of an instance and find it again, from and to anywhere.
            Self::Unknown { .. } | Self::Unreachable { .. } => true,
            Self::Stopped | Self::Asleep => matches!(next, Self::Stopped | Self::Asleep | Self::Starting { .. }),
            Self::Crashed(_) => {
                matches!(next, Self::Stopped | Self::Asleep | Self::Starting { .. } | Self::Crashed(_))
            }
            Self::Starting { .. } => !matches!(next, Self::Asleep),
            Self::Ready | Self::Degraded { .. } | Self::Locked => !matches!(next, Self::Starting { .. }),
            // What refuses to end is degraded.
            Self::Stopping => !matches!(next, Self::Ready | Self::Locked | Self::Crashed(_)),
        }
    }
}
