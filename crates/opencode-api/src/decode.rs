//! One event of the stream, from its text to what it means.

use std::borrow::Cow;
use std::fmt::Display;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::{
    Envelope, MessageId, PartId, PermissionRequest, QuestionRequest, RequestId, ServerEvent, Session, SessionId,
    SessionStatus,
};

/// Kinds that nobody needs and of which there are many: the doubles of all durable events, one for each plugin
/// when a directory is opened, and so on. They are dropped before their content is looked at.
const NOISE: [&str; 6] =
    ["sync", "plugin.added", "catalog.updated", "reference.updated", "integration.updated", "models-dev.refreshed"];

/// Reads the data of one event of `GET /global/event`. None for noise. Never fails: what cannot be read is
/// [`ServerEvent::Malformed`].
pub fn decode_event(data: &[u8]) -> Option<Envelope> {
    let text = match std::str::from_utf8(data) {
        Ok(text) => text,
        Err(error) => return Some(malformed(None, None, &error)),
    };
    let outer: Outer = match serde_json::from_str(text) {
        Ok(outer) => outer,
        Err(error) => return Some(malformed(None, None, &error)),
    };
    let directory = outer.directory.map(Cow::into_owned);
    let kind = outer.payload.kind;
    if NOISE.contains(&&*kind) {
        return None;
    }
    let properties = outer.payload.properties.map_or("{}", RawValue::get);
    Some(match decode_properties(&kind, properties) {
        Ok(event) => Envelope { directory, event },
        Err(error) => malformed(directory, Some(kind.into_owned()), &error),
    })
}

fn malformed(directory: Option<String>, kind: Option<String>, problem: &dyn Display) -> Envelope {
    Envelope { directory, event: ServerEvent::Malformed { kind, problem: problem.to_string() } }
}

/// The frame, with the content left as text until we know that we want it.
#[derive(Deserialize)]
struct Outer<'a> {
    #[serde(borrow)]
    directory: Option<Cow<'a, str>>,
    #[serde(borrow)]
    payload: Payload<'a>,
}

#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    properties: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct OfSession {
    #[serde(rename = "sessionID")]
    session: SessionId,
}

#[derive(Deserialize)]
struct WithSession {
    info: Session,
}

#[derive(Deserialize)]
struct Status {
    #[serde(rename = "sessionID")]
    session: SessionId,
    status: SessionStatus,
}

#[derive(Deserialize)]
struct Failure {
    #[serde(rename = "sessionID")]
    session: Option<SessionId>,
    #[serde(default)]
    error: Value,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "sessionID")]
    session: Option<SessionId>,
    info: Value,
}

#[derive(Deserialize)]
struct OfMessage {
    #[serde(rename = "sessionID")]
    session: SessionId,
    #[serde(rename = "messageID")]
    message: MessageId,
}

#[derive(Deserialize)]
struct Part {
    part: Value,
}

#[derive(Deserialize)]
struct PartHead {
    id: PartId,
    #[serde(rename = "sessionID")]
    session: SessionId,
    #[serde(rename = "messageID")]
    message: MessageId,
}

#[derive(Deserialize)]
struct OfPart {
    #[serde(rename = "sessionID")]
    session: SessionId,
    #[serde(rename = "messageID")]
    message: MessageId,
    #[serde(rename = "partID")]
    part: PartId,
}

#[derive(Deserialize)]
struct Delta {
    #[serde(rename = "sessionID")]
    session: SessionId,
    #[serde(rename = "messageID")]
    message: MessageId,
    #[serde(rename = "partID")]
    part: PartId,
    field: String,
    #[serde(rename = "delta")]
    added: String,
}

#[derive(Deserialize)]
struct Answered {
    #[serde(rename = "sessionID")]
    session: SessionId,
    #[serde(rename = "requestID")]
    request: RequestId,
}

#[derive(Deserialize)]
struct Todos {
    #[serde(rename = "sessionID")]
    session: SessionId,
    #[serde(default)]
    todos: Value,
}

#[derive(Deserialize)]
struct Disposed {
    directory: String,
}

fn decode_properties(kind: &str, properties: &str) -> Result<ServerEvent, serde_json::Error> {
    fn read<T: DeserializeOwned>(properties: &str) -> Result<T, serde_json::Error> {
        serde_json::from_str(properties)
    }

    Ok(match kind {
        "server.connected" => ServerEvent::Connected,
        "server.heartbeat" => ServerEvent::Heartbeat,
        "session.created" => ServerEvent::SessionCreated(read::<WithSession>(properties)?.info),
        "session.updated" => ServerEvent::SessionUpdated(read::<WithSession>(properties)?.info),
        "session.deleted" => ServerEvent::SessionDeleted(read::<WithSession>(properties)?.info),
        "session.status" => {
            let Status { session, status } = read(properties)?;
            ServerEvent::SessionStatus { session, status }
        }
        "session.idle" => {
            let OfSession { session } = read(properties)?;
            ServerEvent::SessionIdle { session }
        }
        "session.error" => {
            let Failure { session, error } = read(properties)?;
            ServerEvent::SessionError { session, error }
        }
        "message.updated" => {
            let Message { session, info } = read(properties)?;
            let session = match session {
                Some(session) => session,
                None => OfSession::deserialize(&info)?.session,
            };
            ServerEvent::MessageUpdated { session, info }
        }
        "message.removed" => {
            let OfMessage { session, message } = read(properties)?;
            ServerEvent::MessageRemoved { session, message }
        }
        "message.part.updated" => {
            let Part { part } = read(properties)?;
            let PartHead { id, session, message } = PartHead::deserialize(&part)?;
            ServerEvent::PartUpdated { session, message, part_id: id, part }
        }
        "message.part.removed" => {
            let OfPart { session, message, part } = read(properties)?;
            ServerEvent::PartRemoved { session, message, part }
        }
        "message.part.delta" => {
            let Delta { session, message, part, field, added } = read(properties)?;
            ServerEvent::PartDelta { session, message, part, field, delta: added }
        }
        "permission.asked" => ServerEvent::PermissionAsked(read::<PermissionRequest>(properties)?),
        "permission.replied" => {
            let Answered { session, request } = read(properties)?;
            ServerEvent::PermissionReplied { session, request }
        }
        "question.asked" => ServerEvent::QuestionAsked(read::<QuestionRequest>(properties)?),
        "question.replied" => {
            let Answered { session, request } = read(properties)?;
            ServerEvent::QuestionReplied { session, request }
        }
        "question.rejected" => {
            let Answered { session, request } = read(properties)?;
            ServerEvent::QuestionRejected { session, request }
        }
        "todo.updated" => {
            let Todos { session, todos } = read(properties)?;
            ServerEvent::TodoUpdated { session, todos }
        }
        "server.instance.disposed" => {
            ServerEvent::InstanceDisposed { directory: read::<Disposed>(properties)?.directory }
        }
        "global.disposed" => ServerEvent::AllDisposed,
        other => ServerEvent::Other { kind: other.to_owned() },
    })
}
