//! Containers: engines that come and go, containers of ours and of others, and what may be done with them.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::{failure, port, runs};
use crate::containers::{
    Asker, ContainerRef, ContainerSeen, ContainersEffect, ContainersEvent, Ended, EngineSeen, Mark, Phase, Up,
};
use crate::discovery::Endpoint;
use crate::effect::Effect;
use crate::event::Event;
use crate::registry::DockerEntry;
use crate::{DockerPlace, FleetError, InstanceId, Kind, Owner, Place, Profile, State, Timestamp};

const ENGINE: &str = "unix:///engine";

/// Of an instance that runs in a container.
pub(super) fn profile() -> Arc<Profile> {
    Arc::new(Profile { place: Place::Docker(DockerPlace::default()), ..Profile::default() })
}

fn phases() -> impl Strategy<Value = Phase> {
    let askers = prop_oneof![2 => Just(None), 1 => Just(Some(Asker::Portal)), 1 => Just(Some(Asker::Docker)), 1 => Just(Some(Asker::Engine)), 1 => Just(Some(Asker::Unheard))];
    let ended = (askers, any::<bool>())
        .prop_map(|(asked, is_clean)| Phase::Ended(Box::new(Ended { failure: failure(), is_clean, asked })));
    prop_oneof![4 => Just(Phase::Running), 1 => Just(Phase::Paused), 1 => Just(Phase::Between), 1 => Just(Phase::Made), 3 => ended]
}

fn container(number: u64) -> ContainerRef {
    ContainerRef::new(ENGINE, format!("container{number}"))
}

fn seen() -> impl Strategy<Value = ContainerSeen> {
    let marks = prop::option::of(prop_oneof![Just("aaaaaaaa"), Just("bbbbbbbb"), Just("eeeeeeee")]);
    (0..3_u64, phases(), marks, 0..4_u64, any::<(bool, bool)>()).prop_map(
        |(number, phase, mark, start, (is_reached, serves))| ContainerSeen {
            container: container(number),
            phase,
            mark: mark.map(|id| Mark { instance: InstanceId::from(id), name: "n".to_owned() }),
            endpoint: is_reached.then(|| Endpoint::new("127.0.0.1", port())),
            directory: Some("/srv/other".into()),
            serves,
            credentials: None,
            started_at: Some(Timestamp(1_000 + start * 1_000)),
            made_with: Some(profile()),
        },
    )
}

fn engines() -> impl Strategy<Value = EngineSeen> {
    let lists = prop_oneof![
        4 => prop::collection::vec(seen(), 0..3).prop_map(Ok),
        1 => Just(Err("no engine".to_owned())),
    ];
    (lists, prop::collection::btree_set(0..3_u64, 0..3)).prop_map(|(containers, gone)| {
        let is_there = |id: &String| {
            containers.as_ref().is_ok_and(|list: &Vec<ContainerSeen>| list.iter().any(|seen| seen.container.id == *id))
        };
        let gone: BTreeSet<String> =
            gone.into_iter().map(|number| container(number).id).filter(|id| !is_there(id)).collect();
        EngineSeen { is_usual: true, containers, gone }
    })
}

fn entry() -> DockerEntry {
    DockerEntry {
        id: InstanceId::from("dddddddd"),
        name: "boxed".to_owned(),
        directory: "/srv/boxed".into(),
        host: "127.0.0.1".to_owned(),
        port: Some(port()),
        container: "container0".to_owned(),
        started_at: None,
    }
}

/// What can happen about containers.
pub(super) fn events() -> impl Strategy<Value = Event> {
    let removed = prop_oneof![Just("aaaaaaaa"), Just("bbbbbbbb")];
    let events = prop_oneof![
        1 => any::<bool>().prop_map(|is_listed| ContainersEvent::Listed { entries: is_listed.then(entry).into_iter().collect() }),
        8 => engines().prop_map(|seen| ContainersEvent::EngineSeen { engine: ENGINE.to_owned(), seen }),
        1 => Just(()).prop_map(|()| ContainersEvent::EngineLeft { engine: ENGINE.to_owned() }),
        1 => removed.clone().prop_map(|id| ContainersEvent::Returned { id: InstanceId::from(id) }),
        6 => (runs(), 0..3_u64, 0..4_u64).prop_map(|(at, number, start)| ContainersEvent::Up {
            at,
            up: Box::new(Up {
                container: container(number),
                host: "127.0.0.1".to_owned(),
                port: port(),
                since: Timestamp(1_000 + start * 1_000),
            }),
        }),
        2 => runs().prop_map(|at| ContainersEvent::StartSeen { at }),
        1 => runs().prop_map(|at| ContainersEvent::Settles { at, engine: ENGINE.to_owned() }),
        1 => runs().prop_map(|at| ContainersEvent::Outlived { at, reason: "silent".to_owned() }),
        1 => (removed, any::<bool>()).prop_map(|(id, is_well)| ContainersEvent::Removed {
            id: InstanceId::from(id),
            result: if is_well { Ok(()) } else { Err(FleetError::Closed) },
        }),
    ];
    events.prop_map(Event::Containers)
}

/// What is so of every instance after everything: one of ours that has a container at an engine is of that engine from then on.
pub(super) fn stay(after: &State) -> Result<(), TestCaseError> {
    for instance in after.instances.values().filter(|instance| instance.owner == Owner::Portal) {
        let is_at_one = instance.container().is_some_and(|container| !container.engine.is_empty());
        prop_assert!(!is_at_one || !instance.profile.place.is_anywhere(), "its next start may be at another engine");
    }
    Ok(())
}

/// What may be done with containers.
pub(super) fn may_be(effect: &Effect, after: &State) -> Result<(), TestCaseError> {
    let Effect::Containers(effect) = effect else { return Ok(()) };
    match effect {
        ContainersEffect::Stop { at, container } | ContainersEffect::Start { at, container } => {
            let instance = &after.instances[&at.instance];
            prop_assert!(matches!(instance.kind, Kind::Docker { .. }), "a container of what runs in none");
            let is_its = instance.container().is_some_and(|known| known.is(container));
            prop_assert!(is_its, "another container than the instance's");
        }
        ContainersEffect::Remove(removal) => {
            let owner = after.instances.get(&removal.id).map(|instance| instance.owner);
            prop_assert_eq!(owner, Some(Owner::Portal), "somebody else's container is removed");
        }
        ContainersEffect::Rename { id, .. } => {
            prop_assert_eq!(after.instances[id].owner, Owner::Portal, "somebody else's container is renamed");
        }
    }
    Ok(())
}
