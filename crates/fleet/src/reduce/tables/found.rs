//! What is found: records.

use super::{Bench, DIRECTORY, answers, failure, has, identity, port};
use crate::effect::Effect;
use crate::event::{Event, Outcome, RecordedLife, RunId};
use crate::record::{Body, Life, Record, Running};
use crate::{InstanceId, Timestamp};

fn record(life: Life) -> Record {
    Record {
        id: Bench::id(),
        name: "Kept".to_owned(),
        directory: DIRECTORY.into(),
        demo: None,
        life,
        host: None,
        last_end: None,
        after: crate::record::Aftermath::default(),
    }
}

fn running(pid: u32) -> Running {
    Running { body: Body::Process(identity(pid)), host: "127.0.0.1".to_owned(), port: port(), since: Timestamp(900) }
}

#[test]
fn a_record_of_the_living_is_adopted_and_one_of_the_dead_is_stopped() {
    let seen = |life, process| Event::RecordSeen { record: Box::new(record(life)), process, host_lives: false };
    let mut bench = Bench::new();
    let effects = bench.happens(seen(Life::Runs(running(42)), RecordedLife::Alive));
    bench.is("starting");
    assert!(has(&effects, |effect| matches!(effect, Effect::Adopt { identity, .. } if identity.pid == 42)));

    let mut bench = Bench::new();
    let effects = bench.happens(seen(Life::Runs(running(42)), RecordedLife::Dead));
    bench.is("stopped");
    assert_eq!(bench.instance().last_end.as_deref(), Some("It ended while Portal was not running"));
    assert!(!has(&effects, |effect| matches!(effect, Effect::StopProcess { .. } | Effect::Adopt { .. })));

    // One that we know as ended and that another host has started.
    let effects = bench.happens(seen(Life::Runs(running(43)), RecordedLife::Alive));
    bench.is("starting");
    assert!(has(&effects, |effect| matches!(effect, Effect::Adopt { identity, .. } if identity.pid == 43)));
    let at = bench.at();
    bench.happens(Event::Exited { at, failure: failure("x"), asked: true, is_clean: false });
    bench.is("stopped");
    bench.happens(Event::RecordGone { id: Bench::id() });
    assert!(bench.core.state.instances.is_empty());
}

#[test]
fn one_that_answers_401_is_locked_until_it_is_stopped() {
    let seen = Event::RecordSeen {
        record: Box::new(record(Life::Runs(running(42)))),
        process: RecordedLife::Alive,
        host_lives: false,
    };
    let mut bench = Bench::new();
    bench.happens(seen);
    let at = bench.at();
    let effects = bench.happens(Event::Refused { at: at.clone() });
    bench.is("locked");
    assert!(!has(&effects, |effect| matches!(effect, Effect::StopProcess { .. } | Effect::Connect { .. })));
    // With a password that it takes it is as any other.
    let effects = bench.happens(Event::Answered { at, version: "1.18.33".to_owned() });
    bench.is("ready");
    assert!(has(&effects, |effect| matches!(effect, Effect::Connect { .. })));
}

#[test]
fn a_tour_that_lost_its_app_is_ended_and_forgotten() {
    let record = Record { demo: Some(port()), ..record(Life::Runs(running(42))) };
    let seen =
        |host_lives| Event::RecordSeen { record: Box::new(record.clone()), process: RecordedLife::Alive, host_lives };
    let mut bench = Bench::new();
    bench.happens(seen(true));
    bench.is("starting");
    let mut bench = Bench::new();
    let effects = bench.happens(seen(false));
    assert!(has(&effects, |effect| matches!(effect, Effect::StopProcess { .. })));
    let at = bench.at();
    let effects = bench.happens(Event::Stopped { at, result: Ok(()) });
    assert!(has(&effects, |effect| matches!(effect, Effect::RemoveRecord { .. })));
    assert!(bench.core.state.instances.is_empty());
}

#[test]
fn another_host_that_was_faster_gives_its_instance() {
    let mut bench = Bench::new();
    bench.start("bbbbbbbb");
    let at = RunId { instance: InstanceId::from("bbbbbbbb"), run: 1 };
    let effects = bench.happens(Event::TakenElsewhere { at, record: Box::new(record(Life::Runs(running(42)))) });
    assert!(matches!(answers(&effects)[..], [Ok(Outcome::Instance(id))] if *id == Bench::id()));
    assert_eq!(bench.core.state.instances.len(), 1);
    bench.is("starting");
}

#[test]
fn a_name_given_while_it_starts_is_written_once_it_is_up_and_an_older_record_of_ours_does_not_take_it_back() {
    let mut bench = Bench::new();
    bench.core.host = Some(identity(1));
    bench.start("aaaaaaaa");
    let call = bench.call();
    let effects = bench.happens(Event::Rename { call, id: Bench::id(), name: "Blue".to_owned() });
    assert!(!has(&effects, |effect| matches!(effect, Effect::WriteRecord(_))), "the start itself writes it");
    let at = bench.at();
    bench.happens(Event::Recorded { at: at.clone(), port: Some(port()) });
    bench.happens(Event::Spawned { at: at.clone(), identity: identity(42), port: port() });
    let effects = bench.happens(Event::Answered { at: at.clone(), version: "1.18.33".to_owned() });
    let is_written = |effect: &Effect| matches!(effect, Effect::WriteRecord(record) if record.name == "Blue" && matches!(record.life, Life::Runs(_)));
    assert!(has(&effects, is_written));
    // What the start wrote is seen late.
    for (host, expected) in [(Some(identity(1)), "Blue"), (Some(identity(2)), "Kept"), (None, "Kept")] {
        bench.happens(Event::Rename { call, id: Bench::id(), name: "Blue".to_owned() });
        let record = Record { host: host.clone(), ..record(Life::Runs(running(42))) };
        let process = RecordedLife::Alive;
        bench.happens(Event::RecordSeen { record: Box::new(record), process, host_lives: true });
        assert_eq!(bench.instance().name, expected, "{host:?}");
    }
    // Without another name there is nothing to write.
    let effects = bench.happens(Event::Answered { at, version: "1.18.33".to_owned() });
    assert!(!has(&effects, |effect| matches!(effect, Effect::WriteRecord(_))));
}
