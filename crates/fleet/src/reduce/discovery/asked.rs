//! What a person asks for about instances of others.

use super::super::start::refusal;
use super::super::turn::Turn;
use super::{door, is_found, shown};
use crate::discovery::{Credentials, DiscoveryEffect, Endpoint};
use crate::effect::Effect;
use crate::event::{CallId, Outcome, RunId};
use crate::{FleetError, InstanceId, InstanceState, Kind, Owner, Source};

/// Somebody has added an address, and the list with it has been seen.
pub(super) fn added(turn: &mut Turn, call: CallId, endpoint: &Endpoint, credentials: Option<Credentials>) {
    let Some(id) = added_at(turn, endpoint) else {
        // The fleet is shutting down: nothing new is shown any more.
        return turn.answer(call, Err(FleetError::Closed));
    };
    if credentials.is_some() && is_found(turn, &id) {
        turn.behind(&id).credentials = credentials;
        let is_in = turn.instance(&id).is_some_and(|instance| instance.state == InstanceState::Ready);
        if !is_in {
            door::knock_again(turn, &id);
        }
    }
    turn.answer(call, Ok(Outcome::Instance(id)));
}

/// Somebody has changed an address, or how its server lets us in, and the list with it has been seen. What was heard of the
/// server before may not be so any more: it is asked anew.
pub(super) fn changed(turn: &mut Turn, call: CallId, endpoint: &Endpoint, credentials: Option<Credentials>) {
    let Some(id) = added_at(turn, endpoint) else {
        // The fleet is shutting down: nothing new is shown any more.
        return turn.answer(call, Err(FleetError::Closed));
    };
    if is_found(turn, &id) && turn.instance(&id).is_some_and(|instance| instance.port.is_some()) {
        if credentials.is_some() {
            turn.behind(&id).credentials = credentials;
        }
        door::begin_anew(turn, &id, |_| {});
    }
    turn.answer(call, Ok(Outcome::Instance(id)));
}

/// The instance that the person has added at an address.
fn added_at(turn: &Turn, endpoint: &Endpoint) -> Option<InstanceId> {
    let at = |id: &InstanceId| {
        let found = turn.core.sightings.of(Source::Added).iter();
        found.filter(|found| found.endpoint.as_ref() == Some(endpoint)).any(|found| found.id.as_ref() == Some(id))
    };
    let instances = &turn.core.state.instances;
    let by_id = instances.keys().find(|id| at(id));
    let is_there = |instance: &&std::sync::Arc<crate::Instance>| {
        instance.sources.contains(&Source::Added) && instance.is_at(endpoint)
    };
    by_id.or_else(|| instances.values().find(is_there).map(|instance| &instance.id)).cloned()
}

/// Somebody gave a password that the server takes.
pub(super) fn unlocked(turn: &mut Turn, call: CallId, at: &RunId, credentials: Credentials) {
    let id = &at.instance;
    if let Err(error) = turn.known(id) {
        return turn.answer(call, Err(error));
    }
    let is_locked = turn.instance(id).is_some_and(|instance| instance.state == InstanceState::Locked);
    if !is_locked || !turn.is_current(at) {
        let error = refusal(turn, id, "unlocked");
        return turn.answer(call, Err(error));
    }
    turn.behind(id).credentials = Some(credentials.clone());
    let owner = turn.instance(id).map(|instance| instance.owner);
    if owner == Some(Owner::Portal) {
        let endpoint = turn.instance(id).and_then(crate::Instance::endpoint);
        if let Some(endpoint) = endpoint {
            turn.effect(Effect::Discovery(DiscoveryEffect::LetIn { at: at.clone(), endpoint, credentials }));
        }
    } else {
        door::knock_again(turn, id);
    }
    turn.done(call);
}

/// Somebody wants the process of somebody else ended, and was shown its number, command and age.
pub(super) fn stop_external(turn: &mut Turn, call: CallId, id: &InstanceId, pid: u32) {
    let instance = match turn.known(id) {
        Ok(instance) => instance,
        Err(error) => return turn.answer(call, Err(error)),
    };
    if turn.core.closing.is_some() {
        return turn.answer(call, Err(FleetError::Closed));
    }
    let identity = match (&instance.kind, instance.owner) {
        (Kind::Process { identity: Some(identity) }, Owner::External) if identity.pid == pid => identity.clone(),
        // What was shown has ended meanwhile, or never was a process of somebody else.
        _ => {
            let error = refusal(turn, id, "stopped");
            return turn.answer(call, Err(error));
        }
    };
    if instance.state == InstanceState::Stopping {
        turn.behind(id).stopping.push(call);
        return;
    }
    let at = turn.run_of(id);
    turn.core.sightings.ending.insert(id.clone(), identity.clone());
    turn.behind(id).stopping.push(call);
    turn.enter(id, InstanceState::Stopping);
    turn.effect(Effect::StopProcess { at, identity });
}

/// Takes an address off the person's list. False: it is not on it.
pub(in crate::reduce) fn forget_address(turn: &mut Turn, id: &InstanceId) -> bool {
    let Some(endpoint) = endpoint_of(turn, id) else { return false };
    let is_it =
        |found: &crate::discovery::Found| found.source == Source::Added && found.endpoint.as_ref() == Some(&endpoint);
    turn.core.sightings.retain_mut(|found| !is_it(found));
    turn.behind(id).credentials = None;
    turn.effect(Effect::Discovery(DiscoveryEffect::ForgetAddress { endpoint }));
    shown::show(turn);
    true
}

/// Gives an address on the person's list another name. False: it is not on it.
pub(in crate::reduce) fn rename_address(turn: &mut Turn, id: &InstanceId, name: &str) -> bool {
    let Some(endpoint) = endpoint_of(turn, id) else { return false };
    turn.core.sightings.retain_mut(|found| {
        if found.source == Source::Added && found.endpoint.as_ref() == Some(&endpoint) {
            found.name = Some(name.to_owned());
        }
        true
    });
    let effect = DiscoveryEffect::RenameAddress { id: id.clone(), name: name.to_owned() };
    turn.effect(Effect::Discovery(effect));
    shown::show(turn);
    true
}

/// Where the person said that it is.
fn endpoint_of(turn: &Turn, id: &InstanceId) -> Option<Endpoint> {
    let instance = turn.instance(id).filter(|instance| instance.owner == Owner::External)?;
    let added = turn.core.sightings.of(Source::Added);
    let by_id = added.iter().find(|found| found.id.as_ref() == Some(id));
    let there = || {
        let is_known_so = instance.sources.contains(&Source::Added);
        added
            .iter()
            .filter(|_| is_known_so)
            .find(|found| found.endpoint.as_ref().is_some_and(|endpoint| instance.is_at(endpoint)))
    };
    by_id.or_else(there)?.endpoint.clone()
}
