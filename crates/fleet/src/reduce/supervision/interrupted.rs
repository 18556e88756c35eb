//! Sessions that ran when their server ended without being asked to: named until they go on or are dismissed.

use std::collections::BTreeSet;

use opencode_api::SessionId;

use super::super::stop::is_up;
use super::super::turn::Turn;
use crate::event::CallId;
use crate::{InstanceId, SessionStatus};

/// Remembers what runs now.
pub(super) fn remember(turn: &mut Turn, id: &InstanceId) {
    let running = running(turn, id);
    interrupt(turn, id, running);
}

/// What runs now. Of a sub-agent it is the session that started it: only that one can go on.
pub(in crate::reduce) fn running(turn: &Turn, id: &InstanceId) -> BTreeSet<SessionId> {
    let Some(instance) = turn.instance(id) else { return BTreeSet::new() };
    let running = instance.sessions.values().filter(|session| session.status != SessionStatus::Idle);
    running.filter_map(|session| Some(instance.ancestors(&session.id).last()?.id.clone())).collect()
}

/// These were interrupted.
pub(in crate::reduce) fn interrupt(turn: &mut Turn, id: &InstanceId, sessions: BTreeSet<SessionId>) {
    if turn.instance(id).is_some_and(|instance| !sessions.is_subset(&instance.interrupted)) {
        turn.change(id, |instance| instance.interrupted.extend(sessions));
    }
}

/// A session runs again, or is gone: it is interrupted no more.
pub(in crate::reduce) fn goes_on(turn: &mut Turn, id: &InstanceId, session: &SessionId) {
    if turn.instance(id).is_some_and(|instance| instance.interrupted.contains(session)) {
        forget_interrupted(turn, id, std::slice::from_ref(session));
    }
}

/// These are interrupted no more.
pub(in crate::reduce) fn forget_interrupted(turn: &mut Turn, id: &InstanceId, sessions: &[SessionId]) {
    let Some(instance) = turn.instance(id) else { return };
    if !sessions.iter().any(|session| instance.interrupted.contains(session)) {
        return;
    }
    turn.change(id, |instance| instance.interrupted.retain(|session| !sessions.contains(session)));
    write_down(turn, id);
}

/// Somebody does not want them continued.
pub(super) fn dismiss(turn: &mut Turn, call: CallId, id: &InstanceId) {
    let known = turn.known(id).map(|instance| instance.interrupted.iter().cloned().collect::<Vec<_>>());
    match known {
        Ok(sessions) => {
            forget_interrupted(turn, id, &sessions);
            turn.done(call);
        }
        Err(error) => turn.answer(call, Err(error)),
    }
}

fn write_down(turn: &mut Turn, id: &InstanceId) {
    // While it starts or stops, whoever does that writes the record, with what is known here.
    if turn.instance(id).is_some_and(|instance| is_up(instance) || instance.state.is_ended()) {
        let is_stopping = turn.instance(id).is_some_and(|instance| instance.state == crate::InstanceState::Stopping);
        turn.write_record(id, is_stopping);
    }
}
