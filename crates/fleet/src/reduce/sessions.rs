//! Sessions of an instance: recent and live ones, bounded.

use std::path::{Path, PathBuf};

use opencode_api::SessionId;

use super::turn::Turn;
use crate::effect::Effect;
use crate::event::RunId;
use crate::{Change, Instance, InstanceId, Session, SessionStatus, Timestamp};

/// How many sessions of an instance are kept beside those that run.
pub(super) const KEPT: usize = 100;
/// How many directories of an instance are remembered.
const DIRECTORIES: usize = 32;

/// opencode's session with what we know of it ourselves.
fn merged(wire: &opencode_api::Session, known: Option<&Session>, directory: &Path) -> Session {
    Session {
        id: wire.id.clone(),
        title: wire.title.clone(),
        parent: wire.parent_id.clone(),
        directory: if wire.directory.is_empty() { directory.to_path_buf() } else { PathBuf::from(&wire.directory) },
        created: Timestamp(wire.created_ms),
        updated: Timestamp(wire.updated_ms),
        status: known.map_or(SessionStatus::Idle, |known| known.status.clone()),
        doing: known.and_then(|known| known.doing.clone()),
        failure: known.and_then(|known| known.failure.clone()),
    }
}

/// A session is new or has changed.
pub(super) fn put(turn: &mut Turn, id: &InstanceId, wire: &opencode_api::Session) {
    let Some(instance) = turn.instance(id) else { return };
    if wire.archived_ms.is_some() {
        return deleted(turn, id, &wire.id);
    }
    let known = instance.sessions.get(&wire.id);
    let session = merged(wire, known.map(AsRef::as_ref), &instance.directory);
    let is_renamed = known.is_none_or(|known| known.title != session.title || known.parent != session.parent);
    let parent = session.parent.clone();
    let directory = session.directory.clone();
    turn.put_session(id, session);
    if let Some(parent) = parent {
        read_if_unknown(turn, id, &parent, &directory);
    }
    if is_renamed {
        retell_requests(turn, id, &wire.id);
    }
    bound(turn, id, &wire.id);
}

/// A session is no more. A directory in which it was the last is not asked about again.
pub(super) fn deleted(turn: &mut Turn, id: &InstanceId, session: &SessionId) {
    let directory =
        turn.instance(id).and_then(|instance| instance.sessions.get(session)).map(|it| it.directory.clone());
    turn.drop_session(id, session);
    if directory.is_some_and(|directory| forget_directories(turn, id, |other| *other != *directory)) {
        super::resync::again(turn, id);
    }
}

/// Requests show the titles on the way from the root session: they change with them.
fn retell_requests(turn: &mut Turn, id: &InstanceId, session: &SessionId) {
    let Some(instance) = turn.instance(id) else { return };
    let told: Vec<_> = instance
        .requests
        .values()
        .filter(|request| instance.ancestors(&request.session).iter().any(|ancestor| ancestor.id == *session))
        .map(|request| request.id.clone())
        .collect();
    for request in told {
        turn.publish(Change::Request { instance: id.clone(), request });
    }
}

/// Keeps a place for a session that we have only heard of, and has it read.
pub(super) fn place(turn: &mut Turn, id: &InstanceId, session: &SessionId, directory: &Path) {
    let Some(instance) = turn.instance(id) else { return };
    if instance.sessions.contains_key(session) {
        return;
    }
    let placeholder = Session {
        id: session.clone(),
        title: String::new(),
        parent: None,
        directory: directory.to_path_buf(),
        created: turn.now,
        updated: turn.now,
        status: SessionStatus::Idle,
        doing: None,
        failure: None,
    };
    turn.put_session(id, placeholder);
    read_anyway(turn, id, session, directory);
    bound(turn, id, session);
}

fn read_if_unknown(turn: &mut Turn, id: &InstanceId, session: &SessionId, directory: &Path) {
    if turn.instance(id).is_some_and(|instance| !instance.sessions.contains_key(session)) {
        read_anyway(turn, id, session, directory);
    }
}

fn read_anyway(turn: &mut Turn, id: &InstanceId, session: &SessionId, directory: &Path) {
    if turn.behind(id).reading.insert(session.clone()) {
        let at = turn.run_of(id);
        turn.effect(Effect::ReadSession { at, directory: directory.to_path_buf(), session: session.clone() });
    }
}

/// A session that was only known by its id was read.
pub(super) fn read(turn: &mut Turn, at: &RunId, wire: &opencode_api::Session) {
    turn.behind(&at.instance).reading.remove(&wire.id);
    put(turn, &at.instance, wire);
}

/// A session runs, or does not.
pub(super) fn set_status(turn: &mut Turn, id: &InstanceId, session: &SessionId, status: opencode_api::SessionStatus) {
    let status = match status {
        opencode_api::SessionStatus::Idle => return turn.settle(id, session),
        opencode_api::SessionStatus::Busy => SessionStatus::Busy,
        opencode_api::SessionStatus::Retry { attempt, message, next_ms } => {
            SessionStatus::Retry { attempt, message, next: Timestamp(next_ms) }
        }
    };
    turn.change_session(id, session, |session| {
        if session.status == SessionStatus::Idle {
            session.failure = None;
            session.doing = None;
        }
        session.status = status;
    });
}

/// Remembers a directory in which something happens, so that a full reading asks about it.
pub(super) fn remember_directory(turn: &mut Turn, id: &InstanceId, directory: &Path) {
    let is_new = turn
        .instance(id)
        .is_some_and(|instance| !instance.directories.contains(directory) && instance.directories.len() < DIRECTORIES);
    if is_new {
        turn.change(id, |instance| {
            instance.directories.insert(directory.to_path_buf());
        });
    }
}

/// Forgets the directories that no known session uses, and that are not to be kept for another reason. Whether there were any.
pub(super) fn forget_directories(turn: &mut Turn, id: &InstanceId, keeps: impl Fn(&Path) -> bool) -> bool {
    let Some(instance) = turn.instance(id) else { return false };
    let is_used = |directory: &Path| {
        directory == instance.directory
            || instance.sessions.values().any(|session| session.directory == directory)
            || instance.requests.values().any(|request| request.directory == directory)
    };
    let forgotten: Vec<PathBuf> =
        instance.directories.iter().filter(|directory| !is_used(directory) && !keeps(directory)).cloned().collect();
    if !forgotten.is_empty() {
        turn.change(id, |instance| instance.directories.retain(|directory| !forgotten.contains(directory)));
    }
    !forgotten.is_empty()
}

/// Lets go of the sessions that changed longest ago, if there are too many; never of one that runs, waits, or has just come.
pub(super) fn bound(turn: &mut Turn, id: &InstanceId, newest: &SessionId) {
    while let Some(oldest) = turn.instance(id).and_then(|instance| too_old(instance, newest)) {
        turn.drop_session(id, &oldest);
    }
}

fn too_old(instance: &Instance, newest: &SessionId) -> Option<SessionId> {
    if instance.sessions.len() <= KEPT {
        return None;
    }
    let is_parent = |id: &SessionId| {
        let live = instance.sessions.values().filter(|session| session.status != SessionStatus::Idle);
        live.into_iter().any(|session| session.parent.as_ref() == Some(id))
    };
    instance
        .sessions
        .values()
        .filter(|session| session.status == SessionStatus::Idle && session.id != *newest && !is_parent(&session.id))
        .min_by_key(|session| session.updated)
        .map(|session| session.id.clone())
}
