//! How an instance is run and shown: kept for each instance, over restarts of everything.

use std::fmt;
use std::path::PathBuf;

use opencode_api::Port;

use crate::Place;

/// How an instance is run and shown. What is none is opencode's default or our own.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// Where it runs. It stays the same kind of place for as long as the instance is on the list.
    pub place: Place,
    /// The port that it always gets; none: the next free one.
    pub port: Option<Port>,
    /// The address that it listens at; none: loopback.
    pub hostname: Option<String>,
    /// The opencode binary it runs; none: the one of the settings.
    pub binary: Option<PathBuf>,
    /// Arguments after our own.
    pub arguments: Vec<String>,
    /// Variables in addition to those of the login shell. May be secrets.
    pub environment: Vec<(String, String)>,
    /// Overrides of opencode's configuration: a JSON object as text.
    pub config: Option<String>,
    /// The permission policy: JSON as opencode's `permission` has it.
    pub permission: Option<String>,
    /// What happens when it ends without being asked to.
    pub restart: RestartPolicy,
    /// When it is put to sleep.
    pub sleep: SleepRule,
    /// The memory that its process tree should not exceed, in MiB.
    pub memory_budget_mib: Option<u32>,
    /// How much opencode writes into its log.
    pub log_level: LogLevel,
    /// Whether it stays on top of the list.
    pub is_pinned: bool,
    /// The group it is listed in.
    pub group: Option<String>,
}

impl Profile {
    /// Whether a start needs to know which opencode of this machine is used.
    pub(crate) fn needs_opencode(&self) -> bool {
        match self.place {
            Place::Process => self.binary.is_none(),
            Place::Docker(_) | Place::Ssh(_) => false,
        }
    }

    /// Where an instance with this profile is reached from here: a name or an IP address.
    pub fn reached_at(&self) -> String {
        if self.place != Place::Process {
            // Only what runs here as a process listens itself; the others come to a port of ours.
            return "127.0.0.1".to_owned();
        }
        match self.hostname.as_deref() {
            // Every address: loopback is one of them.
            None | Some("0.0.0.0") => "127.0.0.1".to_owned(),
            Some("::") => "::1".to_owned(),
            Some(hostname) => hostname.to_owned(),
        }
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The environment, the configuration and the arguments may hold the person's keys.
        formatter
            .debug_struct("Profile")
            .field("place", &self.place.word())
            .field("port", &self.port)
            .field("restart", &self.restart)
            .field("sleep", &self.sleep)
            .field("group", &self.group)
            .finish_non_exhaustive()
    }
}

/// What happens when an instance ends without being asked to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RestartPolicy {
    /// Nothing.
    #[default]
    Never,
    /// It is started again after a failure, later each time, a few times at the most.
    OnFailure,
    /// It is started again whatever its exit status, later each time.
    Always,
}

/// When an instance is put to sleep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SleepRule {
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
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
