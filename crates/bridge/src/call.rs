//! One call as a host hands it over, whatever carried it.

use std::fmt;

use serde_json::Value;

/// Names a window of the app or a tab of a browser.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WindowId(String);

impl WindowId {
    /// The longest id taken; a browser makes its own.
    const LONGEST: usize = 64;

    /// An id of letters, digits, `-` and `_`; none for any other text.
    pub fn new(text: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let fits = !text.is_empty() && text.len() <= Self::LONGEST && text.bytes().all(is_plain);
        fits.then(|| Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WindowId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// One call of an operation.
#[derive(Clone)]
pub struct Call {
    /// Who calls.
    pub window: WindowId,
    /// Made by the caller, new for each thing that it wants done. Whatever changes something needs one.
    pub request_id: Option<String>,
    /// The operation's name.
    pub name: String,
    /// Its request.
    pub payload: Value,
}

impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The payload may hold a password.
        let Self { window, request_id, name, payload: _ } = self;
        formatter
            .debug_struct("Call")
            .field("window", window)
            .field("request_id", request_id)
            .field("name", name)
            .finish_non_exhaustive()
    }
}
