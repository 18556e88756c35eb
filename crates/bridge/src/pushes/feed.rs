//! Turns changes of the fleet into items for the windows.

use fleet::{Change, Changes, Fleet, Seen, State};

use super::Windows;
use crate::convert::{instance_view, notice_view, opencode_view, request_view, session_view, transcript_event};
use crate::messages::{PushItem, TranscriptEvent, WatchedSession};

/// Feeds the windows until the fleet is gone.
pub(crate) async fn feed(fleet: Fleet, mut changes: Changes, windows: Windows) {
    while let Some(seen) = changes.next().await {
        match seen {
            Seen::Lagged => windows.start_over(),
            Seen::Change(change) => match &*change {
                Change::Transcript { instance, session, event } => {
                    let (instance, session) = (instance.to_string(), session.to_string());
                    let watched = WatchedSession { instance: instance.clone(), session: session.clone() };
                    windows.add_transcript(&watched, || PushItem::Transcript {
                        instance: instance.clone(),
                        session: session.clone(),
                        event: transcript_event(event),
                    });
                }
                Change::Resynced { instance } => {
                    windows.add_to_watched(instance.as_str(), |WatchedSession { instance, session }| {
                        PushItem::Transcript { instance, session, event: TranscriptEvent::Resync }
                    });
                }
                change => windows.add(item(&fleet.state(), change).as_slice()),
            },
        }
    }
    windows.close_all();
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
        Change::Settings => PushItem::Settings { settings: (&*state.settings).into() },
        Change::Notice(id) => PushItem::Notice { notice: notice_view(state.notices.get(id)?) },
        Change::NoticeGone(id) => PushItem::NoticeGone { id: id.to_string() },
        Change::Transcript { .. } | Change::Resynced { .. } => return None,
    })
}
