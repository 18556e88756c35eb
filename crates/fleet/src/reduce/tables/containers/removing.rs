//! Forgetting an instance, and what it has at its engine.

use super::super::{Bench, DIRECTORY, answers, has};
use super::{CONTAINER, ended, seen};
use crate::containers::{ContainersEffect, ContainersEvent, Phase, Removal};
use crate::effect::Effect;
use crate::event::Event;
use crate::notice::AboutInstance;
use crate::{Change, FleetError, InstanceId, Notice, NoticeId, NoticeLevel};

fn removal(effects: &[Effect]) -> Option<&Removal> {
    effects.iter().find_map(|effect| match effect {
        Effect::Containers(ContainersEffect::Remove(removal)) => Some(&**removal),
        _ => None,
    })
}

impl Bench {
    fn remove(&mut self) -> Vec<Effect> {
        let call = self.call();
        self.happens(Event::Remove { call, id: Bench::id(), with_data: false })
    }

    fn removed(&mut self, result: Result<(), FleetError>) -> Vec<Effect> {
        self.happens(Event::Containers(ContainersEvent::Removed { id: Bench::id(), result }))
    }
}

#[test]
fn what_is_said_of_it_is_said_no_more() {
    let mut bench = Bench::boxed();
    bench.engine(Ok(vec![seen(ended("x"))]), &[]);
    // That its removal was put off is said of one that is gone.
    let put_off = NoticeId::from(format!("forgotten-{}", Bench::id()).as_str());
    let theirs = AboutInstance::GitOutside.of(&InstanceId::from("bbbbbbbb"));
    let own = AboutInstance::ALL.map(|about| about.of(&Bench::id()));
    for id in own.iter().chain([&put_off, &theirs]) {
        let notice = Notice { id: id.clone(), level: NoticeLevel::Warning, message: "It is so".to_owned(), hint: None };
        bench.happens(Event::NoticeRaised(notice));
    }
    bench.remove();
    let effects = bench.removed(Ok(()));
    for id in &own {
        let is_told = |effect: &Effect| matches!(effect, Effect::Publish(Change::NoticeGone(gone)) if gone == id);
        assert!(has(&effects, is_told), "{id}");
    }
    assert_eq!(bench.core.state.notices.keys().collect::<Vec<_>>(), [&put_off, &theirs]);
}

#[test]
fn one_that_nobody_can_see_is_forgotten_all_the_same() {
    let mut bench = Bench::boxed();
    bench.engine(Err("No engine"), &[]);
    bench.is("unknown");
    let effects = bench.remove();
    let removal = removal(&effects).unwrap();
    assert_eq!(removal.directory.to_str(), Some(DIRECTORY));
    assert_eq!(removal.container.as_ref().unwrap().id, CONTAINER);
    let effects = bench.removed(Ok(()));
    assert!(has(&effects, |effect| matches!(effect, Effect::RemoveRecord { .. })));
    assert!(matches!(answers(&effects)[..], [Ok(_)]));
    assert!(bench.core.state.instances.is_empty());
}

#[test]
fn one_that_runs_or_was_started_meanwhile_stays() {
    let mut bench = Bench::boxed();
    let effects = bench.remove();
    assert!(removal(&effects).is_none());
    assert!(matches!(answers(&effects)[..], [Err(FleetError::NotNow { .. })]));

    bench.engine(Ok(vec![seen(ended("x"))]), &[]);
    let effects = bench.remove();
    assert!(removal(&effects).is_some());
    let refused = FleetError::NotNow { name: "boxed".to_owned(), state: "running", wanted: "removed" };
    let effects = bench.removed(Err(refused));
    assert!(matches!(answers(&effects)[..], [Err(FleetError::NotNow { state: "running", .. })]));
    assert_eq!(bench.core.state.instances.len(), 1);
    // Whoever asks again is heard again.
    bench.engine(Ok(vec![seen(Phase::Made)]), &[]);
    assert!(removal(&bench.remove()).is_some());
}
