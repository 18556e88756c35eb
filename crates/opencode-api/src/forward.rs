//! Any operation of a server, passed through as it is.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use thiserror::Error;

use crate::Directory;

/// A request to pass on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// How.
    pub method: Method,
    /// The path as the server's document has it, with ids filled in; begins with `/`.
    pub path: String,
    /// Query parameters, without `directory`.
    pub query: Vec<(String, String)>,
    /// The directory it is about.
    pub directory: Directory,
    /// A JSON body.
    pub body: Option<Bytes>,
}

/// The server's answer, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forwarded {
    /// The HTTP status.
    pub status: u16,
    /// The headers that a client may need, names in lower case: `content-type`, `link`, `x-next-cursor`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

/// An HTTP method that opencode's operations use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes or does.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        })
    }
}

impl FromStr for Method {
    type Err = UnknownMethod;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "GET" => Self::Get,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            _ => {
                return Err(UnknownMethod { method: text.to_owned() });
            }
        })
    }
}

/// Not a method of opencode's operations.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("No operation of opencode has the method `{method}`")]
pub struct UnknownMethod {
    /// What was asked for.
    pub method: String,
}
