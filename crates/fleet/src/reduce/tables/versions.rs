//! Updates of opencode: looked up, installed, checked, rolled out, taken back.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use launch::clocks::ClockJump;

use super::{Bench, answers, failure, found, has, identity, port, start_call};
use crate::effect::Effect;
use crate::event::{Event, RunId, Snapshot, StartCall};
use crate::supervision::SupervisionEvent;
use crate::versions::{VersionsEffect, VersionsEvent};
use crate::{FleetError, InstanceId, InstanceState, Opencode, OpencodeSource, Profile, Update};

const NEW: &str = "2.0.0";
const OLD: &str = "1.18.33";

fn id(text: &str) -> InstanceId {
    InstanceId::from(text)
}

impl Bench {
    fn versions(&mut self, event: VersionsEvent) -> Vec<Effect> {
        self.happens(Event::Versions(event))
    }

    fn run_of(&self, of: &str) -> RunId {
        RunId { instance: id(of), run: self.core.state.instances[&id(of)].run }
    }

    /// It gets ready and is read.
    fn is_up(&mut self, of: &str, version: &str) -> Vec<Effect> {
        let at = self.run_of(of);
        self.happens(Event::Recorded { at: at.clone(), port: Some(port()) });
        self.happens(Event::Spawned { at: at.clone(), identity: identity(42), port: port() });
        let effects = self.happens(Event::Answered { at: at.clone(), version: version.to_owned() });
        self.happens(Event::StreamOpened { at: at.clone() });
        let snapshot = Snapshot { sessions: Vec::new(), directories: std::collections::BTreeMap::new() };
        self.happens(Event::Resynced { at, snapshot: Box::new(snapshot) });
        effects
    }

    fn running(ids: &[(&str, Option<&str>)]) -> Self {
        let mut bench = Self::new();
        for (of, binary) in ids {
            let call = bench.call();
            let profile = Profile { binary: binary.map(Into::into), ..Profile::default() };
            let start =
                StartCall { directory: Path::new("/srv").join(of), ..start_call(id(of), Some(Arc::new(profile))) };
            bench.happens(Event::Start { call, start });
            bench.is_up(of, OLD);
        }
        bench
    }

    /// The new version is installed, and was checked.
    fn rolls(&mut self) -> Vec<Effect> {
        let call = self.call();
        let effects = self.versions(VersionsEvent::Update { call, version: Some(NEW.to_owned()) });
        assert!(has(&effects, |effect| matches!(effect, Effect::Versions(VersionsEffect::Install { .. }))));
        let path = "/new/opencode".into();
        let effects = self.versions(VersionsEvent::Installed { version: NEW.to_owned(), path });
        assert!(has(&effects, |effect| matches!(effect, Effect::Versions(VersionsEffect::Check { .. }))));
        assert_eq!(self.core.state.opencode, found(), "not before it was checked");
        self.versions(VersionsEvent::Checked { version: NEW.to_owned() })
    }

    fn update(&self) -> &Update {
        &self.core.state.versions.update
    }

    fn stopped_for_update(&mut self, of: &str) -> Vec<Effect> {
        assert_eq!(self.core.state.instances[&id(of)].state, InstanceState::Stopping, "{of}");
        let at = self.run_of(of);
        self.happens(Event::Stopped { at, result: Ok(()) })
    }
}

fn launches(effects: &[Effect], of: &str, binary: &str) -> bool {
    has(
        effects,
        |effect| matches!(effect, Effect::Launch(plan) if plan.at.instance == id(of) && plan.binary.as_deref() == Some(Path::new(binary))),
    )
}

fn stops(effects: &[Effect], of: &str) -> bool {
    has(effects, |effect| matches!(effect, Effect::StopProcess { at, .. } if at.instance == id(of)))
}

#[test]
fn an_update_restarts_one_after_the_other_and_waits_for_the_busy() {
    let mut bench = Bench::running(&[("aaaaaaaa", None), ("b", None), ("own", Some("/own/opencode"))]);
    bench.told(opencode_api::ServerEvent::SessionCreated(super::wire_session("ses_1", None, "Root")));
    bench.busy("ses_1");
    let effects = bench.rolls();
    assert_eq!(bench.core.state.settings.opencode_binary.as_deref(), Some(Path::new("/new/opencode")));
    assert!(stops(&effects, "b") && !stops(&effects, "aaaaaaaa") && !stops(&effects, "own"));
    assert!(launches(&bench.stopped_for_update("b"), "b", "/new/opencode"));
    assert!(matches!(bench.update(), Update::RollingOut { done: 0, total: 2, is_waiting: false, .. }));
    let effects = bench.is_up("b", NEW);
    assert!(!stops(&effects, "aaaaaaaa"), "it is busy");
    assert!(matches!(
        bench.update(),
        Update::RollingOut { done: 1, total: 2, instance: Some(waited), is_waiting: true, .. } if *waited == Bench::id()
    ));
    let call = bench.call();
    let effects = bench.versions(VersionsEvent::Update { call, version: None });
    assert!(matches!(answers(&effects)[..], [Err(FleetError::UpdateUnderWay { .. })]));
    let session = opencode_api::SessionId::from("ses_1");
    let effects = bench.told(opencode_api::ServerEvent::SessionIdle { session });
    assert!(stops(&effects, "aaaaaaaa"));
    bench.stopped_for_update("aaaaaaaa");
    let effects = bench.is_up("aaaaaaaa", NEW);
    assert_eq!(*bench.update(), Update::Done { version: NEW.to_owned() });
    // What is used, was used, or was chosen for one is kept.
    let kept = ["/new/opencode", "/bin/opencode", "/own/opencode"].map(PathBuf::from);
    assert!(has(&effects, |effect| matches!(
        effect,
        Effect::Versions(VersionsEffect::Tidy { used }) if kept.iter().all(|path| used.contains(path))
    )));
    assert_eq!(bench.core.state.instances[&id("own")].run, 1, "one with a binary of its own is left alone");
}

#[test]
fn one_that_does_not_get_ready_takes_all_back() {
    let mut bench = Bench::running(&[("aaaaaaaa", None), ("b", None), ("c", None)]);
    bench.rolls();
    bench.stopped_for_update("aaaaaaaa");
    bench.is_up("aaaaaaaa", NEW);
    bench.stopped_for_update("b");
    let at = bench.run_of("b");
    let effects = bench.happens(Event::LaunchFailed { at, failure: failure("exit code 3") });
    assert_eq!(bench.core.state.settings.opencode_binary, None);
    assert_eq!(bench.core.state.opencode, found());
    assert!(launches(&effects, "b", "/bin/opencode"), "it serves nobody: it comes first");
    let effects = bench.is_up("b", OLD);
    assert!(stops(&effects, "aaaaaaaa"));
    assert!(launches(&bench.stopped_for_update("aaaaaaaa"), "aaaaaaaa", "/bin/opencode"));
    bench.is_up("aaaaaaaa", OLD);
    let Update::RolledBack { version, reason } = bench.update() else { panic!("{:?}", bench.update()) };
    assert_eq!(version, NEW);
    assert!(reason.contains("b did not start with it: exit code 3"), "{reason}");
    assert_eq!(bench.core.state.instances[&id("c")].run, 1, "it was never touched");
}

#[test]
fn one_that_does_not_work_on_its_own_changes_nothing() {
    let mut bench = Bench::running(&[("aaaaaaaa", None)]);
    let call = bench.call();
    bench.versions(VersionsEvent::Update { call, version: None });
    bench.versions(VersionsEvent::Progress { version: NEW.to_owned(), line: "fetching".to_owned() });
    assert_eq!(*bench.update(), Update::Installing { version: NEW.to_owned(), line: "fetching".to_owned() });
    bench.versions(VersionsEvent::Installed { version: NEW.to_owned(), path: "/new/opencode".into() });
    let effects = bench.versions(VersionsEvent::Failed { version: NEW.to_owned(), reason: "it ended".to_owned() });
    assert!(has(&effects, |effect| matches!(effect, Effect::Versions(VersionsEffect::Remove { .. }))));
    assert_eq!(*bench.update(), Update::RolledBack { version: NEW.to_owned(), reason: "it ended".to_owned() });
    assert_eq!(bench.core.state.opencode, found());
    bench.is("ready");
    // A report that comes late changes nothing either.
    bench.versions(VersionsEvent::Checked { version: NEW.to_owned() });
    assert_eq!(bench.core.state.opencode, found());
}

#[test]
fn with_nothing_that_runs_an_update_is_done_at_once() {
    let mut bench = Bench::new();
    bench.rolls();
    assert_eq!(*bench.update(), Update::Done { version: NEW.to_owned() });
    let path = "/new/opencode".into();
    let chosen = Opencode::Found { path, version: NEW.to_owned(), source: OpencodeSource::Setting };
    assert_eq!(bench.core.state.opencode, chosen);
}

#[test]
fn an_instance_that_the_person_stops_meanwhile_is_no_failure() {
    let mut bench = Bench::running(&[("aaaaaaaa", None), ("b", None)]);
    bench.rolls();
    // While it is being stopped for the update.
    let call = bench.call();
    bench.happens(Event::Stop { call, id: Bench::id() });
    bench.stopped_for_update("aaaaaaaa");
    bench.is("stopped");
    bench.stopped_for_update("b");
    bench.is_up("b", NEW);
    assert_eq!(*bench.update(), Update::Done { version: NEW.to_owned() });
}

#[test]
fn one_that_hangs_is_given_up() {
    let mut bench = Bench::running(&[("aaaaaaaa", None)]);
    bench.rolls();
    bench.stopped_for_update("aaaaaaaa");
    let at = bench.run_of("aaaaaaaa");
    bench.happens(Event::Recorded { at: at.clone(), port: Some(port()) });
    bench.happens(Event::Spawned { at: at.clone(), identity: identity(42), port: port() });
    bench.happens(Event::Refused { at });
    bench.is("locked");
    // A night in which the machine sleeps does not count.
    bench.now += 200_000;
    bench.happens(Event::Supervision(SupervisionEvent::Jumped(ClockJump::Slept { ms: 200_000 })));
    assert!(bench.versions(VersionsEvent::Ticked).is_empty());
    bench.now += 200_000;
    let effects = bench.versions(VersionsEvent::Ticked);
    assert!(stops(&effects, "aaaaaaaa"), "{effects:?}");
    assert!(launches(&bench.stopped_for_update("aaaaaaaa"), "aaaaaaaa", "/bin/opencode"));
    bench.is_up("aaaaaaaa", OLD);
    assert!(matches!(bench.update(), Update::RolledBack { .. }));
}

#[test]
fn what_npm_says_is_shown_and_a_failure_leaves_what_was_known() {
    let mut bench = Bench::new();
    let call = bench.call();
    let effects = bench.versions(VersionsEvent::Look { call });
    assert!(has(&effects, |effect| matches!(effect, Effect::Versions(VersionsEffect::Look))));
    bench.versions(VersionsEvent::Looked { result: Ok(NEW.to_owned()) });
    bench.versions(VersionsEvent::Looked { result: Err("no network".to_owned()) });
    let versions = &bench.core.state.versions;
    assert_eq!((versions.latest.as_deref(), versions.look_error.as_deref()), (Some(NEW), Some("no network")));
}
