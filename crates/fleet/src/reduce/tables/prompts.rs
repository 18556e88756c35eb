//! Questions of `ssh`.

use opencode_api::Secret;

use super::{Bench, answers, failure, tells};
use crate::effect::Effect;
use crate::event::Event;
use crate::ssh::{Prompt, PromptEffect, PromptEvent, PromptId, PromptKind};
use crate::supervision::SupervisionEvent;
use crate::{AtQuit, Change, FleetError, Restart, Timestamp};

fn prompt(id: &str, kind: PromptKind) -> Prompt {
    let id = PromptId::from(id.to_owned());
    Prompt { id, host: "build".to_owned(), kind, words: "Password:".to_owned(), is_again: false }
}

impl Bench {
    fn asks(&mut self, id: &str, kind: PromptKind) -> Vec<Effect> {
        self.happens(Event::Prompt(PromptEvent::Asked(prompt(id, kind))))
    }

    fn answer_prompt(&mut self, id: &str, answer: Option<&str>) -> Vec<Effect> {
        let (call, id) = (self.call(), PromptId::from(id.to_owned()));
        self.happens(Event::Prompt(PromptEvent::Answer { call, id, answer: answer.map(Secret::new) }))
    }

    fn waiting(&self) -> Vec<&str> {
        self.core.state.prompts.iter().map(|prompt| prompt.id.as_str()).collect()
    }
}

/// What is given to `ssh`: for each question, the answer, or that there is none.
fn handed_over(effects: &[Effect]) -> Vec<(&str, Option<&str>)> {
    let mut given = Vec::new();
    for effect in effects {
        if let Effect::Prompt(PromptEffect::HandOver { id, answer }) = effect {
            given.push((id.as_str(), answer.as_ref().map(Secret::expose)));
        }
    }
    given
}

#[test]
fn a_question_waits_until_it_is_answered() {
    for (kind, answer, given) in [
        (PromptKind::Secret, Some("hunter2"), Some("hunter2")),
        (PromptKind::Secret, None, None),
        (PromptKind::Text, Some("123456"), Some("123456")),
        (PromptKind::YesNo, Some("yes"), Some("yes")),
        (PromptKind::YesNo, Some("no"), None),
        (PromptKind::YesNo, Some("y"), None),
        (PromptKind::YesNo, None, None),
        (PromptKind::Note, None, None),
    ] {
        let mut bench = Bench::new();
        assert!(tells(&bench.asks("p1", kind), &Change::Prompts));
        bench.asks("p2", PromptKind::Secret);
        assert_eq!(bench.waiting(), ["p1", "p2"]);
        let effects = bench.answer_prompt("p1", answer);
        assert_eq!(handed_over(&effects), [("p1", given)], "{kind:?} {answer:?}");
        assert!(tells(&effects, &Change::Prompts) && answers(&effects).iter().all(|answer| answer.is_ok()));
        assert_eq!(bench.waiting(), ["p2"]);
    }
}

#[test]
fn what_is_over_takes_no_answer() {
    let mut bench = Bench::new();
    bench.asks("p1", PromptKind::Secret);
    let effects = bench.happens(Event::Prompt(PromptEvent::Over { id: PromptId::from("p1".to_owned()) }));
    assert!(tells(&effects, &Change::Prompts) && handed_over(&effects).is_empty());
    let effects = bench.answer_prompt("p1", Some("hunter2"));
    assert!(handed_over(&effects).is_empty());
    assert!(matches!(answers(&effects).as_slice(), [Err(FleetError::NoSuchPrompt { .. })]), "{effects:?}");
    // That it is over comes again after each answer, and is nothing new.
    let effects = bench.happens(Event::Prompt(PromptEvent::Over { id: PromptId::from("p1".to_owned()) }));
    assert!(effects.is_empty(), "{effects:?}");
}

#[test]
fn no_secret_is_printed() {
    let mut bench = Bench::new();
    bench.asks("p1", PromptKind::Secret);
    let effects = bench.answer_prompt("p1", Some("hunter2"));
    assert!(!format!("{effects:?}").contains("hunter2"), "{effects:?}");
}

#[test]
fn nobody_is_asked_at_the_end() {
    let mut bench = Bench::new();
    bench.asks("p1", PromptKind::Secret);
    let call = bench.call();
    let effects = bench.happens(Event::ShutDown { call, at_quit: AtQuit::Keep });
    assert_eq!(handed_over(&effects), [("p1", None)]);
    assert_eq!(handed_over(&bench.asks("p2", PromptKind::Note)), [("p2", None)]);
    assert!(bench.waiting().is_empty());
}

#[test]
fn a_person_is_asked_only_for_a_start_that_somebody_waits_for() {
    let may_ask = |effects: &[Effect]| {
        effects.iter().find_map(|effect| if let Effect::Launch(plan) = effect { Some(plan.may_ask) } else { None })
    };
    let mut bench = Bench::new();
    assert_eq!(may_ask(&bench.start("aaaaaaaa")), Some(true));
    let mut bench = Bench::ready();
    let at = bench.at();
    let failure = failure("It ended");
    bench.happens(Event::Exited { at: at.clone(), failure, asked: false, is_clean: false });
    let restart = Restart { at: Timestamp(2_000), attempt: 1, attempts: Some(5) };
    bench.happens(Event::Supervision(SupervisionEvent::RestartPlanned { at: at.clone(), restart }));
    let effects = bench.happens(Event::Supervision(SupervisionEvent::RestartDue { at }));
    assert_eq!(may_ask(&effects), Some(false), "{effects:?}");
    let mut bench = Bench::ready();
    let (call, at) = (bench.call(), bench.at());
    bench.happens(Event::Restart { call, id: Bench::id() });
    let effects = bench.happens(Event::Stopped { at, result: Ok(()) });
    assert_eq!(may_ask(&effects), Some(true), "{effects:?}");
}
