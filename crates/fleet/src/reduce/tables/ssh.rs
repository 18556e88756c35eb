//! Servers of ours on other machines.

mod left;

use std::sync::Arc;

use super::{Bench, DIRECTORY, answers, failure, has, port, start_call};
use crate::effect::Effect;
use crate::event::{Event, RecordedLife};
use crate::record::{Aftermath, Body, Life, Record, Running};
use crate::ssh::{SshEffect, SshEvent};
use crate::supervision::SupervisionEffect;
use crate::{
    AtQuit, FleetError, Instance, InstanceId, InstanceState, Kind, Place, Port, ProcessElsewhere, Profile,
    RestartPolicy, SshPlace, Timestamp,
};

const HOST: &str = "build";

fn profile(stays: bool) -> Arc<Profile> {
    let place = Place::Ssh(SshPlace { host: HOST.to_owned(), stays });
    Arc::new(Profile { place, restart: RestartPolicy::OnFailure, ..Profile::default() })
}

fn process() -> ProcessElsewhere {
    ProcessElsewhere { pid: 7, started: "then".to_owned(), port: Port::new(20_000).unwrap() }
}

fn process_of(instance: &Instance) -> Option<&ProcessElsewhere> {
    match &instance.kind {
        Kind::Ssh { process, .. } => process.as_ref(),
        _ => None,
    }
}

fn stops(effects: &[Effect]) -> bool {
    has(effects, |effect| matches!(effect, Effect::Ssh(SshEffect::Stop { process: of, .. }) if *of == process()))
}

fn writes(effects: &[Effect], what: impl Fn(&Life) -> bool) -> bool {
    has(effects, |effect| matches!(effect, Effect::WriteRecord(record) if what(&record.life)))
}

impl Bench {
    fn start_there(&mut self, profile: Arc<Profile>) -> Vec<Effect> {
        let call = self.call();
        let start = start_call(Self::id(), Some(profile));
        self.happens(Event::Start { call, start })
    }

    fn spawned_there(&mut self) -> Vec<Effect> {
        let at = self.at();
        self.happens(Event::Recorded { at: at.clone(), port: None });
        self.happens(Event::Ssh(SshEvent::Spawned { at, process: process(), port: port() }))
    }

    fn ready_there() -> Self {
        let mut bench = Self::new();
        let effects = bench.start_there(profile(false));
        assert!(has(&effects, |effect| matches!(effect, Effect::Launch(plan) if plan.binary.is_none())));
        bench.spawned_there();
        let at = bench.at();
        bench.happens(Event::Answered { at, version: "1.18.33".to_owned() });
        bench.is("ready");
        bench
    }

    fn lost(&mut self) -> Vec<Effect> {
        let at = self.at();
        self.happens(Event::Ssh(SshEvent::Lost { at, reason: "no line".to_owned() }))
    }
}

fn record(life: Life) -> Event {
    let record = Record {
        id: Bench::id(),
        name: "Kept".to_owned(),
        directory: DIRECTORY.into(),
        demo: None,
        life,
        host: None,
        last_end: None,
        after: Aftermath::default(),
    };
    Event::RecordSeen { record: Box::new(record), process: RecordedLife::Elsewhere, host_lives: false }
}

fn another() -> ProcessElsewhere {
    ProcessElsewhere { pid: 8, ..process() }
}

fn runs() -> Life {
    runs_as(process())
}

fn runs_as(process: ProcessElsewhere) -> Life {
    Life::Runs(Running {
        port: process.port,
        body: Body::Elsewhere { host: HOST.to_owned(), process },
        host: "127.0.0.1".to_owned(),
        since: Timestamp(900),
    })
}

#[test]
fn a_lost_line_is_no_end() {
    let mut bench = Bench::ready_there();
    let effects = bench.lost();
    bench.is("unknown");
    assert!(has(&effects, |effect| matches!(effect, Effect::Disconnect { .. })));
    assert!(!writes(&effects, |_| true), "what runs there is as it was");
    assert_eq!((process_of(bench.instance()), bench.instance().port), (Some(&process()), None));
    let at = bench.at();
    let local = Port::new(4000).unwrap();
    bench.happens(Event::Ssh(SshEvent::Reached { at: at.clone(), port: local }));
    bench.is("starting");
    assert_eq!(bench.instance().port, Some(local));
    let effects = bench.happens(Event::Answered { at: at.clone(), version: "1.18.33".to_owned() });
    bench.is("ready");
    assert!(has(&effects, |effect| matches!(effect, Effect::Connect { .. })));
    assert_eq!(bench.at(), at, "it is the same run");
}

#[test]
fn one_that_died_there_has_crashed_and_starts_again() {
    let ended =
        |bench: &Bench| Event::Ssh(SshEvent::Ended { at: bench.at(), failure: failure("killed"), asked: false });
    for is_lost_before in [false, true] {
        let mut bench = Bench::ready_there();
        if is_lost_before {
            bench.lost();
        }
        let event = ended(&bench);
        let effects = bench.happens(event);
        bench.is("crashed");
        assert!(writes(&effects, |life| *life == Life::Ended));
        let plans = |effect: &Effect| matches!(effect, Effect::Supervision(SupervisionEffect::PlanRestart { .. }));
        assert!(has(&effects, plans));
        assert_eq!(process_of(bench.instance()), None);
    }
    // Another host of this user has asked it to end.
    let mut bench = Bench::ready_there();
    let at = bench.at();
    bench.happens(Event::Ssh(SshEvent::Ended { at, failure: failure("asked"), asked: true }));
    bench.is("stopped");
}

#[test]
fn a_record_is_adopted_and_what_it_found_gone_is_stopped() {
    let mut bench = Bench::new();
    let effects = bench.happens(record(runs()));
    bench.is("starting");
    let adopts = |effect: &Effect| matches!(effect, Effect::Ssh(SshEffect::Adopt { host, process: of, .. }) if host == HOST && *of == process());
    assert!(has(&effects, adopts));
    bench.lost();
    bench.is("unknown");
    let at = bench.at();
    let effects = bench.happens(Event::Ssh(SshEvent::Gone { at }));
    bench.is("stopped");
    assert!(writes(&effects, |life| *life == Life::Ended));
    assert!(bench.instance().last_end.is_some());
}

#[test]
fn it_is_stopped_there_also_when_the_line_is_lost() {
    for is_lost_before in [false, true] {
        let mut bench = Bench::ready_there();
        if is_lost_before {
            bench.lost();
        }
        let effects = bench.stop();
        bench.is("stopping");
        assert!(stops(&effects));
        assert!(writes(&effects, |life| matches!(life, Life::Ending(of) if of.port == process().port)));
        // What is told of it meanwhile changes nothing.
        bench.lost();
        bench.is("stopping");
        let at = bench.at();
        let effects = bench.happens(Event::Stopped { at, result: Ok(()) });
        bench.is("stopped");
        assert!(matches!(answers(&effects)[..], [Ok(_)]));
    }
}

#[test]
fn a_start_that_was_stopped_ends_what_it_has_begun() {
    let mut bench = Bench::new();
    bench.start_there(profile(false));
    assert!(!stops(&bench.stop()), "nothing runs yet");
    bench.is("stopping");
    assert!(stops(&bench.spawned_there()));
    let at = bench.at();
    bench.happens(Event::Stopped { at, result: Ok(()) });
    bench.is("stopped");
    let effects = bench.spawned_there();
    assert!(has(&effects, |effect| matches!(effect, Effect::Ssh(SshEffect::EndStray { .. }))), "a late one");
    bench.is("stopped");
}

#[test]
fn the_end_of_the_app_ends_what_does_not_stay_and_can_be_reached() {
    let quits = |bench: &mut Bench| {
        let call = bench.call();
        bench.happens(Event::ShutDown { call, at_quit: AtQuit::Stop })
    };
    let mut bench = Bench::ready_there();
    assert!(stops(&quits(&mut bench)));

    let mut bench = Bench::new();
    bench.start_there(profile(true));
    bench.spawned_there();
    let effects = quits(&mut bench);
    assert!(!stops(&effects));
    assert!(matches!(answers(&effects).last(), Some(Ok(_))), "nothing is waited for");

    let mut bench = Bench::ready_there();
    bench.lost();
    let effects = quits(&mut bench);
    assert!(!stops(&effects));
    assert!(matches!(answers(&effects)[..], [Ok(_)]));
}

#[test]
fn one_that_cannot_be_reached_can_be_forgotten() {
    let removes = |bench: &mut Bench| {
        let call = bench.call();
        bench.happens(Event::Remove { call, id: Bench::id(), with_data: false })
    };
    let mut bench = Bench::ready_there();
    let effects = removes(&mut bench);
    assert!(matches!(answers(&effects)[..], [Err(FleetError::NotNow { .. })]));
    bench.lost();
    let effects = removes(&mut bench);
    assert!(matches!(answers(&effects)[..], [Ok(_)]));
    assert!(bench.core.state.instances.is_empty());
    assert!(!stops(&effects));
}

#[test]
fn another_place_is_another_instance() {
    let mut bench = Bench::ready_there();
    let call = bench.call();
    let start = start_call(InstanceId::from("bbbbbbbb"), Some(Arc::new(Profile::default())));
    bench.happens(Event::Start { call, start });
    assert_eq!(bench.core.state.instances.len(), 2);
    assert!(matches!(bench.instance().state, InstanceState::Ready));
}

#[test]
fn reports_of_another_machine_change_nothing_once_it_is_on_its_way_down_or_ended() {
    let reports = |at: &crate::event::RunId| {
        [
            SshEvent::Reached { at: at.clone(), port: port() },
            SshEvent::Lost { at: at.clone(), reason: "no line".to_owned() },
            SshEvent::Ended { at: at.clone(), failure: failure("killed"), asked: false },
            SshEvent::Gone { at: at.clone() },
        ]
    };
    let mut bench = Bench::ready_there();
    bench.stop();
    let at = bench.at();
    for report in reports(&at) {
        // Whoever stops it tells when that is over.
        let shown = format!("{report:?}");
        assert!(bench.happens(Event::Ssh(report)).is_empty(), "{shown}");
        bench.is("stopping");
    }
    bench.happens(Event::Stopped { at: at.clone(), result: Ok(()) });
    for report in reports(&at) {
        bench.happens(Event::Ssh(report));
        bench.is("stopped");
    }
}

#[test]
fn reports_of_another_machine_are_not_for_an_instance_of_this_one() {
    let mut bench = Bench::ready();
    let at = bench.at();
    bench.happens(Event::Ssh(SshEvent::Lost { at: at.clone(), reason: "no line".to_owned() }));
    bench.is("ready");
    bench.happens(Event::Ssh(SshEvent::Ended { at, failure: failure("killed"), asked: false }));
    bench.is("ready");
}

#[test]
fn a_line_that_is_lost_during_the_start_answers_who_waits_for_it() {
    let mut bench = Bench::new();
    bench.start_there(profile(false));
    let at = bench.at();
    let effects = bench.happens(Event::Ssh(SshEvent::Spawned { at, process: process(), port: port() }));
    assert!(answers(&effects).is_empty(), "not on disk yet");
    let effects = bench.lost();
    bench.is("unknown");
    assert_eq!(answers(&effects).len(), 1);
    assert_eq!(process_of(bench.instance()), Some(&process()));
}

#[test]
fn one_that_another_host_has_started_there_is_the_one() {
    let mut bench = Bench::new();
    let call = bench.call();
    let start = start_call(InstanceId::from("bbbbbbbb"), Some(profile(false)));
    bench.happens(Event::Start { call, start });
    let at = crate::event::RunId { instance: InstanceId::from("bbbbbbbb"), run: 1 };
    let Event::RecordSeen { record, .. } = record(runs()) else { unreachable!() };
    let effects = bench.happens(Event::TakenElsewhere { at, record });
    assert_eq!(bench.core.state.instances.keys().collect::<Vec<_>>(), [&Bench::id()]);
    assert!(has(
        &effects,
        |effect| matches!(effect, Effect::Ssh(SshEffect::Adopt { process: of, .. }) if *of == process())
    ));
    assert!(answers(&effects).iter().all(|answer| answer.is_ok()) && answers(&effects).len() == 1);
    bench.is("starting");
}

#[test]
fn a_stop_that_fails_leaves_a_server_that_is_not_as_it_should_be() {
    let mut bench = Bench::ready_there();
    bench.stop();
    let at = bench.at();
    let error = FleetError::Elsewhere(crate::SshError::TimedOut { host: HOST.to_owned() }.into());
    let effects = bench.happens(Event::Stopped { at, result: Err(error) });
    bench.is("degraded");
    assert!(matches!(answers(&effects)[..], [Err(FleetError::Elsewhere(_))]));
    assert_eq!(process_of(bench.instance()), Some(&process()), "it can be stopped again");
    assert!(stops(&bench.stop()));
}

#[test]
fn a_start_that_is_stopped_before_anything_runs_is_over_when_its_maker_says_so() {
    let mut bench = Bench::new();
    bench.start_there(profile(false));
    bench.stop();
    let at = bench.at();
    let effects = bench.happens(Event::LaunchFailed { at, failure: failure("given up") });
    bench.is("stopped");
    assert!(!stops(&effects));
}

fn adopts(effects: &[Effect], process: &ProcessElsewhere) -> bool {
    has(effects, |effect| matches!(effect, Effect::Ssh(SshEffect::Adopt { process: of, .. }) if of == process))
}

#[test]
fn what_another_host_has_started_anew_is_followed_and_nothing_has_crashed() {
    for is_lost_before in [false, true] {
        let mut bench = Bench::ready_there();
        if is_lost_before {
            bench.lost();
        }
        let run = bench.at().run;
        let effects = bench.happens(record(runs_as(another())));
        bench.is("starting");
        assert!(adopts(&effects, &another()) && has(&effects, |effect| matches!(effect, Effect::Disconnect { .. })));
        assert!(!writes(&effects, |_| true), "the other host has written what counts");
        assert_eq!((process_of(bench.instance()), bench.at().run), (Some(&another()), run + 1));
        // What is heard of the one before changes nothing.
        let at = crate::event::RunId { run, ..bench.at() };
        bench.happens(Event::Ssh(SshEvent::Ended { at, failure: failure("killed"), asked: false }));
        bench.is("starting");
        // Nor is that one adopted again.
        assert!(bench.happens(record(runs())).is_empty());
    }
    // What we start or stop ourselves is newer than what a record says.
    let mut bench = Bench::new();
    bench.start_there(profile(false));
    bench.spawned_there();
    assert!(!adopts(&bench.happens(record(runs_as(another()))), &another()));
    bench.stop();
    assert!(!adopts(&bench.happens(record(runs_as(another()))), &another()));
    bench.is("stopping");
}

#[test]
fn a_record_that_is_older_than_the_end_is_not_adopted_and_a_newer_one_is() {
    let mut bench = Bench::ready_there();
    let at = bench.at();
    let effects = bench.happens(Event::Ssh(SshEvent::Ended { at, failure: failure("killed"), asked: false }));
    let tells_which =
        |effect: &Effect| matches!(effect, Effect::WriteRecord(record) if record.after.ended_there == Some(process()));
    assert!(has(&effects, tells_which), "so that it is not written over a newer one");
    bench.happens(record(runs()));
    bench.is("crashed");
    assert!(adopts(&bench.happens(record(runs_as(another()))), &another()));
    bench.is("starting");
}
