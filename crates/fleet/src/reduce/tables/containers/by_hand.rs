//! What is done to containers with Docker itself, behind our back.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::{Bench, failure, has};
use super::{CONTAINER, ENGINE, docker, ended, others, seen, stops};
use crate::containers::{Asker, ContainerRef, ContainerSeen, ContainersEvent, Ended, EngineSeen, Phase};
use crate::effect::Effect;
use crate::event::Event;
use crate::record::Life;
use crate::supervision::SupervisionEffect;
use crate::{DockerPlace, Place, Profile, RestartPolicy, Timestamp};

#[test]
fn one_that_somebody_stops_with_docker_has_not_crashed_and_stays_stopped() {
    let profile = Profile { restart: RestartPolicy::Always, ..(*docker()).clone() };
    let stopped = || {
        let failure = failure("It ended with exit code 143");
        seen(Phase::Ended(Box::new(Ended { failure, is_clean: false, asked: Some(Asker::Docker) })))
    };
    let mut bench = Bench::boxed_with(Arc::new(profile));
    let effects = bench.engine(Ok(vec![stopped()]), &[]);
    bench.is("stopped");
    assert_eq!(bench.instance().last_end.as_deref(), Some("Somebody stopped its container with Docker"));
    assert!(!has(&effects, |effect| matches!(effect, Effect::Supervision(SupervisionEffect::PlanRestart { .. }))));
    let is_ended = |effect: &Effect| matches!(effect, Effect::WriteRecord(record) if record.life == Life::Ended);
    assert!(has(&effects, is_ended), "the next host does not take it for a crash, either: {effects:?}");
    // Removed after that, it is said so.
    bench.engine(Ok(Vec::new()), &[CONTAINER]);
    bench.is("stopped");
    assert!(bench.instance().last_end.as_deref().unwrap().contains("removed"));
    // The same while its engine could not be seen.
    let mut bench = Bench::boxed();
    bench.engine(Err("No engine"), &[]);
    bench.engine(Ok(vec![stopped()]), &[]);
    bench.is("stopped");
    assert_eq!(bench.instance().last_end.as_deref(), Some("Somebody stopped its container with Docker"));
}

#[test]
fn one_that_somebody_may_have_stopped_is_not_started_again() {
    let profile = Profile { restart: RestartPolicy::Always, ..(*docker()).clone() };
    let failure = failure("It ended with exit code 143");
    let end = Phase::Ended(Box::new(Ended { failure, is_clean: false, asked: Some(Asker::Unheard) }));
    for is_lost in [false, true] {
        let mut bench = Bench::boxed_with(Arc::new(profile.clone()));
        if is_lost {
            bench.engine(Err("No engine"), &[]);
        }
        let effects = bench.engine(Ok(vec![seen(end.clone())]), &[]);
        bench.is("stopped");
        let last_end = bench.instance().last_end.as_deref();
        assert_eq!(last_end, Some("It ended with exit code 143, while Portal did not see it"));
        assert!(!has(&effects, |effect| matches!(effect, Effect::Supervision(SupervisionEffect::PlanRestart { .. }))));
    }
}

#[test]
fn one_that_was_started_by_hand_may_crash() {
    let mut bench = Bench::boxed();
    bench.stop();
    let at = bench.at();
    bench.happens(Event::Stopped { at, result: Ok(()) });
    let again = |phase| ContainerSeen { started_at: Some(Timestamp(2_000)), ..seen(phase) };
    let effects = bench.engine(Ok(vec![again(Phase::Running)]), &[]);
    let runs = |effect: &Effect| matches!(effect, Effect::WriteRecord(record) if matches!(record.life, Life::Runs(_)));
    assert!(has(&effects, runs), "its record no longer says that its end was asked for: {effects:?}");
    bench.engine(Ok(vec![again(ended("It ended with exit code 3"))]), &[]);
    bench.is("crashed");
}

#[test]
fn what_its_engine_told_while_it_was_started_counts_once_it_is_up() {
    let mut bench = Bench::new();
    bench.start_boxed(docker());
    bench.up();
    bench.engine(Ok(vec![seen(ended("It ended with exit code 3"))]), &[]);
    bench.is("starting");
    let at = bench.at();
    bench.happens(Event::Answered { at, version: "1".to_owned() });
    bench.is("crashed");
}

#[test]
fn one_that_ended_and_is_up_again_but_cannot_answer_is_unknown_first() {
    let silent = [
        (seen(Phase::Paused), "docker unpause"),
        (ContainerSeen { endpoint: None, ..seen(Phase::Running) }, "publishes no port"),
    ];
    for (seen_now, expected) in silent {
        let mut bench = Bench::new();
        bench.engine(Ok(vec![seen(Phase::Between)]), &[]);
        bench.is("stopped");
        bench.engine(Ok(vec![seen_now.clone()]), &[]);
        bench.is("unknown");
        let crate::InstanceState::Unknown { reason } = &bench.instance().state else { panic!() };
        assert!(reason.contains(expected), "{reason}");
        // The same of somebody else's.
        let mut bench = Bench::new();
        let of_others = |seen: ContainerSeen| ContainerSeen { mark: None, made_with: None, ..seen };
        bench.engine(Ok(vec![others(Phase::Running)]), &[]);
        bench.engine(Ok(vec![others(ended("x"))]), &[]);
        bench.engine(Ok(vec![of_others(seen_now)]), &[]);
        let state = &bench.core.state.instances.values().next().unwrap().state;
        assert_eq!(state.word(), "unknown");
    }
    let mut bench = Bench::new();
    bench.engine(Ok(vec![seen(Phase::Between)]), &[]);
    bench.engine(Ok(vec![seen(Phase::Paused)]), &[]);
    bench.engine(Ok(vec![seen(Phase::Paused)]), &[]);
    bench.is("unknown");
    let effects = bench.engine(Ok(vec![seen(Phase::Running)]), &[]);
    bench.is("starting");
    assert!(has(&effects, |effect| matches!(effect, Effect::Attach { .. })));
}

#[test]
fn a_restart_of_one_that_stands_still_ends_nothing() {
    let mut bench = Bench::new();
    bench.engine(Ok(vec![seen(Phase::Paused)]), &[]);
    bench.is("unknown");
    let call = bench.call();
    let effects = bench.happens(Event::Restart { call, id: Bench::id() });
    bench.is("starting");
    assert!(has(&effects, |effect| matches!(effect, Effect::Launch(_))) && !stops(&effects), "{effects:?}");
}

#[test]
fn one_whose_profile_is_lost_gets_no_more_than_its_container_had() {
    let place = DockerPlace {
        network: crate::Network::Off,
        memory_mib: Some(512),
        user: Some("1000:1000".to_owned()),
        ..DockerPlace::default()
    };
    let made_with = Profile {
        place: Place::Docker(place.clone()),
        permission: Some(r#"{"bash":"deny"}"#.to_owned()),
        ..Profile::default()
    };
    let made = ContainerSeen { made_with: Some(Arc::new(made_with.clone())), ..seen(ended("x")) };
    let mut bench = Bench::new();
    bench.engine(Ok(vec![made]), &[]);
    // And it stays where that is.
    let place = Place::Docker(DockerPlace { engine: Some(ENGINE.to_owned()), ..place });
    assert_eq!(*bench.instance().profile, Profile { place, ..made_with });
    // Of one that tells nothing of itself no instance is made at all.
    let mut bench = Bench::new();
    bench.engine(Ok(vec![ContainerSeen { made_with: None, ..seen(ended("x")) }]), &[]);
    assert!(bench.core.state.instances.is_empty());
}

#[test]
fn paused_is_said_and_over_when_it_goes_on() {
    let mut bench = Bench::boxed();
    bench.engine(Ok(vec![seen(Phase::Paused)]), &[]);
    bench.is("degraded");
    let at = bench.at();
    bench.happens(Event::Unanswered { at, reason: "silent".to_owned() });
    let crate::InstanceState::Degraded { reason } = &bench.instance().state else { panic!() };
    assert!(reason.contains("docker unpause"), "{reason}");
    let effects = bench.engine(Ok(vec![seen(Phase::Running)]), &[]);
    assert!(has(&effects, |effect| matches!(effect, Effect::Attach { .. } | Effect::Resync { .. })));
}

#[test]
fn one_that_somebody_removes_has_not_crashed_and_is_made_anew() {
    let mut bench = Bench::boxed();
    // A list that is older than the container says nothing.
    bench.engine(Ok(Vec::new()), &[]);
    bench.is("ready");
    bench.engine(Ok(Vec::new()), &[CONTAINER]);
    bench.is("stopped");
    assert!(bench.instance().last_end.as_deref().unwrap().contains("removed its container"));
    assert_eq!(bench.instance().container(), None);
    let call = bench.call();
    let effects = bench.happens(Event::Restart { call, id: Bench::id() });
    assert!(has(&effects, |effect| matches!(effect, Effect::Launch(_))));
}

#[test]
fn one_whose_container_is_removed_has_ended_though_another_one_was_made_for_it() {
    for left in [ended("It ended with exit code 1"), Phase::Made] {
        let other = || ContainerSeen { container: ContainerRef::new(ENGINE, "fedcba9876543210"), ..seen(left.clone()) };
        let mut bench = Bench::boxed();
        bench.engine(Ok(vec![other(), seen(Phase::Running)]), &[]);
        bench.is("ready");
        // Whether it is gone was not seen yet.
        bench.engine(Ok(vec![other()]), &[]);
        bench.is("ready");
        bench.engine(Ok(vec![other()]), &[CONTAINER]);
        bench.is("stopped");
        assert!(bench.instance().last_end.as_deref().unwrap().contains("removed its container"));
        // At another engine, which tells nothing of how the one that it runs in is.
        let elsewhere = ContainerSeen { container: ContainerRef::new("unix:///other", "fedcba9876543210"), ..other() };
        let told = EngineSeen { is_usual: false, containers: Ok(vec![elsewhere]), gone: BTreeSet::new() };
        let mut bench = Bench::boxed();
        bench.engine(Ok(vec![seen(Phase::Running)]), &[]);
        let engine = "unix:///other".to_owned();
        bench.happens(Event::Containers(ContainersEvent::EngineSeen { engine, seen: told }));
        bench.is("ready");
        bench.engine(Err("No engine"), &[]);
        bench.is("unknown");
        bench.engine(Ok(Vec::new()), &[CONTAINER]);
        bench.is("stopped");
    }
}

#[test]
fn what_another_address_of_its_engine_tells_of_its_container_is_not_another_one() {
    let mut bench = Bench::boxed();
    bench.engine(Ok(vec![seen(Phase::Running)]), &[]);
    bench.is("ready");
    let elsewhere = ContainerSeen { container: ContainerRef::new("unix:///other", CONTAINER), ..seen(Phase::Running) };
    let told = EngineSeen { is_usual: false, containers: Ok(vec![elsewhere]), gone: BTreeSet::new() };
    bench.happens(Event::Containers(ContainersEvent::EngineSeen { engine: "unix:///other".to_owned(), seen: told }));
    bench.is("ready");
    assert_eq!(bench.instance().container().unwrap().engine, ENGINE);
    bench.engine(Err("No engine"), &[]);
    bench.is("unknown");
    // Where nobody looks any more, the other one tells.
    bench.happens(Event::Containers(ContainersEvent::EngineLeft { engine: ENGINE.to_owned() }));
    bench.is("starting");
}
