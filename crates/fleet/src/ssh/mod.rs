//! Servers of ours on other machines: what can happen about them, and what we do about it. Decided in `reduce::ssh`.

mod prompt;

pub use prompt::{Prompt, PromptId, PromptKind};
pub(crate) use prompt::{PromptEffect, PromptEvent};

use std::path::PathBuf;

use crate::effect::LaunchPlan;
use crate::event::RunId;
use crate::{Failure, Instance, InstanceId, Kind, Port, ProcessElsewhere, Timestamp};

/// What can happen about a server of another machine.
#[derive(Debug)]
pub(crate) enum SshEvent {
    /// It runs there and its record is complete; a port of this machine leads to it.
    Spawned { at: RunId, process: ProcessElsewhere, port: Port },
    /// It runs there, and a port of this machine leads to it again.
    Reached { at: RunId, port: Port },
    /// The line to it is lost, or does not come about: what it does is not known.
    Lost { at: RunId, reason: String },
    /// It has ended. `asked`: another host of the same user asked it to.
    Ended { at: RunId, failure: Failure, asked: bool },
    /// It was found to have ended while nobody looked.
    Gone { at: RunId },
    /// Another host of the same user has removed the instance while its machine was out of reach there, and ends what we follow.
    Removed { at: RunId },
}

/// What we do about a server of another machine.
#[derive(Debug)]
pub(crate) enum SshEffect {
    /// Find one again that was started before, and stay with it.
    Adopt { at: RunId, host: String, process: ProcessElsewhere },
    /// End it with everything that it has started.
    Stop { at: RunId, host: String, process: ProcessElsewhere },
    /// End one that we have just started and that nobody wants any more. Nothing is reported.
    EndStray { at: RunId, host: String, process: ProcessElsewhere },
    /// End whatever may run there of an instance, as soon as its machine is reached, unless it is started again before.
    EndLater { id: InstanceId, left: LeftThere },
}

/// An instance of which something may still run on another machine, though nobody here knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeftThere {
    /// What it was called, to tell of it.
    pub(crate) name: String,
    /// The machine, as `ssh` takes it.
    pub(crate) host: String,
    /// The folder there.
    pub(crate) directory: PathBuf,
    /// What runs there, where that is known. Any other one was started since.
    pub(crate) process: Option<ProcessElsewhere>,
    /// Since when nobody has it.
    pub(crate) since: Timestamp,
}

impl LeftThere {
    /// What may be left of a start.
    pub(crate) fn of(plan: &LaunchPlan, host: &str, process: Option<ProcessElsewhere>, since: Timestamp) -> Self {
        let (name, directory) = (plan.name.clone(), plan.directory.clone());
        Self { name, host: host.to_owned(), directory, process, since }
    }

    /// What may be left of an instance; none if it was never to run on another machine.
    pub(crate) fn of_instance(instance: &Instance, since: Timestamp) -> Option<Self> {
        let Kind::Ssh { host, process } = &instance.kind else { return None };
        let (name, directory) = (instance.name.clone(), instance.directory.clone());
        Some(Self { name, host: host.clone(), directory, process: process.clone(), since })
    }
}

impl SshEvent {
    /// The run that a report is about.
    pub(crate) fn run(&self) -> &RunId {
        match self {
            Self::Spawned { at, .. }
            | Self::Reached { at, .. }
            | Self::Lost { at, .. }
            | Self::Ended { at, .. }
            | Self::Gone { at }
            | Self::Removed { at } => at,
        }
    }
}
