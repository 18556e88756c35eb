//! What keeps instances well: sleep, waking, continuing, their history.

use fleet::SessionId;

use crate::messages::{ContinueSessions, HistoryEntryView, HistoryView, InstanceRef, Nothing};
use crate::{Core, Failure};

pub(crate) async fn instance_history(core: &Core, request: InstanceRef) -> Result<HistoryView, Failure> {
    let entries = core.fleet.history(&request.instance.into()).await?;
    let view = |entry: fleet::HistoryEntry| HistoryEntryView {
        at_ms: entry.at.as_ms(),
        state: entry.state,
        reason: entry.reason,
    };
    Ok(HistoryView { entries: entries.into_iter().map(view).collect() })
}

pub(crate) async fn sleep_instance(core: &Core, request: InstanceRef) -> Result<Nothing, Failure> {
    core.fleet.sleep(&request.instance.into()).await?;
    Ok(Nothing {})
}

pub(crate) async fn wake_instance(core: &Core, request: InstanceRef) -> Result<Nothing, Failure> {
    core.fleet.wake(&request.instance.into()).await?;
    Ok(Nothing {})
}

pub(crate) async fn continue_sessions(core: &Core, request: ContinueSessions) -> Result<Nothing, Failure> {
    let sessions: Vec<SessionId> = request.sessions.into_iter().map(SessionId::from).collect();
    core.fleet.continue_sessions(&request.instance.into(), &sessions).await?;
    Ok(Nothing {})
}

pub(crate) async fn dismiss_interrupted(core: &Core, request: InstanceRef) -> Result<Nothing, Failure> {
    core.fleet.dismiss_interrupted(&request.instance.into()).await?;
    Ok(Nothing {})
}
