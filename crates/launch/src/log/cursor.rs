//! A place in a log that stays right over rotations.

use std::{fmt, str::FromStr};

/// A place in a log: a byte of the content that the live file held after so many rotations.
///
/// It stays right when the log is rotated, and is written as a short text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogCursor {
    pub(crate) rotation: u64,
    pub(crate) offset: u64,
}

/// A text that is no place in a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no place in a log")]
pub struct NoCursor {
    /// The text.
    pub text: String,
}

impl fmt::Display for LogCursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.rotation, self.offset)
    }
}

impl FromStr for LogCursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let parsed = text
            .split_once('-')
            .and_then(|(rotation, offset)| Some(Self { rotation: number(rotation)?, offset: number(offset)? }));
        parsed.ok_or_else(|| NoCursor { text: text.to_owned() })
    }
}

/// Only what `Display` writes: no sign, no space, no leading zero.
fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_a_short_text() {
        for cursor in [LogCursor { rotation: 0, offset: 0 }, LogCursor { rotation: u64::MAX, offset: 8_000_000 }] {
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for text in ["", "-", "1", "1-", "-1", "1--1", "+1-1", "1-1 ", "01-1", "1-1-1", "99999999999999999999-1"] {
            assert_eq!(text.parse::<LogCursor>(), Err(NoCursor { text: text.to_owned() }));
        }
    }

    #[test]
    fn cursors_are_in_the_order_of_the_log() {
        let at = |rotation, offset| LogCursor { rotation, offset };
        assert!(at(1, 900) < at(2, 0) && at(2, 0) < at(2, 1));
    }
}
