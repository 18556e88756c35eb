//! What a server tells on its event stream.

use serde_json::Value;

use crate::{MessageId, PartId, PermissionRequest, QuestionRequest, RequestId, Session, SessionId, SessionStatus};

/// One event and what it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    /// The directory whose instance told it; `global` or none for the server as a whole.
    pub directory: Option<String>,
    /// What happened.
    pub event: ServerEvent,
}

/// What happened on a server. `info`, `part`, `error` and `todos` are opencode's own objects, kept whole.
#[derive(Clone, Debug, PartialEq)]
pub enum ServerEvent {
    /// The stream is open. Nothing that happened before is told again, and what happens in the next moment may not be told either:
    /// opencode 1.18.33 sends this before it listens for what is to be told (seen up to 10 ms later on a server at rest).
    Connected,
    /// Every 10 s. The first thing after [`Self::Connected`] shows that the stream tells everything from then on.
    Heartbeat,
    /// A session is new.
    SessionCreated(Session),
    /// A session changed.
    SessionUpdated(Session),
    /// A session was deleted.
    SessionDeleted(Session),
    /// A session began or stopped to run. Repeated at each step.
    SessionStatus {
        /// Which.
        session: SessionId,
        /// As it is now.
        status: SessionStatus,
    },
    /// A session's turn ended. May come twice.
    SessionIdle {
        /// Which.
        session: SessionId,
    },
    /// A turn failed or was stopped.
    SessionError {
        /// Whose; none for a failure outside any session.
        session: Option<SessionId>,
        /// opencode's error object; null if it gave none.
        error: Value,
    },
    /// A message is new or has changed.
    MessageUpdated {
        /// Whose.
        session: SessionId,
        /// The message.
        info: Value,
    },
    /// A message was removed.
    MessageRemoved {
        /// Whose.
        session: SessionId,
        /// Which.
        message: MessageId,
    },
    /// A part is new or has changed.
    PartUpdated {
        /// Whose.
        session: SessionId,
        /// Of which message.
        message: MessageId,
        /// Which.
        part_id: PartId,
        /// The part.
        part: Value,
    },
    /// A part was removed.
    PartRemoved {
        /// Whose.
        session: SessionId,
        /// Of which message.
        message: MessageId,
        /// Which.
        part: PartId,
    },
    /// Text was added to a part.
    PartDelta {
        /// Whose.
        session: SessionId,
        /// Of which message.
        message: MessageId,
        /// Of which part.
        part: PartId,
        /// To which of its fields.
        field: String,
        /// What was added.
        delta: String,
    },
    /// An agent asks for permission.
    PermissionAsked(PermissionRequest),
    /// A permission request was answered, by whomever.
    PermissionReplied {
        /// Whose.
        session: SessionId,
        /// Which.
        request: RequestId,
    },
    /// An agent asks a question.
    QuestionAsked(QuestionRequest),
    /// A question was answered.
    QuestionReplied {
        /// Whose.
        session: SessionId,
        /// Which.
        request: RequestId,
    },
    /// A question was dismissed.
    QuestionRejected {
        /// Whose.
        session: SessionId,
        /// Which.
        request: RequestId,
    },
    /// A session's todo list changed.
    TodoUpdated {
        /// Whose.
        session: SessionId,
        /// The list.
        todos: Value,
    },
    /// The server dropped what it held for a directory, pending requests included, without telling of each.
    InstanceDisposed {
        /// Which.
        directory: String,
    },
    /// The same, for all directories.
    AllDisposed,
    /// An event of a kind that we do not use or do not know.
    Other {
        /// Its kind.
        kind: String,
    },
    /// Something that we could not read.
    Malformed {
        /// Its kind, as far as that could be read.
        kind: Option<String>,
        /// What is wrong with it.
        problem: String,
    },
}
