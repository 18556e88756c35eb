//! What waits to be pushed to one window: merged, in order, bounded.
//!
//! Pure: no clock, no task, no fleet. Applying what `take` gives has the same end as applying every item that was put in, one by one (property test below).
//!
//! Two rules make that so.
//! An item replaces an earlier one about the same thing at the place of the earlier one, and only while nothing between them could see the difference.
//! What could is a barrier: anything that takes things away, and for parts any other event of their session.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::weight::{weight, weight_of};
use crate::messages::{PushItem, TranscriptEvent, WatchedSession};

/// What waits to be pushed to one window.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    /// Merged items; none where a later item took the place.
    items: Vec<Option<PushItem>>,
    /// Where the pending item about a thing stands.
    places: HashMap<Thing, usize>,
    /// Where the pending items about a part stand, by session: the last full part, then its deltas.
    parts: HashMap<WatchedSession, HashMap<String, Vec<usize>>>,
    /// Bytes of all transcripts that wait, roughly.
    bytes: usize,
    /// The sessions whose transcripts this window shows.
    watched: BTreeSet<WatchedSession>,
    /// Whether a snapshot comes next, in place of everything about the fleet.
    wants_snapshot: bool,
    /// The watched sessions whose running texts this window may not have from their beginning.
    lacks_running: BTreeSet<WatchedSession>,
}

/// What a pending item is about, if a later one can take its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Thing {
    Instance(String),
    Session(String, String),
    Request(String, String),
    Message(WatchedSession, String),
    Todo(WatchedSession),
    Opencode,
    Versions,
    Settings,
    Notice(String),
    Prompts,
}

/// What `take` gives: a snapshot first, if asked for, then the items, then what runs.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// Whether the state as it is now comes first.
    pub(crate) snapshot: bool,
    /// In order.
    pub(crate) items: Vec<PushItem>,
    /// Sessions whose running texts come after the items.
    pub(crate) running: BTreeSet<WatchedSession>,
}

impl Queue {
    /// Items that may wait for a window that does not read.
    const MOST_ITEMS: usize = 4_096;
    /// Bytes of transcripts that may wait for a window that does not read.
    const MOST_BYTES: usize = 8 * 1024 * 1024;
    /// Places asked for that a window which does not read finds when it reads again.
    const MOST_PLACES: usize = 4;

    /// Of a window that has just opened: it gets a snapshot first.
    pub(crate) fn new() -> Self {
        Self { wants_snapshot: true, ..Self::default() }
    }

    /// Says which transcripts this window shows from now on, and in which of them a text runs.
    pub(crate) fn watch(
        &mut self,
        sessions: impl IntoIterator<Item = WatchedSession>,
        runs: impl Fn(&WatchedSession) -> bool,
    ) {
        self.watched = sessions.into_iter().collect();
        // Those watched before as well: who says its list again may have lost what it had.
        self.lacks_running = self.watched.iter().filter(|session| runs(session)).cloned().collect();
    }

    /// Whether the window shows this session's transcript.
    pub(crate) fn watches(&self, session: &WatchedSession) -> bool {
        self.watched.contains(session)
    }

    /// The transcripts of an instance that are on screen are to be read again.
    pub(crate) fn resync(&mut self, instance: &str) {
        let sessions: Vec<_> = self.watched.iter().filter(|session| session.instance == instance).cloned().collect();
        for session in sessions {
            self.lacks_running.insert(session.clone());
            self.add(transcript(session, TranscriptEvent::Resync));
        }
    }

    /// Whether there is something to push.
    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty() && !self.wants_snapshot && self.lacks_running.is_empty()
    }

    /// Drops what waits in favour of a snapshot; the transcripts on screen are read again.
    pub(crate) fn start_over(&mut self) {
        let mut kept: Vec<PushItem> =
            self.items.drain(..).flatten().filter(|item| matches!(item, PushItem::Navigate { .. })).collect();
        kept.drain(..kept.len().saturating_sub(Self::MOST_PLACES));
        self.forget_places();
        self.wants_snapshot = true;
        self.lacks_running.clone_from(&self.watched);
        for session in self.watched.clone() {
            self.add_last(transcript(session, TranscriptEvent::Resync));
        }
        for item in kept {
            self.add_last(item);
        }
    }

    /// Everything that waits; afterwards nothing does.
    pub(crate) fn take(&mut self) -> Taken {
        let items = self.items.drain(..).flatten().collect();
        self.forget_places();
        Taken {
            snapshot: std::mem::take(&mut self.wants_snapshot),
            items,
            running: std::mem::take(&mut self.lacks_running),
        }
    }

    /// Adds one change.
    pub(crate) fn add(&mut self, item: PushItem) {
        match item {
            PushItem::Transcript { instance, session, event } => {
                let session = WatchedSession { instance, session };
                if self.watched.contains(&session) {
                    self.add_transcript(session, event);
                }
            }
            PushItem::Navigate { .. } => self.add_last(item),
            // The snapshot will be taken later than this change and so contains it.
            _ if self.wants_snapshot => {}
            PushItem::InstanceGone { .. }
            | PushItem::SessionGone { .. }
            | PushItem::RequestGone { .. }
            | PushItem::NoticeGone { .. }
            | PushItem::Snapshot { .. } => {
                self.forget_places();
                self.add_last(item);
            }
            PushItem::Instance { ref instance } => self.put(Thing::Instance(instance.id.clone()), item),
            PushItem::Session { ref session } => {
                self.put(Thing::Session(session.instance.clone(), session.id.clone()), item);
            }
            PushItem::Request { ref request } => {
                self.put(Thing::Request(request.instance.clone(), request.id.clone()), item);
            }
            PushItem::Opencode { .. } => self.put(Thing::Opencode, item),
            PushItem::Versions { .. } => self.put(Thing::Versions, item),
            PushItem::Settings { .. } => self.put(Thing::Settings, item),
            PushItem::Prompts { .. } => self.put(Thing::Prompts, item),
            PushItem::Notice { ref notice } => self.put(Thing::Notice(notice.id.clone()), item),
        }
        if self.items.len() > Self::MOST_ITEMS || self.bytes > Self::MOST_BYTES {
            self.start_over();
        }
    }

    fn add_transcript(&mut self, session: WatchedSession, event: TranscriptEvent) {
        match event {
            TranscriptEvent::Delta { message, part, field, delta } => {
                self.add_delta(session, message, part, field, &delta);
            }
            TranscriptEvent::Part { part } => self.add_part(session, part),
            TranscriptEvent::Message { info } => match text_of(&info, "id") {
                Some(id) => {
                    let thing = Thing::Message(session.clone(), id.to_owned());
                    // A message that takes its earlier self's place is no barrier; a new one is.
                    if !self.places.contains_key(&thing) {
                        self.parts.remove(&session);
                    }
                    self.bytes += weight(&info);
                    self.put(thing, transcript(session, TranscriptEvent::Message { info }));
                }
                None => self.add_barrier(session, TranscriptEvent::Message { info }),
            },
            TranscriptEvent::Todo { todos } => {
                self.bytes += weight(&todos);
                let thing = Thing::Todo(session.clone());
                self.put(thing, transcript(session, TranscriptEvent::Todo { todos }));
            }
            TranscriptEvent::MessageGone { .. }
            | TranscriptEvent::PartGone { .. }
            | TranscriptEvent::Error { .. }
            | TranscriptEvent::Resync => self.add_barrier(session, event),
            // Never waits: it is made when the rest is taken.
            TranscriptEvent::Running { .. } => {}
        }
    }

    /// Adds an event that nothing of its session may be moved across.
    fn add_barrier(&mut self, session: WatchedSession, event: TranscriptEvent) {
        self.parts.remove(&session);
        self.places.retain(|thing, _| match thing {
            Thing::Message(of, _) | Thing::Todo(of) => *of != session,
            Thing::Instance(_)
            | Thing::Session(..)
            | Thing::Request(..)
            | Thing::Opencode
            | Thing::Versions
            | Thing::Settings
            | Thing::Prompts
            | Thing::Notice(_) => true,
        });
        self.add_last(transcript(session, event));
    }

    fn add_delta(&mut self, session: WatchedSession, message: String, part: String, field: String, delta: &str) {
        self.bytes += delta.len();
        let last = self.parts.get(&session).and_then(|parts| parts.get(&part)).and_then(|places| places.last());
        if let Some(&place) = last
            && let Some(PushItem::Transcript { event, .. }) = &mut self.items[place]
            && let TranscriptEvent::Delta { message: before, field: of, delta: text, .. } = event
            && *before == message
            && *of == field
        {
            text.push_str(delta);
            return;
        }
        let place = self.items.len();
        self.parts.entry(session.clone()).or_default().entry(part.clone()).or_default().push(place);
        let delta = delta.to_owned();
        self.add_last(transcript(session, TranscriptEvent::Delta { message, part, field, delta }));
    }

    fn add_part(&mut self, session: WatchedSession, part: Value) {
        self.bytes += weight(&part);
        let Some(id) = text_of(&part, "id").map(ToOwned::to_owned) else {
            return self.add_barrier(session, TranscriptEvent::Part { part });
        };
        let item = transcript(session.clone(), TranscriptEvent::Part { part });
        let end = self.items.len();
        let places = self.parts.entry(session).or_default().entry(id).or_default();
        // A full part holds all that its earlier selves and their deltas said. It stands where the first of them stood;
        // deltas alone, of a part that the window may have or not, hold no place among the parts.
        let mut earlier = std::mem::take(places);
        let is_part = |place: &usize| {
            matches!(&self.items[*place], Some(PushItem::Transcript { event: TranscriptEvent::Part { .. }, .. }))
        };
        let first = earlier.first().copied().filter(is_part);
        places.push(first.unwrap_or(end));
        earlier.drain(..usize::from(first.is_some()));
        for place in earlier {
            self.replace(place, None);
        }
        match first {
            Some(place) => self.replace(place, Some(item)),
            None => self.add_last(item),
        }
    }

    fn put(&mut self, thing: Thing, item: PushItem) {
        if let Some(&place) = self.places.get(&thing) {
            self.replace(place, Some(item));
        } else {
            self.places.insert(thing, self.items.len());
            self.add_last(item);
        }
    }

    fn replace(&mut self, place: usize, item: Option<PushItem>) {
        let before = std::mem::replace(&mut self.items[place], item);
        self.bytes = self.bytes.saturating_sub(before.as_ref().map_or(0, weight_of));
    }

    fn add_last(&mut self, item: PushItem) {
        self.items.push(Some(item));
    }

    fn forget_places(&mut self) {
        self.places.clear();
        self.parts.clear();
        if self.items.is_empty() {
            self.bytes = 0;
        }
    }
}

pub(super) fn transcript(session: WatchedSession, event: TranscriptEvent) -> PushItem {
    let WatchedSession { instance, session } = session;
    PushItem::Transcript { instance, session, event }
}

fn text_of<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
