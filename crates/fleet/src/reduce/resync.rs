//! The full reading of a server: after each beginning of its stream, because nothing is replayed.
//!
//! Events go on while it is being read. What they have touched since the reading began wins over what was read.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use opencode_api::SessionId;

use super::turn::Turn;
use super::{requests, sessions};
use crate::core::Touched;
use crate::effect::Effect;
use crate::event::{DirectorySnapshot, RunId, Snapshot};
use crate::{Change, InstanceId, InstanceState, SessionStatus};

/// The stream is open, and the reading begins.
pub(super) fn began(turn: &mut Turn, at: &RunId) {
    let behind = turn.behind(&at.instance);
    behind.touched = Some(Touched::default());
    behind.reading.clear();
}

/// Has everything read again.
pub(super) fn again(turn: &mut Turn, id: &InstanceId) {
    let at = turn.run_of(id);
    turn.effect(Effect::Resync { at });
}

/// Everything was read.
pub(super) fn ended(turn: &mut Turn, at: &RunId, snapshot: Snapshot) {
    let id = &at.instance;
    let is_answering = turn.instance(id).is_some_and(|instance| {
        matches!(instance.state, InstanceState::Ready | InstanceState::Degraded { .. } | InstanceState::Locked)
    });
    if !is_answering {
        return;
    }
    turn.enter(id, InstanceState::Ready);
    turn.behind(id).is_read = true;
    let touched = turn.behind(id).touched.take().unwrap_or_default();
    drop_deleted(turn, id, &snapshot, &touched);
    for session in &snapshot.sessions {
        if !touched.sessions.contains(&session.id) {
            sessions::put(turn, id, session);
        }
    }
    // A session may run in another directory than its own: one in which something goes on is asked about again.
    let is_quiet =
        |read: &DirectorySnapshot| read.statuses.is_empty() && read.permissions.is_empty() && read.questions.is_empty();
    let lively: BTreeSet<PathBuf> = snapshot
        .directories
        .iter()
        .filter(|(_, read)| !is_quiet(read))
        .map(|(directory, _)| directory.clone())
        .collect();
    // What was known of a directory that could not be read stays as it was.
    for (directory, read) in snapshot.directories {
        statuses(turn, id, &directory, &read, &touched);
        let fresh = waiting(turn, id, &directory, read, &touched);
        let is_stale = |request: &crate::Request| {
            request.directory == directory
                && !fresh.iter().any(|fresh| fresh.id == request.id)
                && !touched.asked.contains(&request.id)
        };
        turn.drop_requests(id, is_stale);
        for request in fresh {
            requests::asked(turn, id, request);
        }
    }
    for request in touched.early {
        if !touched.gone.contains(&request.id) {
            requests::asked(turn, id, request);
        }
    }
    // What began meanwhile may be in a directory that was not asked about yet.
    if touched.sessions.is_empty() {
        sessions::forget_directories(turn, id, |directory| lively.contains(directory));
    }
    turn.publish(Change::Resynced { instance: id.clone() });
}

/// Sessions of the instance's own directory that are not in the whole list were deleted while we did not hear.
fn drop_deleted(turn: &mut Turn, id: &InstanceId, snapshot: &Snapshot, touched: &Touched) {
    if snapshot.sessions.len() >= sessions::KEPT {
        return;
    }
    let Some(instance) = turn.instance(id) else { return };
    let deleted: Vec<SessionId> = instance
        .sessions
        .values()
        .filter(|session| session.directory == instance.directory && !touched.sessions.contains(&session.id))
        .filter(|session| !snapshot.sessions.iter().any(|listed| listed.id == session.id))
        .map(|session| session.id.clone())
        .collect();
    for session in deleted {
        turn.drop_session(id, &session);
    }
}

fn statuses(turn: &mut Turn, id: &InstanceId, directory: &Path, read: &DirectorySnapshot, touched: &Touched) {
    // The server leaves out the sessions that are idle.
    turn.settle_sessions(id, |session| {
        session.directory == directory
            && session.status != SessionStatus::Idle
            && !read.statuses.contains_key(&session.id)
            && !touched.sessions.contains(&session.id)
    });
    for (session, status) in &read.statuses {
        if !touched.sessions.contains(session) {
            sessions::place(turn, id, session, directory);
            sessions::set_status(turn, id, session, status.clone());
        }
    }
}

/// The requests that really wait. A server keeps those of a turn that was stopped, and takes answers to them without effect.
fn waiting(
    turn: &Turn,
    id: &InstanceId,
    directory: &Path,
    read: DirectorySnapshot,
    touched: &Touched,
) -> Vec<crate::Request> {
    let now = turn.now;
    let permissions = read.permissions.into_iter().map(|wire| requests::of_permission(wire, directory, now));
    let questions = read.questions.into_iter().map(|wire| requests::of_question(wire, directory, now));
    let runs = |session: &SessionId| {
        let known = turn.instance(id).and_then(|instance| instance.sessions.get(session));
        known.is_some_and(|session| session.status != SessionStatus::Idle)
    };
    permissions
        .chain(questions)
        .filter(|request| !touched.gone.contains(&request.id) && runs(&request.session))
        .collect()
}
