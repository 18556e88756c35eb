//! Tests of `RunningTexts`: what is kept, from when to when, and no more than may be.

use fleet::{TranscriptEvent, Value};
use serde_json::json;

use super::RunningTexts;
use crate::messages::{self, WatchedSession};

fn session(id: &str) -> WatchedSession {
    WatchedSession { instance: "i".to_owned(), session: id.to_owned() }
}

fn delta(part: &str, field: &str, text: &str) -> TranscriptEvent {
    let (field, delta) = (field.to_owned(), text.to_owned());
    TranscriptEvent::Delta { message: "m".into(), part: part.into(), field, delta }
}

fn part(id: &str, text: &str, time: &Value) -> TranscriptEvent {
    TranscriptEvent::Part { part: json!({"id": id, "messageID": "m", "type": "text", "text": text, "time": time}) }
}

fn begins(id: &str, text: &str) -> TranscriptEvent {
    part(id, text, &json!({"start": 1}))
}

fn texts(running: &RunningTexts, of: &str) -> Vec<String> {
    let session = session(of);
    let text = |event| match event {
        messages::TranscriptEvent::Running { part, field, text, .. } => format!("{part}.{field}={text}"),
        other => panic!("{other:?} does not run"),
    };
    running.of(&session).map(text).collect()
}

/// What runs in `s` after these events.
fn check(events: &[TranscriptEvent], runs: &[&str]) {
    let mut running = RunningTexts::default();
    for event in events {
        running.apply(&session("s"), event);
    }
    assert_eq!(texts(&running, "s"), runs, "{events:?}");
    assert_eq!(running.runs(&session("s")), !runs.is_empty());
    assert_eq!(running.bytes, running.texts.iter().map(|text| text.text.len()).sum::<usize>());
}

#[test]
fn deltas_add_up_by_part_and_field() {
    let (a, b) = (delta("p", "text", "a"), delta("p", "text", "b"));
    check(&[begins("p", ""), a.clone(), b.clone()], &["p.text=ab"]);
    check(&[a.clone(), delta("q", "text", "c"), b.clone()], &["p.text=ab", "q.text=c"]);
    check(&[a, delta("p", "other", "c"), b], &["p.text=ab", "p.other=c"]);
}

#[test]
fn a_text_runs_until_its_part_is_finished() {
    let ab = delta("p", "text", "ab");
    check(&[ab.clone(), part("p", "ab", &json!({"start": 1, "end": 2}))], &[]);
    check(&[ab.clone(), part("p", "a", &json!({"start": 1, "end": 2}))], &[]);
    check(&[ab.clone(), part("p", "abc", &json!(null))], &[]);
    check(&[ab.clone(), TranscriptEvent::PartGone { message: "m".into(), part: "p".into() }], &[]);
    check(&[ab.clone(), TranscriptEvent::MessageGone { message: "m".into() }], &[]);
    check(&[ab.clone(), TranscriptEvent::Message { info: json!({"id": "m", "time": {"completed": 3}}) }], &[]);
    // These end nothing.
    for event in [
        begins("p", ""),
        begins("q", ""),
        TranscriptEvent::Message { info: json!({"id": "m", "time": {"created": 3}}) },
        TranscriptEvent::Message { info: json!({"id": "n", "time": {"completed": 3}}) },
        TranscriptEvent::MessageGone { message: "n".into() },
        TranscriptEvent::Error { error: json!({}) },
        TranscriptEvent::Part { part: json!(7) },
    ] {
        check(&[ab.clone(), event], &["p.text=ab"]);
    }
}

#[test]
fn a_part_that_runs_and_says_more_is_what_deltas_go_on_from() {
    check(&[delta("p", "text", "b"), begins("p", "ab"), delta("p", "text", "c")], &["p.text=abc"]);
    check(&[begins("p", "ab"), delta("p", "text", "c")], &["p.text=abc"]);
    // A prompt does not run.
    check(&[part("p", "do it", &json!(null))], &[]);
}

#[test]
fn sessions_and_instances_end_apart_from_each_other() {
    let mut running = RunningTexts::default();
    let elsewhere = WatchedSession { instance: "j".to_owned(), session: "s".to_owned() };
    for session in [&session("s"), &session("t"), &elsewhere] {
        running.apply(session, &delta("p", "text", "a"));
    }
    running.end_session(&session("s"));
    assert!(!running.runs(&session("s")) && running.runs(&session("t")) && running.runs(&elsewhere));
    running.end_instance("i");
    assert!(!running.runs(&session("t")) && running.runs(&elsewhere));
    assert_eq!(running.bytes, 1);
}

#[test]
fn the_oldest_text_makes_room() {
    let mut running = RunningTexts::default();
    for number in 0..1_000 {
        running.apply(&session("s"), &delta(&number.to_string(), "text", "a"));
    }
    let kept = texts(&running, "s");
    assert_eq!((kept.len(), kept[0].as_str()), (RunningTexts::MOST_TEXTS, "744.text=a"));
    for _ in 0..100 {
        running.apply(&session("s"), &delta("long", "text", &"x".repeat(64 * 1024)));
        assert!(running.bytes <= RunningTexts::MOST_BYTES);
    }
    assert!(running.runs(&session("s")));
}
