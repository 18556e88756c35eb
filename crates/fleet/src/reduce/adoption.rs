//! Records on disk: what other hosts of this user, or we in an earlier life, have started.

use super::start::answer_starting;
use super::turn::Turn;
use crate::effect::Effect;
use crate::event::{Outcome, RecordedLife, RunId};
use crate::record::{Body, Life, Record, Running};
use crate::roster::RosterEffect;
use crate::{Failure, Instance, InstanceId, InstanceState, Kind, Owner, Place, ProcessIdentity, Step};

/// A process that was started this recently may still be on its way up.
const YOUNG_MS: u64 = 60_000;

/// A record is new or has changed.
pub(super) fn record(turn: &mut Turn, record: &Record, process: RecordedLife, host_lives: bool) {
    if turn.core.closing.is_some() {
        return;
    }
    let id = &record.id;
    let Some(known) = turn.instance(id) else {
        return first_seen(turn, record, process, host_lives);
    };
    if !known.is_run_by_us() {
        return;
    }
    let (is_ended, is_renamed) = (known.state.is_ended(), known.name != record.name);
    // Ours is older than what we know.
    let is_of_another = record.host.is_none() || record.host != turn.core.host;
    if is_of_another && is_renamed && is_quiet(known) {
        turn.change(id, |instance| instance.name.clone_from(&record.name));
    }
    if is_of_another {
        super::supervision::take_from_record(turn, record);
    }
    match &record.life {
        Life::Runs(running) if super::ssh::is_started_anew(turn, id, running) => super::ssh::let_go(turn, id),
        _ if !is_ended => return,
        _ => {}
    }
    match record.running() {
        Some(running) if process != RecordedLife::Dead && !super::ssh::has_ended(turn, id, running) => {
            adopt(turn, id, running);
        }
        None if process == RecordedLife::Dead && super::ssh::was_begun(turn, record) => turn.write_record(id, false),
        _ => {}
    }
}

/// Whether no start or stop of ours is under way, whose own record would be newer.
fn is_quiet(instance: &Instance) -> bool {
    !matches!(instance.state, InstanceState::Starting { .. } | InstanceState::Stopping)
}

fn first_seen(turn: &mut Turn, record: &Record, process: RecordedLife, host_lives: bool) {
    let id = &record.id;
    let is_orphan_of_tour = record.demo.is_some() && !host_lives;
    if is_orphan_of_tour && process != RecordedLife::Alive {
        return turn.effect(Effect::RemoveRecord { id: id.clone() });
    }
    let place = turn.core.roster.profiles.get(id).map(|profile| profile.place.kind());
    let kind = record.running().map(|running| running.body.kind()).or(place).unwrap_or_else(|| Place::Process.kind());
    turn.insert(id, record.name.clone(), &record.directory, kind, Owner::Portal);
    turn.change(id, |instance| {
        instance.demo = record.demo;
        instance.last_end.clone_from(&record.last_end);
        instance.interrupted.clone_from(&record.after.interrupted);
    });
    if process != RecordedLife::Dead
        && let Some(running) = record.running()
    {
        adopt(turn, id, running);
        if is_orphan_of_tour {
            // Its model ended with the host that started it: it can answer nothing.
            turn.behind(id).then_forget = true;
            let _on_its_way = super::stop::begin_stop(turn, id);
        }
        return;
    }
    if matches!(record.life, Life::Ended) && record.after.is_crashed {
        // So it was when somebody else or we in an earlier life saw it last: the person has still to be told.
        let cause = record.last_end.clone().unwrap_or_else(|| "It ended unexpectedly".to_owned());
        let failure = Failure { cause, hint: None, last_lines: Vec::new() };
        return turn.change(id, |instance| instance.state = InstanceState::Crashed(failure));
    }
    super::supervision::take_from_record(turn, record);
    if matches!(record.life, Life::Ended) {
        return;
    }
    let last_end = "It ended while Portal was not running".to_owned();
    turn.change(id, |instance| instance.last_end = Some(last_end));
    let _is_elsewhere = super::ssh::was_begun(turn, record);
    turn.write_record(id, false);
    // It ran when everything ended: whoever stays may start it again.
    if record.demo.is_none() {
        let ids = vec![id.clone()];
        turn.effect(Effect::Roster(RosterEffect::RememberRunning { ids }));
    }
    if let Some(process) = record.running().and_then(Running::process) {
        turn.effect(Effect::Unregister { id: id.clone(), pid: process.pid });
    }
}

/// Takes what runs for an instance that, as far as we knew, did not.
fn adopt(turn: &mut Turn, id: &InstanceId, running: &Running) {
    match &running.body {
        Body::Process(identity) => adopt_process(turn, id, running, identity.clone()),
        Body::Container { .. } => super::containers::recorded(turn, id, running),
        Body::Elsewhere { host, process } => super::ssh::recorded(turn, id, running, host, process),
    }
}

fn adopt_process(turn: &mut Turn, id: &InstanceId, running: &Running, identity: ProcessIdentity) {
    let since = if turn.now.ms_since(running.since) < YOUNG_MS { running.since } else { turn.now };
    let behind = turn.behind(id);
    behind.is_adopted = true;
    let over_time = &mut behind.over_time;
    over_time.is_found = true;
    over_time.why = Some("It runs already".to_owned());
    if !turn.enter(id, InstanceState::Starting { step: Step::WaitingForAnswer, since }) {
        return;
    }
    turn.change(id, |instance| {
        instance.run += 1;
        instance.kind = Kind::Process { identity: Some(identity.clone()) };
        instance.host.clone_from(&running.host);
        instance.port = Some(running.port);
        instance.started_at = Some(running.since);
        instance.last_end = None;
    });
    let at = turn.run_of(id);
    turn.effect(Effect::Adopt { at, identity, host: running.host.clone(), port: running.port });
}

/// Another host has started this directory between our look and our lock: its instance is the one.
pub(super) fn taken_elsewhere(turn: &mut Turn, at: &RunId, record: &Record) {
    let id = &at.instance;
    let callers = std::mem::take(&mut turn.behind(id).starting);
    let stoppers = std::mem::take(&mut turn.behind(id).stopping);
    turn.enter(id, InstanceState::Stopped);
    if record.id != *id {
        turn.forget(id);
    }
    self::record(turn, record, RecordedLife::Alive, true);
    for call in callers {
        turn.answer(call, Ok(Outcome::Instance(record.id.clone())));
    }
    for call in stoppers {
        turn.done(call);
    }
    answer_starting(turn, &record.id);
}

/// A record is gone: another host has forgotten the instance.
pub(super) fn record_gone(turn: &mut Turn, id: &InstanceId) {
    let is_over = turn.instance(id).is_some_and(|instance| instance.is_run_by_us() && instance.state.is_ended());
    if is_over && turn.core.behind.get(id).is_none_or(|behind| !behind.is_unrecorded) {
        turn.core.engines.forgotten.insert(id.clone());
        turn.forget(id);
    }
}
