//! How grave a line of a log is.

use super::ansi;

/// How grave a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogLevel {
    /// For who looks for a mistake.
    Debug,
    /// What happens.
    Info,
    /// What may go wrong.
    Warn,
    /// What went wrong.
    Error,
}

/// The word that tells stands within so many bytes.
const START: usize = 200;

impl LogLevel {
    /// Read off the ways in which opencode writes: `timestamp=… level=INFO …`, `INFO  2026-…` in older versions, `Error: …` on its own.
    pub(super) fn of(line: &[u8]) -> Option<Self> {
        let mut start = Vec::with_capacity(START);
        ansi::strip(&line[..line.len().min(START)], &mut start);
        let start = String::from_utf8_lossy(&start);
        let mut words = start.split_ascii_whitespace();
        let first = words.next()?;
        match first {
            "Error:" | "error:" | "ERROR:" => return Some(Self::Error),
            "Warning:" | "warning:" | "WARNING:" => return Some(Self::Warn),
            _ => {}
        }
        let second = words.next()?;
        if first.starts_with("timestamp=") {
            return second.strip_prefix("level=").and_then(Self::named);
        }
        // Only before a date, or a sentence that begins with the word would count.
        Self::named(first).filter(|_| second.starts_with("20") && second.contains('-'))
    }

    fn named(word: &str) -> Option<Self> {
        match word {
            "DEBUG" | "TRACE" => Some(Self::Debug),
            "INFO" => Some(Self::Info),
            "WARN" | "WARNING" => Some(Self::Warn),
            "ERROR" | "FATAL" => Some(Self::Error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LogLevel::{self, Debug, Error, Info, Warn};

    #[test]
    fn the_level_is_read_off_the_line() {
        for (line, expected) in [
            ("timestamp=2026-01-01T00:00:00.000Z level=INFO run=1 message=x", Some(Info)),
            ("timestamp=2026-01-01T00:00:00.000Z level=DEBUG run=1", Some(Debug)),
            ("timestamp=2026-01-01T00:00:00.000Z level=WARN run=1 message=\"level=ERROR\"", Some(Warn)),
            ("timestamp=2026-01-01T00:00:00.000Z level=ERROR run=1", Some(Error)),
            ("timestamp=2026-01-01T00:00:00.000Z level=NEW run=1", None),
            ("\u{1b}[90mtimestamp=1\u{1b}[0m \u{1b}[31mlevel=ERROR\u{1b}[0m run=1", Some(Error)),
            ("INFO  2025-07-01T10:00:00 +12ms service=server", Some(Info)),
            ("ERROR 2025-07-01T10:00:00 +0ms x", Some(Error)),
            ("Warning: OPENCODE_SERVER_PASSWORD is not set; server is unsecured.", Some(Warn)),
            ("Error: Configuration is invalid", Some(Error)),
            ("opencode server listening on http://127.0.0.1:3100", None),
            ("INFO is a word", None),
            ("    at foo (bar.ts:1:1) level=ERROR", None),
            ("ERROR", None),
            ("", None),
        ] {
            assert_eq!(LogLevel::of(line.as_bytes()), expected, "{line}");
        }
    }
}
