//! What a server tells on its stream.

use std::path::{Path, PathBuf};

use opencode_api::{Envelope, ServerEvent, SessionId};
use serde_json::Value;

use super::turn::Turn;
use super::{doing, requests, sessions};
use crate::event::RunId;
use crate::{Change, InstanceId, InstanceState, TranscriptEvent};

/// A server told of something.
pub(super) fn told(turn: &mut Turn, at: &RunId, envelope: Envelope) {
    let id = &at.instance;
    let Some(instance) = turn.instance(id) else { return };
    if !instance.state.is_live() {
        return;
    }
    let Envelope { directory, event } = envelope;
    let directory = match directory {
        Some(directory) if directory != "global" => PathBuf::from(directory),
        _ => instance.directory.clone(),
    };
    match event {
        ServerEvent::SessionCreated(session) | ServerEvent::SessionUpdated(session) => {
            touch(turn, id, &session.id);
            sessions::put(turn, id, &session);
        }
        ServerEvent::SessionDeleted(session) => {
            touch(turn, id, &session.id);
            sessions::deleted(turn, id, &session.id);
        }
        ServerEvent::SessionStatus { session, status } => {
            touch(turn, id, &session);
            if status != opencode_api::SessionStatus::Idle {
                sessions::remember_directory(turn, id, &directory);
                sessions::place(turn, id, &session, &directory);
            }
            if can_run(turn, id) {
                sessions::set_status(turn, id, &session, status);
            }
        }
        ServerEvent::SessionIdle { session } => {
            touch(turn, id, &session);
            turn.settle(id, &session);
        }
        ServerEvent::SessionError { session: Some(session), error } => failed(turn, id, &session, error),
        ServerEvent::PermissionAsked(wire) => {
            let request = requests::of_permission(wire, &directory, turn.now);
            requests::asked(turn, id, request);
        }
        ServerEvent::QuestionAsked(wire) => {
            let request = requests::of_question(wire, &directory, turn.now);
            requests::asked(turn, id, request);
        }
        ServerEvent::PermissionReplied { request, .. }
        | ServerEvent::QuestionReplied { request, .. }
        | ServerEvent::QuestionRejected { request, .. } => requests::gone(turn, id, &request),
        ServerEvent::InstanceDisposed { directory } => {
            disposed(turn, id, Some(Path::new(&directory)));
            // What it reads at its next beginning may be refused: better known now than at the next prompt.
            super::resync::again(turn, id);
        }
        ServerEvent::AllDisposed => disposed(turn, id, None),
        event => transcript(turn, id, event),
    }
}

/// Whether sessions of this instance can run, as far as we know.
fn can_run(turn: &Turn, id: &InstanceId) -> bool {
    turn.instance(id)
        .is_some_and(|instance| matches!(instance.state, InstanceState::Ready | InstanceState::Degraded { .. }))
}

fn touch(turn: &mut Turn, id: &InstanceId, session: &SessionId) {
    if let Some(touched) = &mut turn.behind(id).touched {
        touched.sessions.insert(session.clone());
    }
}

/// What the server held for a directory is gone: nothing runs there, nothing waits.
fn disposed(turn: &mut Turn, id: &InstanceId, directory: Option<&Path>) {
    let is_there = |path: &Path| directory.is_none_or(|directory| directory == path);
    turn.drop_requests(id, |request| is_there(&request.directory));
    turn.settle_sessions(id, |session| is_there(&session.directory));
}

/// A turn failed or was stopped.
fn failed(turn: &mut Turn, id: &InstanceId, session: &SessionId, error: Value) {
    touch(turn, id, session);
    let name = error.get("name").and_then(Value::as_str).unwrap_or_default();
    if name == "MessageAbortedError" {
        requests::aborted(turn, id, session);
    } else {
        let message = error.pointer("/data/message").or_else(|| error.get("message")).and_then(Value::as_str);
        let failure = match message {
            Some(message) if !message.is_empty() => message.to_owned(),
            _ if name.is_empty() => "The turn failed; the server did not say why".to_owned(),
            _ => name.to_owned(),
        };
        turn.change_session(id, session, |session| session.failure = Some(failure));
    }
    publish(turn, id, session.clone(), TranscriptEvent::Error { error });
}

fn publish(turn: &mut Turn, id: &InstanceId, session: SessionId, event: TranscriptEvent) {
    turn.publish(Change::Transcript { instance: id.clone(), session, event });
}

/// What only transcripts show, and what follows from it for what a session is doing.
fn transcript(turn: &mut Turn, id: &InstanceId, event: ServerEvent) {
    let (session, event) = match event {
        ServerEvent::MessageUpdated { session, info } => {
            doing::message(turn, id, &session, &info);
            (session, TranscriptEvent::Message { info })
        }
        ServerEvent::MessageRemoved { session, message } => (session, TranscriptEvent::MessageGone { message }),
        ServerEvent::PartUpdated { session, message, part_id, part } => {
            doing::part(turn, id, &session, &message, &part_id, &part);
            (session, TranscriptEvent::Part { part })
        }
        ServerEvent::PartRemoved { session, message, part } => (session, TranscriptEvent::PartGone { message, part }),
        ServerEvent::PartDelta { session, message, part, field, delta } => {
            doing::delta(turn, id, &session, &part, &delta);
            (session, TranscriptEvent::Delta { message, part, field, delta })
        }
        ServerEvent::TodoUpdated { session, todos } => (session, TranscriptEvent::Todo { todos }),
        // What we do not use or cannot read is counted where it is decoded.
        _ => return,
    };
    publish(turn, id, session, event);
}
