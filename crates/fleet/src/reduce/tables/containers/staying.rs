//! An instance stays at the engine that has what it keeps, whichever is the usual one.

use std::sync::Arc;

use super::super::{Bench, answers, start_call};
use super::{ENGINE, docker, ended, seen};
use crate::containers::ContainersEvent;
use crate::effect::Effect;
use crate::event::Event;
use crate::roster::{RosterEffect, RosterEvent};
use crate::{DockerPlace, FleetError, InstanceId, Network, Place, Profile, ProfileError};

fn at(engine: Option<&str>) -> Arc<Profile> {
    let place = DockerPlace { engine: engine.map(str::to_owned), ..DockerPlace::default() };
    Arc::new(Profile { place: Place::Docker(place), ..Profile::default() })
}

/// The engine that an effect's profile names: of a launch, or of a profile that is saved.
fn engines(effects: &[Effect]) -> Vec<Option<&str>> {
    let profiles = effects.iter().filter_map(|effect| match effect {
        Effect::Launch(plan) => Some(&plan.profile),
        Effect::Roster(RosterEffect::SaveProfile { profile, .. }) => Some(profile),
        _ => None,
    });
    let places = profiles.map(|profile| &profile.place);
    places.map(|place| if let Place::Docker(place) = place { place.engine.as_deref() } else { None }).collect()
}

impl Bench {
    fn settles(&mut self, engine: &str) -> Vec<Effect> {
        let at = self.at();
        self.happens(Event::Containers(ContainersEvent::Settles { at, engine: engine.to_owned() }))
    }

    fn set(&mut self, profile: Arc<Profile>) -> Vec<Effect> {
        let call = self.call();
        self.happens(Event::Roster(RosterEvent::SetProfile { call, id: Bench::id(), profile }))
    }

    fn is_stopped(&mut self) {
        self.stop();
        let at = self.at();
        self.happens(Event::Stopped { at, result: Ok(()) });
        self.is("stopped");
    }

    fn restart(&mut self) -> Vec<Effect> {
        let call = self.call();
        self.happens(Event::Restart { call, id: Bench::id() })
    }
}

#[test]
fn the_engine_of_the_first_start_is_written_down_and_is_that_of_each_later_one() {
    let mut bench = Bench::new();
    assert_eq!(engines(&bench.start_boxed(docker())), [None]);
    let at = bench.at();
    bench.happens(Event::Recorded { at, port: None });
    assert_eq!(engines(&bench.settles(ENGINE)), [Some(ENGINE)]);
    assert!(engines(&bench.settles(ENGINE)).is_empty(), "once is enough");
    bench.up();
    bench.is_stopped();
    assert_eq!(engines(&bench.restart()), [Some(ENGINE)]);
}

#[test]
fn one_whose_engine_is_named_keeps_that_name() {
    let mut bench = Bench::boxed_with(at(Some("lab")));
    bench.is_stopped();
    bench.restart();
    assert!(engines(&bench.settles(ENGINE)).iter().all(|engine| *engine == Some("lab")));
    assert_eq!(bench.instance().profile.place, at(Some("lab")).place);
}

#[test]
fn a_profile_that_names_no_engine_leaves_it_where_it_is_and_one_that_names_another_is_refused() {
    let mut bench = Bench::boxed();
    assert_eq!(bench.instance().profile.place, at(Some(ENGINE)).place);
    let changed = Profile { group: Some("web".to_owned()), ..(*docker()).clone() };
    let effects = bench.set(Arc::new(changed));
    assert_eq!(engines(&effects), [Some(ENGINE)]);
    assert_eq!(bench.instance().profile.group.as_deref(), Some("web"));
    let effects = bench.set(at(Some("unix:///other")));
    let is_fixed = |error: &FleetError| matches!(error, FleetError::Profile(ProfileError::PlaceFixed { .. }));
    assert!(matches!(answers(&effects)[..], [Err(error)] if is_fixed(error)), "{effects:?}");
    // Nor does what somebody wrote on disk move it.
    for written in [at(None), at(Some("unix:///other"))] {
        bench.happens(Event::Roster(RosterEvent::ProfileSeen { id: Bench::id(), profile: written }));
        assert_eq!(bench.instance().profile.place, at(Some(ENGINE)).place);
    }
}

#[test]
fn whoever_wants_a_container_of_no_named_engine_gets_the_one_that_is_there() {
    let mut bench = Bench::boxed();
    bench.is_stopped();
    let call = bench.call();
    let start = |profile| start_call(InstanceId::from("bbbbbbbb"), Some(profile));
    let effects = bench.happens(Event::Start { call, start: start(docker()) });
    assert_eq!(engines(&effects), [Some(ENGINE)]);
    assert_eq!(bench.core.state.instances.len(), 1);
    // At another one it is another instance, and they are not each alone in the directory.
    let effects = bench.happens(Event::Start { call, start: start(at(Some("unix:///other"))) });
    assert_eq!(engines(&effects), [Some("unix:///other")]);
    assert_eq!(bench.core.state.instances.len(), 2);
}

#[test]
fn a_start_that_only_says_container_takes_nothing_from_the_one_that_is_there() {
    let kept = Profile { group: Some("web".to_owned()), permission: Some("\"ask\"".to_owned()), ..Profile::default() };
    let place = |engine: Option<&str>, network| DockerPlace {
        engine: engine.map(str::to_owned),
        memory_mib: Some(2_048),
        network,
        ..DockerPlace::default()
    };
    let closed = Profile { place: Place::Docker(place(Some(ENGINE), Network::Off)), ..kept };
    let mut bench = Bench::boxed_with(Arc::new(closed.clone()));
    let start = |profile: &Profile| start_call(InstanceId::from("bbbbbbbb"), Some(Arc::new(profile.clone())));
    for is_running in [true, false] {
        let call = bench.call();
        let effects = bench.happens(Event::Start { call, start: start(&docker()) });
        assert_eq!(bench.core.state.instances.len(), 1, "running {is_running}");
        assert_eq!(*bench.instance().profile, closed, "running {is_running}");
        let is_launched_so = |effect: &Effect| matches!(effect, Effect::Launch(plan) if *plan.profile == closed);
        assert_eq!(effects.iter().any(is_launched_so), !is_running, "{effects:?}");
        if is_running {
            bench.is_stopped();
        }
    }
    // What was given counts, and so does taking all of it back.
    let open = Profile { place: Place::Docker(place(None, Network::On)), ..Profile::default() };
    let settled = Profile { place: Place::Docker(place(Some(ENGINE), Network::On)), ..Profile::default() };
    for (given, expected) in [(&open, &settled), (&*at(Some(ENGINE)), &*at(Some(ENGINE)))] {
        let mut bench = Bench::boxed_with(Arc::new(closed.clone()));
        bench.is_stopped();
        let call = bench.call();
        bench.happens(Event::Start { call, start: start(given) });
        assert_eq!(*bench.instance().profile, *expected);
    }
}

#[test]
fn where_another_host_has_started_it_is_taken_from_its_profile_or_from_what_its_engine_tells() {
    let mut bench = Bench::new();
    bench.start_boxed(docker());
    bench.happens(Event::Roster(RosterEvent::ProfileSeen { id: Bench::id(), profile: at(Some(ENGINE)) }));
    assert_eq!(bench.instance().profile.place, at(Some(ENGINE)).place);
    // Its record and its profile are lost.
    let mut bench = Bench::new();
    bench.engine(Ok(vec![seen(crate::containers::Phase::Running)]), &[]);
    assert_eq!(bench.instance().profile.place, at(Some(ENGINE)).place);
    bench.engine(Ok(vec![seen(ended("x"))]), &[]);
    assert_eq!(engines(&bench.restart()), [Some(ENGINE)]);
}

#[test]
fn the_same_place_is_one_whose_engine_is_the_same_or_not_asked_for() {
    for (known, wanted, expected) in [
        (None, None, true),
        (Some("a"), None, true),
        (Some("a"), Some("a"), true),
        (Some("a"), Some("b"), false),
        // Which one it will be at is still open.
        (None, Some("a"), false),
    ] {
        assert_eq!(at(known).place.is_like(&at(wanted).place), expected, "{known:?} {wanted:?}");
        let stays = at(wanted).place.clone().staying(&at(known).place);
        assert_eq!(stays, at(wanted.or(known)).place, "{known:?} {wanted:?}");
    }
    assert_eq!(Place::Process.staying(&at(Some("a")).place), Place::Process);
}
