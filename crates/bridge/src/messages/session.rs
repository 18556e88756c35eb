//! A session as lists show it. Its transcript travels apart (`TranscriptEvent`, and pages by `Forward`).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One session of an instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SessionView {
    /// The instance that answers for it.
    pub instance: String,
    /// opencode's id, `ses_…`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The session that started it, for a sub-agent.
    pub parent: Option<String>,
    /// Its own directory, which may be another than the instance's.
    pub directory: String,
    /// When it was made, in ms since the epoch.
    #[ts(type = "number")]
    pub created_ms: u64,
    /// When it last changed, in ms since the epoch.
    #[ts(type = "number")]
    pub updated_ms: u64,
    /// Whether it runs.
    pub status: SessionStatusView,
    /// Its own requests that wait for a person.
    pub waiting: u32,
    /// The running tool or the last sentence, while it runs.
    pub doing: Option<String>,
    /// The last failure of a turn, until the next turn begins.
    pub failure: Option<String>,
}

/// Whether a session runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum SessionStatusView {
    /// No turn runs.
    Idle,
    /// A turn runs.
    Busy,
    /// The provider refused; opencode tries again.
    Retry {
        /// How often it has tried.
        attempt: u32,
        /// What the provider said.
        message: String,
        /// When it tries next, in ms since the epoch.
        #[ts(type = "number")]
        next_ms: u64,
    },
}
