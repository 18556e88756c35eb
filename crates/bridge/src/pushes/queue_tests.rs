//! Tests of `Queue`: merging keeps the meaning, and memory stays bounded.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::Queue;
use crate::messages::{
    NoticeLevel, NoticeView, OpencodeView, PushItem, RequestBody, RequestView, SessionStatusView, SessionView,
    TranscriptEvent, WatchedSession,
};

/// What a window knows: the smallest reader of pushes that can tell orders apart.
#[derive(Debug, Default, PartialEq)]
struct Screen {
    sessions: BTreeMap<String, SessionView>,
    requests: BTreeMap<String, RequestView>,
    notices: BTreeMap<String, String>,
    opencode: Option<OpencodeView>,
    places: Vec<String>,
    /// By session; messages and parts in the order of arrival, a part only under a message that is known.
    transcripts: BTreeMap<String, Transcript>,
}

#[derive(Debug, Default, PartialEq)]
struct Transcript {
    messages: Vec<(String, Value)>,
    parts: Vec<(String, Value)>,
    log: Vec<TranscriptEvent>,
    todos: Option<Value>,
}

impl Screen {
    fn apply(&mut self, item: PushItem) {
        match item {
            PushItem::Session { session } => {
                self.sessions.insert(session.id.clone(), *session);
            }
            PushItem::SessionGone { id, .. } => {
                self.sessions.remove(&id);
                self.requests.retain(|_, request| request.session != id);
            }
            PushItem::InstanceGone { .. } => {
                self.sessions.clear();
                self.requests.clear();
            }
            PushItem::Request { request } => {
                self.requests.insert(request.id.clone(), *request);
            }
            PushItem::RequestGone { id, .. } => {
                self.requests.remove(&id);
            }
            PushItem::Notice { notice } => {
                self.notices.insert(notice.id, notice.message);
            }
            PushItem::NoticeGone { id } => {
                self.notices.remove(&id);
            }
            PushItem::Opencode { opencode } => self.opencode = Some(opencode),
            PushItem::Navigate { place } => self.places.push(place),
            PushItem::Transcript { session, event, .. } => self.transcripts.entry(session).or_default().apply(event),
            PushItem::Snapshot { .. }
            | PushItem::Instance { .. }
            | PushItem::Versions { .. }
            | PushItem::Prompts { .. }
            | PushItem::Settings { .. } => {
                unreachable!("the tests make none")
            }
        }
    }
}

impl Transcript {
    fn apply(&mut self, event: TranscriptEvent) {
        let id_of = |value: &Value| value["id"].as_str().unwrap().to_owned();
        match event {
            TranscriptEvent::Message { info } => put(&mut self.messages, id_of(&info), info),
            TranscriptEvent::MessageGone { message } => {
                self.messages.retain(|(id, _)| *id != message);
                self.parts.retain(|(_, part)| part["messageID"] != message.as_str());
            }
            TranscriptEvent::Part { part } => {
                if self.messages.iter().any(|(id, _)| part["messageID"] == id.as_str()) {
                    put(&mut self.parts, id_of(&part), part);
                }
            }
            TranscriptEvent::PartGone { part, .. } => self.parts.retain(|(id, _)| *id != part),
            TranscriptEvent::Delta { part, field, delta, .. } => {
                if let Some((_, value)) = self.parts.iter_mut().find(|(id, _)| *id == part) {
                    let before = value[&field].as_str().unwrap_or_default().to_owned();
                    value[&field] = json!(before + &delta);
                }
            }
            TranscriptEvent::Todo { todos } => self.todos = Some(todos),
            TranscriptEvent::Running { .. } => unreachable!("it never waits"),
            TranscriptEvent::Error { .. } | TranscriptEvent::Resync => self.log.push(event),
        }
    }
}

fn put(list: &mut Vec<(String, Value)>, id: String, value: Value) {
    match list.iter_mut().find(|(known, _)| *known == id) {
        Some((_, before)) => *before = value,
        None => list.push((id, value)),
    }
}

fn session_view(id: &str, title: String) -> SessionView {
    SessionView {
        instance: "i".to_owned(),
        id: id.to_owned(),
        title,
        parent: None,
        directory: "/d".to_owned(),
        created_ms: 0,
        updated_ms: 0,
        status: SessionStatusView::Idle,
        waiting: 0,
        doing: None,
        failure: None,
    }
}

fn request_view(id: &str, session: &str, asked_at_ms: u64) -> RequestView {
    RequestView {
        id: id.to_owned(),
        instance: "i".to_owned(),
        session: session.to_owned(),
        session_path: Vec::new(),
        directory: "/d".to_owned(),
        asked_at_ms,
        message: None,
        call: None,
        body: RequestBody::Question { questions: Vec::new() },
    }
}

fn event(session: &str, event: TranscriptEvent) -> PushItem {
    PushItem::Transcript { instance: "i".to_owned(), session: session.to_owned(), event }
}

fn delta(session: &str, part: &str, text: &str) -> PushItem {
    let (message, part, field, delta) = ("m1".to_owned(), part.to_owned(), "text".to_owned(), text.to_owned());
    event(session, TranscriptEvent::Delta { message, part, field, delta })
}

fn part(session: &str, id: &str, text: &str) -> PushItem {
    event(session, TranscriptEvent::Part { part: json!({"id": id, "messageID": "m1", "text": text}) })
}

fn watched(session: &str) -> WatchedSession {
    WatchedSession { instance: "i".to_owned(), session: session.to_owned() }
}

/// A queue whose snapshot was taken already and that watches `s1` and `s2`.
fn queue() -> Queue {
    let mut queue = Queue::new();
    assert!(queue.take().snapshot);
    queue.watch([watched("s1"), watched("s2")], |_| false);
    queue
}

fn any_item() -> impl Strategy<Value = PushItem> {
    let session = prop_oneof![Just("s1"), Just("s2")];
    let message = prop_oneof![Just("m1"), Just("m2")];
    let id = prop_oneof![Just("p1"), Just("p2"), Just("p3")];
    let field = prop_oneof![4 => Just("text"), 1 => Just("other")];
    let transcript = (session.clone(), message, id, field, 0..100_u32, 0..16_u8).prop_map(
        |(session, message, id, field, number, kind)| {
            // A part belongs to one message for ever.
            let (message, id) = (message.to_owned(), format!("{message}-{id}"));
            event(
                session,
                match kind {
                    0..=2 => TranscriptEvent::Message { info: json!({"id": message, "n": number}) },
                    3 => TranscriptEvent::MessageGone { message },
                    4..=7 => TranscriptEvent::Part {
                        part: json!({"id": id, "messageID": message, "text": number.to_string()}),
                    },
                    8 => TranscriptEvent::PartGone { message, part: id },
                    9 => TranscriptEvent::Error { error: json!(number) },
                    10 => TranscriptEvent::Todo { todos: json!([number]) },
                    11 => TranscriptEvent::Resync,
                    _ => {
                        TranscriptEvent::Delta { message, part: id, field: field.to_owned(), delta: number.to_string() }
                    }
                },
            )
        },
    );
    let fleet = (session, 0..100_u32, 0..12_u8).prop_map(|(session, number, kind)| match kind {
        0..=2 => PushItem::Session { session: Box::new(session_view(session, number.to_string())) },
        3 => PushItem::SessionGone { instance: "i".to_owned(), id: session.to_owned() },
        4 => PushItem::InstanceGone { id: "i".to_owned() },
        5..=6 => PushItem::Request { request: Box::new(request_view("r", session, u64::from(number))) },
        7 => PushItem::RequestGone { instance: "i".to_owned(), id: "r".to_owned() },
        8 => PushItem::Notice {
            notice: NoticeView {
                id: "n".to_owned(),
                level: NoticeLevel::Info,
                message: number.to_string(),
                hint: None,
            },
        },
        9 => PushItem::NoticeGone { id: "n".to_owned() },
        10 => PushItem::Opencode { opencode: OpencodeView::Installing { line: number.to_string() } },
        _ => PushItem::Navigate { place: number.to_string() },
    });
    prop_oneof![4 => transcript, 1 => fleet]
}

proptest! {
    #[test]
    fn merged_pushes_mean_what_the_unmerged_meant(
        items in prop::collection::vec((any_item(), prop::bool::weighted(0.1)), 0..80)
    ) {
        let mut queue = queue();
        let (mut merged, mut unmerged) = (Screen::default(), Screen::default());
        for (item, reads) in items {
            unmerged.apply(item.clone());
            queue.add(item);
            if reads {
                queue.take().items.into_iter().for_each(|item| merged.apply(item));
            }
        }
        queue.take().items.into_iter().for_each(|item| merged.apply(item));
        prop_assert_eq!(merged, unmerged);
    }

    #[test]
    fn the_bytes_that_wait_are_counted_right(items in prop::collection::vec(any_item(), 0..80)) {
        let mut queue = queue();
        for item in items {
            queue.add(item);
            let counted: usize = queue.items.iter().flatten().map(super::weight_of).sum();
            prop_assert_eq!(queue.bytes, counted);
        }
    }
}

#[test]
fn deltas_of_a_part_are_one_item() {
    let mut queue = queue();
    queue.add(part("s1", "p1", ""));
    for _ in 0..1_000 {
        queue.add(delta("s1", "p1", "ab"));
        queue.add(delta("s2", "p1", "cd"));
    }
    let items = queue.take().items;
    assert_eq!(items.len(), 3);
    let PushItem::Transcript { event: TranscriptEvent::Delta { delta, .. }, .. } = &items[1] else {
        panic!("not a delta: {:?}", items[1]);
    };
    assert_eq!(*delta, "ab".repeat(1_000));
}

#[test]
fn a_full_part_takes_the_place_of_what_it_contains() {
    let mut queue = queue();
    queue.add(part("s1", "p1", ""));
    queue.add(delta("s1", "p1", "a"));
    queue.add(part("s1", "p1", "a"));
    queue.add(delta("s1", "p1", "b"));
    assert_eq!(queue.take().items.len(), 2);
}

#[test]
fn a_transcript_that_is_not_on_screen_is_not_pushed() {
    let mut queue = queue();
    queue.add(delta("s3", "p1", "a"));
    assert!(queue.is_empty());
    queue.watch([watched("s3")], |_| false);
    queue.add(delta("s1", "p1", "a"));
    assert!(queue.is_empty());
    queue.add(delta("s3", "p1", "a"));
    assert!(!queue.is_empty());
}

#[test]
fn a_window_that_does_not_read_gets_a_snapshot_instead_of_memory() {
    let mut queue = queue();
    for number in 0..100_000 {
        queue.add(event("s1", TranscriptEvent::Error { error: json!(number) }));
        queue.add(PushItem::Navigate { place: number.to_string() });
        assert!(queue.items.len() <= Queue::MOST_ITEMS);
    }
    queue.start_over();
    let taken = queue.take();
    assert!(taken.snapshot);
    let resyncs = taken
        .items
        .iter()
        .filter(|item| matches!(item, PushItem::Transcript { event: TranscriptEvent::Resync, .. }))
        .count();
    assert_eq!(resyncs, 2);
    let places = taken.items.iter().filter(|item| matches!(item, PushItem::Navigate { .. })).count();
    assert_eq!(places, Queue::MOST_PLACES);
}

#[test]
fn long_transcripts_that_nobody_reads_do_not_grow_without_end() {
    let mut queue = queue();
    let text = "x".repeat(64 * 1024);
    for _ in 0..1_000 {
        queue.add(delta("s1", "p1", &text));
        assert!(queue.bytes <= Queue::MOST_BYTES);
    }
    assert!(queue.take().snapshot);
}

#[test]
fn before_a_snapshot_nothing_about_the_fleet_waits() {
    let mut queue = Queue::new();
    queue.add(PushItem::Opencode { opencode: OpencodeView::Looking });
    let taken = queue.take();
    assert!(taken.snapshot && taken.items.is_empty());
}

#[test]
fn running_texts_are_owed_once_to_who_may_lack_their_beginning() {
    let mut queue = queue();
    queue.watch([watched("s1"), watched("s2")], |session| session.session == "s2");
    assert!(!queue.is_empty());
    assert!(queue.take().running.into_iter().eq([watched("s2")]));
    assert!(queue.is_empty());
    // All that waited is dropped, deltas among it.
    queue.start_over();
    assert!(queue.take().running.into_iter().eq([watched("s1"), watched("s2")]));
    queue.resync("j");
    assert!(queue.is_empty());
    queue.resync("i");
    assert_eq!(queue.take().running.len(), 2);
    // Not to who looks elsewhere meanwhile.
    queue.start_over();
    queue.watch([], |_| true);
    assert!(queue.take().running.is_empty());
}
