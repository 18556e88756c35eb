//! Containers: ours and those of others, and their engines.

mod by_hand;
mod engines;
mod image;
mod others_started;
mod outlived;
mod removing;
mod staying;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Bench, DIRECTORY, answers, failure, has, port, start_call};
use crate::containers::{
    Asker, ContainerRef, ContainerSeen, ContainersEffect, ContainersEvent, Ended, EngineSeen, Mark, Phase, Up,
};
use crate::discovery::Endpoint;
use crate::effect::Effect;
use crate::event::{Event, RecordedLife};
use crate::record::{Aftermath, Body, Life, Record, Running};
use crate::registry::DockerEntry;
use crate::supervision::{SupervisionEffect, SupervisionEvent};
use crate::{DockerPlace, FleetError, InstanceId, Opencode, Place, Profile, RestartPolicy, Source, Step, Timestamp};

const ENGINE: &str = "unix:///engine";
const CONTAINER: &str = "0123456789abcdef";

fn docker() -> Arc<Profile> {
    Arc::new(Profile { place: Place::Docker(DockerPlace::default()), ..Profile::default() })
}

fn seen(phase: Phase) -> ContainerSeen {
    ContainerSeen {
        container: ContainerRef::new(ENGINE, CONTAINER),
        phase,
        mark: Some(Mark { instance: Bench::id(), name: "site".to_owned() }),
        endpoint: Some(Endpoint::new("127.0.0.1", port())),
        directory: Some(DIRECTORY.into()),
        serves: false,
        credentials: None,
        started_at: Some(Timestamp(900)),
        made_with: Some(docker()),
    }
}

fn others(phase: Phase) -> ContainerSeen {
    ContainerSeen { mark: None, made_with: None, ..seen(phase) }
}

/// The same after another start of it.
fn again(phase: Phase) -> ContainerSeen {
    ContainerSeen { started_at: Some(Timestamp(2_000)), ..others(phase) }
}

fn ended(cause: &str) -> Phase {
    Phase::Ended(Box::new(Ended { failure: failure(cause), is_clean: false, asked: None }))
}

impl Bench {
    fn start_boxed(&mut self, profile: Arc<Profile>) -> Vec<Effect> {
        let call = self.call();
        let start = start_call(Self::id(), Some(profile));
        self.happens(Event::Start { call, start })
    }

    fn up(&mut self) -> Vec<Effect> {
        let up = Up {
            container: ContainerRef::new(ENGINE, CONTAINER),
            host: "127.0.0.1".to_owned(),
            port: port(),
            since: Timestamp(900),
        };
        let at = self.at();
        self.happens(Event::Containers(ContainersEvent::Up { at, up: Box::new(up) }))
    }

    fn boxed() -> Self {
        Self::boxed_with(docker())
    }

    fn boxed_with(profile: Arc<Profile>) -> Self {
        let mut bench = Self::new();
        bench.start_boxed(profile);
        let at = bench.at();
        bench.happens(Event::Recorded { at: at.clone(), port: None });
        bench.up();
        bench.happens(Event::Answered { at, version: "1.18.33".to_owned() });
        bench.is("ready");
        bench
    }

    fn engine(&mut self, containers: Result<Vec<ContainerSeen>, &str>, gone: &[&str]) -> Vec<Effect> {
        let seen = EngineSeen {
            is_usual: true,
            containers: containers.map_err(str::to_owned),
            gone: gone.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>(),
        };
        self.happens(Event::Containers(ContainersEvent::EngineSeen { engine: ENGINE.to_owned(), seen }))
    }
}

fn stops(effects: &[Effect]) -> bool {
    has(effects, |effect| matches!(effect, Effect::Containers(ContainersEffect::Stop { .. })))
}

#[test]
fn a_container_needs_no_opencode_here_and_is_another_instance_than_a_process() {
    let mut bench = Bench::new();
    bench.core.state.opencode = Opencode::Missing { searched: Vec::new(), install_error: None };
    let effects = bench.start_boxed(docker());
    bench.is("starting");
    assert!(has(&effects, |effect| matches!(effect, Effect::Launch(plan) if plan.binary.is_none() && plan.is_alone)));
    assert!(bench.instance().log.is_some());
    // The process of the same directory is another one, and alone, too.
    bench.core.state.opencode = super::found();
    let call = bench.call();
    let start = |profile| start_call(InstanceId::from("bbbbbbbb"), profile);
    let effects = bench.happens(Event::Start { call, start: start(Some(Arc::new(Profile::default()))) });
    assert!(has(&effects, |effect| matches!(effect, Effect::Launch(plan) if plan.binary.is_some() && plan.is_alone)));
    assert_eq!(bench.core.state.instances.len(), 2);
    // Found again by its place.
    let effects = bench.happens(Event::Start { call, start: start(Some(docker())) });
    assert!(!has(&effects, |effect| matches!(effect, Effect::Launch(_))));
    assert_eq!(bench.core.state.instances.len(), 2);
}

#[test]
fn how_far_an_image_is_shows_and_is_no_history() {
    let mut bench = Bench::new();
    bench.start_boxed(docker());
    let at = bench.at();
    let progress = "Building the image, step 2 of 7".to_owned();
    let effects = bench.happens(Event::Stepped { at, step: Step::PreparingImage { progress } });
    let is_history = |effect: &Effect| matches!(effect, Effect::Supervision(SupervisionEffect::Remember { .. }));
    assert!(!has(&effects, is_history));
    let crate::InstanceState::Starting { step, .. } = &bench.instance().state else { panic!() };
    assert_eq!(step.text(), "Building the image, step 2 of 7");
}

#[test]
fn a_stop_before_there_is_a_container_waits_for_whoever_makes_it() {
    let mut bench = Bench::new();
    bench.start_boxed(docker());
    assert!(!stops(&bench.stop()));
    bench.is("stopping");
    let at = bench.at();
    let effects = bench.happens(Event::LaunchFailed { at, failure: failure("given up") });
    bench.is("stopped");
    assert_eq!(answers(&effects).len(), 2, "the starter and the stopper: {effects:?}");
    // One that comes up in the very moment is ended.
    let mut bench = Bench::new();
    bench.start_boxed(docker());
    bench.stop();
    assert!(stops(&bench.up()));
    let at = bench.at();
    bench.happens(Event::Stopped { at, result: Ok(()) });
    bench.is("stopped");
}

#[test]
fn what_an_engine_told_before_is_not_believed_after_a_stop() {
    let mut bench = Bench::boxed();
    bench.engine(Ok(vec![seen(Phase::Running)]), &[]);
    bench.is("ready");
    assert!(stops(&bench.stop()));
    let at = bench.at();
    bench.happens(Event::Stopped { at, result: Ok(()) });
    bench.engine(Ok(vec![seen(Phase::Running)]), &[]);
    bench.is("stopped");
    // Somebody has started it by hand.
    let effects =
        bench.engine(Ok(vec![ContainerSeen { started_at: Some(Timestamp(2_000)), ..seen(Phase::Running) }]), &[]);
    bench.is("starting");
    assert!(has(&effects, |effect| matches!(effect, Effect::Attach { .. })));
}

#[test]
fn an_end_is_a_crash_and_starts_again_by_its_policy() {
    let profile = Profile { restart: RestartPolicy::OnFailure, ..(*docker()).clone() };
    let mut bench = Bench::boxed_with(Arc::new(profile));
    let effects = bench.engine(Ok(vec![seen(ended("It ended with exit code 3"))]), &[]);
    bench.is("crashed");
    assert_eq!(bench.instance().last_end.as_deref(), Some("It ended with exit code 3"));
    assert!(has(&effects, |effect| matches!(effect, Effect::Supervision(SupervisionEffect::PlanRestart { .. }))));
    let at = bench.at();
    let restart = crate::Restart { at: Timestamp(1), attempt: 1, attempts: None };
    bench.happens(Event::Supervision(SupervisionEvent::RestartPlanned { at: at.clone(), restart }));
    let effects = bench.happens(Event::Supervision(SupervisionEvent::RestartDue { at }));
    assert!(has(&effects, |effect| matches!(effect, Effect::Launch(_))));
    // One that another host asked for is none.
    let mut bench = Bench::boxed();
    let asked = Phase::Ended(Box::new(Ended { failure: failure("x"), is_clean: false, asked: Some(Asker::Portal) }));
    bench.engine(Ok(vec![seen(asked)]), &[]);
    bench.is("stopped");
}

#[test]
fn a_silent_engine_changes_nothing_but_what_is_known() {
    let mut bench = Bench::boxed();
    let effects = bench.engine(Err("No engine"), &[]);
    bench.is("unknown");
    assert!(!has(&effects, |effect| matches!(effect, Effect::WriteRecord(_) | Effect::RemoveRecord { .. })));
    assert!(bench.instance().container().is_some());
    bench.engine(Ok(vec![seen(Phase::Running)]), &[]);
    bench.is("starting");
    let at = bench.at();
    bench.happens(Event::Answered { at, version: "1".to_owned() });
    bench.is("ready");
    // It ended together with its engine.
    bench.engine(Err("No engine"), &[]);
    bench.engine(Ok(vec![seen(ended("It was killed (exit code 137)"))]), &[]);
    bench.is("stopped");
    assert!(bench.instance().last_end.as_deref().unwrap().contains("exit code 137"));
    // What does not run is not lost.
    bench.engine(Err("No engine"), &[]);
    bench.is("stopped");
}

#[test]
fn a_record_waits_for_its_engine() {
    let running = Running {
        body: Body::Container { engine: ENGINE.to_owned(), id: CONTAINER.to_owned() },
        host: "127.0.0.1".to_owned(),
        port: port(),
        since: Timestamp(900),
    };
    let record = Record {
        id: Bench::id(),
        name: "Kept".to_owned(),
        directory: DIRECTORY.into(),
        demo: None,
        life: Life::Runs(running),
        host: None,
        last_end: None,
        after: Aftermath::default(),
    };
    let told =
        || Event::RecordSeen { record: Box::new(record.clone()), process: RecordedLife::Elsewhere, host_lives: false };
    let mut bench = Bench::new();
    bench.happens(told());
    bench.is("unknown");
    bench.engine(Ok(vec![seen(Phase::Running)]), &[]);
    bench.is("starting");
    assert_eq!(bench.instance().name, "Kept");
    let mut bench = Bench::new();
    bench.happens(told());
    bench.engine(Ok(vec![seen(ended("It ended with exit code 1"))]), &[]);
    bench.is("stopped");
    assert!(bench.instance().last_end.is_some());
}

#[test]
fn one_whose_record_is_lost_is_known_by_its_labels_and_a_forgotten_one_is_not() {
    let mut bench = Bench::new();
    bench.engine(Ok(vec![seen(Phase::Running)]), &[]);
    bench.is("starting");
    assert!(matches!(bench.instance().profile.place, Place::Docker(_)));
    assert_eq!(bench.instance().sources, [Source::Started].into());
    assert!(stops(&bench.stop()));
    let at = bench.at();
    bench.happens(Event::Stopped { at, result: Ok(()) });
    let call = bench.call();
    let effects = bench.happens(Event::Remove { call, id: Bench::id(), with_data: true });
    let is_removal =
        |effect: &Effect| matches!(effect, Effect::Containers(ContainersEffect::Remove(removal)) if removal.with_data);
    assert!(has(&effects, is_removal));
    assert!(answers(&effects).is_empty(), "answered when it is done");
    let effects = bench.happens(Event::Containers(ContainersEvent::Removed { id: Bench::id(), result: Ok(()) }));
    assert!(has(&effects, |effect| matches!(effect, Effect::RemoveRecord { .. })));
    assert_eq!(answers(&effects).len(), 1);
    bench.engine(Ok(vec![seen(ended("x"))]), &[]);
    assert!(bench.core.state.instances.is_empty());
    // It was off the list while its engine was away; somebody has started it since.
    bench.happens(Event::Containers(ContainersEvent::Returned { id: Bench::id() }));
    bench.engine(Ok(vec![seen(Phase::Running)]), &[]);
    bench.is("starting");
}

#[test]
fn a_name_is_the_containers_too() {
    let mut bench = Bench::boxed();
    let call = bench.call();
    let effects = bench.happens(Event::Rename { call, id: Bench::id(), name: "Blue".to_owned() });
    let is_renamed =
        |effect: &Effect| matches!(effect, Effect::Containers(ContainersEffect::Rename { name, .. }) if name == "Blue");
    assert!(has(&effects, is_renamed));
}

#[test]
fn a_container_of_others_is_as_its_engine_says_and_unknown_when_that_is_silent() {
    let mut bench = Bench::new();
    let entry = DockerEntry {
        id: Bench::id(),
        name: "boxed".to_owned(),
        directory: DIRECTORY.into(),
        host: "127.0.0.1".to_owned(),
        port: Some(port()),
        container: CONTAINER.to_owned(),
        started_at: None,
    };
    let listed = |entries: Vec<DockerEntry>| Event::Containers(ContainersEvent::Listed { entries });
    bench.happens(listed(vec![entry.clone()]));
    bench.is("unknown");
    let effects = bench.engine(Ok(vec![others(Phase::Running)]), &[]);
    bench.is("starting");
    assert!(has(&effects, |effect| matches!(effect, Effect::Attach { .. })));
    let at = bench.at();
    bench.happens(Event::Answered { at, version: "1".to_owned() });
    bench.is("ready");
    assert_eq!(bench.instance().sources, [Source::Registry, Source::Container].into());
    bench.happens(listed(vec![entry]));
    bench.is("ready");
    bench.engine(Err("No engine"), &[]);
    bench.is("unknown");
    bench.engine(Ok(vec![others(ended("It ended with exit code 1"))]), &[]);
    bench.is("stopped");
    let call = bench.call();
    let effects = bench.happens(Event::Restart { call, id: Bench::id() });
    assert!(has(&effects, |effect| matches!(effect, Effect::Containers(ContainersEffect::Start { .. }))));
    bench.engine(Ok(vec![others(ended("x"))]), &[]);
    bench.is("starting");
    bench.engine(Ok(vec![again(Phase::Running)]), &[]);
    assert!(stops(&bench.stop()));
    bench.happens(listed(Vec::new()));
    let effects = bench.engine(Ok(Vec::new()), &[]);
    let is_told =
        |effect: &Effect| matches!(effect, Effect::Answer { result: Err(FleetError::NoSuchInstance { .. }), .. });
    assert!(has(&effects, is_told), "whoever stops it is told that it is gone: {effects:?}");
    assert!(bench.core.state.instances.is_empty());
}

#[test]
fn a_container_of_others_that_nobody_wrote_down_is_shown_while_it_is_there() {
    let mut bench = Bench::new();
    // One that has ended before anybody saw it run, and may be no server, is no instance.
    bench.engine(Ok(vec![others(ended("x"))]), &[]);
    assert!(bench.core.state.instances.is_empty());
    bench.engine(Ok(vec![others(Phase::Running)]), &[]);
    let instance = bench.core.state.instances.values().next().unwrap();
    assert_eq!(instance.sources, [Source::Container].into());
    assert!(!instance.is_somebody_elses(), "a container is anybody's to start and stop");
    bench.engine(Ok(vec![others(ended("x"))]), &[]);
    assert_eq!(bench.core.state.instances.values().next().unwrap().state.word(), "stopped");
    bench.engine(Err("No engine"), &[]);
    assert_eq!(bench.core.state.instances.len(), 1, "nothing is dropped");
    bench.engine(Ok(Vec::new()), &[]);
    assert!(bench.core.state.instances.is_empty());
}

#[test]
fn a_container_of_others_that_serves_is_shown_though_nobody_saw_it_run_and_can_be_started() {
    let serving = |phase| ContainerSeen { serves: true, ..others(phase) };
    for phase in [ended("It ended with exit code 143"), Phase::Made] {
        let mut bench = Bench::new();
        bench.engine(Ok(vec![serving(phase.clone())]), &[]);
        let instance = bench.core.state.instances.values().next().unwrap();
        assert_eq!((instance.state.word(), &instance.sources), ("stopped", &[Source::Container].into()), "{phase:?}");
        let (id, call) = (instance.id.clone(), bench.call());
        let effects = bench.happens(Event::Restart { call, id });
        assert!(has(&effects, |effect| matches!(effect, Effect::Containers(ContainersEffect::Start { .. }))));
        // Removed by whoever it belongs to, it is not shown any more.
        let mut bench = Bench::new();
        bench.engine(Ok(vec![serving(phase)]), &[]);
        bench.engine(Ok(Vec::new()), &[]);
        assert!(bench.core.state.instances.is_empty());
    }
    let mut bench = Bench::new();
    bench.engine(Ok(vec![serving(Phase::Between)]), &[]);
    assert!(bench.core.state.instances.is_empty(), "it is on its way up or out");
}
