//! Renaming a container of ours with its instance, and removing what is left of one that is to be forgotten.

use super::super::start::refusal;
use super::super::turn::Turn;
use crate::containers::{ContainersEffect, Removal};
use crate::effect::Effect;
use crate::event::CallId;
use crate::{FleetError, Instance, InstanceId, InstanceState, Kind, Owner, Place};

/// The instance has another name: its container gets it, too.
pub(in crate::reduce) fn rename(turn: &mut Turn, id: &InstanceId, name: &str) {
    let Some(instance) = turn.instance(id).filter(|instance| instance.owner == Owner::Portal) else { return };
    if let Kind::Docker { container: Some(container) } = &instance.kind {
        let (id, container, name) = (id.clone(), container.clone(), name.to_owned());
        turn.effect(Effect::Containers(ContainersEffect::Rename { id, container, name }));
    }
}

/// Whether nobody can say how its container is: it may be forgotten, and its container is removed when it is found not to run.
pub(in crate::reduce) fn is_beyond_reach(instance: &Instance) -> bool {
    matches!(instance.kind, Kind::Docker { .. }) && matches!(instance.state, InstanceState::Unknown { .. })
}

/// An instance of ours that does not run is to be forgotten: first its container is removed, and its volume if that is wanted.
pub(in crate::reduce) fn remove(turn: &mut Turn, call: CallId, id: &InstanceId, with_data: bool) {
    let Some(instance) = turn.instance(id) else { return };
    let engine = match &instance.profile.place {
        Place::Docker(place) => place.engine.clone(),
        Place::Process | Place::Ssh(_) => None,
    };
    let removal = Removal {
        id: id.clone(),
        name: instance.name.clone(),
        directory: instance.directory.clone(),
        engine,
        container: instance.container().cloned(),
        with_data,
    };
    let waiting = &mut turn.behind(id).removing;
    waiting.push(call);
    if waiting.len() > 1 {
        return;
    }
    super::super::supervision::cancel(turn, id);
    turn.effect(Effect::Containers(ContainersEffect::Remove(Box::new(removal))));
}

/// What was left of it is removed, or could not be.
pub(super) fn removed(turn: &mut Turn, id: &InstanceId, result: Result<(), FleetError>) {
    let calls = std::mem::take(&mut turn.behind(id).removing);
    let is_ended = turn.instance(id).is_some_and(|instance| instance.state.is_ended() || is_beyond_reach(instance));
    if result.is_ok() && is_ended {
        turn.core.engines.forgotten.insert(id.clone());
        turn.effect(Effect::RemoveRecord { id: id.clone() });
        turn.forget(id);
        for call in calls {
            turn.done(call);
        }
        return;
    }
    let mut error = result.err();
    for call in calls {
        // Where nothing failed, somebody has started it meanwhile.
        let error = error.take().unwrap_or_else(|| refusal(turn, id, "removed"));
        turn.answer(call, Err(error));
    }
}
