//! What is seen of a server that runs: that it answers, refuses, is silent, ends, and what it uses.

use std::collections::BTreeMap;

use super::turn::Turn;
use crate::effect::Effect;
use crate::event::RunId;
use crate::{Failure, InstanceId, InstanceState, Kind, Owner, Usage};

/// How a server ended.
pub(super) struct End {
    pub(super) failure: Failure,
    /// Another host of the same user asked it to.
    pub(super) asked: bool,
    /// It ended by itself and says that all is well.
    pub(super) is_clean: bool,
}

/// It answers with our credentials.
pub(super) fn answered(turn: &mut Turn, at: &RunId, version: String) {
    let id = &at.instance;
    if turn.instance(id).is_some_and(|instance| instance.state == InstanceState::Stopping) {
        return;
    }
    if !turn.enter(id, InstanceState::Ready) {
        return;
    }
    turn.change(id, |instance| instance.version = Some(version));
    if std::mem::take(&mut turn.behind(id).is_renamed) {
        turn.write_record(id, false);
    }
    turn.register(id);
    turn.effect(Effect::Connect { at: at.clone() });
    if turn.instance(id).is_some_and(|instance| matches!(instance.kind, Kind::Docker { .. })) {
        // What its engine told while it was started was for whoever started it.
        super::containers::see(turn);
    }
}

/// It answers 401.
pub(super) fn refused(turn: &mut Turn, at: &RunId) {
    if turn.enter(&at.instance, InstanceState::Locked) {
        turn.change(&at.instance, |instance| instance.is_secured = Some(true));
    }
}

/// It lives, but does not answer, or its stream fails.
pub(super) fn unanswered(turn: &mut Turn, at: &RunId, reason: String) {
    if super::containers::is_paused(turn, &at.instance) {
        return;
    }
    let Some(instance) = turn.instance(&at.instance) else { return };
    // It showed a certificate that nobody trusts, and now shows nothing.
    let was_untrusted = matches!(instance.state, InstanceState::Unreachable { certificate: Some(_), .. });
    if !(instance.state.is_live() || was_untrusted) || instance.state == InstanceState::Stopping {
        return;
    }
    // An address that nothing has ever answered at may be wrong: nothing is known to live there.
    let is_unknown_place = instance.kind == Kind::Remote && instance.is_secured.is_none();
    let next = if is_unknown_place {
        InstanceState::Unreachable { reason, certificate: None }
    } else {
        InstanceState::Degraded { reason }
    };
    turn.enter(&at.instance, next);
}

/// It has ended: a process of this machine or of another one, or a container.
pub(super) fn exited(turn: &mut Turn, at: &RunId, end: End) {
    let (id, End { failure, asked, is_clean }) = (&at.instance, end);
    // Whoever stops it waits for the rest of the tree, too, and tells when that is over.
    let is_over = |state: &InstanceState| *state == InstanceState::Stopping || state.is_ended();
    if turn.instance(id).is_none_or(|instance| is_over(&instance.state)) {
        return;
    }
    turn.end_run(id);
    if asked {
        turn.enter(id, InstanceState::Stopped);
    } else {
        let cause = failure.cause.clone();
        turn.enter(id, InstanceState::Crashed(failure));
        turn.change(id, |instance| instance.last_end = Some(cause));
        turn.write_record(id, false);
        super::supervision::ended(turn, id, is_clean);
    }
    super::start::answer_starting(turn, id);
}

/// What process trees use. Small changes are not told: nobody could see them.
pub(super) fn usage(turn: &mut Turn, usage: &BTreeMap<InstanceId, Usage>) {
    const MEMORY: u64 = 1 << 20;
    const CPU: f32 = 0.5;
    for (id, new) in usage {
        let Some(instance) = turn.instance(id) else { continue };
        if !super::stop::is_up(instance) {
            continue;
        }
        let is_same = instance.usage.is_some_and(|old| {
            old.memory_bytes.abs_diff(new.memory_bytes) < MEMORY && (old.cpu_percent - new.cpu_percent).abs() < CPU
        });
        if !is_same {
            turn.change(id, |instance| instance.usage = Some(*new));
        }
        super::budget::compare(turn, id, new.memory_bytes);
    }
}

/// A task of this instance broke. Shown on it alone; the others go on.
pub(super) fn panicked(turn: &mut Turn, at: &RunId, message: &str) {
    let id = &at.instance;
    let Some(instance) = turn.instance(id) else { return };
    let cause = format!("A mistake in Portal itself: {message}");
    let hint = Some("Restart the instance; please report this with the log of Portal".to_owned());
    match &instance.state {
        // Nothing is known to run. One of others runs though we may never see its process: it is only not reached.
        InstanceState::Starting { .. } if instance.owner == Owner::Portal && !super::stop::is_up(instance) => {
            super::start::failed(turn, at, Failure { cause, hint, last_lines: Vec::new() });
        }
        InstanceState::Stopping => super::stop::stopped(
            turn,
            at,
            Err(crate::FleetError::NotNow { name: cause, state: "stopping", wanted: "stopped" }),
        ),
        state if state.is_live() => {
            turn.enter(id, InstanceState::Degraded { reason: cause });
        }
        _ => {}
    }
}
