//! A permission request, and the answers to it.

use serde::Deserialize;
use serde_json::Value;

use crate::{MessageId, RequestId, SessionId};

/// An agent asks whether it may do something.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct PermissionRequest {
    /// Its id.
    pub id: RequestId,
    /// The session that asks; a sub-agent's own.
    #[serde(rename = "sessionID")]
    pub session: SessionId,
    /// The permission's name: `bash`, `edit`, `webfetch`, …
    #[serde(default)]
    pub permission: String,
    /// What it is asked for: commands or paths.
    #[serde(default)]
    pub patterns: Vec<String>,
    /// What the tool tells about it, which differs from tool to tool.
    #[serde(default)]
    pub metadata: Value,
    /// Exactly the patterns that "always" will cover.
    #[serde(default)]
    pub always: Vec<String>,
    /// The tool call that asks, if told.
    pub tool: Option<ToolCall>,
}

impl PermissionRequest {
    /// The command, for `bash`.
    pub fn command(&self) -> Option<&str> {
        self.told("command")
    }

    /// The file, for `edit`.
    pub fn filepath(&self) -> Option<&str> {
        self.told("filepath")
    }

    /// The unified diff, for `edit`.
    pub fn diff(&self) -> Option<&str> {
        self.told("diff")
    }

    fn told(&self, name: &str) -> Option<&str> {
        self.metadata.get(name).and_then(Value::as_str)
    }
}

/// The tool call that a request belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ToolCall {
    /// The message that holds it.
    #[serde(rename = "messageID")]
    pub message: MessageId,
    /// Its id in that message.
    #[serde(rename = "callID")]
    pub call: String,
}

/// An answer to a permission request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PermissionReply {
    /// This time.
    Once,
    /// This time, and whatever `always` of the request covers until the server forgets it.
    Always,
    /// No. All other requests of the session fail with it.
    Reject,
}

impl PermissionReply {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::Always => "always",
            Self::Reject => "reject",
        }
    }
}
