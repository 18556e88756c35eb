//! What is pushed to a window.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{
    FleetView, InstanceView, NoticeView, OpencodeView, PromptView, RequestView, SessionView, SettingsView, VersionsView,
};

/// One message to a window: at most one every 33 ms, and one every 5 s when nothing happens.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Push {
    /// One more than the message before; after a gap the window asks for a snapshot.
    #[ts(type = "number")]
    pub seq: u64,
    /// In the order in which they happened; empty for a heartbeat.
    pub items: Vec<PushItem>,
}

/// One change.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PushItem {
    /// Everything, in place of what the window had. First after it subscribes or asks for a snapshot.
    Snapshot {
        /// The whole fleet.
        fleet: Box<FleetView>,
    },
    /// An instance is new or has changed.
    Instance {
        /// As it is now.
        instance: Box<InstanceView>,
    },
    /// An instance is gone from the list.
    InstanceGone {
        /// Which.
        id: String,
    },
    /// A session is new or has changed.
    Session {
        /// As it is now.
        session: Box<SessionView>,
    },
    /// A session was deleted.
    SessionGone {
        /// Whose.
        instance: String,
        /// Which.
        id: String,
    },
    /// A request waits.
    Request {
        /// As it is now.
        request: Box<RequestView>,
    },
    /// A request waits no more, whoever answered it.
    RequestGone {
        /// Whose.
        instance: String,
        /// Which.
        id: String,
    },
    /// Something happened in a session that this window watches.
    Transcript {
        /// Whose.
        instance: String,
        /// Which.
        session: String,
        /// What.
        event: TranscriptEvent,
    },
    /// The opencode binary changed.
    Opencode {
        /// As it is now.
        opencode: OpencodeView,
    },
    /// What is known of opencode's versions changed, or an update went on.
    Versions {
        /// As it is now.
        versions: VersionsView,
    },
    /// The settings changed.
    Settings {
        /// As they are now.
        settings: SettingsView,
    },
    /// Something is wrong beside any instance.
    Notice {
        /// What.
        notice: NoticeView,
    },
    /// That trouble is over.
    NoticeGone {
        /// Which.
        id: String,
    },
    /// What `ssh` asks changed.
    Prompts {
        /// Everything that it asks now, oldest first.
        prompts: Vec<PromptView>,
    },
    /// The person asked for this place from outside the window: the tray, a second start, a dropped folder.
    Navigate {
        /// `inbox`, `overview`, `new-instance`, `quit`, `instance/ID` or `session/INSTANCE/SESSION`; `new-instance/PATH` fills in the directory.
        place: String,
    },
}

/// What happened in a transcript. `info`, `part` and `error` are opencode's own objects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum TranscriptEvent {
    /// A message is new or has changed.
    Message {
        /// opencode's message object.
        #[ts(type = "unknown")]
        info: Value,
    },
    /// A message was removed.
    MessageGone {
        /// Which.
        message: String,
    },
    /// A part is new or has changed.
    Part {
        /// opencode's part object.
        #[ts(type = "unknown")]
        part: Value,
    },
    /// A part was removed.
    PartGone {
        /// Of which message.
        message: String,
        /// Which.
        part: String,
    },
    /// Text was added to a part. Consecutive ones of a part are merged.
    Delta {
        /// Of which message.
        message: String,
        /// Of which part.
        part: String,
        /// Which field of the part: `text`, as a rule.
        field: String,
        /// What was added.
        delta: String,
    },
    /// The whole text so far of a part that is not finished, for a window that may have missed its beginning:
    /// it stands for what the window has of it, if that is not longer. Deltas that come later go on from it.
    Running {
        /// Of which message.
        message: String,
        /// Of which part.
        part: String,
        /// Which field of the part.
        field: String,
        /// All of it.
        text: String,
    },
    /// A turn failed.
    Error {
        /// opencode's error object.
        #[ts(type = "unknown")]
        error: Value,
    },
    /// The session's todo list changed.
    Todo {
        /// opencode's todo objects.
        #[ts(type = "unknown")]
        todos: Value,
    },
    /// Events may have been missed: read the pages on screen again.
    Resync,
}
