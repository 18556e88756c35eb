//! Containers of others: shown as their engine has them, started and stopped on request, never forgotten because the engine is silent.

use super::super::start::{answer_starting, refusal};
use super::super::turn::Turn;
use super::{PAUSED, knock, lose, place, silent_for};
use crate::containers::{ContainerRef, ContainerSeen, ContainersEffect, Engines, Phase, StartAsked};
use crate::discovery::Endpoint;
use crate::effect::Effect;
use crate::event::CallId;
use crate::registry::DockerEntry;
use crate::{InstanceId, InstanceState, Kind, Owner, Step};

/// A container of somebody else, by what is known of it.
struct Other {
    id: InstanceId,
    entry: Option<DockerEntry>,
    seen: Option<ContainerSeen>,
}

/// Makes the instances of others that are containers what the engines and the registry say.
pub(super) fn see(turn: &mut Turn) {
    let others = listed(turn);
    let gone: Vec<InstanceId> = turn
        .core
        .state
        .instances
        .values()
        .filter(|instance| instance.owner == Owner::External && matches!(instance.kind, Kind::Docker { .. }))
        .filter(|instance| !others.iter().any(|other| other.id == instance.id))
        // What an engine has cannot be said while it is silent.
        .filter(|instance| !instance.container().is_some_and(|container| is_silent(&turn.core.engines, container)))
        .map(|instance| instance.id.clone())
        .collect();
    for id in gone {
        turn.end_run(&id);
        turn.forget(&id);
    }
    for other in &others {
        show(turn, other);
        observe(turn, other);
    }
    silence(turn, &others);
}

fn is_silent(engines: &Engines, container: &ContainerRef) -> bool {
    engines.of(container).is_some_and(|engine| engine.containers.is_err())
}

/// Every container of somebody else that is worth showing.
fn listed(turn: &Turn) -> Vec<Other> {
    let engines = &turn.core.engines;
    let instances = &turn.core.state.instances;
    let known = |container: &ContainerRef| {
        let mut others = instances.values().filter(|instance| instance.owner == Owner::External);
        others
            .find(|instance| instance.container().is_some_and(|known| known.is(container)))
            .map(|known| known.id.clone())
    };
    let mut others: Vec<Other> = Vec::new();
    for entry in &engines.entries {
        let container = ContainerRef::new("", entry.container.clone());
        let is_ours = engines.find(&container).is_some_and(|seen| seen.mark.is_some())
            || instances.get(&entry.id).is_some_and(|instance| instance.owner == Owner::Portal);
        if is_ours
            || others.iter().any(|other| other.entry.as_ref().is_some_and(|other| other.container == entry.container))
        {
            continue;
        }
        let seen = engines.find(&container).cloned();
        let id = known(&container).unwrap_or_else(|| entry.id.clone());
        others.push(Other { id, entry: Some(entry.clone()), seen });
    }
    for seen in engines.containers().filter(|seen| seen.mark.is_none()) {
        let is_listed =
            others.iter().any(|other| other.seen.as_ref().is_some_and(|other| other.container.is(&seen.container)));
        let known = known(&seen.container);
        // One that does not run and may be no server is worth showing only to whoever saw it run.
        let may_be_started = seen.serves && matches!(seen.phase, Phase::Ended(_) | Phase::Made);
        if is_listed || (known.is_none() && !seen.phase.is_up() && !may_be_started) {
            continue;
        }
        let id = known.unwrap_or_else(|| InstanceId::of(&format!("container/{}", seen.container.id)));
        others.push(Other { id, entry: None, seen: Some(seen.clone()) });
    }
    others
}

/// What is shown of it, however it is.
fn show(turn: &mut Turn, other: &Other) {
    let Other { id, entry, seen } = other;
    let entry_of = |field: fn(&DockerEntry) -> String| entry.as_ref().map(field);
    let name = entry_of(|entry| entry.name.clone())
        .or_else(|| seen.as_ref().and_then(|seen| seen.container.name.clone()))
        .unwrap_or_else(|| "opencode".to_owned());
    let directory = entry.as_ref().map(|entry| entry.directory.clone());
    let directory = directory.or_else(|| seen.as_ref().and_then(|seen| seen.directory.clone())).unwrap_or_default();
    let written = entry.as_ref().map(|entry| ContainerRef::new("", entry.container.clone()));
    let Some(container) = seen.as_ref().map(|seen| seen.container.clone()).or(written) else { return };
    if turn.instance(id).is_none() {
        turn.insert(id, name.clone(), &directory, Kind::Docker { container: Some(container.clone()) }, Owner::External);
        turn.enter(id, InstanceState::Unknown { reason: "The container engine has not answered yet".to_owned() });
    }
    place(turn, id, &container, endpoint(other).as_ref());
    let started_at =
        seen.as_ref().and_then(|seen| seen.started_at).or(entry.as_ref().and_then(|entry| entry.started_at));
    let is_same = turn.instance(id).is_some_and(|instance| {
        let is_started_so = instance.started_at == started_at || instance.state.is_ended();
        instance.name == name && is_started_so && (instance.directory == directory || directory.as_os_str().is_empty())
    });
    if !is_same {
        turn.change(id, |instance| {
            instance.name = name;
            instance.started_at = started_at;
            if !directory.as_os_str().is_empty() {
                instance.directories.insert(directory.clone());
                instance.directory = directory;
            }
        });
    }
    let sources = super::sources(turn, id);
    if turn.instance(id).is_some_and(|instance| !sources.is_subset(&instance.sources)) {
        turn.change(id, |instance| instance.sources.extend(sources));
    }
}

/// Where it is reached: as its engine says, or else as somebody wrote down.
fn endpoint(other: &Other) -> Option<Endpoint> {
    let seen = other.seen.as_ref().and_then(|seen| seen.endpoint.clone());
    seen.or_else(|| other.entry.as_ref().and_then(|entry| Some(Endpoint::new(&entry.host, entry.port?))))
}

/// What its engine says of how it is.
fn observe(turn: &mut Turn, other: &Other) {
    let id = &other.id;
    let Some(instance) = turn.instance(id) else { return };
    if instance.state == InstanceState::Stopping {
        return;
    }
    let (is_live, is_ended) = (instance.state.is_live(), instance.state.is_ended());
    let is_awaited = matches!(instance.state, InstanceState::Starting { step: Step::StartingContainer, .. });
    let container = instance.container().cloned().unwrap_or_default();
    let asked = turn.behind(id).container_asked;
    let Some(seen) = &other.seen else {
        // Where nobody has looked yet, or the engine is silent, that is told elsewhere.
        let engine = turn.core.engines.of(&container).filter(|engine| engine.containers.is_ok());
        let is_gone = engine.is_some_and(|engine| engine.gone.iter().any(|gone| container.has_id(gone)));
        if is_gone && asked.is_none() {
            ended(turn, id, Some("The container does not exist any more".to_owned()));
        }
        return;
    };
    if !is_live && let Some(reason) = silent_for(seen, endpoint(other).as_ref(), is_ended) {
        turn.behind(id).container_asked = None;
        turn.enter(id, InstanceState::Unknown { reason: reason.to_owned() });
        return;
    }
    match &seen.phase {
        _ if asked.is_some_and(|asked| asked.is_from_before(seen.started_at)) => {}
        Phase::Running => {
            if is_live && !is_awaited {
                return unpaused(turn, id);
            }
            turn.behind(id).container_asked = None;
            attach(turn, id, seen);
        }
        Phase::Paused => {
            turn.enter(id, InstanceState::Degraded { reason: PAUSED.to_owned() });
        }
        Phase::Between => {}
        // Whether that is its end or the one before nobody can tell yet.
        _ if asked.is_some_and(|asked| asked.before.is_none()) => {}
        Phase::Ended(end) => {
            let last_end = (!end.is_clean && end.asked.is_none()).then(|| end.failure.cause.clone());
            ended(turn, id, last_end);
        }
        Phase::Made => ended(turn, id, None),
    }
}

fn unpaused(turn: &mut Turn, id: &InstanceId) {
    let was_paused = turn
        .instance(id)
        .is_some_and(|instance| matches!(&instance.state, InstanceState::Degraded { reason } if reason == PAUSED));
    if was_paused {
        turn.effect(Effect::Disconnect { instance: id.clone() });
        knock(turn, id);
    }
}

fn ended(turn: &mut Turn, id: &InstanceId, last_end: Option<String>) {
    if turn.instance(id).is_none_or(|instance| instance.state.is_ended()) {
        return;
    }
    turn.behind(id).container_asked = None;
    turn.end_run(id);
    turn.enter(id, InstanceState::Stopped);
    turn.change(id, |instance| instance.last_end = last_end);
    answer_starting(turn, id);
}

fn attach(turn: &mut Turn, id: &InstanceId, seen: &ContainerSeen) {
    let since = turn.now;
    turn.behind(id).credentials.clone_from(&seen.credentials);
    turn.enter(id, InstanceState::Starting { step: Step::WaitingForAnswer, since });
    turn.change(id, |instance| {
        instance.run += 1;
        instance.last_end = None;
        instance.started_at = seen.started_at;
    });
    answer_starting(turn, id);
    knock(turn, id);
}

/// Those whose engine is silent.
fn silence(turn: &mut Turn, others: &[Other]) {
    let lost: Vec<(InstanceId, String)> = turn
        .core
        .state
        .instances
        .values()
        .filter(|instance| instance.owner == Owner::External && instance.state != InstanceState::Stopping)
        .filter(|instance| !others.iter().any(|other| other.id == instance.id && other.seen.is_some()))
        .filter_map(|instance| {
            let engine = turn.core.engines.of(instance.container()?)?;
            Some((instance.id.clone(), engine.containers.as_ref().err()?.clone()))
        })
        .collect();
    for (id, reason) in lost {
        lose(turn, &id, &reason);
    }
}

/// Starts a container that exists.
pub(in crate::reduce) fn start(turn: &mut Turn, id: &InstanceId, container: ContainerRef, call: Option<CallId>) {
    let since = turn.now;
    if !turn.enter(id, InstanceState::Starting { step: Step::StartingContainer, since }) {
        if let Some(call) = call {
            let error = refusal(turn, id, "started");
            turn.answer(call, Err(error));
        }
        return;
    }
    turn.change(id, |instance| instance.run += 1);
    let seen = turn.core.engines.find(&container);
    let before = seen.map(|seen| seen.started_at.unwrap_or_default());
    let behind = turn.behind(id);
    behind.container_asked = Some(StartAsked { before });
    behind.starting.extend(call);
    let at = turn.run_of(id);
    turn.effect(Effect::Containers(ContainersEffect::Start { at, container }));
}

/// A container was started, and its engine was looked at since: it is as it shows, and whoever waits for the start need not wait on.
pub(super) fn start_seen(turn: &mut Turn, id: &InstanceId) {
    turn.behind(id).container_asked = None;
    super::see(turn);
    answer_starting(turn, id);
}
