//! Containers of others that are started on request: the caller always gets an answer, and what was told before the start does not count.

use super::super::{Bench, answers};
use super::{CONTAINER, ENGINE, again, ended, others};
use crate::containers::{ContainerSeen, ContainersEvent, EngineSeen, Phase};
use crate::effect::Effect;
use crate::event::{Event, RunId};
use crate::{InstanceId, InstanceState, Timestamp};

impl Bench {
    /// One that ran, has ended, and is being started.
    fn others_starting() -> (Self, InstanceId) {
        let mut bench = Self::new();
        bench.engine(Ok(vec![others(Phase::Running)]), &[]);
        bench.engine(Ok(vec![others(ended("It ended with exit code 1"))]), &[]);
        let id = bench.core.state.instances.keys().next().unwrap().clone();
        let effects = bench.restart_others(&id);
        assert!(answers(&effects).is_empty(), "{effects:?}");
        (bench, id)
    }

    fn restart_others(&mut self, id: &InstanceId) -> Vec<Effect> {
        let call = self.call();
        let effects = self.happens(Event::Restart { call, id: id.clone() });
        assert_eq!(self.of(id).word(), "starting");
        effects
    }

    fn start_seen(&mut self, id: &InstanceId) -> Vec<Effect> {
        let at = RunId { instance: id.clone(), run: self.core.state.instances[id].run };
        self.happens(Event::Containers(ContainersEvent::StartSeen { at }))
    }

    fn of(&self, id: &InstanceId) -> &InstanceState {
        &self.core.state.instances[id].state
    }
}

#[test]
fn one_that_ends_at_once_has_ended_and_whoever_started_it_is_told() {
    let (mut bench, id) = Bench::others_starting();
    let effects = bench.engine(Ok(vec![again(ended("It ended with exit code 3"))]), &[]);
    assert_eq!(bench.of(&id).word(), "stopped");
    assert_eq!(bench.core.state.instances[&id].last_end.as_deref(), Some("It ended with exit code 3"));
    assert_eq!(answers(&effects).len(), 1, "{effects:?}");
}

#[test]
fn what_was_told_before_its_start_is_nothing_of_it() {
    let (mut bench, id) = Bench::others_starting();
    for before in [Phase::Running, ended("It ended with exit code 1"), Phase::Running] {
        bench.engine(Ok(vec![others(before)]), &[]);
        assert_eq!(bench.of(&id).word(), "starting");
        let InstanceState::Starting { step, .. } = bench.of(&id) else { panic!() };
        assert_eq!(step.text(), "Starting the container");
    }
    let effects = bench.engine(Ok(vec![again(Phase::Running)]), &[]);
    assert_eq!(answers(&effects).len(), 1, "{effects:?}");
    let InstanceState::Starting { step, .. } = bench.of(&id) else { panic!() };
    assert_eq!(step.text(), "Waiting for the first answer");
}

#[test]
fn a_start_of_which_nothing_is_seen_is_over_all_the_same() {
    // Its end looks as the one before, it is not there any more, or its engine says nothing of it.
    let lists: [(Vec<ContainerSeen>, &[&str]); 2] = [(vec![others(ended("x"))], &[]), (Vec::new(), &[CONTAINER])];
    for (list, gone) in lists {
        let (mut bench, id) = Bench::others_starting();
        bench.happens(Event::Containers(ContainersEvent::Listed { entries: Vec::new() }));
        let seen =
            EngineSeen { is_usual: true, containers: Ok(list), gone: gone.iter().map(|id| (*id).to_owned()).collect() };
        let told = bench.happens(Event::Containers(ContainersEvent::EngineSeen { engine: ENGINE.to_owned(), seen }));
        let after = if bench.core.state.instances.contains_key(&id) { bench.start_seen(&id) } else { Vec::new() };
        assert_eq!(answers(&told).len() + answers(&after).len(), 1, "{told:?} {after:?}");
        if let Some(instance) = bench.core.state.instances.get(&id) {
            assert_eq!(instance.state.word(), "stopped");
        }
    }
    // It is being started over and over by its engine.
    let (mut bench, id) = Bench::others_starting();
    bench.engine(Ok(vec![again(Phase::Between)]), &[]);
    assert_eq!(answers(&bench.start_seen(&id)).len(), 1);
    bench.engine(Ok(vec![ContainerSeen { started_at: Some(Timestamp(3_000)), ..others(Phase::Running) }]), &[]);
    let InstanceState::Starting { step, .. } = bench.of(&id) else { panic!() };
    assert_eq!(step.text(), "Waiting for the first answer");
}

#[test]
fn one_whose_engine_nobody_watched_is_as_it_shows_when_its_start_was_seen() {
    let mut bench = Bench::new();
    let entry = crate::registry::DockerEntry {
        id: Bench::id(),
        name: "boxed".to_owned(),
        directory: super::DIRECTORY.into(),
        host: "127.0.0.1".to_owned(),
        port: Some(super::port()),
        container: CONTAINER.to_owned(),
        started_at: None,
    };
    bench.happens(Event::Containers(ContainersEvent::Listed { entries: vec![entry] }));
    bench.engine(Ok(vec![others(ended("x"))]), &[]);
    bench.happens(Event::Containers(ContainersEvent::EngineLeft { engine: ENGINE.to_owned() }));
    bench.is("stopped");
    bench.restart_others(&Bench::id());
    bench.engine(Ok(vec![others(ended("x"))]), &[]);
    bench.is("starting");
    let effects = bench.start_seen(&Bench::id());
    bench.is("stopped");
    assert_eq!(answers(&effects).len(), 1);
}
