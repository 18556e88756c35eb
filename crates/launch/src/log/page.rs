//! Pages of a log, forwards and backwards, over its rotated files too.

use std::{io, path::Path};

use super::{LogCursor, LogLevel, chain::Chain};
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
    /// Without its line break; ANSI sequences are left in, bytes that are not UTF-8 are replaced. A line of more than 16 KiB is cut and ends in `…`.
    pub text: String,
    /// How grave it is, where the line says so in opencode's own manner.
    pub level: Option<LogLevel>,
}

/// No line is longer.
const LONGEST_LINE: usize = 16 * 1024;
/// No page reads more than this, however long the lines are. A line that is longer comes in several.
const PAGE_BYTES: u64 = 1024 * 1024;
/// A page is read in steps of this size, until it has enough lines.
const STEP: u64 = 64 * 1024;

impl LogLine {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        let level = LogLevel::of(bytes);
        if bytes.len() <= LONGEST_LINE {
            return Self { text: String::from_utf8_lossy(bytes).into_owned(), level };
        }
        let mut text = String::from_utf8_lossy(&bytes[..LONGEST_LINE]).into_owned();
        // A letter that was cut through, and the room for the mark.
        let mut end = LONGEST_LINE - '…'.len_utf8();
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
        Self { text, level }
    }
}

/// The lines behind a place; none: the last lines of the log. A log that is not there (yet) is empty.
///
/// A line that is still being written waits until it is complete, or until its writer pauses.
pub fn read(path: &Path, from: Option<&LogCursor>, lines: usize) -> Result<LogPage, LaunchError> {
    let page = Chain::open(path).and_then(|chain| match from {
        None => last(&chain, lines),
        Some(cursor) => after(&chain, cursor, lines),
    });
    page.map_err(|source| LaunchError::Log { path: path.to_owned(), source })
}

/// The lines before a place, for scrolling back.
pub fn read_before(path: &Path, before: &LogCursor, lines: usize) -> Result<LogPage, LaunchError> {
    let page = Chain::open(path).and_then(|chain| {
        let (to, skipped) = chain.locate(before);
        let page = before_place(&chain, to, lines)?;
        // What lay before it is gone as well: nothing is older than the oldest.
        let skipped = skipped && to == 0;
        Ok(LogPage { skipped, ..page })
    });
    page.map_err(|source| LaunchError::Log { path: path.to_owned(), source })
}

fn after(chain: &Chain, cursor: &LogCursor, wanted: usize) -> io::Result<LogPage> {
    let (from, skipped) = chain.locate(cursor);
    let mut bytes = Vec::new();
    let mut breaks = 0;
    loop {
        let at = from + bytes.len() as u64;
        if breaks >= wanted || bytes.len() as u64 >= PAGE_BYTES || at >= chain.end() {
            break;
        }
        let block = chain.read(at, STEP)?;
        if block.is_empty() {
            break;
        }
        breaks += breaks_in(&block);
        bytes.extend(block);
    }
    let is_at_end = from + bytes.len() as u64 >= chain.end();
    let mut lines = Vec::new();
    let mut rest = bytes.as_slice();
    while lines.len() < wanted {
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else { break };
        lines.push(LogLine::of(&rest[..end]));
        rest = &rest[end + 1..];
    }
    // What is left without a line break is given when no more of it will come, and when it would fill the page.
    let is_open = lines.len() < wanted && !rest.is_empty();
    if is_open && ((is_at_end && chain.is_quiet()) || (lines.is_empty() && bytes.len() as u64 >= PAGE_BYTES)) {
        lines.push(LogLine::of(rest));
        rest = &[];
    }
    let next = from + (bytes.len() - rest.len()) as u64;
    let has_more = !is_at_end || breaks_in(rest) > 0;
    Ok(LogPage { lines, start: chain.cursor(from), next: chain.cursor(next), has_more, skipped })
}

/// The last lines, without one that is still being written.
fn last(chain: &Chain, wanted: usize) -> io::Result<LogPage> {
    let end = chain.end();
    if chain.is_quiet() {
        return before_place(chain, end, wanted);
    }
    let from = end.saturating_sub(STEP);
    let bytes = chain.read(from, STEP)?;
    let complete = bytes.iter().rposition(|byte| *byte == b'\n').map(|at| from + at as u64 + 1);
    before_place(chain, complete.unwrap_or(if from == 0 { 0 } else { end }), wanted)
}

fn before_place(chain: &Chain, to: u64, wanted: usize) -> io::Result<LogPage> {
    let mut bytes: Vec<u8> = Vec::new();
    let mut from = to;
    let mut breaks = 0;
    // One break more than lines: the last line usually ends in one.
    while from > 0 && to - from < PAGE_BYTES && breaks <= wanted {
        let step = STEP.min(from);
        let mut block = chain.read(from - step, step)?;
        if (block.len() as u64) < step {
            break;
        }
        from -= step;
        breaks += breaks_in(&block);
        block.append(&mut bytes);
        bytes = block;
    }
    let ends = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    // Where each line begins.
    let mut starts: Vec<usize> = Vec::new();
    if !bytes.is_empty() {
        starts.push(0);
        starts.extend(ends.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1));
        // The first one is half a line, unless the log begins with it or it alone fills the page.
        if from > 0 && starts.len() > 1 {
            starts.remove(0);
        }
    }
    let starts = &starts[starts.len().saturating_sub(wanted)..];
    let line = |(at, start): (usize, &usize)| {
        let end = starts.get(at + 1).map_or(ends.len(), |next| next - 1);
        LogLine::of(&bytes[*start..end])
    };
    let start = from + starts.first().map_or(bytes.len(), |start| *start) as u64;
    Ok(LogPage {
        lines: starts.iter().enumerate().map(line).collect(),
        start: chain.cursor(start),
        next: chain.cursor(to),
        has_more: start > 0,
        skipped: false,
    })
}

fn breaks_in(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').count() - 1
}
