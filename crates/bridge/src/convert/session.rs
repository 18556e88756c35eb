//! A session as lists show it.

use fleet::{Instance, Session, SessionStatus};

use super::instance::count;
use super::path_text;
use crate::messages::{SessionStatusView, SessionView};

pub(crate) fn session_view(instance: &Instance, session: &Session) -> SessionView {
    SessionView {
        instance: instance.id.to_string(),
        id: session.id.to_string(),
        title: session.title.clone(),
        parent: session.parent.as_ref().map(ToString::to_string),
        directory: path_text(&session.directory),
        created_ms: session.created.as_ms(),
        updated_ms: session.updated.as_ms(),
        status: match &session.status {
            SessionStatus::Idle => SessionStatusView::Idle,
            SessionStatus::Busy => SessionStatusView::Busy,
            SessionStatus::Retry { attempt, message, next } => {
                SessionStatusView::Retry { attempt: *attempt, message: message.clone(), next_ms: next.as_ms() }
            }
        },
        waiting: count(instance.waiting_of(&session.id)),
        doing: session.doing.clone(),
        failure: session.failure.clone(),
    }
}
