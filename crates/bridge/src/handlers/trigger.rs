//! Operations about the calling window alone. A window that is not open (any more) is no error: it has nothing to be told.

use crate::messages::{Nothing, Watch};
use crate::pushes::Queue;
use crate::{Core, Failure, WindowId};

/// The most transcripts that one window watches.
const MOST_SESSIONS: usize = 64;
/// The most instances that one window shows by themselves.
const MOST_INSTANCES: usize = 64;

pub(crate) async fn watch(core: &Core, window: &WindowId, request: Watch) -> Result<Nothing, Failure> {
    let Watch { sessions, instances } = request;
    let of_sessions = sessions.iter().map(|session| session.instance.clone());
    let shown = instances.unwrap_or_default().into_iter().take(MOST_INSTANCES).chain(of_sessions).collect();
    core.windows.shows(window, shown);
    core.windows.watch(window, sessions.into_iter().take(MOST_SESSIONS));
    Ok(Nothing {})
}

pub(crate) async fn resync(core: &Core, window: &WindowId, _: Nothing) -> Result<Nothing, Failure> {
    core.windows.with(window, Queue::start_over);
    Ok(Nothing {})
}
