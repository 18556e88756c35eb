//! Versions of opencode: the newest one, and an update on its way.

use std::collections::VecDeque;
use std::path::PathBuf;

use crate::event::CallId;
use crate::{InstanceId, Opencode, Timestamp};

/// Versions of opencode.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// The newest one that there is, once looked up.
    pub latest: Option<String>,
    /// When that was looked up.
    pub looked_at: Option<Timestamp>,
    /// Why it could not be looked up.
    pub look_error: Option<String>,
    /// An update on its way, or how the last one ended.
    pub update: Update,
}

/// An update of opencode.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Update {
    /// None is under way.
    #[default]
    None,
    /// Being installed.
    Installing {
        /// Which version.
        version: String,
        /// The installer's last line.
        line: String,
    },
    /// Started once on its own, to see whether it works.
    Checking {
        /// Which version.
        version: String,
    },
    /// Instances are restarted with it, one at a time.
    RollingOut {
        /// Which version.
        version: String,
        /// How many run it.
        done: usize,
        /// How many there are.
        total: usize,
        /// The one that is being restarted or waited for.
        instance: Option<InstanceId>,
        /// Whether that one is busy and waited for.
        is_waiting: bool,
    },
    /// Every instance runs it.
    Done {
        /// Which version.
        version: String,
    },
    /// It did not work; everything runs what it ran before.
    RolledBack {
        /// Which version.
        version: String,
        /// What failed, and what to do.
        reason: String,
    },
}

/// What can happen about versions.
#[derive(Debug)]
pub(crate) enum VersionsEvent {
    /// Somebody wants to know the newest one.
    Look { call: CallId },
    /// What npm says of the newest one.
    Looked { result: Result<String, String> },
    /// Somebody wants an update; no version: the newest.
    Update { call: CallId, version: Option<String> },
    /// The installation goes on.
    Progress { version: String, line: String },
    /// It is installed.
    Installed { version: String, path: PathBuf },
    /// It was started on its own, and answered.
    Checked { version: String },
    /// It could not be installed, or does not work.
    Failed { version: String, reason: String },
    /// Time has passed.
    Ticked,
}

/// What we do about versions.
#[derive(Debug)]
pub(crate) enum VersionsEffect {
    /// Ask npm for the newest one.
    Look,
    /// Install this one, or the newest, beside the others.
    Install { version: Option<String> },
    /// Start it on its own, see whether it answers, and end it.
    Check { version: String, path: PathBuf },
    /// Take a version that does not work out of our own folder.
    Remove { version: String },
    /// Take the versions out of our own folder that are none of these programs.
    Tidy { used: Vec<PathBuf> },
    /// Report the time while instances are waited for.
    Tick,
}

/// What belongs to an update and shows nowhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct Updating {
    /// The program of the new version, once it is installed.
    pub(crate) path: Option<PathBuf>,
    /// Instances being restarted with another program.
    pub(crate) roll: Option<Roll>,
}

/// Instances being restarted, one at a time, with the program that is used from now on.
#[derive(Clone, Debug)]
pub(crate) struct Roll {
    /// The version that they will run.
    pub(crate) version: String,
    /// What was used before.
    pub(crate) former: Former,
    /// Why we go back, once we do.
    pub(crate) back: Option<Back>,
    /// Those still to be restarted, in order.
    pub(crate) pending: VecDeque<InstanceId>,
    /// The one that is being restarted.
    pub(crate) current: Option<Current>,
    /// Those that run it.
    pub(crate) done: Vec<InstanceId>,
    /// How many there were.
    pub(crate) total: usize,
}

/// What was used before an update.
#[derive(Clone, Debug)]
pub(crate) struct Former {
    /// The person's choice.
    pub(crate) setting: Option<PathBuf>,
    /// What was found by it.
    pub(crate) opencode: Opencode,
}

/// Going back.
#[derive(Clone, Debug)]
pub(crate) struct Back {
    /// From which version.
    pub(crate) from: String,
    /// What failed.
    pub(crate) reason: String,
}

/// An instance that is being restarted.
#[derive(Clone, Debug)]
pub(crate) struct Current {
    pub(crate) id: InstanceId,
    /// Its start before.
    pub(crate) run_before: u64,
    pub(crate) since: Timestamp,
}
