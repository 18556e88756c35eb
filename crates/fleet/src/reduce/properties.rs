//! What holds whatever happens, in whatever order.

mod answers;
mod containers;
mod roster;
mod ssh;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use launch::clocks::ClockJump;
use opencode_api::{ApiError, Envelope, PermissionReply, RequestId, ServerEvent, SessionId};
use proptest::prelude::*;
use serde_json::json;

use super::discovery::properties as others;
use super::reduce;
use super::tables::{found, identity, permission, port, wire_session};
use crate::containers::ContainersEvent;
use crate::core::Core;
use crate::effect::Effect;
use crate::event::{Answer, CallId, DirectorySnapshot, Event, RecordedLife, RunId, Snapshot, StartCall};
use crate::record::{Aftermath, Body, Life, Record, Running};
use crate::supervision::SupervisionEvent;
use crate::{
    AtQuit, Failure, FleetError, InstanceId, InstanceState, Opencode, Owner, SessionStatus, Settings, State, Timestamp,
};

/// Ids that we give; those of others never are the same.
fn own_ids() -> impl Strategy<Value = InstanceId> {
    prop::sample::select(vec!["aaaaaaaa", "bbbbbbbb", "dddddddd"]).prop_map(InstanceId::from)
}

fn ids() -> impl Strategy<Value = InstanceId> {
    prop_oneof![4 => own_ids(), 1 => Just(others::id_of_another()), 1 => Just(InstanceId::from("cccccccc"))]
}

fn runs() -> impl Strategy<Value = RunId> {
    (ids(), 0..4_u64).prop_map(|(instance, run)| RunId { instance, run })
}

fn sessions() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["ses_1", "ses_2", "ses_3"])
}

fn requests() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["per_1", "per_2", "per_3"])
}

fn failure() -> Failure {
    Failure { cause: "cause".to_owned(), hint: None, last_lines: Vec::new() }
}

fn statuses() -> impl Strategy<Value = opencode_api::SessionStatus> {
    prop_oneof![
        Just(opencode_api::SessionStatus::Idle),
        Just(opencode_api::SessionStatus::Busy),
        Just(opencode_api::SessionStatus::Retry { attempt: 1, message: "again".to_owned(), next_ms: 9 }),
    ]
}

fn server_events() -> impl Strategy<Value = ServerEvent> {
    let id = |text: &'static str| SessionId::from(text);
    prop_oneof![
        1 => (sessions(), prop::option::of(sessions()))
            .prop_map(|(session, parent)| ServerEvent::SessionUpdated(wire_session(session, parent, "t"))),
        1 => sessions().prop_map(|session| ServerEvent::SessionDeleted(wire_session(session, None, "t"))),
        1 => (sessions(), statuses())
            .prop_map(move |(session, status)| ServerEvent::SessionStatus { session: id(session), status }),
        1 => sessions().prop_map(move |session| ServerEvent::SessionIdle { session: id(session) }),
        1 => sessions().prop_map(move |session| ServerEvent::SessionError {
            session: Some(id(session)),
            error: json!({ "name": "MessageAbortedError" }),
        }),
        4 => (requests(), sessions())
            .prop_map(|(request, session)| ServerEvent::PermissionAsked(permission(request, session))),
        1 => (requests(), sessions()).prop_map(move |(request, session)| ServerEvent::PermissionReplied {
            session: id(session),
            request: RequestId::from(request),
        }),
        1 => Just(ServerEvent::InstanceDisposed { directory: "/srv/site".to_owned() }),
        1 => Just(ServerEvent::AllDisposed),
    ]
}

fn snapshots() -> impl Strategy<Value = Snapshot> {
    let read = (
        prop::collection::btree_map(sessions().prop_map(SessionId::from), statuses(), 0..3),
        prop::collection::vec(
            (requests(), sessions()).prop_map(|(request, session)| permission(request, session)),
            0..3,
        ),
    );
    (prop::collection::vec(sessions(), 0..3), read).prop_map(|(listed, (statuses, permissions))| Snapshot {
        sessions: listed.into_iter().map(|session| wire_session(session, None, "t")).collect(),
        directories: BTreeMap::from([(
            PathBuf::from("/srv/site"),
            DirectorySnapshot { statuses, permissions, questions: Vec::new() },
        )]),
    })
}

fn records() -> impl Strategy<Value = Record> {
    let running = || Running {
        body: Body::Process(identity(77)),
        host: "127.0.0.1".to_owned(),
        port: port(),
        since: Timestamp(1),
    };
    let lives = prop_oneof![
        Just(Life::Ended),
        Just(Life::Intended { port: Some(port()) }),
        Just(Life::Runs(running())),
        Just(Life::Ending(running())),
    ];
    (own_ids(), lives, any::<bool>()).prop_map(|(id, life, is_demo)| Record {
        id,
        name: "n".to_owned(),
        directory: "/srv/site".into(),
        demo: is_demo.then(port),
        life,
        host: None,
        last_end: None,
        after: Aftermath { is_asleep: is_demo, ..Aftermath::default() },
    })
}

fn calls() -> impl Strategy<Value = CallId> {
    (0..1000_u64).prop_map(CallId)
}

fn asked() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (calls(), own_ids(), 0..3_u8).prop_map(|(call, fresh, place)| Event::Start {
            call,
            start: StartCall {
                fresh,
                directory: if place == 1 { "/srv/other".into() } else { "/srv/site".into() },
                name: None,
                environment: Vec::new(),
                demo: None,
                profile: match place {
                    0 => None,
                    1 => Some(containers::profile()),
                    _ => Some(ssh::profile()),
                },
                another: false,
            },
        }),
        2 => (calls(), ids()).prop_map(|(call, id)| Event::Stop { call, id }),
        2 => (calls(), ids()).prop_map(|(call, id)| Event::Restart { call, id }),
        1 => (calls(), ids()).prop_map(|(call, id)| Event::Containers(ContainersEvent::GetImageAgain { call, id })),
        1 => (calls(), ids()).prop_map(|(call, id)| Event::Remove { call, id, with_data: false }),
        1 => (calls(), ids()).prop_map(|(call, id)| Event::Rename { call, id, name: "new".to_owned() }),
        1 => (calls(), ids(), requests()).prop_map(|(call, id, request)| Event::Answer {
            call,
            id,
            request: RequestId::from(request),
            answer: Answer::Permission { reply: PermissionReply::Once, message: None },
        }),
        1 => (0..3_u64, any::<bool>()).prop_map(|(search, is_found)| {
            let missing = Opencode::Missing { searched: Vec::new(), install_error: None };
            Event::OpencodeSeen { search, opencode: if is_found { found() } else { missing } }
        }),
        1 => Just(()).prop_map(|()| Event::LookForOpencode),
    ]
}

/// What happens over time.
fn supervised() -> impl Strategy<Value = Event> {
    let events = prop_oneof![
        2 => (calls(), ids()).prop_map(|(call, id)| SupervisionEvent::Sleep { call, id }),
        2 => (calls(), ids()).prop_map(|(call, id)| SupervisionEvent::Wake { call, id }),
        1 => (calls(), ids()).prop_map(|(call, id)| SupervisionEvent::Dismiss { call, id }),
        1 => (runs(), 0..9_u32).prop_map(|(at, attempt)| SupervisionEvent::RestartPlanned {
            at,
            restart: crate::Restart { at: Timestamp(1), attempt, attempts: None },
        }),
        2 => runs().prop_map(|at| SupervisionEvent::RestartDue { at }),
        1 => runs().prop_map(|at| SupervisionEvent::ConfigurationChanged { at }),
        1 => Just(()).prop_map(|()| SupervisionEvent::Looked { used: BTreeMap::new(), watched: BTreeSet::new() }),
        3 => (runs(), any::<bool>()).prop_map(|(at, is_well)| SupervisionEvent::Kept {
            at,
            result: if is_well { Ok(()) } else { Err(FleetError::Closed) },
        }),
        1 => (ids(), sessions()).prop_map(|(id, session)| SupervisionEvent::KeptRead {
            id,
            sessions: vec![wire_session(session, None, "t")],
        }),
        1 => (ids(), sessions())
            .prop_map(|(id, session)| SupervisionEvent::Continued { id, sessions: vec![SessionId::from(session)] }),
        1 => any::<bool>().prop_map(|is_sleep| SupervisionEvent::Jumped(if is_sleep {
            ClockJump::Slept { ms: 9 }
        } else {
            ClockJump::Set { by_ms: -9 }
        })),
    ];
    events.prop_map(Event::Supervision)
}

fn reported() -> impl Strategy<Value = Event> {
    let refused =
        || ApiError::Refused { path: String::new(), status: 500, code: String::new(), message: String::new() };
    prop_oneof![
        2 => runs().prop_map(|at| Event::Recorded { at, port: Some(port()) }),
        4 => (runs(), 10..20_u32).prop_map(|(at, pid)| Event::Spawned { at, identity: identity(pid), port: port() }),
        1 => runs().prop_map(|at| Event::LaunchFailed { at, failure: failure() }),
        6 => runs().prop_map(|at| Event::Answered { at, version: "1".to_owned() }),
        1 => runs().prop_map(|at| Event::Refused { at }),
        1 => runs().prop_map(|at| Event::Unanswered { at, reason: "silent".to_owned() }),
        1 => (runs(), any::<bool>(), any::<bool>())
            .prop_map(|(at, asked, is_clean)| Event::Exited { at, failure: failure(), asked, is_clean }),
        2 => (runs(), any::<bool>()).prop_map(|(at, is_well)| Event::Stopped {
            at,
            result: if is_well { Ok(()) } else { Err(FleetError::Closed) },
        }),
        1 => runs().prop_map(|at| Event::Panicked { at, message: "boom".to_owned() }),
        1 => (runs(), records()).prop_map(|(at, record)| Event::TakenElsewhere { at, record: Box::new(record) }),
        2 => (records(), any::<bool>(), any::<bool>()).prop_map(|(record, is_alive, host_lives)| {
            let process = if is_alive && record.running().is_some() { RecordedLife::Alive } else { RecordedLife::Dead };
            Event::RecordSeen { record: Box::new(record), process, host_lives }
        }),
        1 => ids().prop_map(|id| Event::RecordGone { id }),
        6 => containers::events(),
        4 => ssh::events(),
        2 => runs().prop_map(|at| Event::StreamOpened { at }),
        3 => (runs(), snapshots()).prop_map(|(at, snapshot)| Event::Resynced { at, snapshot: Box::new(snapshot) }),
        20 => (runs(), server_events()).prop_map(|(at, event)| Event::Told {
            at,
            envelope: Box::new(Envelope { directory: Some("/srv/site".to_owned()), event }),
        }),
        1 => (runs(), sessions())
            .prop_map(|(at, session)| Event::SessionRead { at, session: Box::new(wire_session(session, None, "t")) }),
        1 => (runs(), calls(), requests(), any::<bool>()).prop_map(move |(at, call, request, is_well)| Event::Replied {
            at,
            call,
            request: RequestId::from(request),
            result: if is_well { Ok(()) } else { Err(refused()) },
        }),
    ]
}

/// What holds of every state.
fn holds(state: &State) -> Result<(), TestCaseError> {
    for instance in state.instances.values() {
        let is_ready = instance.state == InstanceState::Ready;
        prop_assert!(is_ready || instance.requests.is_empty(), "a request of an instance that is {:?}", instance.state);
        for request in instance.requests.values() {
            let session = instance.sessions.get(&request.session);
            prop_assert!(session.is_some(), "a request of a session that is not there");
            prop_assert!(
                session.is_some_and(|session| session.status != SessionStatus::Idle),
                "a request of a session that is idle"
            );
        }
        if instance.state.is_ended() {
            let is_idle = instance.sessions.values().all(|session| session.status == SessionStatus::Idle);
            prop_assert!(is_idle, "a busy session of an instance that does not run");
            prop_assert!(instance.process().is_none(), "a process of an instance that does not run");
            prop_assert!(instance.usage.is_none());
        }
        // A plan is for what has crashed; it is gone as soon as anything else is so.
        prop_assert!(instance.restart.is_none() || matches!(instance.state, InstanceState::Crashed(_)));
        for session in &instance.interrupted {
            let known = instance.sessions.get(session);
            let is_idle = known.is_none_or(|session| session.status == SessionStatus::Idle);
            prop_assert!(is_idle, "an interrupted session that runs");
        }
    }
    Ok(())
}

/// What holds of every step.
fn may_follow(
    before: &State,
    named: Option<&(InstanceId, u32)>,
    after: &State,
    effects: &[Effect],
) -> Result<(), TestCaseError> {
    for (id, new) in &after.instances {
        if let Some(old) = before.instances.get(id).filter(|old| old.state != new.state) {
            // A step may go over several arrows; a restart goes over "stopped".
            let is_allowed = old.state.may_become(&new.state)
                || (old.state.may_become(&InstanceState::Stopped) && InstanceState::Stopped.may_become(&new.state));
            prop_assert!(is_allowed, "{:?} became {:?}", old.state, new.state);
        }
    }
    for effect in effects {
        if let Effect::StopProcess { at, identity } = effect {
            let known = before.instances.get(&at.instance).or_else(|| after.instances.get(&at.instance));
            let is_ours = known.is_none_or(|instance| instance.owner == Owner::Portal);
            // Somebody else's only when a person has just named this instance and its process.
            let is_named = named == Some(&(at.instance.clone(), identity.pid))
                && before.instances.get(&at.instance).is_some_and(|instance| instance.process() == Some(identity));
            prop_assert!(is_ours || is_named, "a signal to what is not ours");
            let now = after.instances.get(&at.instance).and_then(|instance| instance.process().cloned());
            prop_assert_eq!(now.as_ref(), Some(identity), "a signal to another process than the instance's");
        }
        if let Effect::EndStray { at, identity } = effect {
            let wanted = after.instances.get(&at.instance).and_then(|instance| instance.process().cloned());
            prop_assert!(wanted.as_ref() != Some(identity), "a signal to the process of an instance that is wanted");
        }
        containers::may_be(effect, after)?;
        ssh::may_be(effect, after)?;
    }
    containers::stay(after)?;
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, max_shrink_iters: 4096, ..ProptestConfig::default() })]

    #[test]
    fn what_always_holds_holds(
        events in prop::collection::vec(prop_oneof![2 => asked(), 2 => supervised(), 6 => reported(), 3 => others::events(ids(), runs())], 1..120),
        quits in any::<bool>(),
    ) {
        let mut core = Core::new(Settings::initial(), None, PathBuf::from("/logs"));
        core.state.opencode = found();
        let quit = quits.then_some(Event::ShutDown { call: CallId(5000), at_quit: AtQuit::Stop });
        for (number, event) in events.into_iter().chain(quit).enumerate() {
            let (before, named, is_look) = (core.state.clone(), others::named_by(&event), others::is_look(&event));
            let (next, effects) = reduce(core, event, Timestamp(1_000 + number as u64 * 100));
            core = next;
            holds(&core.state)?;
            others::holds(&core)?;
            if is_look {
                others::nothing_is_lost(&core)?;
            }
            others::reaps_only_orphans(&core, &effects)?;
            may_follow(&before, named.as_ref(), &core.state, &effects)?;
        }
        if core.closing.is_some() {
            let running = core.state.instances.values().filter(|instance| {
                instance.owner == Owner::Portal && instance.state.is_live()
            });
            // Only what refused to be stopped is left.
            let mut running = running;
            let is_degraded = running.all(|instance| matches!(instance.state, InstanceState::Degraded { .. }));
            prop_assert!(is_degraded);
        }
    }
}
