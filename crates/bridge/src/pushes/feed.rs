//! Turns changes of the fleet into items for the windows.

use fleet::{Change, Changes, Fleet, InstanceId, Seen, SessionId, SessionStatus, State};

use super::Windows;
use crate::convert::{
    instance_view, notice_view, opencode_view, prompt_view, request_view, session_view, versions_view,
};
use crate::messages::{PushItem, WatchedSession};

/// Feeds the windows until the fleet is gone.
pub(crate) async fn feed(fleet: Fleet, mut changes: Changes, windows: Windows) {
    while let Some(seen) = changes.next().await {
        match seen {
            Seen::Lagged => windows.start_over(),
            Seen::Change(change) => match &*change {
                Change::Transcript { instance, session, event } => {
                    windows.add_transcript(&watched(instance, session), event);
                }
                Change::Resynced { instance } => windows.resync(instance.as_str()),
                change => {
                    let state = fleet.state();
                    end_texts(&windows, &state, change);
                    windows.add(item(&state, change).as_slice());
                }
            },
        }
    }
    windows.close_all();
}

/// Lets go of the texts that ran where nothing runs any more, finished or not.
fn end_texts(windows: &Windows, state: &State, change: &Change) {
    match change {
        Change::Session { instance, session } | Change::SessionGone { instance, session } => {
            let known = state.instances.get(instance).and_then(|instance| instance.sessions.get(session));
            if known.is_none_or(|session| session.status == SessionStatus::Idle) {
                windows.end_session(&watched(instance, session));
            }
        }
        Change::InstanceGone(id) => windows.end_instance(id.as_str()),
        _ => {}
    }
}

fn watched(instance: &InstanceId, session: &SessionId) -> WatchedSession {
    WatchedSession { instance: instance.to_string(), session: session.to_string() }
}

/// The item that tells of a change of the fleet, with what is so now. None: it is gone since, and another change tells so.
fn item(state: &State, change: &Change) -> Option<PushItem> {
    Some(match change {
        Change::Instance(id) => PushItem::Instance { instance: Box::new(instance_view(state.instances.get(id)?)) },
        Change::InstanceGone(id) => PushItem::InstanceGone { id: id.to_string() },
        Change::Session { instance, session } => {
            let instance = state.instances.get(instance)?;
            let session = instance.sessions.get(session)?;
            PushItem::Session { session: Box::new(session_view(instance, session)) }
        }
        Change::SessionGone { instance, session } => {
            PushItem::SessionGone { instance: instance.to_string(), id: session.to_string() }
        }
        Change::Request { instance, request } => {
            let instance = state.instances.get(instance)?;
            let request = instance.requests.get(request)?;
            if request.answering {
                PushItem::RequestGone { instance: instance.id.to_string(), id: request.id.to_string() }
            } else {
                PushItem::Request { request: Box::new(request_view(instance, request)) }
            }
        }
        Change::RequestGone { instance, request } => {
            PushItem::RequestGone { instance: instance.to_string(), id: request.to_string() }
        }
        Change::Opencode => PushItem::Opencode { opencode: opencode_view(&state.opencode) },
        Change::Versions => PushItem::Versions { versions: versions_view(&state.versions) },
        Change::Settings => PushItem::Settings { settings: (&*state.settings).into() },
        Change::Notice(id) => PushItem::Notice { notice: notice_view(state.notices.get(id)?) },
        Change::NoticeGone(id) => PushItem::NoticeGone { id: id.to_string() },
        Change::Prompts => PushItem::Prompts { prompts: state.prompts.iter().map(prompt_view).collect() },
        Change::Transcript { .. } | Change::Resynced { .. } => return None,
    })
}
