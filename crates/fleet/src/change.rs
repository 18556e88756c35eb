//! What the fleet tells those who watch it.

use opencode_api::{MessageId, PartId, RequestId, SessionId};

use crate::{InstanceId, NoticeId};
pub use serde_json::Value;

/// One change. What changed is read from the state, so that a slow reader sees the newest.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// An instance is new or has changed.
    Instance(InstanceId),
    /// An instance is gone from the list.
    InstanceGone(InstanceId),
    /// A session is new or has changed.
    Session {
        /// Whose.
        instance: InstanceId,
        /// Which.
        session: SessionId,
    },
    /// A session was deleted.
    SessionGone {
        /// Whose.
        instance: InstanceId,
        /// Which.
        session: SessionId,
    },
    /// A request waits, or has changed.
    Request {
        /// Whose.
        instance: InstanceId,
        /// Which.
        request: RequestId,
    },
    /// A request waits no more, whoever answered it.
    RequestGone {
        /// Whose.
        instance: InstanceId,
        /// Which.
        request: RequestId,
    },
    /// Something happened in a transcript.
    Transcript {
        /// Whose.
        instance: InstanceId,
        /// Which.
        session: SessionId,
        /// What.
        event: TranscriptEvent,
    },
    /// Events may have been missed and the state was read again; so must be the pages of this instance on screen.
    Resynced {
        /// Which.
        instance: InstanceId,
    },
    /// The opencode binary changed.
    Opencode,
    /// What is known of opencode's versions changed, or an update went on.
    Versions,
    /// The settings changed.
    Settings,
    /// A notice is new or has changed.
    Notice(NoticeId),
    /// That trouble is over.
    NoticeGone(NoticeId),
    /// What `ssh` asks changed.
    Prompts,
}

/// What happened in a transcript. `info`, `part` and `error` are opencode's own objects.
#[derive(Clone, Debug, PartialEq)]
pub enum TranscriptEvent {
    /// A message is new or has changed.
    Message {
        /// opencode's message object.
        info: Value,
    },
    /// A message was removed.
    MessageGone {
        /// Which.
        message: MessageId,
    },
    /// A part is new or has changed.
    Part {
        /// opencode's part object.
        part: Value,
    },
    /// A part was removed.
    PartGone {
        /// Of which message.
        message: MessageId,
        /// Which.
        part: PartId,
    },
    /// Text was added to a part.
    Delta {
        /// Of which message.
        message: MessageId,
        /// Of which part.
        part: PartId,
        /// Which field of the part.
        field: String,
        /// What was added.
        delta: String,
    },
    /// A turn failed.
    Error {
        /// opencode's error object.
        error: Value,
    },
    /// The session's todo list changed.
    Todo {
        /// opencode's todo objects.
        todos: Value,
    },
}
