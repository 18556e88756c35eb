//! What keeps an instance well over time: restarts after a crash, sleep and waking, what was interrupted.

mod history;
mod interrupted;
mod restarts;
mod sleep;

use super::turn::Turn;
use crate::supervision::{Sleep, SupervisionEffect, SupervisionEvent};
use crate::{InstanceId, InstanceState, Step};

use interrupted::forget_interrupted;
pub(super) use interrupted::{goes_on, interrupt, running};
pub(super) use restarts::ended;
pub(super) use sleep::{take_from_record, was_stopped};

/// What follows from it.
pub(super) fn happened(turn: &mut Turn, event: SupervisionEvent) {
    match event {
        SupervisionEvent::Sleep { call, id } => sleep::asked(turn, call, &id),
        SupervisionEvent::Wake { call, id } => sleep::wake(turn, call, &id),
        SupervisionEvent::Dismiss { call, id } => interrupted::dismiss(turn, call, &id),
        SupervisionEvent::RestartPlanned { at, restart } => restarts::planned(turn, &at, restart),
        SupervisionEvent::RestartDue { at } => restarts::due(turn, &at),
        SupervisionEvent::ConfigurationChanged { at } => restarts::configuration_changed(turn, &at),
        SupervisionEvent::Continued { id, sessions } => forget_interrupted(turn, &id, &sessions),
        SupervisionEvent::Looked { used, watched } => sleep::looked(turn, &used, &watched),
        SupervisionEvent::Kept { at, result } => sleep::kept(turn, &at, result),
        SupervisionEvent::KeptRead { id, sessions } => sleep::kept_read(turn, &id, &sessions),
        SupervisionEvent::Jumped(jump) => restarts::jumped(turn, jump),
    }
}

/// An instance is about to leave its state. Its sessions still say what they did.
pub(super) fn leaving(turn: &mut Turn, id: &InstanceId, next: &InstanceState) {
    if matches!(next, InstanceState::Crashed(_)) {
        interrupted::remember(turn, id);
    }
}

/// An instance has left a state for another.
pub(super) fn entered(turn: &mut Turn, id: &InstanceId, old: &InstanceState) {
    let Some(state) = turn.instance(id).map(|instance| instance.state.clone()) else { return };
    history::remember(turn, id, old, &state);
    let now = turn.now;
    match &state {
        InstanceState::Ready => {
            let over_time = &mut turn.behind(id).over_time;
            over_time.ready_since.get_or_insert(now);
            over_time.idle_since = None;
            answer_wakers(turn, id, true);
        }
        InstanceState::Starting { .. } if !matches!(old, InstanceState::Starting { .. }) => {
            let over_time = &mut turn.behind(id).over_time;
            over_time.ready_since = None;
            over_time.is_found =
                over_time.is_found && matches!(state, InstanceState::Starting { step: Step::WaitingForAnswer, .. });
            if !std::mem::take(&mut over_time.is_automatic) {
                over_time.attempts = 0;
            }
            drop_restart(turn, id);
        }
        InstanceState::Degraded { .. }
        | InstanceState::Locked
        | InstanceState::Unknown { .. }
        | InstanceState::Unreachable { .. } => {
            answer_wakers(turn, id, false);
        }
        state if state.is_ended() => {
            turn.behind(id).over_time.sleep = Sleep::Awake;
            answer_sleepers(turn, id, matches!(state, InstanceState::Asleep));
            // One that is started anew at once is on its way to them.
            if !turn.behind(id).then_start {
                answer_wakers(turn, id, false);
            }
            if !matches!(state, InstanceState::Crashed(_)) {
                drop_restart(turn, id);
            }
        }
        _ => {}
    }
    if matches!(old, InstanceState::Asleep) && matches!(state, InstanceState::Starting { .. }) {
        turn.effect(crate::effect::Effect::Supervision(SupervisionEffect::ForgetKept { id: id.clone() }));
    }
}

/// Somebody decides about the instance: what we had in mind for it is off.
pub(super) fn cancel(turn: &mut Turn, id: &InstanceId) {
    drop_restart(turn, id);
    let over_time = &mut turn.behind(id).over_time;
    over_time.attempts = 0;
    over_time.sleep = Sleep::Awake;
    answer_sleepers(turn, id, false);
}

fn drop_restart(turn: &mut Turn, id: &InstanceId) {
    if turn.instance(id).is_some_and(|instance| instance.restart.is_some()) {
        turn.change(id, |instance| instance.restart = None);
    }
}

fn answer_wakers(turn: &mut Turn, id: &InstanceId, is_awake: bool) {
    for call in std::mem::take(&mut turn.behind(id).over_time.wakers) {
        let result = if is_awake { Ok(crate::event::Outcome::Done) } else { Err(sleep::not_woken(turn, id)) };
        turn.answer(call, result);
    }
}

fn answer_sleepers(turn: &mut Turn, id: &InstanceId, is_asleep: bool) {
    for call in std::mem::take(&mut turn.behind(id).over_time.sleepers) {
        let result = if is_asleep { Ok(crate::event::Outcome::Done) } else { Err(sleep::not_put_to_sleep(turn, id)) };
        turn.answer(call, result);
    }
}
