//! Pages of a log, forwards and backwards, over its rotated files too.

use std::path::Path;

use super::{LogCursor, LogLevel};
use crate::LaunchError;

/// Some lines of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    /// Oldest first.
    pub lines: Vec<LogLine>,
    /// The place before the first line: [`read_before`] goes on from there.
    pub start: LogCursor,
    /// The place behind the last line: [`read`] goes on from there.
    pub next: LogCursor,
    /// Whether there is more in the direction that was read in: newer lines after [`read`] from a cursor, otherwise older ones.
    pub has_more: bool,
    /// Whether what the cursor pointed at is gone: rotated away in between. The page begins with the oldest that is kept.
    pub skipped: bool,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Without its line break; ANSI sequences are left in. A line of more than 16 KiB is cut and ends in `…`.
    pub text: String,
    /// How grave it is, where the line says so in opencode's own manner.
    pub level: Option<LogLevel>,
}

/// A line that holds what was searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogMatch {
    /// The place before the line: [`read`] from there begins with it.
    pub at: LogCursor,
    /// The line.
    pub line: LogLine,
}

/// What happens to a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveOver {
    /// It stays, and nothing is saved.
    Refuse,
    /// It is replaced.
    Replace,
}

/// The lines behind a place; none: the last lines of the log. A log that is not there (yet) is empty.
pub fn read(_path: &Path, _from: Option<&LogCursor>, _lines: usize) -> Result<LogPage, LaunchError> {
    let start = LogCursor { rotation: 0, offset: 0 };
    Ok(LogPage { lines: Vec::new(), start, next: start, has_more: false, skipped: false })
}

/// The lines before a place, for scrolling back.
pub fn read_before(_path: &Path, before: &LogCursor, _lines: usize) -> Result<LogPage, LaunchError> {
    Ok(LogPage { lines: Vec::new(), start: *before, next: *before, has_more: false, skipped: false })
}

/// The lines that hold a text, newest first, at most `limit`: whatever its case, and ANSI sequences do not count.
/// It ends early when it takes too long.
pub fn search(_path: &Path, _needle: &str, _limit: usize) -> Result<Vec<LogMatch>, LaunchError> {
    Ok(Vec::new())
}

/// Writes everything that is kept into one file, oldest first and without ANSI sequences. Gives the number of bytes.
pub fn save(_path: &Path, _to: &Path, _over: SaveOver) -> Result<u64, LaunchError> {
    Ok(0)
}
