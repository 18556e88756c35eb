//! Engines that were stopped and started again, and what they ended with themselves.

use std::sync::Arc;

use opencode_api::ServerEvent;

use super::super::{Bench, failure, has, wire_session};
use super::{docker, seen};
use crate::containers::{Asker, Ended, Phase};
use crate::effect::Effect;
use crate::event::Event;
use crate::supervision::SupervisionEffect;
use crate::{Profile, RestartPolicy};

fn by_engine() -> Phase {
    let failure = failure("It ended with exit code 143");
    Phase::Ended(Box::new(Ended { failure, is_clean: true, asked: Some(Asker::Engine) }))
}

fn plans(effects: &[Effect]) -> bool {
    has(effects, |effect| matches!(effect, Effect::Supervision(SupervisionEffect::PlanRestart { .. })))
}

impl Bench {
    fn boxed_that(policy: RestartPolicy) -> Self {
        Self::boxed_with(Arc::new(Profile { restart: policy, ..(*docker()).clone() }))
    }

    fn works(&mut self, session: &str) {
        self.told(ServerEvent::SessionCreated(wire_session(session, None, "t")));
        self.busy(session);
    }

    fn interrupted(&self) -> Vec<String> {
        self.instance().interrupted.iter().map(|session| session.as_str().to_owned()).collect()
    }

    fn is_ended_by_its_engine(&self) {
        self.is("crashed");
        let last_end = self.instance().last_end.as_deref().unwrap();
        assert!(last_end.starts_with("Its engine ended it"), "{last_end}");
    }
}

#[test]
fn what_ended_with_its_engine_follows_its_policy_though_nobody_saw_it_end() {
    // However it ended: nobody has asked this one to.
    for (policy, is_again) in
        [(RestartPolicy::Never, false), (RestartPolicy::OnFailure, true), (RestartPolicy::Always, true)]
    {
        let mut bench = Bench::boxed_that(policy);
        bench.works("ses_1");
        bench.engine(Err("No engine"), &[]);
        bench.is("unknown");
        assert!(bench.interrupted().is_empty(), "it may go on yet");
        bench.engine(Err("Still no engine"), &[]);
        let effects = bench.engine(Ok(vec![seen(by_engine())]), &[]);
        bench.is_ended_by_its_engine();
        assert_eq!(plans(&effects), is_again, "{policy:?}");
        assert_eq!(bench.interrupted(), ["ses_1"]);
        assert!(has(&effects, |effect| matches!(effect, Effect::WriteRecord(_))), "for whoever comes after us");
    }
}

#[test]
fn what_is_seen_to_end_with_its_engine_follows_its_policy_too() {
    let mut bench = Bench::boxed_that(RestartPolicy::OnFailure);
    bench.works("ses_1");
    let effects = bench.engine(Ok(vec![seen(by_engine())]), &[]);
    bench.is_ended_by_its_engine();
    assert!(plans(&effects));
    assert_eq!(bench.interrupted(), ["ses_1"]);
    // The engine is away for a moment: that is another one's trouble now.
    bench.engine(Err("No engine"), &[]);
    bench.is("crashed");
}

#[test]
fn what_went_on_while_its_engine_was_away_was_not_interrupted() {
    let mut bench = Bench::boxed_that(RestartPolicy::OnFailure);
    bench.works("ses_1");
    bench.engine(Err("No engine"), &[]);
    bench.engine(Ok(vec![seen(Phase::Running)]), &[]);
    bench.is("starting");
    assert!(bench.interrupted().is_empty());
    // It answers and is lost again, in between sessions: only what ran then is named.
    let at = bench.at();
    bench.happens(Event::Answered { at, version: "1".to_owned() });
    bench.is("ready");
    bench.engine(Err("No engine"), &[]);
    bench.engine(Ok(vec![seen(by_engine())]), &[]);
    bench.is_ended_by_its_engine();
    assert!(bench.interrupted().is_empty());
}

#[test]
fn what_somebody_ended_while_its_engine_was_away_is_not_started_again() {
    for asked in [None, Some(Asker::Docker), Some(Asker::Portal)] {
        let mut bench = Bench::boxed_that(RestartPolicy::Always);
        bench.engine(Err("No engine"), &[]);
        let end = Ended { failure: failure("It was killed"), is_clean: false, asked };
        let effects = bench.engine(Ok(vec![seen(Phase::Ended(Box::new(end)))]), &[]);
        bench.is("stopped");
        assert!(!plans(&effects), "{asked:?}");
    }
}
