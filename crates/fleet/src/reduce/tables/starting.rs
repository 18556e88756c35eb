//! Starting, stopping, ending, quitting.

use super::{Bench, DIRECTORY, answers, failure, found, has, identity, port, tells};
use crate::effect::Effect;
use crate::event::{Event, Outcome};
use crate::record::Life;
use crate::{AtQuit, Change, FleetError, InstanceState, Opencode, SessionStatus, Step};
use opencode_api::RequestId;
use std::path::PathBuf;

#[test]
fn a_start_goes_from_step_to_step() {
    let mut bench = Bench::new();
    let effects = bench.start("aaaaaaaa");
    assert!(has(&effects, |effect| matches!(effect, Effect::Launch(_))));
    assert!(answers(&effects).is_empty(), "not before it is on disk");
    assert!(!format!("{effects:?}").contains("secret"), "what the caller put into the environment is never shown");
    let at = bench.at();
    let effects = bench.happens(Event::Recorded { at: at.clone(), port: Some(port()) });
    assert!(matches!(answers(&effects)[..], [Ok(Outcome::Instance(id))] if *id == Bench::id()));
    assert_eq!(bench.core.state.settings.recent_directories, [PathBuf::from(DIRECTORY)]);
    bench.happens(Event::Spawned { at: at.clone(), identity: identity(42), port: port() });
    assert!(matches!(bench.instance().state, InstanceState::Starting { step: Step::WaitingForAnswer, .. }));
    let effects = bench.happens(Event::Answered { at, version: "1".to_owned() });
    bench.is("ready");
    assert!(has(&effects, |effect| matches!(effect, Effect::Connect { .. })));
    assert!(has(&effects, |effect| matches!(effect, Effect::Register(entry) if entry.pid == 42)));
}

#[test]
fn the_same_directory_twice_is_one_instance() {
    let mut bench = Bench::ready();
    let effects = bench.start("bbbbbbbb");
    assert!(matches!(answers(&effects)[..], [Ok(Outcome::Instance(id))] if *id == Bench::id()));
    assert_eq!(bench.core.state.instances.len(), 1);
    // One that has ended is started again under its id.
    let at = bench.at();
    bench.happens(Event::Exited { at, failure: failure("signal 9"), asked: false, is_clean: false });
    bench.is("crashed");
    let effects = bench.start("bbbbbbbb");
    assert!(has(&effects, |effect| matches!(effect, Effect::Launch(plan) if plan.at.instance == Bench::id())));
    assert_eq!(bench.core.state.instances.len(), 1);
}

#[test]
fn a_start_waits_for_opencode_to_be_found_and_fails_when_it_is_not() {
    let mut bench = Bench::new();
    bench.core.state.opencode = Opencode::Looking;
    let effects = bench.start("aaaaaaaa");
    assert!(!has(&effects, |effect| matches!(effect, Effect::Launch(_))));
    let effects = bench.happens(Event::OpencodeSeen { search: 0, opencode: found() });
    assert!(has(&effects, |effect| matches!(effect, Effect::Launch(_))));

    let mut bench = Bench::new();
    bench.core.state.opencode = Opencode::Looking;
    bench.start("aaaaaaaa");
    let missing = Opencode::Missing { searched: Vec::new(), install_error: None };
    let effects = bench.happens(Event::OpencodeSeen { search: 0, opencode: missing });
    assert!(matches!(answers(&effects)[..], [Err(FleetError::OpencodeMissing)]));
    assert!(bench.core.state.instances.is_empty());
    let effects = bench.start("aaaaaaaa");
    assert!(matches!(answers(&effects)[..], [Err(FleetError::OpencodeMissing)]));
}

#[test]
fn a_stop_waits_for_the_whole_tree() {
    let mut bench = Bench::ready();
    let effects = bench.stop();
    bench.is("stopping");
    assert!(has(&effects, |effect| matches!(effect, Effect::StopProcess { identity, .. } if identity.pid == 42)));
    assert!(has(
        &effects,
        |effect| matches!(effect, Effect::WriteRecord(record) if matches!(record.life, Life::Ending(_)))
    ));
    let at = bench.at();
    bench.happens(Event::Exited { at: at.clone(), failure: failure("exit code 0"), asked: false, is_clean: false });
    bench.is("stopping");
    let effects = bench.happens(Event::Stopped { at, result: Ok(()) });
    bench.is("stopped");
    assert_eq!(bench.instance().port, None);
    assert!(matches!(answers(&effects)[..], [Ok(Outcome::Done)]));
    assert!(has(&effects, |effect| matches!(effect, Effect::Unregister { pid: 42, .. })));
    assert!(has(&effects, |effect| matches!(effect, Effect::WriteRecord(record) if record.life == Life::Ended)));
}

#[test]
fn a_stop_before_the_spawn_ends_the_process_once_it_is_there() {
    let mut bench = Bench::new();
    bench.start("aaaaaaaa");
    let effects = bench.stop();
    bench.is("stopping");
    assert!(!has(&effects, |effect| matches!(effect, Effect::StopProcess { .. })));
    let at = bench.at();
    let effects = bench.happens(Event::Spawned { at: at.clone(), identity: identity(42), port: port() });
    assert!(has(&effects, |effect| matches!(effect, Effect::StopProcess { .. })));
    bench.happens(Event::Answered { at: at.clone(), version: "1".to_owned() });
    bench.is("stopping");
    // Its tree may still be ending: a start now would be taken for a part of it.
    bench.happens(Event::LaunchFailed { at: at.clone(), failure: failure("ended") });
    bench.is("stopping");
    bench.happens(Event::Stopped { at, result: Ok(()) });
    bench.is("stopped");
}

#[test]
fn a_stop_of_what_never_became_a_process_is_over_when_its_start_is() {
    let mut bench = Bench::new();
    bench.start("aaaaaaaa");
    bench.stop();
    let at = bench.at();
    let effects = bench.happens(Event::LaunchFailed { at, failure: failure("no port") });
    bench.is("stopped");
    assert!(answers(&effects).iter().any(|answer| matches!(answer, Ok(Outcome::Done))), "who stopped it is answered");
}

#[test]
fn what_a_start_brings_up_after_its_stop_is_ended() {
    let mut bench = Bench::new();
    bench.start("aaaaaaaa");
    let at = bench.at();
    bench.happens(Event::Spawned { at: at.clone(), identity: identity(42), port: port() });
    bench.stop();
    bench.happens(Event::Stopped { at: at.clone(), result: Ok(()) });
    bench.is("stopped");
    // The start was just trying the next port.
    let effects = bench.happens(Event::Spawned { at, identity: identity(43), port: port() });
    bench.is("stopped");
    assert!(has(&effects, |effect| matches!(effect, Effect::EndStray { identity, .. } if identity.pid == 43)));
}

#[test]
fn a_stop_that_fails_is_told() {
    let mut bench = Bench::ready();
    bench.stop();
    let at = bench.at();
    let effects = bench.happens(Event::Stopped { at, result: Err(FleetError::Closed) });
    bench.is("degraded");
    assert!(matches!(answers(&effects)[..], [Err(_)]));
}

#[test]
fn a_restart_starts_after_the_stop() {
    let mut bench = Bench::ready();
    let call = bench.call();
    bench.happens(Event::Restart { call, id: Bench::id() });
    bench.is("stopping");
    let at = bench.at();
    let effects = bench.happens(Event::Stopped { at: at.clone(), result: Ok(()) });
    bench.is("starting");
    assert!(has(&effects, |effect| matches!(effect, Effect::Launch(plan) if !plan.environment.is_empty())));
    assert_ne!(bench.at(), at, "a new run");
    // What is told of the run before changes nothing.
    bench.happens(Event::Exited { at, failure: failure("late"), asked: false, is_clean: false });
    bench.is("starting");
}

#[test]
fn an_end_that_nobody_asked_for_is_a_crash_with_its_cause() {
    let mut bench = Bench::asking();
    let at = bench.at();
    let effects =
        bench.happens(Event::Exited { at, failure: failure("It ended with signal 9"), asked: false, is_clean: false });
    assert_eq!(bench.instance().state, InstanceState::Crashed(failure("It ended with signal 9")));
    assert!(bench.instance().requests.is_empty());
    assert_eq!(bench.status("ses_1"), &SessionStatus::Idle);
    assert!(has(&effects, |effect| matches!(effect, Effect::Disconnect { .. })));
    let gone = Change::RequestGone { instance: Bench::id(), request: RequestId::from("per_1") };
    assert!(tells(&effects, &gone));
}

#[test]
fn quitting_keeps_or_stops_and_always_stops_the_tour() {
    for (at_quit, demo, stops) in [
        (AtQuit::Keep, false, false),
        (AtQuit::Keep, true, true),
        (AtQuit::Stop, false, true),
        (AtQuit::Stop, true, true),
    ] {
        let mut bench = Bench::ready();
        if demo {
            let mut instance = bench.instance().clone();
            instance.demo = Some(port());
            bench.core.state.instances.insert(Bench::id(), instance.into());
        }
        let call = bench.call();
        let mut effects = bench.happens(Event::ShutDown { call, at_quit });
        assert_eq!(has(&effects, |effect| matches!(effect, Effect::StopProcess { .. })), stops);
        assert_eq!(answers(&effects).is_empty(), stops, "the end waits for what is being stopped");
        if stops {
            let at = bench.at();
            effects = bench.happens(Event::Stopped { at, result: Ok(()) });
        }
        assert!(answers(&effects).iter().any(|answer| matches!(answer, Ok(Outcome::Done))));
        let effects = bench.start("cccccccc");
        assert!(matches!(answers(&effects)[..], [Err(FleetError::Closed)]), "nothing starts any more");
    }
}

#[test]
fn the_tour_of_another_host_goes_on_when_we_end() {
    let mut bench = Bench::ready();
    let mut instance = bench.instance().clone();
    instance.demo = Some(port());
    bench.core.state.instances.insert(Bench::id(), instance.into());
    bench.core.behind.get_mut(&Bench::id()).unwrap().is_adopted = true;
    let call = bench.call();
    let effects = bench.happens(Event::ShutDown { call, at_quit: AtQuit::Keep });
    assert!(!has(&effects, |effect| matches!(effect, Effect::StopProcess { .. })));
    assert!(matches!(answers(&effects)[..], [Ok(Outcome::Done)]));
}

#[test]
fn a_mistake_of_ours_shows_on_one_instance_alone() {
    let mut bench = Bench::ready();
    let at = bench.at();
    bench.happens(Event::Panicked { at, message: "boom".to_owned() });
    assert!(matches!(&bench.instance().state, InstanceState::Degraded { reason } if reason.contains("boom")));
}
