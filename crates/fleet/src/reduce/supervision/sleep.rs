//! Sleep and waking: who may sleep, when, and how it comes back.

use std::collections::{BTreeMap, BTreeSet};

use super::super::sessions;
use super::super::start::{begin, refusal};
use super::super::stop::begin_stop;
use super::super::turn::Turn;
use crate::effect::Effect;
use crate::event::{CallId, RunId};
use crate::record::Record;
use crate::supervision::{Sleep, SupervisionEffect};
use crate::{Activity, FleetError, Instance, InstanceId, InstanceState, Settings, SleepRule, Timestamp};

const TO_SLEEP: &str = "put to sleep";
const WOKEN: &str = "woken";

/// Somebody wants an instance asleep now.
pub(super) fn asked(turn: &mut Turn, call: CallId, id: &InstanceId) {
    let (is_asleep, obstacle) = match turn.known(id) {
        Ok(instance) => (instance.state == InstanceState::Asleep, obstacle(instance)),
        Err(error) => return turn.answer(call, Err(error)),
    };
    if is_asleep {
        return turn.done(call);
    }
    let is_on_its_way = turn.behind(id).over_time.sleep != Sleep::Awake;
    if let Some(state) = obstacle.filter(|_| !is_on_its_way) {
        let error = refused(turn, id, state);
        return turn.answer(call, Err(error));
    }
    turn.behind(id).over_time.sleepers.push(call);
    if !is_on_its_way {
        keep(turn, id);
    }
}

/// What speaks against sleep, as a state's word.
fn obstacle(instance: &Instance) -> Option<&'static str> {
    if !instance.is_run_by_us() || instance.demo.is_some() {
        return Some("not one that sleeps");
    }
    if instance.state != InstanceState::Ready {
        return Some(instance.state.word());
    }
    match instance.activity() {
        Activity::Waiting => Some("waiting for you"),
        Activity::Busy => Some("busy"),
        // An answer that is on its way is work, too.
        Activity::Idle => (!instance.requests.is_empty()).then_some("busy"),
    }
}

fn refused(turn: &Turn, id: &InstanceId, state: &'static str) -> FleetError {
    match turn.instance(id) {
        Some(instance) => FleetError::NotNow { name: instance.name.clone(), state, wanted: TO_SLEEP },
        None => FleetError::NoSuchInstance { id: id.clone() },
    }
}

fn keep(turn: &mut Turn, id: &InstanceId) {
    turn.behind(id).over_time.sleep = Sleep::Keeping;
    let at = turn.run_of(id);
    turn.effect(Effect::Supervision(SupervisionEffect::Keep { at }));
}

/// A look at who uses what: those that nobody needs for long enough are put to sleep.
pub(super) fn looked(turn: &mut Turn, used: &BTreeMap<InstanceId, Timestamp>, watched: &BTreeSet<InstanceId>) {
    if turn.core.closing.is_some() {
        return;
    }
    let ids: Vec<InstanceId> = turn.core.state.instances.keys().cloned().collect();
    for id in ids {
        let Some(instance) = turn.instance(&id) else { continue };
        let Some(minutes) = minutes(instance, &turn.core.state.settings) else { continue };
        let is_needed = obstacle(instance).is_some() || watched.contains(&id);
        // What other programs do with it shows in its sessions alone.
        let changed = instance.sessions.values().map(|session| session.updated).max().unwrap_or_default();
        let (now, minute_ms) = (turn.now, turn.core.minute_ms);
        let over_time = &mut turn.behind(&id).over_time;
        if is_needed || over_time.sleep != Sleep::Awake {
            over_time.idle_since = None;
            continue;
        }
        let since = *over_time.idle_since.get_or_insert(now);
        let since = since.max(used.get(&id).copied().unwrap_or_default()).max(changed.min(now));
        if now.ms_since(since) >= u64::from(minutes).saturating_mul(minute_ms) {
            keep(turn, &id);
        }
    }
}

/// After how many idle minutes it is put to sleep.
fn minutes(instance: &Instance, settings: &Settings) -> Option<u32> {
    match instance.profile.sleep {
        SleepRule::Never => None,
        SleepRule::Default => Some(settings.sleep_after_minutes).filter(|minutes| *minutes > 0),
        SleepRule::After { minutes } => Some(minutes.max(1)),
    }
}

/// What is needed to browse it asleep is kept, or it must not sleep.
pub(super) fn kept(turn: &mut Turn, at: &RunId, result: Result<(), FleetError>) {
    let id = &at.instance;
    if turn.behind(id).over_time.sleep != Sleep::Keeping {
        return;
    }
    turn.behind(id).over_time.sleep = Sleep::Awake;
    turn.behind(id).over_time.idle_since = None;
    let obstacle = turn.instance(id).and_then(obstacle);
    let result = match obstacle {
        // Work came while it was read.
        Some(state) => Err(refused(turn, id, state)),
        None => result,
    };
    let calls = std::mem::take(&mut turn.behind(id).over_time.sleepers);
    let result = result.and_then(|()| {
        let reason = if calls.is_empty() { "Nobody needed it" } else { "It was put to sleep" };
        turn.behind(id).over_time.why = Some(format!("{reason}; it is stopped in order to sleep"));
        begin_stop(turn, id)
    });
    match result {
        Ok(true) => {
            let over_time = &mut turn.behind(id).over_time;
            over_time.sleep = Sleep::Stopping;
            over_time.sleepers = calls;
        }
        Ok(false) => answer_refused(turn, id, calls, None),
        Err(error) => answer_refused(turn, id, calls, Some(error)),
    }
}

fn answer_refused(turn: &mut Turn, id: &InstanceId, calls: Vec<CallId>, error: Option<FleetError>) {
    let mut error = error;
    for call in calls {
        let error = error.take().unwrap_or_else(|| not_put_to_sleep(turn, id));
        turn.answer(call, Err(error));
    }
}

/// A stop is over. Whether it was for sleep, and nobody has wanted anything else since.
pub(in crate::reduce) fn was_stopped(turn: &mut Turn, id: &InstanceId) -> InstanceState {
    let behind = turn.behind(id);
    let was_for_sleep = std::mem::take(&mut behind.over_time.sleep) == Sleep::Stopping;
    if was_for_sleep && !behind.then_start && !behind.then_forget {
        InstanceState::Asleep
    } else {
        InstanceState::Stopped
    }
}

/// Somebody wants it awake.
pub(super) fn wake(turn: &mut Turn, call: CallId, id: &InstanceId) {
    let (state, is_ours) = match turn.known(id) {
        Ok(instance) => (instance.state.clone(), instance.is_run_by_us()),
        Err(error) => return turn.answer(call, Err(error)),
    };
    if turn.core.closing.is_some() {
        return turn.answer(call, Err(FleetError::Closed));
    }
    match state {
        InstanceState::Ready => turn.done(call),
        InstanceState::Starting { .. } => turn.behind(id).over_time.wakers.push(call),
        InstanceState::Stopping if is_ours => {
            let behind = turn.behind(id);
            behind.then_start = true;
            behind.over_time.wakers.push(call);
        }
        state if state.is_ended() && is_ours => {
            turn.behind(id).over_time.wakers.push(call);
            if state == InstanceState::Asleep {
                turn.behind(id).over_time.why = Some("It was woken because it is needed".to_owned());
            }
            begin(turn, id, None);
            if !turn.instance(id).is_some_and(|instance| instance.state.is_live()) {
                // It was not even begun: there is no opencode to run.
                super::answer_wakers(turn, id, false);
            }
        }
        _ => {
            let error = refusal(turn, id, WOKEN);
            turn.answer(call, Err(error));
        }
    }
}

/// Why somebody who waited for it to be awake does so in vain.
pub(super) fn not_woken(turn: &Turn, id: &InstanceId) -> FleetError {
    refusal(turn, id, WOKEN)
}

/// Why somebody who waited for it to be asleep does so in vain.
pub(super) fn not_put_to_sleep(turn: &Turn, id: &InstanceId) -> FleetError {
    refusal(turn, id, TO_SLEEP)
}

/// A record tells what another host has made of an instance that does not run, or what we made of it in an earlier life.
pub(in crate::reduce) fn take_from_record(turn: &mut Turn, record: &Record) {
    let id = &record.id;
    let Some(instance) = turn.instance(id) else { return };
    if matches!(instance.state, InstanceState::Starting { .. } | InstanceState::Stopping) {
        return;
    }
    if instance.interrupted != record.after.interrupted {
        let interrupted = record.after.interrupted.clone();
        turn.change(id, |instance| instance.interrupted = interrupted);
    }
    let state = turn.instance(id).map(|instance| instance.state.clone());
    match state {
        Some(InstanceState::Stopped) if record.after.is_asleep => {
            turn.behind(id).over_time.is_found = true;
            turn.enter(id, InstanceState::Asleep);
            turn.effect(Effect::Supervision(SupervisionEffect::ReadKept { id: id.clone() }));
        }
        Some(InstanceState::Asleep) if !record.after.is_asleep => {
            turn.enter(id, InstanceState::Stopped);
        }
        _ => {}
    }
}

/// What was kept of one that is asleep shows in its list of sessions.
pub(super) fn kept_read(turn: &mut Turn, id: &InstanceId, read: &[opencode_api::Session]) {
    if turn.instance(id).is_some_and(|instance| instance.state == InstanceState::Asleep) {
        for session in read {
            sessions::put(turn, id, session);
        }
    }
}
