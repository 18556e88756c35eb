//! Starting and stopping many: starts go through a queue, so that a few at a time compete for the processor.

use crate::effect::Effect;
use crate::event::CallId;
use crate::reduce::start::{begin, refusal, usable};
use crate::reduce::stop::begin_stop;
use crate::reduce::turn::Turn;
use crate::roster::{Lot, RosterEffect, Scope};
use crate::{FleetError, Instance, InstanceId, InstanceState};

/// How many of the queue are on their way up at a time.
const AT_ONCE: usize = 2;

/// Somebody wants everything of a scope started. What is asleep runs when it is used.
pub(super) fn start_all(turn: &mut Turn, call: CallId, scope: &Scope) {
    let ids = ours(turn, scope, |state| matches!(state, InstanceState::Stopped | InstanceState::Crashed(_)));
    start_these(turn, call, ids);
}

/// Somebody wants what crashed in a scope started again.
pub(super) fn restart_failed(turn: &mut Turn, call: CallId, scope: &Scope) {
    let ids = ours(turn, scope, |state| matches!(state, InstanceState::Crashed(_)));
    start_these(turn, call, ids);
}

fn start_these(turn: &mut Turn, call: CallId, ids: Vec<InstanceId>) {
    if turn.core.closing.is_some() {
        return turn.answer(call, Err(FleetError::Closed));
    }
    let needs_opencode =
        ids.iter().any(|id| turn.instance(id).is_some_and(|instance| instance.profile.needs_opencode()));
    if needs_opencode && let Err(error) = usable(&turn.core.state.opencode) {
        return turn.answer(call, Err(error));
    }
    enqueue(turn, &ids);
    turn.core.roster.lots.push(Lot { call, of: ids, goes_down: false });
}

/// Somebody wants everything of a scope stopped.
pub(super) fn stop_all(turn: &mut Turn, call: CallId, scope: &Scope) {
    for id in ours(turn, scope, |_| true) {
        forget(turn, &id);
    }
    let ids = ours(turn, scope, |state| state.is_live() || *state == InstanceState::Stopping);
    // What has crashed has nothing to stop but its restart to come. What is asleep stays so.
    for id in ours(turn, scope, |state| *state != InstanceState::Asleep) {
        turn.behind(&id).then_start = false;
        // One that refuses shows so, and is told at the end.
        let _on_its_way = begin_stop(turn, &id);
    }
    turn.core.roster.lots.push(Lot { call, of: ids, goes_down: true });
}

/// These ran last: they are started again, if the person wants that.
pub(super) fn restore(turn: &mut Turn, ids: &[InstanceId]) {
    if !turn.core.state.settings.restore_fleet || turn.core.closing.is_some() {
        return;
    }
    let listed = |instance: &Instance| ids.contains(&instance.id) && instance.state == InstanceState::Stopped;
    let ids: Vec<InstanceId> = in_order(turn, listed);
    enqueue(turn, &ids);
}

/// The program ends, and stops what runs: the next one may start that again.
pub(in crate::reduce) fn remember_running(turn: &mut Turn) {
    let ids = ours(turn, &Scope::default(), InstanceState::is_live);
    if !ids.is_empty() {
        turn.effect(Effect::Roster(RosterEffect::RememberRunning { ids }));
    }
}

/// An instance is not to be started by the queue any more: the person wants something else of it.
pub(in crate::reduce) fn forget(turn: &mut Turn, id: &InstanceId) {
    turn.core.roster.queue.retain(|queued| queued != id);
}

/// Starts the next ones of the queue, and answers those whose instances have all got there.
pub(in crate::reduce) fn go_on(turn: &mut Turn) {
    let roster = &turn.core.roster;
    if roster.queue.is_empty() && roster.rising.is_empty() && roster.lots.is_empty() {
        return;
    }
    if turn.core.closing.is_some() {
        turn.core.roster.queue.clear();
    }
    loop {
        let state = &turn.core.state;
        let is_rising = |id: &InstanceId| {
            state.instances.get(id).is_some_and(|instance| matches!(instance.state, InstanceState::Starting { .. }))
        };
        turn.core.roster.rising.retain(is_rising);
        if turn.core.roster.rising.len() >= AT_ONCE {
            break;
        }
        let Some(id) = turn.core.roster.queue.pop_front() else { break };
        if turn.instance(&id).is_some_and(|instance| instance.state.is_ended()) {
            begin(turn, &id, None);
            turn.core.roster.rising.insert(id);
        }
    }
    answer_lots(turn);
}

fn answer_lots(turn: &mut Turn) {
    let lots = std::mem::take(&mut turn.core.roster.lots);
    for lot in lots {
        let is_under_way = |id: &InstanceId| match turn.instance(id).map(|instance| &instance.state) {
            Some(InstanceState::Stopping) => true,
            Some(InstanceState::Starting { .. }) => !lot.goes_down,
            _ => turn.core.roster.queue.contains(id),
        };
        if lot.of.iter().any(is_under_way) {
            turn.core.roster.lots.push(lot);
            continue;
        }
        let refused = lot.of.iter().find(|id| {
            lot.goes_down
                && turn.instance(id).is_some_and(|instance| matches!(instance.state, InstanceState::Degraded { .. }))
        });
        match refused.map(|id| refusal(turn, id, "stopped")) {
            Some(error) => turn.answer(lot.call, Err(error)),
            None => turn.done(lot.call),
        }
    }
}

fn enqueue(turn: &mut Turn, ids: &[InstanceId]) {
    for id in ids {
        if !turn.core.roster.queue.contains(id) {
            turn.core.roster.queue.push_back(id.clone());
        }
    }
}

/// Those of ours in a scope and in such a state, but for the tour's: it needs its model.
fn ours(turn: &Turn, scope: &Scope, is_meant: impl Fn(&InstanceState) -> bool) -> Vec<InstanceId> {
    in_order(turn, |instance| {
        instance.is_run_by_us()
            && instance.demo.is_none()
            && scope.group.as_ref().is_none_or(|group| instance.profile.group.as_ref() == Some(group))
            && is_meant(&instance.state)
    })
}

fn in_order(turn: &Turn, which: impl Fn(&Instance) -> bool) -> Vec<InstanceId> {
    let listed = turn.core.state.in_order();
    listed.into_iter().filter(|instance| which(instance)).map(|instance| instance.id.clone()).collect()
}
