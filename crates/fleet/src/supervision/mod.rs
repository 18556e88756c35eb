//! What keeps an instance well over time: restarts, sleep and waking, its history.

/// What can happen over time.
#[derive(Debug)]
pub(crate) enum SupervisionEvent {}

/// What we do over time.
#[derive(Debug)]
pub(crate) enum SupervisionEffect {}

impl SupervisionEvent {
    /// The run that a report is about.
    pub(crate) fn run(&self) -> Option<&crate::event::RunId> {
        None
    }
}
