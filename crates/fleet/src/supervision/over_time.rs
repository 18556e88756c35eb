//! What an instance's supervision remembers, and shows nowhere.

use crate::Timestamp;
use crate::event::CallId;

/// What an instance's supervision remembers.
#[derive(Clone, Debug, Default)]
pub(crate) struct OverTime {
    /// How often it was started by itself since it was last well.
    pub(crate) attempts: u32,
    /// Whether the start that is beginning is one of these.
    pub(crate) is_automatic: bool,
    /// Since when it is ready, in this run.
    pub(crate) ready_since: Option<Timestamp>,
    /// Since when nobody needs it, as far as the last look saw.
    pub(crate) idle_since: Option<Timestamp>,
    /// How far it is on its way to sleep.
    pub(crate) sleep: Sleep,
    /// Callers who wait until it sleeps.
    pub(crate) sleepers: Vec<CallId>,
    /// Callers who wait until it is awake.
    pub(crate) wakers: Vec<CallId>,
    /// Whether it ran before we came.
    pub(crate) is_found: bool,
    /// Why the next change of its state comes, if that is known better than from the state alone.
    pub(crate) why: Option<String>,
}

/// How far an instance is on its way to sleep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sleep {
    /// Not at all.
    #[default]
    Awake,
    /// What is needed to browse it is being kept.
    Keeping,
    /// It is being stopped in order to sleep.
    Stopping,
}
