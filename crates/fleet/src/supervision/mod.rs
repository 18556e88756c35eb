//! What keeps an instance well over time: restarts, sleep and waking, its history.

mod history;
mod over_time;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use launch::clocks::ClockJump;
use opencode_api::SessionId;

use crate::event::{CallId, RunId};
use crate::{FleetError, InstanceId, Restart, Timestamp};

pub use history::HistoryEntry;
pub(crate) use over_time::{OverTime, Sleep};

/// What can happen over time.
#[derive(Debug)]
pub(crate) enum SupervisionEvent {
    // What callers ask for.
    Sleep {
        call: CallId,
        id: InstanceId,
    },
    Wake {
        call: CallId,
        id: InstanceId,
    },
    Dismiss {
        call: CallId,
        id: InstanceId,
    },

    // Restarts.
    /// The moment of a restart is drawn.
    RestartPlanned {
        at: RunId,
        restart: Restart,
    },
    /// That moment has come.
    RestartDue {
        at: RunId,
    },
    /// The configuration that opencode refuses is not the same any more.
    ConfigurationChanged {
        at: RunId,
    },
    /// These sessions were prompted to go on.
    Continued {
        id: InstanceId,
        sessions: Vec<SessionId>,
    },

    // Sleep.
    /// A look at who uses what: when each instance was last called, and which are on screen.
    Looked {
        used: BTreeMap<InstanceId, Timestamp>,
        watched: BTreeSet<InstanceId>,
    },
    /// What is needed to browse it asleep is kept, or it must not sleep.
    Kept {
        at: RunId,
        result: Result<(), FleetError>,
    },
    /// What was kept of one that is asleep.
    KeptRead {
        id: InstanceId,
        sessions: Vec<opencode_api::Session>,
    },

    /// The machine has slept, or its clock was set.
    Jumped(ClockJump),
}

/// What we do over time.
#[derive(Debug)]
pub(crate) enum SupervisionEffect {
    /// Add to an instance's history. `is_found`: it ran before we came.
    Remember { id: InstanceId, entry: HistoryEntry, is_found: bool },
    /// Draw the moment of a restart, about that long from now, and report it and when it has come.
    PlanRestart { at: RunId, after: Duration, attempt: u32, attempts: Option<u32> },
    /// Keep what is needed to browse an instance that is about to sleep, and see that nothing else uses it.
    Keep { at: RunId },
    /// Read what was kept of one that is asleep.
    ReadKept { id: InstanceId },
    /// It is awake: what was kept is old.
    ForgetKept { id: InstanceId },
    /// Open its stream anew.
    Reconnect { at: RunId },
}

impl SupervisionEvent {
    /// The run that a report is about.
    pub(crate) fn run(&self) -> Option<&RunId> {
        match self {
            Self::RestartPlanned { at, .. }
            | Self::RestartDue { at }
            | Self::ConfigurationChanged { at }
            | Self::Kept { at, .. } => Some(at),
            Self::Sleep { .. }
            | Self::Wake { .. }
            | Self::Dismiss { .. }
            | Self::Continued { .. }
            | Self::Looked { .. }
            | Self::KeptRead { .. }
            | Self::Jumped(_) => None,
        }
    }
}
