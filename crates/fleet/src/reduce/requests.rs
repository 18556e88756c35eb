//! Requests that wait for a person: how they come, how they are answered, how they go.

use std::path::Path;

use opencode_api::{ApiError, PermissionRequest, QuestionRequest, RequestId, SessionId, ToolCall};

use super::sessions;
use super::turn::Turn;
use crate::effect::Effect;
use crate::event::{Answer, CallId, Outcome, RunId};
use crate::{
    FleetError, InstanceId, InstanceState, Question, QuestionOption, Request, RequestBody, SessionStatus, Timestamp,
};

/// A request as we keep it.
pub(super) fn of_permission(wire: PermissionRequest, directory: &Path, now: Timestamp) -> Request {
    let body = RequestBody::Permission {
        command: wire.command().map(str::to_owned),
        file: wire.filepath().map(str::to_owned),
        diff: wire.diff().map(str::to_owned),
        permission: wire.permission,
        patterns: wire.patterns,
        always: wire.always,
    };
    request(wire.id, wire.session, wire.tool, body, directory, now)
}

/// A request as we keep it.
pub(super) fn of_question(wire: QuestionRequest, directory: &Path, now: Timestamp) -> Request {
    let questions = wire.questions.into_iter().map(|question| Question {
        question: question.question,
        header: question.header,
        options: question
            .options
            .into_iter()
            .map(|option| QuestionOption { label: option.label, description: option.description })
            .collect(),
        multiple: question.multiple,
        custom: question.custom,
    });
    let body = RequestBody::Question { questions: questions.collect() };
    request(wire.id, wire.session, wire.tool, body, directory, now)
}

fn request(
    id: RequestId,
    session: SessionId,
    tool: Option<ToolCall>,
    body: RequestBody,
    directory: &Path,
    now: Timestamp,
) -> Request {
    let (message, call) = tool.map(|tool| (tool.message.as_str().to_owned(), tool.call)).unzip();
    Request { id, session, directory: directory.to_path_buf(), asked_at: now, message, call, body, answering: false }
}

/// An agent asks.
pub(super) fn asked(turn: &mut Turn, id: &InstanceId, request: Request) {
    if turn.instance(id).is_none_or(|instance| instance.state != InstanceState::Ready) {
        // The reading that makes it ready may have been too early for this one.
        if let Some(touched) = &mut turn.behind(id).touched {
            touched.gone.remove(&request.id);
            touched.early.push(request);
        }
        return;
    }
    if let Some(touched) = &mut turn.behind(id).touched {
        touched.asked.insert(request.id.clone());
        touched.sessions.insert(request.session.clone());
        touched.gone.remove(&request.id);
    }
    sessions::remember_directory(turn, id, &request.directory);
    sessions::place(turn, id, &request.session, &request.directory);
    // Only a turn that runs can ask.
    turn.change_session(id, &request.session, |session| {
        if session.status == SessionStatus::Idle {
            session.status = SessionStatus::Busy;
            session.failure = None;
        }
    });
    let is_known = turn.instance(id).is_some_and(|instance| instance.requests.contains_key(&request.id));
    if !is_known {
        turn.put_request(id, request);
    }
}

/// A request waits no more, whoever answered it.
pub(super) fn gone(turn: &mut Turn, id: &InstanceId, request: &RequestId) {
    if let Some(touched) = &mut turn.behind(id).touched {
        touched.gone.insert(request.clone());
        touched.asked.remove(request);
    }
    turn.drop_requests(id, |known| known.id == *request);
}

/// A turn was stopped by a person: what it asked, and what its sub-agents asked, cannot be answered.
pub(super) fn aborted(turn: &mut Turn, id: &InstanceId, session: &SessionId) {
    let Some(instance) = turn.instance(id) else { return };
    let below: Vec<SessionId> = instance
        .requests
        .values()
        .map(|request| request.session.clone())
        .filter(|asking| asking == session || instance.ancestors(asking).iter().any(|ancestor| ancestor.id == *session))
        .collect();
    turn.drop_requests(id, |request| below.contains(&request.session));
}

/// Somebody answers a request.
pub(super) fn answer(turn: &mut Turn, call: CallId, id: &InstanceId, request: &RequestId, answer: Answer) {
    let waits = match turn.known(id) {
        Err(error) => return turn.answer(call, Err(error)),
        Ok(instance) => {
            instance.requests.get(request).filter(|request| !request.answering && fits(&request.body, &answer))
        }
    };
    let Some(waits) = waits else {
        let gone = FleetError::NoSuchRequest { instance: id.clone(), request: request.clone() };
        return turn.answer(call, Err(gone));
    };
    let mut answering = Request::clone(waits);
    answering.answering = true;
    let directory = answering.directory.clone();
    turn.put_request(id, answering);
    let at = turn.run_of(id);
    turn.effect(Effect::Reply { at, call, directory, request: request.clone(), answer });
}

fn fits(body: &RequestBody, answer: &Answer) -> bool {
    match answer {
        Answer::Permission { .. } => matches!(body, RequestBody::Permission { .. }),
        Answer::Question { .. } | Answer::Dismiss => matches!(body, RequestBody::Question { .. }),
    }
}

/// The server took an answer, or did not.
pub(super) fn replied(turn: &mut Turn, at: &RunId, call: CallId, request: &RequestId, result: Result<(), ApiError>) {
    let id = &at.instance;
    match result {
        Ok(()) => {
            gone(turn, id, request);
            turn.answer(call, Ok(Outcome::Done));
        }
        Err(ApiError::NotFound { .. }) => {
            gone(turn, id, request);
            let error = FleetError::NoSuchRequest { instance: id.clone(), request: request.clone() };
            turn.answer(call, Err(error));
            // What else we believe of its requests may be as old.
            super::resync::again(turn, id);
        }
        Err(error) => {
            let known = turn.instance(id).and_then(|instance| instance.requests.get(request)).cloned();
            if let Some(known) = known {
                let mut waits = Request::clone(&known);
                waits.answering = false;
                turn.put_request(id, waits);
            }
            turn.answer(call, Err(FleetError::Server(error)));
        }
    }
}
