//! A session, as far as we need to know it.

use serde::{Deserialize, Deserializer};

use crate::{Directory, SessionId};

/// A session of opencode. Only what lists and routing need; the rest stays with the server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "SessionWire")]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Its title; empty if it has none.
    pub title: String,
    /// The session that started it, for a sub-agent.
    pub parent_id: Option<SessionId>,
    /// The directory that it works in, which is not quite what the server stored: see `Directory`.
    pub directory: String,
    /// When it was made, in ms since the epoch by the server's clock.
    pub created_ms: u64,
    /// When it last changed, likewise.
    pub updated_ms: u64,
    /// When it was archived, if it was.
    pub archived_ms: Option<u64>,
}

/// Whether a session runs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "StatusWire")]
pub enum SessionStatus {
    /// No turn runs.
    Idle,
    /// A turn runs.
    Busy,
    /// The provider refused; the server tries again.
    Retry {
        /// How often it has tried.
        attempt: u32,
        /// What the provider said.
        message: String,
        /// When it tries next, in ms since the epoch.
        next_ms: u64,
    },
}

#[derive(Deserialize)]
struct SessionWire {
    id: SessionId,
    #[serde(default)]
    title: String,
    #[serde(rename = "parentID")]
    parent_id: Option<SessionId>,
    #[serde(default)]
    directory: String,
    #[serde(default)]
    time: TimeWire,
}

#[derive(Default, Deserialize)]
struct TimeWire {
    #[serde(default, deserialize_with = "milliseconds")]
    created: u64,
    #[serde(default, deserialize_with = "milliseconds")]
    updated: u64,
    #[serde(default, deserialize_with = "some_milliseconds")]
    archived: Option<u64>,
}

impl From<SessionWire> for Session {
    fn from(wire: SessionWire) -> Self {
        Self {
            id: wire.id,
            title: wire.title,
            parent_id: wire.parent_id,
            directory: Directory::of_stored(&wire.directory).to_string(),
            created_ms: wire.time.created,
            updated_ms: wire.time.updated,
            archived_ms: wire.time.archived,
        }
    }
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum StatusWire {
    Idle,
    Busy,
    Retry {
        #[serde(default)]
        attempt: u32,
        #[serde(default)]
        message: String,
        #[serde(default, deserialize_with = "milliseconds")]
        next: u64,
    },
}

impl From<StatusWire> for SessionStatus {
    fn from(wire: StatusWire) -> Self {
        match wire {
            StatusWire::Idle => Self::Idle,
            StatusWire::Busy => Self::Busy,
            StatusWire::Retry { attempt, message, next } => Self::Retry { attempt, message, next_ms: next },
        }
    }
}

/// The server's numbers are JavaScript's: a whole number may come with a fraction.
fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    f64::deserialize(deserializer).map(whole)
}

fn some_milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(Option::<f64>::deserialize(deserializer)?.map(whole))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, which is what we want"
)]
fn whole(number: f64) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use super::{Session, SessionStatus};

    #[test]
    fn reads_a_whole_session_and_a_bare_one() {
        let session: Session = serde_json::from_str(
            r#"{"id":"ses_1","slug":"x","title":"Hello","parentID":"ses_0","directory":"/p",
                "time":{"created":1700000000001,"updated":1700000000002.5,"archived":3},"new":{"field":1}}"#,
        )
        .expect("a session");
        assert_eq!(session.parent_id.as_ref().map(crate::SessionId::as_str), Some("ses_0"));
        assert_eq!(
            (session.created_ms, session.updated_ms, session.archived_ms),
            (1_700_000_000_001, 1_700_000_000_002, Some(3))
        );

        let bare: Session = serde_json::from_str(r#"{"id":"ses_2"}"#).expect("a session");
        assert_eq!((bare.title.as_str(), bare.created_ms, bare.archived_ms), ("", 0, None));
    }

    #[test]
    fn reads_every_status() {
        let cases = [
            (r#"{"type":"idle"}"#, SessionStatus::Idle),
            (r#"{"type":"busy","step":3}"#, SessionStatus::Busy),
            (
                r#"{"type":"retry","attempt":2,"message":"Too many","next":17,"action":{"label":"x"}}"#,
                SessionStatus::Retry { attempt: 2, message: "Too many".to_owned(), next_ms: 17 },
            ),
        ];
        for (json, status) in cases {
            assert_eq!(serde_json::from_str::<SessionStatus>(json).expect(json), status);
        }
        assert!(serde_json::from_str::<SessionStatus>(r#"{"type":"sleepy"}"#).is_err());
    }
}
