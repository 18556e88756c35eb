//! Any operation of an instance's own server, passed through.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An HTTP request to an instance's server. Credentials and the directory's encoding are added in Rust.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Forward {
    /// Whose server.
    pub instance: String,
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// The path, as the server's own document has it, with ids filled in.
    pub path: String,
    /// Query parameters, without `directory`.
    pub query: Vec<(String, String)>,
    /// The directory the request is about; none: the instance's own.
    pub directory: Option<String>,
    /// A JSON body.
    pub body: Option<String>,
}

/// Head of the reply to a `Forward`. The reply is this as one line of JSON, a newline, and the body's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ForwardHead {
    /// The server's status, passed through.
    pub status: u16,
    /// The server's headers that a client may need: `content-type`, `link`, `x-next-cursor`.
    pub headers: Vec<(String, String)>,
}
