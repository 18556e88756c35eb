//! A start of somebody else's container that was asked of its engine.

use crate::Timestamp;

/// A start of somebody else's container that was asked of its engine, and of which nothing was seen yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StartAsked {
    /// When the container was started the time before, by its engine's clock: 0 if it never was, none if nobody has seen it.
    pub(crate) before: Option<Timestamp>,
}

impl StartAsked {
    /// Whether what is seen of a container that was started then is from before: a list may be older than the start.
    pub(crate) fn is_from_before(self, started: Option<Timestamp>) -> bool {
        self.before.is_some_and(|before| started.unwrap_or_default() <= before)
    }
}
