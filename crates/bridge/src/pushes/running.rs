//! The texts that run: what was said so far of parts that are not finished.
//!
//! opencode stores the text of a part when it begins and when it ends; in between only the deltas carry it, and nothing gives them again.
//! So a window that opens a session in the middle of a text gets its beginning from here.
//! Pure and bounded; knows nothing of windows.

use std::collections::VecDeque;

use fleet::{TranscriptEvent, Value};

use crate::messages::{self, WatchedSession};

/// The field that whole parts carry their text in.
const TEXT: &str = "text";

/// The texts that run in any session.
#[derive(Debug, Default)]
pub(crate) struct RunningTexts {
    /// Oldest first. There are few, and the one that grows is among the last.
    texts: VecDeque<RunningText>,
    /// Bytes of all texts.
    bytes: usize,
}

#[derive(Debug)]
struct RunningText {
    session: WatchedSession,
    message: String,
    part: String,
    field: String,
    text: String,
}

impl RunningTexts {
    /// Texts that are kept; the oldest makes room.
    const MOST_TEXTS: usize = 256;
    /// Bytes of all of them; the oldest makes room.
    const MOST_BYTES: usize = 4 * 1024 * 1024;

    /// Takes in what happened in a session.
    pub(crate) fn apply(&mut self, session: &WatchedSession, event: &TranscriptEvent) {
        match event {
            TranscriptEvent::Delta { message, part, field, delta } => {
                let (message, part) = (message.as_str(), part.as_str());
                self.add(session, message, part, field, delta);
            }
            TranscriptEvent::Part { part } => self.apply_part(session, part),
            TranscriptEvent::PartGone { part, .. } => self.forget_part(session, part.as_str()),
            TranscriptEvent::Message { info } => {
                if let Some(message) = text_of(info, "id")
                    && info.pointer("/time/completed").is_some_and(|time| !time.is_null())
                {
                    self.forget_message(session, message);
                }
            }
            TranscriptEvent::MessageGone { message } => self.forget_message(session, message.as_str()),
            // Whether the turn goes on is told by the session.
            TranscriptEvent::Error { .. } | TranscriptEvent::Todo { .. } => {}
        }
    }

    /// Nothing runs in that session any more.
    pub(crate) fn end_session(&mut self, session: &WatchedSession) {
        self.forget(|text| text.session == *session);
    }

    /// Nothing runs in that instance any more.
    pub(crate) fn end_instance(&mut self, instance: &str) {
        self.forget(|text| text.session.instance == instance);
    }

    /// Whether anything runs in that session.
    pub(crate) fn runs(&self, session: &WatchedSession) -> bool {
        self.texts.iter().any(|text| text.session == *session)
    }

    /// What runs in that session, oldest first.
    pub(crate) fn of<'a>(
        &'a self,
        session: &'a WatchedSession,
    ) -> impl Iterator<Item = messages::TranscriptEvent> + use<'a> {
        self.texts.iter().filter(move |text| text.session == *session).map(|text| messages::TranscriptEvent::Running {
            message: text.message.clone(),
            part: text.part.clone(),
            field: text.field.clone(),
            text: text.text.clone(),
        })
    }

    /// A whole part says all that its deltas said before it, and while it runs those that follow go on from there.
    fn apply_part(&mut self, session: &WatchedSession, part: &Value) {
        let (Some(id), Some(message)) = (text_of(part, "id"), text_of(part, "messageID")) else { return };
        let is_set = |time: &str| part.pointer(time).is_some_and(|time| !time.is_null());
        if is_set("/time/end") {
            return self.forget_part(session, id);
        }
        let said = text_of(part, TEXT).unwrap_or_default();
        let is_behind = |known: &RunningText| known.field == TEXT && known.text.len() > said.len();
        if self.texts.iter().any(|known| known.is_of(session, id) && is_behind(known)) {
            return;
        }
        self.forget_part(session, id);
        // The parts of a prompt never ran.
        if is_set("/time/start") && !said.is_empty() {
            self.add(session, message, id, TEXT, said);
        }
    }

    fn add(&mut self, session: &WatchedSession, message: &str, part: &str, field: &str, added: &str) {
        self.bytes += added.len();
        let known = self.texts.iter_mut().rev().find(|text| text.is_of(session, part) && text.field == field);
        if let Some(known) = known {
            known.text.push_str(added);
        } else {
            self.texts.push_back(RunningText {
                session: session.clone(),
                message: message.to_owned(),
                part: part.to_owned(),
                field: field.to_owned(),
                text: added.to_owned(),
            });
        }
        while self.texts.len() > Self::MOST_TEXTS || self.bytes > Self::MOST_BYTES {
            let Some(oldest) = self.texts.pop_front() else { break };
            self.bytes -= oldest.text.len();
        }
    }

    fn forget_part(&mut self, session: &WatchedSession, part: &str) {
        self.forget(|text| text.is_of(session, part));
    }

    fn forget_message(&mut self, session: &WatchedSession, message: &str) {
        self.forget(|text| text.message == message && text.session == *session);
    }

    fn forget(&mut self, which: impl Fn(&RunningText) -> bool) {
        self.texts.retain(|text| !which(text));
        self.bytes = self.texts.iter().map(|text| text.text.len()).sum();
    }
}

impl RunningText {
    fn is_of(&self, session: &WatchedSession, part: &str) -> bool {
        self.part == part && self.session == *session
    }
}

fn text_of<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

#[cfg(test)]
#[path = "running_tests.rs"]
mod tests;
