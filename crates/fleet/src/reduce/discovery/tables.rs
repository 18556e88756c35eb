//! What follows from what is seen of others, case by case.

use super::super::reduce;
use super::super::tables::{found as opencode, identity};
use crate::containers::{ContainerRef, ContainerSeen, ContainersEvent, EngineSeen, Phase};
use crate::core::Core;
use crate::discovery::{Credentials, DiscoveryEffect, DiscoveryEvent, Endpoint, Found, Kept, ProcessSeen};
use crate::effect::Effect;
use crate::event::{CallId, Event, Outcome, RecordedLife, RunId};
use crate::record::{Body, Life, Record, Running};
use crate::{FleetError, Instance, InstanceId, InstanceState, Kind, Owner, Port, Role, Settings, Source, Timestamp};

/// A fleet that sees others.
pub(super) struct Eyes {
    pub(super) core: Core,
    now: u64,
}

pub(super) fn here(port: u16) -> Endpoint {
    Endpoint::new("localhost", Port::new(port).unwrap())
}

/// A process that listens on these addresses.
pub(super) fn process(pid: u32, role: Role, listens: &[&str]) -> Found {
    let seen = ProcessSeen {
        identity: identity(pid),
        role,
        command: "opencode".to_owned(),
        listens: listens.iter().map(|socket| socket.parse().unwrap()).collect(),
        wrappers: vec![],
        mark: None,
    };
    Found { process: Some(seen), directory: Some("/srv/site".into()), is_verified: true, ..Found::by(Source::Process) }
}

fn marked(pid: u32, mark: &str, listens: &[&str]) -> Found {
    let mut found = process(pid, Role::Serve, listens);
    found.process.as_mut().unwrap().mark = Some(InstanceId::from(mark));
    found
}

fn entry(id: &str, pid: u32, port: u16) -> Found {
    let endpoint = Some(here(port));
    let name = Some("entry".to_owned());
    Found { endpoint, pid: Some(pid), id: Some(InstanceId::from(id)), name, ..Found::by(Source::Registry) }
}

fn added(id: &str, host: &str, port: u16) -> Found {
    let endpoint = Some(Endpoint::new(host, Port::new(port).unwrap()));
    Found { endpoint, id: Some(InstanceId::from(id)), is_verified: true, ..Found::by(Source::Added) }
}

impl Eyes {
    pub(super) fn new() -> Self {
        let mut core = Core::new(Settings::initial(), None, "/logs".into());
        core.state.opencode = opencode();
        Self { core, now: 1_000 }
    }

    pub(super) fn happens(&mut self, event: Event) -> Vec<Effect> {
        let (core, effects) = reduce(self.core.clone(), event, Timestamp(self.now));
        self.core = core;
        effects
    }

    pub(super) fn see(&mut self, source: Source, found: &[Found]) -> Vec<Effect> {
        self.happens(Event::Discovery(DiscoveryEvent::SourceSeen { source, found: found.to_vec() }))
    }

    pub(super) fn only(&self) -> &Instance {
        assert_eq!(self.core.state.instances.len(), 1, "{:#?}", self.core.state.instances.values());
        self.core.state.instances.values().next().unwrap()
    }

    pub(super) fn answers(&mut self) -> RunId {
        let at = RunId { instance: self.only().id.clone(), run: self.only().run };
        self.happens(Event::Answered { at: at.clone(), version: "1".to_owned() });
        at
    }

    fn record(&mut self, id: &str, life: Life, process: RecordedLife) {
        let record = Record {
            id: InstanceId::from(id),
            name: "ours".to_owned(),
            directory: "/srv/site".into(),
            demo: None,
            life,
            host: None,
            last_end: None,
            after: crate::record::Aftermath::default(),
        };
        self.happens(Event::RecordSeen { record: Box::new(record), process, host_lives: true });
    }
}

fn runs(pid: u32, port: u16) -> Life {
    let port = Port::new(port).unwrap();
    Life::Runs(Running {
        body: Body::Process(identity(pid)),
        host: "127.0.0.1".to_owned(),
        port,
        since: Timestamp(900),
    })
}

fn sources(instance: &Instance) -> Vec<Source> {
    instance.sources.iter().copied().collect()
}

pub(super) fn attaches(effects: &[Effect]) -> Vec<&crate::discovery::Attachment> {
    effects
        .iter()
        .filter_map(|effect| if let Effect::Attach { to, .. } = effect { Some(&**to) } else { None })
        .collect()
}

fn reaps(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Discovery(DiscoveryEffect::Reap { .. })))
}

#[test]
fn a_process_is_shown_and_asked_and_gone_when_it_is_not_seen() {
    let mut eyes = Eyes::new();
    let effects = eyes.see(Source::Process, &[process(42, Role::Web, &["0.0.0.0:4096"])]);
    let to = attaches(&effects);
    assert_eq!((to[0].endpoints.as_slice(), to[0].kept), ([here(4096)].as_slice(), Kept::MayBeSent));
    let instance = eyes.only();
    assert_eq!((instance.owner, instance.role, instance.name.as_str()), (Owner::External, Role::Web, "site"));
    assert_eq!(instance.process(), Some(&identity(42)));
    assert!(instance.log.is_none(), "its output is not ours");
    let at = eyes.answers();
    // The same again is nothing new.
    assert!(eyes.see(Source::Process, &[process(42, Role::Web, &["0.0.0.0:4096"])]).is_empty());
    let effects = eyes.see(Source::Process, &[]);
    assert!(eyes.core.state.instances.is_empty());
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Disconnect { instance } if *instance == at.instance)));
    let is_signal = |effect: &Effect| matches!(effect, Effect::StopProcess { .. } | Effect::Unregister { .. });
    assert!(!effects.iter().any(is_signal), "neither it nor its entry in the registry is ours");
}

#[test]
fn a_terminal_without_a_port_says_how_it_is_reached_and_is_reached_once_it_has_one() {
    let mut eyes = Eyes::new();
    eyes.see(Source::Process, &[process(42, Role::Tui, &[])]);
    assert!(matches!(&eyes.only().state, InstanceState::Unreachable { reason, .. } if reason.contains("--port")));
    let effects = eyes.see(Source::Process, &[process(42, Role::Tui, &["127.0.0.1:4096"])]);
    assert_eq!(attaches(&effects).len(), 1);
    eyes.answers();
    assert_eq!(eyes.only().state, InstanceState::Ready);
    eyes.see(Source::Process, &[process(42, Role::Tui, &[])]);
    assert_eq!(eyes.only().state.word(), "unreachable");
    // A server that does not listen yet is on its way up, or in a container.
    eyes.see(Source::Process, &[process(43, Role::Serve, &[])]);
    assert!(eyes.core.state.instances.is_empty());
}

#[test]
fn one_server_known_by_all_sources_is_one_instance() {
    let mut eyes = Eyes::new();
    let mut served = process(42, Role::Serve, &["0.0.0.0:4096"]);
    served.process.as_mut().unwrap().wrappers = vec![40, 41];
    eyes.see(Source::Process, &[served]);
    eyes.answers();
    let id = eyes.only().id.clone();
    // The wrapper's number is what the other program knows.
    eyes.see(Source::Registry, &[entry("rrrrrrrr", 40, 4096)]);
    let service = Found { endpoint: Some(here(4096)), ..Found::by(Source::ServiceFile) };
    eyes.see(Source::ServiceFile, &[service]);
    eyes.see(Source::Added, &[added("cccccccc", "127.0.0.1", 4096)]);
    let announced = Found { endpoint: Some(here(4096)), is_verified: true, ..Found::by(Source::Mdns) };
    eyes.see(Source::Mdns, &[announced]);
    assert_eq!(eyes.only().id, id);
    assert_eq!(eyes.only().state, InstanceState::Ready, "nothing has changed for it");
    let all = [Source::Process, Source::Registry, Source::ServiceFile, Source::Added, Source::Mdns];
    assert_eq!(sources(eyes.only()), all);
    assert_eq!(eyes.only().name, "entry");
    // It ends: what was only said of it is not believed any more, and the address that the person added stays.
    eyes.see(Source::Process, &[]);
    assert!(eyes.only().sources.contains(&Source::Added));
    assert_eq!((&eyes.only().kind, eyes.only().state.word()), (&Kind::Remote, "starting"));
    eyes.see(Source::Added, &[]);
    assert!(eyes.core.state.instances.is_empty());
}

#[test]
fn what_is_only_written_down_is_shown_once_it_answers() {
    let mut eyes = Eyes::new();
    eyes.see(Source::Registry, &[entry("rrrrrrrr", 40, 4096)]);
    assert!(eyes.core.state.instances.is_empty());
    eyes.see(Source::Registry, &[Found { is_verified: true, ..entry("rrrrrrrr", 40, 4096) }]);
    assert_eq!((eyes.only().id.as_str(), &eyes.only().kind), ("rrrrrrrr", &Kind::Remote));
    // Its number was given to another opencode meanwhile, which listens elsewhere.
    eyes.see(Source::Process, &[process(40, Role::Serve, &["127.0.0.1:5000"])]);
    assert_eq!(eyes.core.state.instances.len(), 2);
    eyes.see(Source::Registry, &[entry("rrrrrrrr", 40, 4096)]);
    assert_eq!(sources(eyes.only()), [Source::Process]);
}

#[test]
fn a_mistake_of_ours_is_no_end_of_somebody_else_s_server() {
    let mut eyes = Eyes::new();
    eyes.see(Source::Registry, &[Found { is_verified: true, ..entry("rrrrrrrr", 40, 4096) }]);
    let at = RunId { instance: eyes.only().id.clone(), run: eyes.only().run };
    eyes.happens(Event::Panicked { at, message: "boom".to_owned() });
    assert!(matches!(&eyes.only().state, InstanceState::Degraded { reason } if reason.contains("boom")));
    // Its process comes to be seen only now.
    eyes.see(Source::Process, &[process(40, Role::Serve, &["127.0.0.1:4096"])]);
    assert!(eyes.only().process().is_some() && eyes.only().state.is_live());
}

#[test]
fn no_password_that_is_kept_goes_to_a_stranger() {
    let mut eyes = Eyes::new();
    let endpoint = || Some(Endpoint::new("10.0.0.7", Port::new(4096).unwrap()));
    let announced = Found { endpoint: endpoint(), is_verified: true, ..Found::by(Source::Mdns) };
    let effects = eyes.see(Source::Mdns, std::slice::from_ref(&announced));
    assert_eq!(attaches(&effects)[0].kept, Kept::StaysHere);
    assert!(attaches(&effects)[0].asks_directory);
    let at = RunId { instance: eyes.only().id.clone(), run: eyes.only().run };
    eyes.happens(Event::Refused { at: at.clone() });
    assert_eq!((eyes.only().state.word(), eyes.only().is_secured), ("locked", Some(true)));
    let credentials = Credentials::new(None, "pw");
    let call = CallId(1);
    let unlocked = DiscoveryEvent::Unlocked { call, at, credentials: credentials.clone() };
    let effects = eyes.happens(Event::Discovery(unlocked));
    assert_eq!(attaches(&effects)[0].credentials, std::slice::from_ref(&credentials));
    eyes.answers();
    // Once it is let in there is nothing to unlock.
    let at = RunId { instance: eyes.only().id.clone(), run: eyes.only().run };
    let effects = eyes.happens(Event::Discovery(DiscoveryEvent::Unlocked { call, at, credentials }));
    assert!(matches!(&effects[..], [Effect::Answer { result: Err(FleetError::NotNow { .. }), .. }]));
}

#[test]
fn a_password_that_another_source_brings_later_is_tried() {
    let mut eyes = Eyes::new();
    eyes.see(Source::Process, &[process(42, Role::Serve, &["127.0.0.1:4096"])]);
    let at = RunId { instance: eyes.only().id.clone(), run: eyes.only().run };
    eyes.happens(Event::Refused { at });
    let credentials = Some(Credentials::new(None, "pw"));
    let service = Found { endpoint: Some(here(4096)), credentials, ..Found::by(Source::ServiceFile) };
    let effects = eyes.see(Source::ServiceFile, std::slice::from_ref(&service));
    assert_eq!(attaches(&effects)[0].credentials.len(), 1);
    let effects = eyes.see(Source::ServiceFile, &[service]);
    assert!(attaches(&effects).is_empty(), "once");
}

#[test]
fn an_address_is_added_once_and_taken_off_with_its_password() {
    let mut eyes = Eyes::new();
    let endpoint = Endpoint::new("build", Port::new(4096).unwrap());
    eyes.see(Source::Added, &[added("cccccccc", "build", 4096)]);
    let (call, credentials) = (CallId(1), Some(Credentials::new(None, "pw")));
    let event = DiscoveryEvent::Added { call, endpoint, credentials };
    let effects = eyes.happens(Event::Discovery(event));
    let is_it = |outcome: &Outcome| *outcome == Outcome::Instance(InstanceId::from("cccccccc"));
    assert!(
        effects.iter().any(|effect| matches!(effect, Effect::Answer { result: Ok(outcome), .. } if is_it(outcome)))
    );
    assert_eq!(attaches(&effects)[0].credentials.len(), 1);
    let id = eyes.only().id.clone();
    eyes.happens(Event::Rename { call, id: id.clone(), name: "Build".to_owned() });
    assert_eq!(eyes.only().name, "Build");
    let effects = eyes.happens(Event::Remove { call, id, with_data: false });
    let is_forgotten = |effect: &Effect| matches!(effect, Effect::Discovery(DiscoveryEffect::ForgetAddress { .. }));
    assert!(effects.iter().any(is_forgotten));
    assert!(eyes.core.state.instances.is_empty());
}

#[test]
fn an_address_that_was_one_of_a_process_takes_its_id_along_when_it_is_changed() {
    let mut eyes = Eyes::new();
    eyes.see(Source::Added, &[added("cccccccc", "127.0.0.1", 4096)]);
    eyes.see(Source::Process, &[process(42, Role::Serve, &["127.0.0.1:4096"])]);
    assert_eq!(eyes.only().id, InstanceId::from("cccccccc"));
    eyes.see(Source::Added, &[added("cccccccc", "build", 4096)]);
    let endpoint = Endpoint::new("build", Port::new(4096).unwrap());
    let event = DiscoveryEvent::Changed { call: CallId(1), endpoint: endpoint.clone(), credentials: None };
    let effects = eyes.happens(Event::Discovery(event));
    let is_it = |outcome: &Outcome| *outcome == Outcome::Instance(InstanceId::from("cccccccc"));
    assert!(
        effects.iter().any(|effect| matches!(effect, Effect::Answer { result: Ok(outcome), .. } if is_it(outcome)))
    );
    let instances = &eyes.core.state.instances;
    let moved = &instances[&InstanceId::from("cccccccc")];
    assert_eq!((&moved.kind, moved.endpoint()), (&Kind::Remote, Some(endpoint)));
    assert_eq!(instances.len(), 2, "the process is another one now");
}

#[test]
fn an_address_that_never_answered_is_unreachable_and_one_that_fell_silent_degraded() {
    let mut eyes = Eyes::new();
    eyes.see(Source::Added, &[added("cccccccc", "build", 4096)]);
    let at = RunId { instance: eyes.only().id.clone(), run: eyes.only().run };
    let silent = || Event::Unanswered { at: at.clone(), reason: "no such host".to_owned() };
    eyes.happens(silent());
    assert_eq!(eyes.only().state, InstanceState::Unreachable { reason: "no such host".to_owned(), certificate: None });
    let endpoint = Endpoint::new("build", Port::new(4096).unwrap());
    let reached = DiscoveryEvent::Reached { at: at.clone(), endpoint, is_secured: false, directory: None };
    eyes.happens(Event::Discovery(reached));
    eyes.answers();
    assert_eq!(eyes.only().state, InstanceState::Ready);
    eyes.happens(silent());
    assert!(matches!(eyes.only().state, InstanceState::Degraded { .. }));
}

#[test]
fn the_process_of_somebody_else_is_ended_only_by_its_number() {
    let mut eyes = Eyes::new();
    let found = [process(42, Role::Serve, &["127.0.0.1:4096"])];
    eyes.see(Source::Process, &found);
    let at = eyes.answers();
    let (call, id) = (CallId(1), at.instance.clone());
    let is_signal = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::StopProcess { .. }));
    for event in [
        Event::Stop { call, id: id.clone() },
        Event::Restart { call, id: id.clone() },
        Event::Discovery(DiscoveryEvent::StopExternal { call, id: id.clone(), pid: 43 }),
    ] {
        let effects = eyes.happens(event);
        let is_refused =
            |effect: &Effect| matches!(effect, Effect::Answer { result: Err(FleetError::NotNow { .. }), .. });
        assert!(!is_signal(&effects) && effects.iter().any(is_refused));
    }
    let effects = eyes.happens(Event::Discovery(DiscoveryEvent::StopExternal { call, id, pid: 42 }));
    assert!(is_signal(&effects));
    // Seen or not, it is shown until all of it has ended.
    eyes.see(Source::Process, &[]);
    assert_eq!(eyes.only().state, InstanceState::Stopping);
    eyes.see(Source::Process, &found);
    assert_eq!(eyes.only().state, InstanceState::Stopping);
    let effects = eyes.happens(Event::Stopped { at, result: Ok(()) });
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Answer { result: Ok(_), .. })));
    assert!(eyes.core.state.instances.is_empty());
}

#[test]
fn what_would_not_end_is_shown_on() {
    let mut eyes = Eyes::new();
    let found = [process(42, Role::Serve, &["127.0.0.1:4096"])];
    eyes.see(Source::Process, &found);
    let at = eyes.answers();
    let stop = DiscoveryEvent::StopExternal { call: CallId(1), id: at.instance.clone(), pid: 42 };
    eyes.happens(Event::Discovery(stop));
    eyes.happens(Event::Stopped { at, result: Err(FleetError::Closed) });
    assert_eq!(eyes.only().state.word(), "degraded");
    eyes.see(Source::Process, &[]);
    assert!(eyes.core.state.instances.is_empty());
}

#[test]
fn ours_is_never_a_second_instance() {
    let mut eyes = Eyes::new();
    // Its process is seen before its record.
    eyes.see(Source::Process, &[marked(42, "aaaaaaaa", &["127.0.0.1:3100"])]);
    assert!(eyes.core.state.instances.is_empty());
    eyes.record("aaaaaaaa", runs(42, 3100), RecordedLife::Alive);
    assert_eq!(sources(eyes.only()), [Source::Started, Source::Process]);
    eyes.see(Source::Registry, &[Found { is_verified: true, ..entry("aaaaaaaa", 42, 3100) }]);
    assert_eq!(sources(eyes.only()), [Source::Started, Source::Process], "our own entry says nothing new");
    eyes.see(Source::Added, &[added("cccccccc", "localhost", 3100)]);
    assert_eq!(eyes.only().owner, Owner::Portal);
    assert_eq!(sources(eyes.only()), [Source::Started, Source::Process, Source::Added]);
    // One without a mark that was taken for somebody else's.
    let mut eyes = Eyes::new();
    eyes.see(Source::Process, &[process(42, Role::Serve, &["127.0.0.1:3100"])]);
    eyes.record("aaaaaaaa", runs(42, 3100), RecordedLife::Alive);
    assert_eq!(eyes.only().id.as_str(), "aaaaaaaa");
}

#[test]
fn an_orphan_of_ours_is_held_back_shown_and_ended() {
    let mut eyes = Eyes::new();
    let orphan = [marked(42, "aaaaaaaa", &["127.0.0.1:3100"])];
    eyes.record("aaaaaaaa", Life::Ended, RecordedLife::Dead);
    let mut reaped_at = None;
    for second in 0..15 {
        eyes.now = 1_000 + second * 1_000;
        let effects = eyes.see(Source::Process, &orphan);
        let others = eyes.core.state.instances.values().filter(|instance| instance.owner == Owner::External).count();
        assert_eq!(others == 1, second >= 5, "after {second} s");
        if reaps(&effects) {
            assert_eq!(reaped_at.replace(second), None, "once");
        }
    }
    assert_eq!(reaped_at, Some(10));
    // A terminal is nobody's orphan, and what has no mark is not ours.
    for found in [process(42, Role::Serve, &["127.0.0.1:3100"]), {
        let mut found = marked(42, "aaaaaaaa", &[]);
        found.process.as_mut().unwrap().role = Role::Tui;
        found
    }] {
        let mut eyes = Eyes::new();
        for second in 0..30 {
            eyes.now = 1_000 + second * 1_000;
            assert!(!reaps(&eyes.see(Source::Process, std::slice::from_ref(&found))));
        }
    }
}

#[test]
fn a_stray_of_an_earlier_run_is_an_orphan_though_its_instance_runs() {
    let mut eyes = Eyes::new();
    eyes.record("aaaaaaaa", runs(42, 3100), RecordedLife::Alive);
    eyes.answers();
    let ours = marked(42, "aaaaaaaa", &["127.0.0.1:3100"]);
    let stray = marked(40, "aaaaaaaa", &["127.0.0.1:3101"]);
    let is_reaped = (0..12).any(|second| {
        eyes.now = 1_000 + second * 1_000;
        let effects = eyes.see(Source::Process, &[stray.clone(), ours.clone()]);
        assert_eq!(eyes.core.state.instances[&InstanceId::from("aaaaaaaa")].process(), Some(&identity(42)));
        effects.iter().any(
            |effect| matches!(effect, Effect::Discovery(DiscoveryEffect::Reap { identity, .. }) if identity.pid == 40),
        )
    });
    assert!(is_reaped);
}

#[test]
fn a_clock_that_jumps_ends_nothing() {
    let mut eyes = Eyes::new();
    let orphan = [marked(42, "aaaaaaaa", &["127.0.0.1:3100"])];
    eyes.see(Source::Process, &orphan);
    eyes.now += 3_600_000;
    assert!(!reaps(&eyes.see(Source::Process, &orphan)));
}

#[test]
fn a_container_is_not_shown_again_by_its_published_port() {
    let mut eyes = Eyes::new();
    let entry = crate::registry::DockerEntry {
        id: InstanceId::from("dddddddd"),
        name: "boxed".to_owned(),
        directory: "/srv/boxed".into(),
        host: "127.0.0.1".to_owned(),
        port: Port::new(4000),
        container: "abc".to_owned(),
        started_at: None,
    };
    eyes.happens(Event::Containers(ContainersEvent::Listed { entries: vec![entry] }));
    let container = ContainerSeen {
        container: ContainerRef::new("unix:///engine", "abc"),
        phase: Phase::Running,
        mark: None,
        endpoint: Some(Endpoint::new("127.0.0.1", Port::new(4000).unwrap())),
        directory: Some("/srv/boxed".into()),
        serves: true,
        credentials: None,
        started_at: None,
        made_with: None,
    };
    let seen = EngineSeen { is_usual: true, containers: Ok(vec![container]), gone: std::collections::BTreeSet::new() };
    eyes.happens(Event::Containers(ContainersEvent::EngineSeen { engine: "unix:///engine".to_owned(), seen }));
    eyes.see(Source::Added, &[added("cccccccc", "localhost", 4000)]);
    assert_eq!(sources(eyes.only()), [Source::Registry, Source::Added, Source::Container]);
    // What runs in it listens in its own network.
    eyes.see(Source::Process, &[process(42, Role::Serve, &[])]);
    assert_eq!(eyes.only().id.as_str(), "dddddddd");
}
