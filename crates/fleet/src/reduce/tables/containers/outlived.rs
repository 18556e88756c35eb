//! Containers that go on without the start that has brought them up, or found them at work.

use super::super::{Bench, answers, has};
use super::{docker, ended, seen};
use crate::containers::{ContainersEvent, Phase};
use crate::effect::Effect;
use crate::event::Event;
use crate::{FleetError, RestartPolicy};
use std::sync::Arc;

impl Bench {
    fn outlived(&mut self) -> Vec<Effect> {
        let at = self.at();
        let reason = "opencode did not answer, and it could not be stopped".to_owned();
        self.happens(Event::Containers(ContainersEvent::Outlived { at, reason }))
    }

    fn answers_now(&mut self) {
        let at = self.at();
        self.happens(Event::Answered { at, version: "1".to_owned() });
        self.is("ready");
    }

    fn begun() -> Self {
        let profile = crate::Profile { restart: RestartPolicy::Always, ..(*docker()).clone() };
        let mut bench = Self::new();
        bench.start_boxed(Arc::new(profile));
        let at = bench.at();
        bench.happens(Event::Recorded { at, port: None });
        bench
    }
}

fn is_attached(effects: &[Effect]) -> bool {
    has(effects, |effect| matches!(effect, Effect::Attach { .. }))
}

#[test]
fn one_that_could_not_be_stopped_is_shown_and_used_as_it_is() {
    let mut bench = Bench::begun();
    bench.engine(Ok(vec![seen(Phase::Running)]), &[]);
    bench.up();
    bench.is("starting");
    let effects = bench.outlived();
    assert!(is_attached(&effects), "its engine has told that it runs: {effects:?}");
    bench.is("starting");
    bench.answers_now();
}

#[test]
fn one_whose_engine_is_silent_is_unknown_until_that_tells_more() {
    for before in [Ok(Vec::new()), Err("No engine")] {
        let mut bench = Bench::begun();
        bench.up();
        bench.engine(before, &[]);
        let effects = bench.outlived();
        bench.is("unknown");
        assert!(!has(&effects, |effect| matches!(effect, Effect::Launch(_))));
        assert!(is_attached(&bench.engine(Ok(vec![seen(Phase::Running)]), &[])));
        bench.answers_now();
    }
    // It has ended after all.
    let mut bench = Bench::begun();
    bench.up();
    bench.outlived();
    bench.engine(Ok(vec![seen(ended("It ended with exit code 143"))]), &[]);
    bench.is("stopped");
}

#[test]
fn one_that_was_found_at_work_goes_on_though_its_start_has_failed_at_once() {
    let mut bench = Bench::begun();
    bench.engine(Ok(vec![seen(Phase::Running)]), &[]);
    bench.is("starting");
    assert!(is_attached(&bench.outlived()));
    bench.answers_now();
}

#[test]
fn whoever_wanted_it_stopped_in_that_moment_hears_that_it_runs() {
    let mut bench = Bench::begun();
    bench.stop();
    let effects = bench.outlived();
    assert!(matches!(answers(&effects)[..], [Err(FleetError::NotNow { state: "running", .. })]), "{effects:?}");
    bench.engine(Ok(vec![seen(Phase::Running)]), &[]);
    bench.answers_now();
    // Of one that is known, whoever ends it tells the rest.
    let mut bench = Bench::begun();
    bench.up();
    bench.stop();
    assert!(answers(&bench.outlived()).is_empty());
    bench.is("stopping");
}
