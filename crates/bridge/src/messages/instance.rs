//! One instance as a window shows it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One opencode server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct InstanceView {
    /// Our id, stable over restarts of the server.
    pub id: String,
    /// What the person calls it; the last part of the directory unless renamed.
    pub name: String,
    /// Absolute path of the directory it serves.
    pub directory: String,
    /// What it runs in.
    pub kind: KindView,
    /// Who started it.
    pub owner: OwnerView,
    /// What is so now.
    pub state: StateView,
    /// Port on loopback, when it has one.
    pub port: Option<u16>,
    /// Process id, when it is a process of this machine.
    pub pid: Option<u32>,
    /// Version of opencode that it reported.
    pub version: Option<String>,
    /// When the server was started, in ms since the epoch.
    #[ts(type = "number | null")]
    pub started_at_ms: Option<u64>,
    /// Resident memory of the whole process tree, in bytes.
    #[ts(type = "number | null")]
    pub memory_bytes: Option<u64>,
    /// Processor use of the whole process tree, in percent of one core.
    pub cpu_percent: Option<f32>,
    /// What it is doing now: the running tool or the last sentence.
    pub doing: Option<String>,
    /// Requests that wait for a person.
    pub waiting: u32,
    /// True for the tour: it talks to the built-in scripted model, not to a real one.
    pub demo: bool,
    /// The command line that attaches a terminal UI to it, without its password.
    pub attach_command: Option<String>,
    /// Where its output is kept.
    pub log_path: Option<String>,
}

/// What an instance runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KindView {
    /// A process of this machine.
    Process,
    /// A container.
    Docker,
}

/// Who started an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OwnerView {
    /// We did; we may stop it.
    Portal,
    /// Somebody else did.
    External,
}

/// The state of an instance. One colour, one shape and one word each in every surface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum StateView {
    /// Not running; it can be started.
    Stopped,
    /// On its way up.
    Starting {
        /// What it is doing: `Finding opencode`, `Starting the process`, `Waiting for the first answer`.
        step: String,
        /// Since when, in ms since the epoch.
        #[ts(type = "number")]
        since_ms: u64,
    },
    /// Answers with our credentials.
    Ready {
        /// What its sessions do.
        activity: Activity,
    },
    /// On its way down.
    Stopping,
    /// Stopped by us because it was idle.
    Asleep,
    /// The process lives, but does not answer, or its stream is stalled.
    Degraded {
        /// Why we say so.
        reason: String,
    },
    /// Answers 401 and we hold no password that it takes.
    Locked,
    /// Ended without being asked to, or never got ready.
    Crashed {
        /// What happened, with the exit status or signal.
        cause: String,
        /// What to do about it.
        hint: Option<String>,
        /// The last lines of its output.
        last_lines: Vec<String>,
    },
    /// What would know cannot be reached.
    Unknown {
        /// What could not be reached.
        reason: String,
    },
}

/// What the sessions of a ready instance do, taken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// No session runs.
    Idle,
    /// At least one session runs.
    Busy,
    /// At least one request waits for a person.
    Waiting,
}
