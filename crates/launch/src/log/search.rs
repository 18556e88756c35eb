//! Looking for a text in a log and its rotated files.

use std::{
    io,
    path::Path,
    time::{Duration, Instant},
};

use super::{LogCursor, LogLine, ansi, chain::Chain};
use crate::LaunchError;

/// A line that holds what was searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogMatch {
    /// The place before the line: reading from there begins with it.
    pub at: LogCursor,
    /// The line.
    pub line: LogLine,
}

/// What a search has found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogMatches {
    /// Newest first.
    pub lines: Vec<LogMatch>,
    /// Whether older ones may have been left out: there are more than were asked for, or it took too long.
    pub has_more: bool,
}

/// No search takes longer.
const LONGEST: Duration = Duration::from_secs(2);
/// What is read at once; also the longest line in which something is found.
const BLOCK: u64 = 256 * 1024;

/// The lines that hold a text, newest first, at most `limit`: whatever its case, and ANSI sequences do not count.
pub fn search(path: &Path, needle: &str, limit: usize) -> Result<LogMatches, LaunchError> {
    let found = Chain::open(path).and_then(|chain| search_chain(&chain, needle, limit));
    found.map_err(|source| LaunchError::Log { path: path.to_owned(), source })
}

fn search_chain(chain: &Chain, needle: &str, limit: usize) -> io::Result<LogMatches> {
    let needle = Needle::of(needle);
    let began = Instant::now();
    let mut found = LogMatches::default();
    if needle.text.is_empty() {
        return Ok(found);
    }
    let mut to = chain.end();
    let mut line = Vec::new();
    while to > 0 {
        let from = to.saturating_sub(BLOCK);
        let bytes = chain.read(from, to - from)?;
        // The first line may be half a line; it comes with the next block, unless it is longer than one.
        let first = match bytes.iter().position(|byte| *byte == b'\n') {
            Some(at) if from > 0 && at + 1 < bytes.len() => at + 1,
            _ => 0,
        };
        let mut end = bytes.len();
        while end > first {
            let start =
                bytes[first..end - 1].iter().rposition(|byte| *byte == b'\n').map_or(first, |at| first + at + 1);
            let text = bytes[start..end].strip_suffix(b"\n").unwrap_or(&bytes[start..end]);
            if needle.is_in(text, &mut line) {
                if found.lines.len() == limit {
                    found.has_more = true;
                    return Ok(found);
                }
                found.lines.push(LogMatch { at: chain.cursor(from + start as u64), line: LogLine::of(text) });
            }
            end = start;
        }
        to = from + first as u64;
        if bytes.is_empty() {
            break;
        }
        if to > 0 && began.elapsed() > LONGEST {
            found.has_more = true;
            break;
        }
    }
    Ok(found)
}

/// What is searched for, in small letters.
struct Needle {
    text: String,
}

impl Needle {
    fn of(text: &str) -> Self {
        Self { text: text.to_lowercase() }
    }

    fn is_in(&self, line: &[u8], stripped: &mut Vec<u8>) -> bool {
        stripped.clear();
        ansi::strip(line, stripped);
        if self.text.is_ascii() {
            stripped.make_ascii_lowercase();
            String::from_utf8_lossy(stripped).contains(&self.text)
        } else {
            String::from_utf8_lossy(stripped).to_lowercase().contains(&self.text)
        }
    }
}
