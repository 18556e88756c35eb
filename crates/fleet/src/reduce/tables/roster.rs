//! Profiles, several instances of a directory, starting and stopping many, what ran last.

use std::path::Path;
use std::sync::Arc;

use super::{Bench, answers, failure, found, has, identity, port, start_call};
use crate::effect::Effect;
use crate::event::{Event, Outcome, RecordedLife, RunId, StartCall};
use crate::record::{Aftermath, Life, Record};
use crate::roster::{RosterEffect, RosterEvent, Scope};
use crate::{AtQuit, FleetError, InstanceId, InstanceState, Opencode, Port, Profile, SettingsPatch};

fn id(text: &str) -> InstanceId {
    InstanceId::from(text)
}

fn in_group(group: &str) -> Arc<Profile> {
    Arc::new(Profile { group: Some(group.to_owned()), ..Profile::default() })
}

fn launched(effects: &[Effect]) -> Vec<InstanceId> {
    let launch =
        |effect: &Effect| if let Effect::Launch(plan) = effect { Some(plan.at.instance.clone()) } else { None };
    effects.iter().filter_map(launch).collect()
}

fn saved(effects: &[Effect]) -> Vec<InstanceId> {
    let save = |effect: &Effect| match effect {
        Effect::Roster(RosterEffect::SaveProfile { id, .. }) => Some(id.clone()),
        _ => None,
    };
    effects.iter().filter_map(save).collect()
}

fn remembered(effects: &[Effect]) -> Vec<InstanceId> {
    let remember = |effect: &Effect| match effect {
        Effect::Roster(RosterEffect::RememberRunning { ids }) => Some(ids.clone()),
        _ => None,
    };
    effects.iter().filter_map(remember).flatten().collect()
}

impl Bench {
    fn start_as(&mut self, fresh: &str, profile: Option<Profile>, another: bool) -> Vec<Effect> {
        let call = self.call();
        let start = StartCall { another, ..start_call(id(fresh), profile.map(Arc::new)) };
        self.happens(Event::Start { call, start })
    }

    fn roster(&mut self, event: RosterEvent) -> Vec<Effect> {
        self.happens(Event::Roster(event))
    }

    fn start_all(&mut self, group: Option<&str>) -> Vec<Effect> {
        let call = self.call();
        self.roster(RosterEvent::StartAll { call, scope: Scope { group: group.map(str::to_owned) } })
    }

    fn run(&self, of: &str) -> RunId {
        RunId { instance: id(of), run: self.core.state.instances[&id(of)].run }
    }

    fn gets_ready(&mut self, of: &str) -> Vec<Effect> {
        let at = self.run(of);
        self.happens(Event::Recorded { at: at.clone(), port: Some(port()) });
        self.happens(Event::Spawned { at: at.clone(), identity: identity(42), port: port() });
        self.happens(Event::Answered { at, version: "1".to_owned() })
    }

    fn fails(&mut self, of: &str) -> Vec<Effect> {
        let at = self.run(of);
        self.happens(Event::LaunchFailed { at, failure: failure("no") })
    }

    /// Instances that do not run, each in a directory of its own.
    fn stopped(ids: &[&str]) -> Self {
        let mut bench = Self::new();
        for of in ids {
            let record = Record {
                id: id(of),
                name: (*of).to_owned(),
                directory: Path::new("/srv").join(of),
                demo: None,
                life: Life::Ended,
                host: None,
                last_end: None,
                after: Aftermath::default(),
            };
            let record = Box::new(record);
            bench.happens(Event::RecordSeen { record, process: RecordedLife::Dead, host_lives: false });
        }
        bench
    }
}

#[test]
fn another_instance_of_a_directory_has_a_name_and_a_life_of_its_own() {
    let mut bench = Bench::ready();
    let effects = bench.start_as("bbbbbbbb", None, true);
    assert!(has(&effects, |effect| matches!(effect, Effect::Launch(plan) if plan.name == "site 2" && !plan.is_alone)));
    assert!(has(&effects, |effect| matches!(effect, Effect::Launch(plan) if plan.taken.contains(&port().get()))));
    bench.gets_ready("bbbbbbbb");
    bench.start_as("cccccccc", None, true);
    assert_eq!(bench.core.state.instances[&id("cccccccc")].name, "site 3");
    // Without asking for one more it is one that runs; where none runs, the first.
    let effects = bench.start_as("dddddddd", None, false);
    assert!(matches!(answers(&effects)[..], [Ok(Outcome::Instance(given))] if *given == Bench::id()));
    bench.stop();
    let at = bench.at();
    bench.happens(Event::Stopped { at, result: Ok(()) });
    let effects = bench.start_as("dddddddd", None, false);
    assert!(matches!(answers(&effects)[..], [Ok(Outcome::Instance(given))] if *given == id("bbbbbbbb")));
}

#[test]
fn a_profile_reaches_the_start_and_the_disk_once_there_is_a_record() {
    let profile = Profile {
        port: Port::new(4100),
        hostname: Some("0.0.0.0".to_owned()),
        binary: Some("/opt/opencode".into()),
        ..Profile::default()
    };
    let mut bench = Bench::new();
    // Its own binary needs no other.
    bench.core.state.opencode = Opencode::Missing { searched: Vec::new(), install_error: None };
    let effects = bench.start_as("aaaaaaaa", Some(profile.clone()), false);
    assert!(has(&effects, |effect| matches!(
        effect,
        Effect::Launch(plan) if plan.binary.as_deref() == Some(Path::new("/opt/opencode")) && plan.host == "127.0.0.1" && *plan.profile == profile
    )));
    assert!(saved(&effects).is_empty(), "it may never get a record");
    let at = bench.at();
    let effects = bench.happens(Event::Recorded { at, port: Port::new(4100) });
    assert_eq!(saved(&effects), [Bench::id()]);
    assert!(!format!("{effects:?}").contains("/opt/opencode"), "what is in a profile is not shown");

    // Nobody else gets its port, not even while it does not run.
    let at = bench.at();
    bench.happens(Event::LaunchFailed { at, failure: failure("no") });
    bench.core.state.opencode = found();
    let effects = bench.start_as("bbbbbbbb", None, true);
    assert!(has(&effects, |effect| matches!(effect, Effect::Launch(plan) if plan.taken == [4100])));
}

#[test]
fn a_changed_profile_counts_from_the_next_start_on() {
    let mut bench = Bench::ready();
    let call = bench.call();
    let profile = Arc::new(Profile { binary: Some("/opt/opencode".into()), ..Profile::default() });
    let set = RosterEvent::SetProfile { call, id: Bench::id(), profile: Arc::clone(&profile) };
    let effects = bench.roster(set);
    assert_eq!(saved(&effects), [Bench::id()]);
    assert!(matches!(answers(&effects)[..], [Ok(Outcome::Done)]));
    bench.is("ready");
    // Our own file, seen on disk, changes nothing.
    let effects = bench.roster(RosterEvent::ProfileSeen { id: Bench::id(), profile });
    assert!(effects.is_empty(), "{effects:?}");
    let call = bench.call();
    bench.happens(Event::Restart { call, id: Bench::id() });
    let at = bench.at();
    let effects = bench.happens(Event::Stopped { at, result: Ok(()) });
    assert!(has(
        &effects,
        |effect| matches!(effect, Effect::Launch(plan) if plan.binary.as_deref() == Some(Path::new("/opt/opencode")))
    ));
    let call = bench.call();
    let effects = bench.roster(RosterEvent::SetProfile { call, id: id("nobody"), profile: in_group("a") });
    assert!(matches!(answers(&effects)[..], [Err(FleetError::NoSuchInstance { .. })]));
}

#[test]
fn a_profile_on_disk_is_there_before_its_instance() {
    let mut bench = Bench::new();
    bench.roster(RosterEvent::ProfileSeen { id: Bench::id(), profile: in_group("work") });
    bench.spawned();
    assert_eq!(bench.instance().profile.group.as_deref(), Some("work"));
    bench.roster(RosterEvent::ProfileGone { id: Bench::id() });
    assert_eq!(bench.instance().profile.group.as_deref(), Some("work"), "what is known stays");
}

#[test]
fn many_are_started_two_at_a_time() {
    let mut bench = Bench::stopped(&["a", "b", "c", "d", "e"]);
    let effects = bench.start_all(None);
    assert_eq!(launched(&effects), ["a", "b"].map(id));
    assert!(answers(&effects).is_empty());
    assert_eq!(launched(&bench.gets_ready("b")), ["c"].map(id));
    assert_eq!(launched(&bench.fails("a")), ["d"].map(id));
    // A person takes one out.
    let call = bench.call();
    bench.happens(Event::Stop { call, id: id("e") });
    assert!(launched(&bench.gets_ready("c")).is_empty());
    let effects = bench.gets_ready("d");
    assert!(matches!(answers(&effects)[..], [Ok(Outcome::Done)]), "all have got there: {effects:?}");
    assert_eq!(bench.core.state.instances[&id("e")].state, InstanceState::Stopped);

    // What crashed is started again, and nothing else.
    let call = bench.call();
    let effects = bench.roster(RosterEvent::RestartFailed { call, scope: Scope::default() });
    assert_eq!(launched(&effects), ["a"].map(id));
}

#[test]
fn a_group_is_started_and_stopped_by_itself() {
    let mut bench = Bench::stopped(&["a", "b", "c"]);
    for of in ["a", "c"] {
        bench.roster(RosterEvent::ProfileSeen { id: id(of), profile: in_group("work") });
    }
    assert_eq!(launched(&bench.start_all(Some("work"))), ["a", "c"].map(id));
    let effects = bench.start_all(Some("nobody"));
    assert!(matches!(answers(&effects)[..], [Ok(Outcome::Done)]), "nothing to do is done");
    bench.gets_ready("a");
    let call = bench.call();
    let scope = Scope { group: Some("work".to_owned()) };
    let effects = bench.roster(RosterEvent::StopAll { call, scope });
    assert!(has(&effects, |effect| matches!(effect, Effect::StopProcess { at, .. } if at.instance == id("a"))));
    assert!(!answers(&effects).iter().any(|answer| answer.is_err()));
    let at = bench.run("a");
    bench.happens(Event::Stopped { at, result: Ok(()) });
    let at = bench.run("c");
    let effects = bench.happens(Event::LaunchFailed { at, failure: failure("no") });
    assert!(!answers(&effects).is_empty() && answers(&effects).iter().all(|answer| answer.is_ok()), "{effects:?}");
    assert_eq!(bench.core.state.instances[&id("c")].state, InstanceState::Stopped);
}

#[test]
fn a_stop_of_all_that_one_refuses_is_told() {
    let mut bench = Bench::ready();
    let call = bench.call();
    bench.roster(RosterEvent::StopAll { call, scope: Scope::default() });
    let at = bench.at();
    let effects = bench.happens(Event::Stopped { at, result: Err(FleetError::Closed) });
    assert!(matches!(answers(&effects)[..], [Err(FleetError::NotNow { .. })]), "{effects:?}");
}

#[test]
fn quitting_ends_the_queue() {
    let mut bench = Bench::stopped(&["a", "b", "c"]);
    bench.start_all(None);
    let call = bench.call();
    bench.happens(Event::ShutDown { call, at_quit: AtQuit::Stop });
    assert!(launched(&bench.fails("a")).is_empty());
    assert_eq!(bench.core.state.instances[&id("c")].state, InstanceState::Stopped);
}

#[test]
fn what_ran_last_is_started_again_only_if_the_person_wants_it() {
    let mut bench = Bench::ready();
    let call = bench.call();
    let effects = bench.happens(Event::ShutDown { call, at_quit: AtQuit::Stop });
    assert_eq!(remembered(&effects), [Bench::id()]);
    let mut bench = Bench::ready();
    let call = bench.call();
    let effects = bench.happens(Event::ShutDown { call, at_quit: AtQuit::Keep });
    assert!(remembered(&effects).is_empty());

    let mut bench = Bench::stopped(&["a", "b", "c", "d"]);
    let ids = || ["a", "c", "d", "gone"].map(id).to_vec();
    assert!(bench.roster(RosterEvent::RanLast { ids: ids() }).is_empty());
    let call = bench.call();
    let patch = SettingsPatch { restore_fleet: Some(true), ..SettingsPatch::default() };
    bench.happens(Event::UpdateSettings { call, patch });
    let effects = bench.roster(RosterEvent::Opened);
    assert!(has(&effects, |effect| matches!(effect, Effect::Roster(RosterEffect::ClaimRunning))));
    assert_eq!(launched(&bench.roster(RosterEvent::RanLast { ids: ids() })), ["a", "c"].map(id));
}

#[test]
fn what_ended_with_the_machine_is_remembered() {
    let mut bench = Bench::new();
    let record = Record {
        id: Bench::id(),
        name: "site".to_owned(),
        directory: super::DIRECTORY.into(),
        demo: None,
        life: Life::Intended { port: Some(port()) },
        host: None,
        last_end: None,
        after: Aftermath::default(),
    };
    let seen = Event::RecordSeen { record: Box::new(record), process: RecordedLife::Dead, host_lives: false };
    assert_eq!(remembered(&bench.happens(seen)), [Bench::id()]);
    bench.is("stopped");
}
