//! How an instance is run and shown: what the "New instance" dialog offers, kept for each instance.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::PlaceView;

/// How an instance is run and shown. What is none is opencode's or our own default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ProfileView {
    /// Where it runs.
    pub place: PlaceView,
    /// The port that it always gets; none: the next free one from 3100 on.
    pub port: Option<u16>,
    /// The address that it listens at; none: loopback.
    pub hostname: Option<String>,
    /// The opencode binary it runs; none: the one of the settings.
    pub binary: Option<String>,
    /// Arguments after our own.
    pub arguments: Vec<String>,
    /// Variables in addition to those of the login shell.
    pub environment: Vec<VariableView>,
    /// Overrides of opencode's configuration, a JSON object as text.
    pub config: Option<String>,
    /// The permission policy, JSON as opencode's `permission` has it.
    pub permission: Option<String>,
    /// What happens when it ends without being asked to.
    pub restart: RestartPolicyView,
    /// When it is put to sleep.
    pub sleep: SleepRuleView,
    /// The memory that its process tree should not exceed, in MiB.
    pub memory_budget_mib: Option<u32>,
    /// How much opencode writes into its log.
    pub log_level: LogLevelView,
    /// Whether it stays on top of the list.
    pub is_pinned: bool,
    /// The group it is listed in.
    pub group: Option<String>,
}

/// A variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VariableView {
    /// Its name.
    pub name: String,
    /// Its value. None: kept, and never shown, because its name says that it is a secret; sent back as none it stays as it is.
    pub value: Option<String>,
}

/// What happens when an instance ends without being asked to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RestartPolicyView {
    /// Nothing.
    #[default]
    Never,
    /// It is started again after a failure, later each time, five times at the most.
    OnFailure,
    /// It is started again whatever its exit status, later each time.
    Always,
}

/// When an instance is put to sleep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum SleepRuleView {
    /// As the settings say.
    #[default]
    Default,
    /// Never.
    Never,
    /// After so many idle minutes.
    After {
        /// At least 1.
        minutes: u32,
    },
}

/// How much opencode writes into its log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LogLevelView {
    /// Everything.
    Debug,
    /// What it does.
    #[default]
    Info,
    /// What may be wrong.
    Warn,
    /// What failed.
    Error,
}

/// Replaces an instance's profile.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SetProfile {
    /// Which instance.
    pub instance: String,
    /// All of the new one. What concerns its process counts from the next start on.
    pub profile: ProfileView,
}
