//! The output of an instance, in pages.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::LogLevelView;

/// Asks for a page of an instance's output. Neither `after` nor `before`: its end.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ReadLog {
    /// Which instance.
    pub instance: String,
    /// What came after this place.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub after: Option<String>,
    /// What came before this place.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub before: Option<String>,
    /// How many lines at the most; we give 5,000 at the most.
    pub lines: u32,
}

/// A page of an instance's output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogPageView {
    /// Oldest first.
    pub lines: Vec<LogLineView>,
    /// The place of the first of them, to read `before`.
    pub first: String,
    /// The place after the last of them, to read `after`.
    pub next: String,
    /// Whether there is more in the direction that was read.
    pub has_more: bool,
    /// Whether output between the place asked for and these lines was rotated away.
    pub is_torn: bool,
}

/// A line of an instance's output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogLineView {
    /// ANSI codes are left in; at most 16 KiB.
    pub text: String,
    /// What opencode says that it is.
    pub level: Option<LogLevelView>,
}

/// Searches an instance's output, what was rotated included.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SearchLog {
    /// Which instance.
    pub instance: String,
    /// Searched for without regard to case; ANSI codes do not count.
    pub text: String,
}

/// Where a text was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogMatches {
    /// Newest first; 500 at the most.
    pub lines: Vec<LogMatchView>,
    /// Whether there are more, or not all could be searched in time.
    pub has_more: bool,
}

/// A line in which a text was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogMatchView {
    /// The place of the line, to read `after` it.
    pub place: String,
    /// The line.
    pub line: LogLineView,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SavedFile {
    /// Its absolute path.
    pub path: String,
}
