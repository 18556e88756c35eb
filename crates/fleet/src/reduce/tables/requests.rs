//! Sessions and requests: what a server tells, and what it told when everything was read.

use super::{Bench, DIRECTORY, answers, failure, has, permission, tells, wire_session};
use crate::effect::Effect;
use crate::event::{CallId, DirectorySnapshot, Event, Outcome, Snapshot};
use crate::{Change, FleetError, SessionStatus};
use opencode_api::{ApiError, RequestId, ServerEvent, SessionId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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

const ELSEWHERE: &str = "/srv/elsewhere";

/// A session at work that asks, in another directory than the instance's own.
fn asks_elsewhere(bench: &mut Bench) {
    let session = opencode_api::Session { directory: ELSEWHERE.to_owned(), ..wire_session("ses_2", None, "Elsewhere") };
    for event in [ServerEvent::SessionCreated(session), ServerEvent::PermissionAsked(permission("per_2", "ses_2"))] {
        let envelope = Box::new(opencode_api::Envelope { directory: Some(ELSEWHERE.to_owned()), event });
        let at = bench.at();
        bench.happens(Event::Told { at, envelope });
    }
}

/// A reading that knows of nothing in these directories, and of the session of the instance's own.
fn read_quiet(bench: &mut Bench, directories: &[&str]) {
    let at = bench.at();
    bench.happens(Event::StreamOpened { at: at.clone() });
    let snapshot = Snapshot {
        sessions: vec![wire_session("ses_1", None, "Root")],
        directories: directories.iter().map(|path| (PathBuf::from(path), DirectorySnapshot::default())).collect(),
    };
    bench.happens(Event::Resynced { at, snapshot: Box::new(snapshot) });
    bench.is("ready");
}

#[test]
fn what_was_known_of_a_directory_that_could_not_be_read_stays() {
    let mut bench = Bench::asking();
    asks_elsewhere(&mut bench);
    assert_eq!(bench.instance().waiting(), 2);
    read_quiet(&mut bench, &[DIRECTORY]);
    let waiting: Vec<&str> = bench.instance().requests.keys().map(RequestId::as_str).collect();
    assert_eq!(waiting, ["per_2"], "only what was read is known to be gone");
    assert_eq!((bench.status("ses_1"), bench.status("ses_2")), (&SessionStatus::Idle, &SessionStatus::Busy));
    // Once it can be read again, it counts as the others do.
    read_quiet(&mut bench, &[DIRECTORY, ELSEWHERE]);
    assert!(bench.instance().requests.is_empty());
    assert_eq!(bench.status("ses_2"), &SessionStatus::Idle);
    assert!(bench.instance().directories.contains(Path::new(ELSEWHERE)), "a session is there");
}

#[test]
fn a_directory_that_no_session_uses_any_more_is_forgotten() {
    let has_it = |bench: &Bench| bench.instance().directories.contains(Path::new(ELSEWHERE));
    let mut bench = Bench::asking();
    asks_elsewhere(&mut bench);
    assert!(has_it(&bench));
    let effects = bench.told(ServerEvent::SessionDeleted(wire_session("ses_2", None, "Elsewhere")));
    assert!(!has_it(&bench));
    assert!(has(&effects, |effect| matches!(effect, Effect::Resync { .. })), "what is told of it is over");
    assert!(bench.instance().directories.contains(Path::new(DIRECTORY)));
    let effects = bench.told(ServerEvent::SessionDeleted(wire_session("ses_1", None, "Root")));
    assert!(!has(&effects, |effect| matches!(effect, Effect::Resync { .. })), "its own is never forgotten");
    assert!(bench.instance().directories.contains(Path::new(DIRECTORY)));
    // A session of the own directory that runs elsewhere: after that nobody is there.
    let status = opencode_api::SessionStatus::Busy;
    let event = ServerEvent::SessionStatus { session: SessionId::from("ses_1"), status };
    let envelope = Box::new(opencode_api::Envelope { directory: Some(ELSEWHERE.to_owned()), event });
    bench.told(ServerEvent::SessionCreated(wire_session("ses_1", None, "Root")));
    let at = bench.at();
    bench.happens(Event::Told { at, envelope });
    assert!(has_it(&bench));
    read_quiet(&mut bench, &[DIRECTORY, ELSEWHERE]);
    assert!(!has_it(&bench));
}

#[test]
fn an_answer_is_marked_and_dropped_or_given_back() {
    let reply = |result| {
        let mut bench = Bench::asking();
        let effects = bench.answer("per_1");
        assert!(has(
            &effects,
            |effect| matches!(effect, Effect::Reply { directory, .. } if directory == Path::new(DIRECTORY))
        ));
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
    bench.happens(Event::Exited { at: at.clone(), failure: failure("x"), asked: false, is_clean: false });
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
        let session =
            opencode_api::Session { updated_ms: 10 + number, ..wire_session(&format!("ses_{number:03}"), None, "") };
        bench.told(ServerEvent::SessionCreated(session));
    }
    let sessions = &bench.instance().sessions;
    assert_eq!(sessions.len(), crate::reduce::sessions::KEPT);
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
