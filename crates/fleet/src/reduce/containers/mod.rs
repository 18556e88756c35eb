//! Containers: ours, which are known by their labels, and those of others; what follows from what their engines tell.
//!
//! What an engine told last is kept, and everything is a function of all that: it makes no difference in which order it came.

mod image;
mod others;
mod own;
mod removing;

use std::collections::BTreeSet;

use super::start::answer_starting;
use super::supervision;
use super::turn::Turn;
use crate::containers::{ContainerRef, ContainerSeen, ContainersEvent, GetImage, Phase};
use crate::discovery::Endpoint;
use crate::{Instance, InstanceId, InstanceState, Kind, Owner, Source};

pub(super) use image::check_again;
pub(super) use others::start;
pub(super) use own::recorded;
pub(super) use removing::{is_beyond_reach, remove, rename};

/// What one shows that cannot be reached.
const NO_PORT: &str = "It publishes no port that is reached from here; publish the one that opencode listens on";
/// What a paused container shows.
const PAUSED: &str = "Its container is paused, so it answers nothing; `docker unpause` lets it go on";

/// What follows from it.
pub(super) fn happened(turn: &mut Turn, event: ContainersEvent) {
    match event {
        ContainersEvent::Listed { entries } => {
            turn.core.engines.entries = entries;
            see(turn);
        }
        ContainersEvent::EngineSeen { engine, seen } => {
            turn.core.engines.seen.insert(engine, seen);
            see(turn);
        }
        ContainersEvent::EngineLeft { engine } => {
            turn.core.engines.seen.remove(&engine);
            see(turn);
        }
        ContainersEvent::Returned { id } => {
            turn.core.engines.forgotten.remove(&id);
        }
        ContainersEvent::Settles { at, engine } => super::roster::settles_at(turn, &at.instance, &engine),
        ContainersEvent::StartSeen { at } => others::start_seen(turn, &at.instance),
        ContainersEvent::Up { at, up } => own::up(turn, &at, *up),
        ContainersEvent::Outlived { at, reason } => own::outlived(turn, &at, &reason),
        ContainersEvent::Removed { id, result } => removing::removed(turn, &id, result),
        ContainersEvent::GetImageAgain { call, id } => image::get_again(turn, call, &id),
        ContainersEvent::StartWithImageAgain { call, start } => {
            super::start::start_with(turn, call, start, GetImage::Again);
        }
    }
}

/// Looks at what the engines told last.
pub(super) fn see(turn: &mut Turn) {
    if turn.core.closing.is_some() {
        return;
    }
    own::see(turn);
    others::see(turn);
}

/// Whether its engine says that it is paused: then silence has its reason.
pub(super) fn is_paused(turn: &Turn, id: &InstanceId) -> bool {
    let container = turn.instance(id).and_then(|instance| instance.container());
    container.and_then(|container| turn.core.engines.find(container)).is_some_and(|seen| seen.phase == Phase::Paused)
}

/// Whether it is one of ours that was paused before we knew it to run.
pub(super) fn stands_still(turn: &Turn, id: &InstanceId) -> bool {
    let is_ours = |instance: &Instance| {
        instance.owner == Owner::Portal && matches!(instance.state, InstanceState::Unknown { .. })
    };
    turn.instance(id).is_some_and(is_ours) && is_paused(turn, id)
}

/// By what the container of an instance is known.
pub(super) fn sources(turn: &Turn, id: &InstanceId) -> BTreeSet<Source> {
    let Some(instance) = turn.instance(id) else { return BTreeSet::new() };
    if instance.owner == Owner::Portal {
        return BTreeSet::from([Source::Started]);
    }
    let Some(container) = instance.container() else { return BTreeSet::new() };
    let engines = &turn.core.engines;
    let is_listed = engines.entries.iter().any(|entry| container.has_id(&entry.container));
    let is_seen = engines.find(container).is_some();
    let sources = [(is_listed, Source::Registry), (is_seen, Source::Container)];
    sources.into_iter().filter_map(|(is_so, source)| is_so.then_some(source)).collect()
}

/// Its engine cannot be asked: what it was shows no more, and nothing else is changed.
fn lose(turn: &mut Turn, id: &InstanceId, reason: &str) {
    let Some(instance) = turn.instance(id) else { return };
    if !matches!(instance.state, InstanceState::Unknown { .. }) {
        let running = instance.state.is_live().then(|| supervision::running(turn, id));
        turn.behind(id).lost = running;
        turn.end_run(id);
    }
    turn.enter(id, InstanceState::Unknown { reason: reason.to_owned() });
    answer_starting(turn, id);
}

/// Puts down where the container of an instance is and where it is reached.
fn place(turn: &mut Turn, id: &InstanceId, container: &ContainerRef, endpoint: Option<&Endpoint>) {
    super::roster::stays_at(turn, id, &container.engine);
    let Some(instance) = turn.instance(id) else { return };
    let kind = Kind::Docker { container: Some(container.clone()) };
    let is_there = match endpoint {
        Some(endpoint) => instance.port == Some(endpoint.port) && instance.host == endpoint.host,
        None => true,
    };
    if instance.kind == kind && is_there {
        return;
    }
    turn.change(id, |instance| {
        instance.kind = kind;
        if let Some(endpoint) = endpoint {
            instance.host.clone_from(&endpoint.host);
            instance.port = Some(endpoint.port);
        }
    });
}

/// Why one that is up, and was not known to be, cannot answer: that it is up is all that is known of it.
fn silent_for(seen: &ContainerSeen, endpoint: Option<&Endpoint>, was_ended: bool) -> Option<&'static str> {
    match (&seen.phase, endpoint) {
        (Phase::Paused, _) => Some(PAUSED),
        // From "stopped" no way leads to "degraded".
        (Phase::Running, None) if was_ended => Some(NO_PORT),
        _ => None,
    }
}

/// Asks to be let in where the container is reached.
fn knock(turn: &mut Turn, id: &InstanceId) {
    if turn.instance(id).is_some_and(|instance| instance.port.is_some()) {
        super::discovery::attach(turn, id);
    } else {
        turn.enter(id, InstanceState::Degraded { reason: NO_PORT.to_owned() });
    }
}
