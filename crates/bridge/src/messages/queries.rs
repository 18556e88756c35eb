//! Requests without an effect, and their replies.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A request or a reply with nothing in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Nothing {}

/// Asks for the end of an instance's output.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct InstanceLog {
    /// Which instance.
    pub instance: String,
    /// How many lines at the most; we give 5,000 at the most.
    pub lines: u32,
}

/// The end of an instance's output.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct LogText {
    /// Oldest first; ANSI codes are left in.
    pub lines: Vec<String>,
    /// Whether there is more before these.
    pub truncated: bool,
}

/// Asks whether an instance could be started in a directory.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct CheckDirectory {
    /// As typed; `~` is the home folder.
    pub directory: String,
}

/// A directory in which an instance can be started.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct DirectoryView {
    /// Absolute, without a trailing slash.
    pub directory: String,
    /// The instance that serves it already, if one does.
    pub instance: Option<String>,
}

/// What a native dialog gave; none when it was dismissed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PickedDirectory {
    /// The directory chosen.
    pub directory: Option<String>,
}

/// Says what this window shows in full; the rest comes as summaries.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
pub struct Watch {
    /// The sessions whose transcripts are on screen.
    pub sessions: Vec<WatchedSession>,
    /// Instances that are on screen; they are not put to sleep, nor are those of the sessions.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub instances: Option<Vec<String>>,
}

/// A session whose transcript is on screen.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub struct WatchedSession {
    /// Its instance.
    pub instance: String,
    /// opencode's id.
    pub session: String,
}
