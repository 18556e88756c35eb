//! Starting again by itself: after a crash, later each time; after its configuration was corrected; and reading again after the machine has slept.

use std::time::Duration;

use launch::clocks::ClockJump;

use super::super::start::begin;
use super::super::stop::begin_stop;
use super::super::turn::Turn;
use crate::effect::Effect;
use crate::event::RunId;
use crate::supervision::SupervisionEffect;
use crate::{Activity, Instance, InstanceId, InstanceState, Owner, Restart, RestartPolicy, Timestamp};

/// How often it is tried after failures.
const TRIES: u32 = 5;
/// The first pause, in seconds; each is twice the one before.
const FIRST_S: u64 = 1;
/// The longest pause of one that is started again whatever happens, in seconds.
const LONGEST_S: u64 = 60;

/// It ended without being asked to. `is_clean`: it says that all is well.
pub(in crate::reduce) fn ended(turn: &mut Turn, id: &InstanceId, is_clean: bool) {
    let Some(instance) = turn.instance(id) else { return };
    if !instance.is_run_by_us() || instance.demo.is_some() || turn.core.closing.is_some() {
        return;
    }
    let (attempts, longest) = match instance.profile.restart {
        RestartPolicy::Never => return,
        RestartPolicy::OnFailure if is_clean => return,
        RestartPolicy::OnFailure => (Some(TRIES), u64::MAX),
        RestartPolicy::Always => (None, LONGEST_S),
    };
    let (now, minute_ms) = (turn.now, turn.core.minute_ms);
    let over_time = &mut turn.behind(id).over_time;
    // One that was well for a minute begins anew.
    if over_time.ready_since.take().is_some_and(|since| now.ms_since(since) >= minute_ms) {
        over_time.attempts = 0;
    }
    if attempts.is_some_and(|attempts| over_time.attempts >= attempts) {
        return;
    }
    over_time.attempts = over_time.attempts.saturating_add(1);
    let attempt = over_time.attempts;
    let after = Duration::from_secs((FIRST_S << (attempt - 1).min(16)).min(longest));
    let at = turn.run_of(id);
    turn.effect(Effect::Supervision(SupervisionEffect::PlanRestart { at, after, attempt, attempts }));
}

/// The moment of a restart is drawn.
pub(super) fn planned(turn: &mut Turn, at: &RunId, restart: Restart) {
    if turn.instance(&at.instance).is_some_and(|instance| matches!(instance.state, InstanceState::Crashed(_))) {
        turn.change(&at.instance, |instance| instance.restart = Some(restart));
    }
}

/// That moment has come. Whoever decided otherwise since has taken the plan away.
pub(super) fn due(turn: &mut Turn, at: &RunId) {
    let id = &at.instance;
    let Some(restart) = turn.instance(id).and_then(|instance| instance.restart) else { return };
    turn.change(id, |instance| instance.restart = None);
    if turn.core.closing.is_some() {
        return;
    }
    let of = restart.attempts.map(|attempts| format!(" of {attempts}")).unwrap_or_default();
    let over_time = &mut turn.behind(id).over_time;
    over_time.is_automatic = true;
    over_time.why = Some(format!("It starts again by itself, try {}{of}", restart.attempt));
    begin(turn, id, None);
}

/// The configuration that opencode refuses is not the same any more. It looks at it only once in its life: it needs a new one.
pub(super) fn configuration_changed(turn: &mut Turn, at: &RunId) {
    let id = &at.instance;
    let is_stuck = turn.instance(id).is_some_and(|instance| {
        instance.owner == Owner::Portal
            && instance.process().is_some()
            && instance.demo.is_none()
            && matches!(instance.state, InstanceState::Degraded { .. })
            && instance.activity() == Activity::Idle
    });
    if !is_stuck || turn.core.closing.is_some() {
        return;
    }
    turn.behind(id).over_time.why = Some("Its configuration was changed; it starts again with it".to_owned());
    if begin_stop(turn, id).is_ok_and(|is_on_its_way| is_on_its_way) {
        turn.behind(id).then_start = true;
    }
}

/// The machine has slept, or its clock was set.
pub(super) fn jumped(turn: &mut Turn, jump: ClockJump) {
    let now = turn.now;
    for behind in turn.core.behind.values_mut() {
        // Time that nobody had to use it in is no idle time.
        behind.over_time.idle_since = None;
        for tail in behind.tails.values_mut() {
            tail.shown_at = Timestamp::default();
        }
    }
    // While the machine slept, nothing could get ready.
    if let Some(current) = turn.core.updating.roll.as_mut().and_then(|roll| roll.current.as_mut()) {
        current.since = now;
    }
    let is_followed = |instance: &&std::sync::Arc<Instance>| {
        matches!(instance.state, InstanceState::Ready | InstanceState::Degraded { .. } | InstanceState::Locked)
    };
    let followed: Vec<InstanceId> =
        turn.core.state.instances.values().filter(is_followed).map(|instance| instance.id.clone()).collect();
    for id in followed {
        let at = turn.run_of(&id);
        turn.effect(match jump {
            // No connection from before is to be trusted.
            ClockJump::Slept { .. } => Effect::Supervision(SupervisionEffect::Reconnect { at }),
            ClockJump::Set { .. } => Effect::Resync { at },
        });
    }
}
