//! Versions of opencode: the newest one, and an update on its way.

use crate::{InstanceId, Timestamp};

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
pub(crate) enum VersionsEvent {}

/// What we do about versions.
#[derive(Debug)]
pub(crate) enum VersionsEffect {}
