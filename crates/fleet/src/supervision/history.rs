//! What happened to an instance.

use crate::Timestamp;

/// One change of an instance's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// When.
    pub at: Timestamp,
    /// The word of the new state.
    pub state: String,
    /// Why.
    pub reason: String,
}

impl HistoryEntry {
    /// How many are kept of each instance.
    pub const KEPT: usize = 500;
}
