//! A session as lists show it. Its transcript is not kept here.

use std::path::PathBuf;

use opencode_api::SessionId;

use crate::Timestamp;

/// One session of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// opencode's id.
    pub id: SessionId,
    /// Its title.
    pub title: String,
    /// The session that started it, for a sub-agent.
    pub parent: Option<SessionId>,
    /// Its own directory, which may be another than the instance's.
    pub directory: PathBuf,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// Whether it runs.
    pub status: SessionStatus,
    /// The running tool or the last sentence, while it runs.
    pub doing: Option<String>,
    /// The last failure of a turn, until the next turn begins.
    pub failure: Option<String>,
}

/// Whether a session runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionStatus {
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
        /// When it tries next.
        next: Timestamp,
    },
}
