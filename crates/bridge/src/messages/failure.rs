//! Why an operation was not done, as a window learns it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Any error of any operation. The UI branches on `code` and never on a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What sort of failure.
    pub code: Code,
    /// What failed, with what.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The causes, for whoever looks closer.
    pub detail: Option<String>,
}

/// Sorts of failure. One exists only while the UI or a host branches on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// What was named does not exist, or no more.
    NotFound,
    /// Refused because of the present state; shown as a notice, not as a fault.
    Precondition,
    /// What was sent makes no sense.
    Invalid,
    /// The server, the engine or the disk does not answer; trying again may help.
    Unavailable,
    /// No token, or a wrong one.
    Unauthorized,
    /// There is no opencode to start.
    OpencodeMissing,
    /// A password was to be kept in the platform's keyring, and there is none; a file can be used if the person agrees.
    NoKeyring,
    /// This host cannot do that; another one can.
    NotHere,
    /// Our own fault.
    Internal,
}
