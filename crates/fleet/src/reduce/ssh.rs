//! Servers of ours on other machines: a lost line makes what they do unknown, and never ended; they are found again by their process.

use super::process::{self, End};
use super::start::{answer_starting, step};
use super::turn::Turn;
use crate::effect::Effect;
use crate::event::RunId;
use crate::record::{Body, Life, Record, Running};
use crate::ssh::{LeftThere, SshEffect, SshEvent};
use crate::{Instance, InstanceId, InstanceState, Kind, Place, Port, ProcessElsewhere, Step};

/// What follows from it.
pub(super) fn happened(turn: &mut Turn, event: SshEvent) {
    let instance = turn.instance(&event.run().instance);
    if !instance.is_some_and(|instance| matches!(instance.kind, Kind::Ssh { .. })) {
        return;
    }
    match event {
        SshEvent::Spawned { at, process, port } => spawned(turn, &at, process, port),
        SshEvent::Reached { at, port } => reached(turn, &at, port),
        SshEvent::Lost { at, reason } => lost(turn, &at, reason),
        SshEvent::Ended { at, failure, asked } => process::exited(turn, &at, End { failure, asked, is_clean: false }),
        SshEvent::Gone { at } => gone(turn, &at),
        SshEvent::Removed { at } => removed(turn, &at.instance),
    }
}

/// A start that nobody waits for any more has started a server.
pub(super) fn outlived(turn: &mut Turn, event: SshEvent) {
    if let SshEvent::Spawned { at, process, .. } = event
        && let Some(Kind::Ssh { host, process: known }) = turn.instance(&at.instance).map(|instance| &instance.kind)
        && known.as_ref() != Some(&process)
    {
        let host = host.clone();
        turn.effect(Effect::Ssh(SshEffect::EndStray { at, host, process }));
    }
}

/// A record says that it runs there.
pub(super) fn recorded(turn: &mut Turn, id: &InstanceId, running: &Running, host: &str, process: &ProcessElsewhere) {
    let since = turn.now;
    let behind = turn.behind(id);
    behind.is_adopted = true;
    let over_time = &mut behind.over_time;
    over_time.is_found = true;
    over_time.why = Some(format!("It runs on `{host}` already"));
    if !turn.enter(id, InstanceState::Starting { step: Step::Connecting, since }) {
        return;
    }
    turn.change(id, |instance| {
        instance.run += 1;
        instance.kind = Kind::Ssh { host: host.to_owned(), process: Some(process.clone()) };
        instance.started_at = Some(running.since);
        instance.last_end = None;
    });
    let at = turn.run_of(id);
    turn.effect(Effect::Ssh(SshEffect::Adopt { at, host: host.to_owned(), process: process.clone() }));
}

/// Asks it to end. The caller has seen that it runs.
pub(super) fn stop(turn: &mut Turn, id: &InstanceId) {
    let Some(Kind::Ssh { host, process: Some(process) }) = turn.instance(id).map(|instance| instance.kind.clone())
    else {
        return;
    };
    // Other hosts of this user read in the record that the end was asked for.
    turn.write_record(id, true);
    turn.enter(id, InstanceState::Stopping);
    let at = turn.run_of(id);
    turn.effect(Effect::Ssh(SshEffect::Stop { at, host, process }));
}

/// Whether the end of the app leaves it alone, whatever becomes of the others.
pub(super) fn stays(turn: &Turn, id: &InstanceId) -> bool {
    turn.instance(id).is_some_and(|instance| match &instance.profile.place {
        // What cannot be reached is not waited for.
        Place::Ssh(place) => place.stays || is_beyond_reach(instance),
        Place::Process | Place::Docker(_) => false,
    })
}

/// Whether its machine cannot be reached now.
pub(super) fn is_beyond_reach(instance: &Instance) -> bool {
    matches!((&instance.kind, &instance.state), (Kind::Ssh { .. }, InstanceState::Unknown { .. }))
}

/// It is about to be forgotten, and its record removed: whatever may still run there is ended as soon as its machine is reached, by whoever does so;
/// this alone asks nobody anything.
pub(super) fn leave(turn: &mut Turn, id: &InstanceId) {
    if turn.instance(id).is_some_and(is_beyond_reach) {
        turn.end_run(id);
        end_later(turn, id);
    }
}

/// Whether a record names another process than the one that we know to run: another host of this user has started it anew, and ours has ended.
pub(super) fn is_started_anew(turn: &Turn, id: &InstanceId, running: &Running) -> bool {
    match (&running.body, turn.instance(id).and_then(Instance::process_elsewhere)) {
        (Body::Elsewhere { process, .. }, Some(known)) => {
            is_settled(turn, id) && process != known && !has_ended(turn, id, running)
        }
        _ => false,
    }
}

/// Whether it runs as far as we know, and we are doing nothing about that ourselves, which would be newer than what others have written.
fn is_settled(turn: &Turn, id: &InstanceId) -> bool {
    turn.instance(id).is_some_and(|instance| match &instance.state {
        InstanceState::Starting { .. } => turn.core.behind.get(id).is_some_and(|behind| behind.is_adopted),
        InstanceState::Stopping => false,
        state => !state.is_ended(),
    })
}

/// Another host has removed it, and ends what runs.
fn removed(turn: &mut Turn, id: &InstanceId) {
    if is_settled(turn, id) {
        let_go(turn, id);
        answer_starting(turn, id);
        super::adoption::record_gone(turn, id);
    }
}

/// What ran there has ended, because another host wanted it so.
pub(super) fn let_go(turn: &mut Turn, id: &InstanceId) {
    turn.end_run(id);
    turn.enter(id, InstanceState::Stopped);
}

/// Whether a record still names what we have seen end.
pub(super) fn has_ended(turn: &Turn, id: &InstanceId, running: &Running) -> bool {
    let Body::Elsewhere { process, .. } = &running.body else { return false };
    turn.core.behind.get(id).is_some_and(|behind| behind.ended_there.as_ref() == Some(process))
}

/// A record says that it was about to be started, by a host that is no more. Over there it may run: nobody has heard.
pub(super) fn was_begun(turn: &mut Turn, record: &Record) -> bool {
    let id = &record.id;
    let host = turn.instance(id).and_then(|instance| match (&record.life, &instance.profile.place) {
        (Life::Intended { .. }, Place::Ssh(place)) => Some(place.host.clone()),
        _ => None,
    });
    let Some(host) = host else { return false };
    let last_end = format!("Portal ended while it was being started on `{host}`: what may run there is ended");
    turn.change(id, |instance| instance.last_end = Some(last_end));
    end_later(turn, id);
    true
}

/// Ends what may run there as soon as its machine is reached, unless it is started again before.
fn end_later(turn: &mut Turn, id: &InstanceId) {
    let since = turn.now;
    if let Some(left) = turn.instance(id).and_then(|instance| LeftThere::of_instance(instance, since)) {
        turn.effect(Effect::Ssh(SshEffect::EndLater { id: id.clone(), left }));
    }
}

fn spawned(turn: &mut Turn, at: &RunId, process: ProcessElsewhere, port: Port) {
    let id = &at.instance;
    let since = turn.now;
    let is_under_way =
        |state: &InstanceState| matches!(state, InstanceState::Starting { .. } | InstanceState::Stopping);
    if !turn.instance(id).is_some_and(|instance| is_under_way(&instance.state)) {
        return outlived(turn, SshEvent::Spawned { at: at.clone(), process, port });
    }
    turn.change(id, |instance| {
        if let Kind::Ssh { process: known, .. } = &mut instance.kind {
            *known = Some(process);
        }
        instance.port = Some(port);
        instance.started_at = Some(since);
    });
    if turn.instance(id).is_some_and(|instance| instance.state == InstanceState::Stopping) {
        // It was to be stopped before there was anything to stop.
        stop(turn, id);
    } else {
        step(turn, id, Step::WaitingForAnswer);
    }
}

fn reached(turn: &mut Turn, at: &RunId, port: Port) {
    let id = &at.instance;
    let since = turn.now;
    if turn.instance(id).is_none_or(|instance| instance.state == InstanceState::Stopping || instance.state.is_ended()) {
        return;
    }
    turn.change(id, |instance| instance.port = Some(port));
    if !matches!(turn.instance(id).map(|instance| &instance.state), Some(InstanceState::Starting { .. })) {
        turn.behind(id).over_time.why = Some("The line is back".to_owned());
        turn.enter(id, InstanceState::Starting { step: Step::WaitingForAnswer, since });
    }
    step(turn, id, Step::WaitingForAnswer);
}

fn lost(turn: &mut Turn, at: &RunId, reason: String) {
    let id = &at.instance;
    let is_over = |state: &InstanceState| *state == InstanceState::Stopping || state.is_ended();
    if turn.instance(id).is_none_or(|instance| is_over(&instance.state)) {
        return;
    }
    // The server goes on: only our end of it is over.
    turn.end_run(id);
    turn.enter(id, InstanceState::Unknown { reason });
    turn.change(id, |instance| {
        instance.port = None;
        instance.usage = None;
    });
    answer_starting(turn, id);
}

fn gone(turn: &mut Turn, at: &RunId) {
    let id = &at.instance;
    if turn.instance(id).is_none_or(|instance| instance.state == InstanceState::Stopping || instance.state.is_ended()) {
        return;
    }
    turn.end_run(id);
    turn.enter(id, InstanceState::Stopped);
    turn.change(id, |instance| instance.last_end = Some("It ended while nobody looked".to_owned()));
    turn.write_record(id, false);
    answer_starting(turn, id);
}
