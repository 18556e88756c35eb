//! From "stop" to nothing that runs.

use super::start::{answer_starting, begin, refusal};
use super::turn::Turn;
use crate::containers::ContainersEffect;
use crate::effect::Effect;
use crate::event::{CallId, RunId};
use crate::{FleetError, Instance, InstanceId, InstanceState, Kind, Owner};

/// Somebody wants an instance stopped.
pub(super) fn stop(turn: &mut Turn, call: CallId, id: &InstanceId) {
    if let Err(error) = turn.known(id) {
        return turn.answer(call, Err(error));
    }
    turn.behind(id).then_start = false;
    super::roster::forget(turn, id);
    match begin_stop(turn, id) {
        Ok(true) => turn.behind(id).stopping.push(call),
        Ok(false) => {
            // One that was stopped by hand does not wake when it is used.
            if turn.instance(id).is_some_and(|instance| instance.state == InstanceState::Asleep) {
                turn.enter(id, InstanceState::Stopped);
                turn.write_record(id, false);
            }
            turn.done(call);
        }
        Err(error) => turn.answer(call, Err(error)),
    }
}

/// Somebody wants an instance stopped, if it runs, and started.
pub(super) fn restart(turn: &mut Turn, call: CallId, id: &InstanceId) {
    if let Err(error) = turn.known(id) {
        return turn.answer(call, Err(error));
    }
    if turn.core.closing.is_some() {
        return turn.answer(call, Err(FleetError::Closed));
    }
    if super::containers::stands_still(turn, id) {
        // Nothing of it is ended: whoever starts it lets it go on.
        return start_again(turn, id, Some(call));
    }
    match begin_stop(turn, id) {
        Ok(true) => {
            let behind = turn.behind(id);
            behind.then_start = true;
            behind.starting.push(call);
        }
        Ok(false) => start_again(turn, id, Some(call)),
        Err(error) => turn.answer(call, Err(error)),
    }
}

/// Starts what has ended: a process of ours, or somebody's container.
fn start_again(turn: &mut Turn, id: &InstanceId, call: Option<CallId>) {
    let is_ours = turn.instance(id).is_some_and(|instance| instance.owner == Owner::Portal);
    match turn.instance(id).map(|instance| &instance.kind) {
        Some(Kind::Docker { container: Some(container) }) if !is_ours => {
            let container = container.clone();
            super::containers::start(turn, id, container, call);
        }
        Some(Kind::Process { .. } | Kind::Docker { .. } | Kind::Ssh { .. }) => begin(turn, id, call),
        Some(Kind::Remote) | None => {}
    }
}

/// Whether there is something that can be asked to end: what is only being made is given up by whoever makes it.
pub(super) fn is_up(instance: &Instance) -> bool {
    match &instance.kind {
        Kind::Process { identity } => identity.is_some(),
        Kind::Docker { container } => container.is_some() && instance.started_at.is_some(),
        Kind::Ssh { process, .. } => process.is_some(),
        Kind::Remote => false,
    }
}

/// Sets an instance on its way down. True: it is on its way. False: nothing runs.
pub(super) fn begin_stop(turn: &mut Turn, id: &InstanceId) -> Result<bool, FleetError> {
    turn.known(id)?;
    super::supervision::cancel(turn, id);
    let instance = turn.known(id)?;
    match &instance.state {
        InstanceState::Stopped | InstanceState::Asleep | InstanceState::Crashed(_) => return Ok(false),
        InstanceState::Stopping => return Ok(true),
        // Another machine may well be reached when it is tried.
        InstanceState::Unknown { .. } if matches!(instance.kind, Kind::Ssh { .. }) && is_up(instance) => {}
        InstanceState::Unknown { .. } | InstanceState::Unreachable { .. } => return Err(refusal(turn, id, "stopped")),
        InstanceState::Starting { .. }
        | InstanceState::Ready
        | InstanceState::Degraded { .. }
        | InstanceState::Locked => {}
    }
    let at = turn.run_of(id);
    match (&instance.kind, instance.owner) {
        (Kind::Docker { container: Some(container) }, owner) if owner == Owner::External || is_up(instance) => {
            let container = container.clone();
            turn.write_record(id, true);
            turn.enter(id, InstanceState::Stopping);
            turn.effect(Effect::Containers(ContainersEffect::Stop { at, container }));
        }
        // Whoever starts it sees that nobody wants it, and tells when nothing of it is left.
        (Kind::Docker { .. } | Kind::Ssh { process: None, .. }, Owner::Portal) => {
            turn.enter(id, InstanceState::Stopping);
        }
        (Kind::Ssh { process: Some(_), .. }, Owner::Portal) => super::ssh::stop(turn, id),
        (Kind::Process { .. } | Kind::Docker { .. } | Kind::Ssh { .. }, Owner::External) | (Kind::Remote, _) => {
            return Err(refusal(turn, id, "stopped"));
        }
        (Kind::Process { identity: Some(identity) }, Owner::Portal) => {
            let identity = identity.clone();
            // Other hosts of this user read in the record that the end was asked for.
            turn.write_record(id, true);
            turn.enter(id, InstanceState::Stopping);
            turn.effect(Effect::StopProcess { at, identity });
        }
        (Kind::Process { identity: None }, Owner::Portal) => {
            turn.enter(id, InstanceState::Stopping);
            if std::mem::take(&mut turn.behind(id).awaits_binary) {
                // Nothing was begun that could report its end.
                stopped(turn, &at, Ok(()));
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// A stop that we asked for is over.
pub(super) fn stopped(turn: &mut Turn, at: &RunId, result: Result<(), FleetError>) {
    let id = &at.instance;
    let calls = std::mem::take(&mut turn.behind(id).stopping);
    if let Err(error) = result {
        let reason = format!("It could not be stopped: {error}");
        turn.enter(id, InstanceState::Degraded { reason });
        turn.behind(id).then_start = false;
        super::supervision::cancel(turn, id);
        answer_starting(turn, id);
        let mut error = Some(error);
        for call in calls {
            let error = error.take().unwrap_or_else(|| refusal(turn, id, "stopped"));
            turn.answer(call, Err(error));
        }
        return super::asked::close_if_done(turn);
    }
    turn.end_run(id);
    let rest = super::supervision::was_stopped(turn, id);
    if turn.enter(id, rest) {
        turn.change(id, |instance| instance.last_end = None);
        turn.write_record(id, false);
    }
    for call in calls {
        turn.done(call);
    }
    if std::mem::take(&mut turn.behind(id).then_start) {
        // Somebody wants it again: it is not forgotten, and its caller is answered.
        turn.behind(id).then_forget = false;
        start_again(turn, id, None);
        // A start that could not begin has nobody to wait for.
        if !turn.instance(id).is_some_and(|instance| instance.state.is_live()) {
            answer_starting(turn, id);
        }
    } else {
        answer_starting(turn, id);
    }
    if turn.core.behind.get(id).is_some_and(|behind| behind.then_forget) {
        turn.effect(Effect::RemoveRecord { id: id.clone() });
        turn.forget(id);
    }
    super::asked::close_if_done(turn);
}
