//! Versions of opencode, and an update on its way.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Versions of opencode.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VersionsView {
    /// The newest one that there is, once looked up.
    pub latest: Option<String>,
    /// When that was looked up, in ms since the epoch.
    #[ts(type = "number | null")]
    pub looked_at_ms: Option<u64>,
    /// Why it could not be looked up.
    pub look_error: Option<String>,
    /// An update on its way, or how the last one ended.
    pub update: UpdateView,
}

/// An update of opencode.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "update", rename_all = "snake_case")]
pub enum UpdateView {
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
    /// Instances are restarted with it, one at a time; busy ones are waited for.
    RollingOut {
        /// Which version.
        version: String,
        /// How many run it.
        done: u32,
        /// How many there are.
        total: u32,
        /// The one that is being restarted or waited for.
        instance: Option<String>,
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

/// Updates opencode.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct UpdateOpencode {
    /// To which version; none: the newest.
    pub version: Option<String>,
}
