//! What follows from each event, case by case.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use launch::ProcessIdentity;
use opencode_api::{
    ApiError, Envelope, PermissionReply, PermissionRequest, Port, RequestId, ServerEvent, SessionId,
};
use serde_json::{Value, json};

use super::reduce;
use crate::core::Core;
use crate::effect::Effect;
use crate::event::{Answer, CallId, Container, DirectorySnapshot, Event, Outcome, RecordedLife, RunId, Snapshot, StartCall};
use crate::record::{Life, Record, Running};
use crate::registry::DockerEntry;
use crate::{
    AtQuit, Change, Failure, FleetError, Instance, InstanceId, InstanceState, Opencode, OpencodeSource, SessionStatus,
    Settings, Step, Timestamp,
};

/// A fleet under test: events in, effects out.
pub(super) struct Bench {
    core: Core,
    now: u64,
    call: u64,
}

const DIRECTORY: &str = "/work/site";

pub(super) fn identity(pid: u32) -> ProcessIdentity {
    ProcessIdentity { pid, started_at: 7, executable: "/bin/opencode".into() }
}

pub(super) fn port() -> Port {
    Port::new(3100).unwrap()
}

pub(super) fn found() -> Opencode {
    Opencode::Found { path: "/bin/opencode".into(), version: "1.18.33".to_owned(), source: OpencodeSource::Path }
}

pub(super) fn wire_session(id: &str, parent: Option<&str>, title: &str) -> opencode_api::Session {
    opencode_api::Session {
        id: SessionId::from(id),
        title: title.to_owned(),
        parent_id: parent.map(SessionId::from),
        directory: DIRECTORY.to_owned(),
        created_ms: 1,
        updated_ms: 2,
        archived_ms: None,
    }
}

pub(super) fn permission(id: &str, session: &str) -> PermissionRequest {
    PermissionRequest {
        id: RequestId::from(id),
        session: SessionId::from(session),
        permission: "bash".to_owned(),
        patterns: vec!["ls".to_owned()],
        metadata: json!({ "command": "ls" }),
        always: vec!["ls *".to_owned()],
        tool: None,
    }
}

impl Bench {
    fn new() -> Self {
        let mut core = Core::new(Settings::initial(), None, PathBuf::from("/logs"));
        core.state.opencode = found();
        Self { core, now: 1_000, call: 0 }
    }

    fn id() -> InstanceId {
        InstanceId::from("aaaaaaaa")
    }

    fn at(&self) -> RunId {
        RunId { instance: Self::id(), run: self.instance().run }
    }

    fn instance(&self) -> &Instance {
        &self.core.state.instances[&Self::id()]
    }

    fn is(&self, word: &str) {
        assert_eq!(self.instance().state.word(), word);
    }

    fn happens(&mut self, event: Event) -> Vec<Effect> {
        self.now += 1;
        let (core, effects) = reduce(self.core.clone(), event, Timestamp(self.now));
        self.core = core;
        effects
    }

    fn call(&mut self) -> CallId {
        self.call += 1;
        CallId(self.call)
    }

    fn start(&mut self, fresh: &str) -> Vec<Effect> {
        let call = self.call();
        let start = StartCall {
            fresh: InstanceId::from(fresh),
            directory: DIRECTORY.into(),
            name: None,
            environment: vec![("KEY".to_owned(), "secret".to_owned())],
            demo: None,
        };
        self.happens(Event::Start { call, start })
    }

    fn stop(&mut self) -> Vec<Effect> {
        let call = self.call();
        self.happens(Event::Stop { call, id: Self::id() })
    }

    fn spawned(&mut self) {
        self.start("aaaaaaaa");
        let at = self.at();
        self.happens(Event::Recorded { at: at.clone(), port: port() });
        self.happens(Event::Spawned { at, identity: identity(42), port: port() });
    }

    fn ready() -> Self {
        let mut bench = Self::new();
        bench.spawned();
        let at = bench.at();
        bench.happens(Event::Answered { at, version: "1.18.33".to_owned() });
        bench.is("ready");
        bench
    }

    fn told(&mut self, event: ServerEvent) -> Vec<Effect> {
        let envelope = Box::new(Envelope { directory: Some(DIRECTORY.to_owned()), event });
        let at = self.at();
        self.happens(Event::Told { at, envelope })
    }

    /// Ready, with a busy session that asks.
    fn asking() -> Self {
        let mut bench = Self::ready();
        bench.told(ServerEvent::SessionCreated(wire_session("ses_1", None, "Root")));
        bench.busy("ses_1");
        bench.told(ServerEvent::PermissionAsked(permission("per_1", "ses_1")));
        assert_eq!(bench.instance().waiting(), 1);
        bench
    }

    fn busy(&mut self, session: &str) -> Vec<Effect> {
        let status = opencode_api::SessionStatus::Busy;
        self.told(ServerEvent::SessionStatus { session: SessionId::from(session), status })
    }

    fn answer(&mut self, request: &str) -> Vec<Effect> {
        let call = self.call();
        let answer = Answer::Permission { reply: PermissionReply::Once, message: None };
        self.happens(Event::Answer { call, id: Self::id(), request: RequestId::from(request), answer })
    }

    fn status(&self, session: &str) -> &SessionStatus {
        &self.instance().sessions[&SessionId::from(session)].status
    }
}

fn failure(cause: &str) -> Failure {
    Failure { cause: cause.to_owned(), hint: None, last_lines: Vec::new() }
}

fn answers(effects: &[Effect]) -> Vec<&Result<Outcome, FleetError>> {
    effects.iter().filter_map(|effect| if let Effect::Answer { result, .. } = effect { Some(result) } else { None }).collect()
}

fn has(effects: &[Effect], what: impl Fn(&Effect) -> bool) -> bool {
    effects.iter().any(what)
}

fn tells(effects: &[Effect], change: &Change) -> bool {
    has(effects, |effect| matches!(effect, Effect::Publish(told) if told == change))
}

#[test]
fn a_start_goes_from_step_to_step() {
    let mut bench = Bench::new();
    let effects = bench.start("aaaaaaaa");
    assert!(has(&effects, |effect| matches!(effect, Effect::Launch(_))));
    assert!(answers(&effects).is_empty(), "not before it is on disk");
    assert!(!format!("{effects:?}").contains("secret"), "what the caller put into the environment is never shown");
    let at = bench.at();
    let effects = bench.happens(Event::Recorded { at: at.clone(), port: port() });
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
    bench.happens(Event::Exited { at, failure: failure("signal 9"), asked: false });
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
    let effects = bench.happens(Event::OpencodeSeen(found()));
    assert!(has(&effects, |effect| matches!(effect, Effect::Launch(_))));

    let mut bench = Bench::new();
    bench.core.state.opencode = Opencode::Looking;
    bench.start("aaaaaaaa");
    let missing = Opencode::Missing { searched: Vec::new(), install_error: None };
    let effects = bench.happens(Event::OpencodeSeen(missing));
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
    assert!(has(&effects, |effect| matches!(effect, Effect::WriteRecord(record) if matches!(record.life, Life::Ending(_)))));
    let at = bench.at();
    bench.happens(Event::Exited { at: at.clone(), failure: failure("exit code 0"), asked: false });
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
    bench.happens(Event::LaunchFailed { at, failure: failure("ended") });
    bench.is("stopped");
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
    bench.happens(Event::Exited { at, failure: failure("late"), asked: false });
    bench.is("starting");
}

#[test]
fn an_end_that_nobody_asked_for_is_a_crash_with_its_cause() {
    let mut bench = Bench::asking();
    let at = bench.at();
    let effects = bench.happens(Event::Exited { at, failure: failure("It ended with signal 9"), asked: false });
    assert_eq!(bench.instance().state, InstanceState::Crashed(failure("It ended with signal 9")));
    assert!(bench.instance().requests.is_empty());
    assert_eq!(bench.status("ses_1"), &SessionStatus::Idle);
    assert!(has(&effects, |effect| matches!(effect, Effect::Disconnect { .. })));
    let gone = Change::RequestGone { instance: Bench::id(), request: RequestId::from("per_1") };
    assert!(tells(&effects, &gone));
}

#[test]
fn silence_degrades_and_a_full_reading_makes_ready_again() {
    let mut bench = Bench::asking();
    let at = bench.at();
    bench.happens(Event::Unanswered { at: at.clone(), reason: "silent".to_owned() });
    bench.is("degraded");
    assert!(bench.instance().requests.is_empty(), "what cannot be answered is not shown");
    bench.happens(Event::StreamOpened { at: at.clone() });
    // This one comes between the reading and its end.
    bench.told(ServerEvent::PermissionAsked(permission("per_2", "ses_1")));
    let read = DirectorySnapshot {
        statuses: BTreeMap::from([(SessionId::from("ses_1"), opencode_api::SessionStatus::Busy)]),
        permissions: vec![permission("per_1", "ses_1")],
        questions: Vec::new(),
    };
    let snapshot = Snapshot {
        sessions: vec![wire_session("ses_1", None, "Root")],
        directories: BTreeMap::from([(PathBuf::from(DIRECTORY), read)]),
    };
    let effects = bench.happens(Event::Resynced { at: at.clone(), snapshot: Box::new(snapshot) });
    bench.is("ready");
    let waiting: Vec<&str> = bench.instance().requests.keys().map(RequestId::as_str).collect();
    assert_eq!(waiting, ["per_1", "per_2"]);
    assert!(tells(&effects, &Change::Resynced { instance: Bench::id() }));
    bench.happens(Event::Refused { at });
    bench.is("locked");
}

#[test]
fn requests_go_when_they_can_no_longer_be_answered() {
    let session = || SessionId::from("ses_1");
    let aborted = json!({ "name": "MessageAbortedError", "data": { "message": "Aborted" } });
    let cases: Vec<(&str, ServerEvent)> = vec![
        ("idle", ServerEvent::SessionIdle { session: session() }),
        ("idle status", ServerEvent::SessionStatus { session: session(), status: opencode_api::SessionStatus::Idle }),
        ("aborted", ServerEvent::SessionError { session: Some(session()), error: aborted }),
        ("deleted", ServerEvent::SessionDeleted(wire_session("ses_1", None, "Root"))),
        ("disposed", ServerEvent::InstanceDisposed { directory: DIRECTORY.to_owned() }),
        ("all disposed", ServerEvent::AllDisposed),
        ("replied", ServerEvent::PermissionReplied { session: session(), request: RequestId::from("per_1") }),
    ];
    for (name, event) in cases {
        let mut bench = Bench::asking();
        let effects = bench.told(event);
        assert!(bench.instance().requests.is_empty(), "{name}");
        let gone = Change::RequestGone { instance: Bench::id(), request: RequestId::from("per_1") };
        assert!(tells(&effects, &gone), "{name}");
        assert!(tells(&effects, &Change::Instance(Bench::id())), "{name}: the count shows");
    }
}

#[test]
fn a_stale_request_in_the_server_s_list_is_not_shown() {
    let mut bench = Bench::ready();
    let at = bench.at();
    bench.happens(Event::StreamOpened { at: at.clone() });
    let read = DirectorySnapshot { permissions: vec![permission("per_1", "ses_1")], ..DirectorySnapshot::default() };
    let snapshot = Snapshot {
        sessions: vec![wire_session("ses_1", None, "Root")],
        directories: BTreeMap::from([(PathBuf::from(DIRECTORY), read)]),
    };
    bench.happens(Event::Resynced { at, snapshot: Box::new(snapshot) });
    assert!(bench.instance().requests.is_empty(), "its session is idle: the turn was stopped");
}

#[test]
fn what_events_told_wins_over_an_older_reading() {
    let mut bench = Bench::asking();
    let at = bench.at();
    bench.happens(Event::StreamOpened { at: at.clone() });
    bench.told(ServerEvent::SessionUpdated(wire_session("ses_1", None, "New title")));
    bench.told(ServerEvent::PermissionReplied { session: SessionId::from("ses_1"), request: RequestId::from("per_1") });
    let read = DirectorySnapshot { permissions: vec![permission("per_1", "ses_1")], ..DirectorySnapshot::default() };
    let snapshot = Snapshot {
        sessions: vec![wire_session("ses_1", None, "Old title")],
        directories: BTreeMap::from([(PathBuf::from(DIRECTORY), read)]),
    };
    bench.happens(Event::Resynced { at, snapshot: Box::new(snapshot) });
    assert_eq!(bench.instance().sessions[&SessionId::from("ses_1")].title, "New title");
    assert_eq!(bench.status("ses_1"), &SessionStatus::Busy);
    assert!(bench.instance().requests.is_empty());
}

#[test]
fn sessions_deleted_while_nobody_listened_are_gone_after_a_reading() {
    let mut bench = Bench::ready();
    bench.told(ServerEvent::SessionCreated(wire_session("ses_1", None, "Root")));
    let at = bench.at();
    bench.happens(Event::StreamOpened { at: at.clone() });
    let snapshot = Snapshot { sessions: Vec::new(), directories: BTreeMap::new() };
    bench.happens(Event::Resynced { at, snapshot: Box::new(snapshot) });
    assert!(bench.instance().sessions.is_empty());
}

#[test]
fn an_answer_is_marked_and_dropped_or_given_back() {
    let reply = |result| {
        let mut bench = Bench::asking();
        let effects = bench.answer("per_1");
        assert!(has(&effects, |effect| matches!(effect, Effect::Reply { directory, .. } if directory == Path::new(DIRECTORY))));
        assert_eq!(bench.instance().waiting(), 0, "it is being answered");
        let again = bench.answer("per_1");
        assert!(matches!(answers(&again)[..], [Err(FleetError::NoSuchRequest { .. })]), "once is enough");
        let (at, call) = (bench.at(), CallId(bench.call - 1));
        let effects = bench.happens(Event::Replied { at, call, request: RequestId::from("per_1"), result });
        (bench, effects)
    };
    let (bench, effects) = reply(Ok(()));
    assert!(bench.instance().requests.is_empty());
    assert!(matches!(answers(&effects)[..], [Ok(Outcome::Done)]));

    let gone = ApiError::NotFound { path: String::new(), code: String::new(), message: String::new() };
    let (bench, effects) = reply(Err(gone));
    assert!(bench.instance().requests.is_empty());
    assert!(matches!(answers(&effects)[..], [Err(FleetError::NoSuchRequest { .. })]));
    assert!(has(&effects, |effect| matches!(effect, Effect::Resync { .. })));

    let refused = ApiError::Refused { path: String::new(), status: 500, code: String::new(), message: String::new() };
    let (bench, effects) = reply(Err(refused));
    assert_eq!(bench.instance().waiting(), 1, "it can be tried again");
    assert!(matches!(answers(&effects)[..], [Err(FleetError::Server(_))]));
}

#[test]
fn a_late_answer_of_an_earlier_run_still_answers_the_caller() {
    let mut bench = Bench::asking();
    bench.answer("per_1");
    let (at, call) = (bench.at(), CallId(bench.call));
    bench.happens(Event::Exited { at: at.clone(), failure: failure("x"), asked: false });
    bench.start("aaaaaaaa");
    let effects = bench.happens(Event::Replied { at, call, request: RequestId::from("per_1"), result: Ok(()) });
    assert_eq!(answers(&effects).len(), 1);
}

#[test]
fn a_sub_agent_shows_the_way_down_to_it() {
    let mut bench = Bench::ready();
    bench.told(ServerEvent::SessionCreated(wire_session("ses_1", None, "Root")));
    let effects = bench.told(ServerEvent::PermissionAsked(permission("per_1", "ses_2")));
    let child = SessionId::from("ses_2");
    assert!(has(&effects, |effect| matches!(effect, Effect::ReadSession { session, .. } if *session == child)));
    let at = bench.at();
    let effects =
        bench.happens(Event::SessionRead { at, session: Box::new(wire_session("ses_2", Some("ses_1"), "Child")) });
    assert_eq!(bench.instance().path_of(&child), ["Root", "Child"]);
    let request = Change::Request { instance: Bench::id(), request: RequestId::from("per_1") };
    assert!(tells(&effects, &request), "its path changed");
    assert_eq!(bench.status("ses_2"), &SessionStatus::Busy, "only a turn that runs can ask");
    // Stopping the root stops what is below it.
    let error = json!({ "name": "MessageAbortedError" });
    bench.told(ServerEvent::SessionError { session: Some(SessionId::from("ses_1")), error });
    assert!(bench.instance().requests.is_empty());
}

#[test]
fn sessions_are_bounded_and_live_ones_stay() {
    let mut bench = Bench::ready();
    bench.told(ServerEvent::SessionCreated(wire_session("ses_busy", None, "Busy")));
    bench.busy("ses_busy");
    for number in 0..150_u64 {
        let session = opencode_api::Session { updated_ms: 10 + number, ..wire_session(&format!("ses_{number:03}"), None, "") };
        bench.told(ServerEvent::SessionCreated(session));
    }
    let sessions = &bench.instance().sessions;
    assert_eq!(sessions.len(), super::sessions::KEPT);
    assert!(sessions.contains_key(&SessionId::from("ses_busy")));
    assert!(sessions.contains_key(&SessionId::from("ses_149")));
    assert!(!sessions.contains_key(&SessionId::from("ses_000")));
}

#[test]
fn what_a_session_does_is_shown_at_most_twice_a_second() {
    let mut bench = Bench::ready();
    bench.busy("ses_1");
    let part = json!({ "type": "text", "text": "I begin" });
    let (session, message, part_id) = (SessionId::from("ses_1"), "msg_1".into(), opencode_api::PartId::from("prt_1"));
    bench.told(ServerEvent::PartUpdated { session: session.clone(), message, part_id: part_id.clone(), part });
    assert_eq!(bench.instance().doing(), Some("I begin"));
    let mut shown = 0;
    for _ in 0..100 {
        let effects = bench.told(ServerEvent::PartDelta {
            session: session.clone(),
            message: "msg_1".into(),
            part: part_id.clone(),
            field: "text".to_owned(),
            delta: " word".to_owned(),
        });
        shown += usize::from(has(&effects, |effect| matches!(effect, Effect::Publish(Change::Session { .. }))));
        bench.now += 10;
    }
    assert!((1..=3).contains(&shown), "{shown} in about a second");
    bench.told(ServerEvent::SessionIdle { session });
    assert_eq!(bench.instance().doing(), None);
}

#[test]
fn a_failed_turn_shows_until_the_next_begins() {
    let mut bench = Bench::ready();
    bench.busy("ses_1");
    let error: Value = json!({ "name": "APIError", "data": { "message": "No credit" } });
    bench.told(ServerEvent::SessionError { session: Some(SessionId::from("ses_1")), error });
    bench.told(ServerEvent::SessionIdle { session: SessionId::from("ses_1") });
    assert_eq!(bench.instance().sessions[&SessionId::from("ses_1")].failure.as_deref(), Some("No credit"));
    bench.busy("ses_1");
    assert_eq!(bench.instance().sessions[&SessionId::from("ses_1")].failure, None);
}

fn record(life: Life) -> Record {
    Record {
        id: Bench::id(),
        name: "Kept".to_owned(),
        directory: DIRECTORY.into(),
        demo: None,
        life,
        host: None,
        last_end: None,
    }
}

fn running(pid: u32) -> Running {
    Running { identity: identity(pid), port: port(), since: Timestamp(900) }
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
    bench.happens(Event::Exited { at, failure: failure("x"), asked: true });
    bench.is("stopped");
    bench.happens(Event::RecordGone { id: Bench::id() });
    assert!(bench.core.state.instances.is_empty());
}

#[test]
fn a_tour_that_lost_its_app_is_ended_and_forgotten() {
    let record = Record { demo: Some(port()), ..record(Life::Runs(running(42))) };
    let seen = |host_lives| Event::RecordSeen { record: Box::new(record.clone()), process: RecordedLife::Alive, host_lives };
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
fn quitting_keeps_or_stops_and_always_stops_the_tour() {
    for (at_quit, demo, stops) in
        [(AtQuit::Keep, false, false), (AtQuit::Keep, true, true), (AtQuit::Stop, false, true), (AtQuit::Stop, true, true)]
    {
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
fn a_container_is_as_its_engine_says_and_unknown_when_that_is_silent() {
    let mut bench = Bench::new();
    let entry = DockerEntry {
        id: Bench::id(),
        name: "boxed".to_owned(),
        directory: DIRECTORY.into(),
        host: "127.0.0.1".to_owned(),
        port: Some(port()),
        container: "abc".to_owned(),
        started_at: None,
    };
    let id = Bench::id;
    bench.happens(Event::DockerSeen { entries: vec![entry.clone()] });
    bench.is("unknown");
    let effects = bench.happens(Event::ContainerSeen { id: id(), container: Container::Running });
    bench.is("starting");
    assert!(has(&effects, |effect| matches!(effect, Effect::Attach { .. })));
    let at = bench.at();
    bench.happens(Event::Answered { at, version: "1".to_owned() });
    bench.is("ready");
    bench.happens(Event::DockerSeen { entries: vec![entry] });
    bench.is("ready");
    let unreachable = Container::Unreachable { reason: "no engine".to_owned() };
    bench.happens(Event::ContainerSeen { id: id(), container: unreachable });
    bench.is("unknown");
    bench.happens(Event::ContainerSeen { id: id(), container: Container::Exited { code: 1 } });
    bench.is("stopped");
    let call = bench.call();
    let effects = bench.happens(Event::Restart { call, id: id() });
    assert!(has(&effects, |effect| matches!(effect, Effect::StartContainer { .. })));
    bench.happens(Event::ContainerSeen { id: id(), container: Container::Exited { code: 1 } });
    bench.is("starting");
    bench.happens(Event::ContainerSeen { id: id(), container: Container::Running });
    let effects = bench.stop();
    assert!(has(&effects, |effect| matches!(effect, Effect::StopContainer { .. })));
    bench.happens(Event::DockerSeen { entries: Vec::new() });
    assert!(bench.core.state.instances.is_empty());
}

#[test]
fn a_mistake_of_ours_shows_on_one_instance_alone() {
    let mut bench = Bench::ready();
    let at = bench.at();
    bench.happens(Event::Panicked { at, message: "boom".to_owned() });
    assert!(matches!(&bench.instance().state, InstanceState::Degraded { reason } if reason.contains("boom")));
}
