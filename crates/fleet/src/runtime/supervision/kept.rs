//! Answers for an instance that is asleep, from what is kept of it, as its server would give them.
//!
//! What is not answered here is not kept: it wakes the instance.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use opencode_api::{Forwarded, Method};
use serde_json::{Value, json};

use crate::Instance;
use crate::files::kept_files::{self, KeptTranscript};
use crate::handle::Forward;

/// Marks an answer from what is kept.
const MARK: &str = "x-portal-kept";
/// Where a page's older messages begin, as the server names it.
const CURSOR: &str = "x-next-cursor";

/// The answer to a read, if what is kept has it.
pub(crate) fn answer(root: &Path, instance: &Instance, forward: &Forward) -> Option<Forwarded> {
    if forward.method != Method::Get {
        return None;
    }
    let sessions = kept_files::sessions(root, &instance.id)?;
    let is_own =
        forward.directory.as_ref().is_none_or(|directory| Path::new(directory) == instance.directory.as_path());
    let parts: Vec<&str> = forward.path.trim_matches('/').split('/').collect();
    let session_of = |id: &str| sessions.iter().find(|session| session["id"] == id).cloned();
    match parts[..] {
        // Nothing runs, nothing waits.
        ["session", "status"] => Some(answer_of(&json!({}), None)),
        ["permission" | "question"] => Some(answer_of(&json!([]), None)),
        ["session"] if is_own => list(sessions, &forward.query),
        ["session", id] => Some(answer_of(&session_of(id)?, None)),
        ["session", id, "children"] => {
            session_of(id)?;
            Some(answer_of(&sessions.iter().filter(|session| session["parentID"] == id).collect::<Vec<_>>(), None))
        }
        ["session", id, "message"] => page(&kept_files::transcript(root, &instance.id, id)?, &forward.query),
        _ if is_own && forward.query.is_empty() => {
            Some(answer_of(&kept_files::other(root, &instance.id, &forward.path)?, None))
        }
        _ => None,
    }
}

/// The list of sessions. A search or another narrowing is the server's.
fn list(sessions: Vec<Value>, query: &[(String, String)]) -> Option<Forwarded> {
    let mut listed = sessions;
    for (name, value) in query {
        match (name.as_str(), value.as_str()) {
            ("limit", limit) => listed.truncate(limit.parse().ok()?),
            ("roots", "true") => listed.retain(|session| session["parentID"].is_null()),
            ("roots", "false") => {}
            _ => return None,
        }
    }
    Some(answer_of(&listed, None))
}

/// A page of a transcript: the newest messages, or those before a cursor.
fn page(kept: &KeptTranscript, query: &[(String, String)]) -> Option<Forwarded> {
    let mut limit = None;
    let mut end = kept.messages.len();
    for (name, value) in query {
        match name.as_str() {
            "limit" => limit = value.parse::<usize>().ok().filter(|limit| *limit > 0),
            "before" => end = kept.messages.iter().position(|message| cursor(message).as_ref() == Some(value))?,
            _ => return None,
        }
    }
    let begin = match limit {
        Some(limit) => end.saturating_sub(limit),
        // Everything was asked for: only what is whole may be given.
        None if kept.older.is_none() => 0,
        None => return None,
    };
    if begin == end && kept.older.is_some() {
        return None;
    }
    let older = if begin > 0 { cursor(&kept.messages[begin]) } else { kept.older.clone() };
    Some(answer_of(&kept.messages[begin..end], older))
}

/// How the server names the place before a message.
fn cursor(message: &Value) -> Option<String> {
    let (id, time) = (message["info"]["id"].as_str()?, message["info"]["time"]["created"].as_u64()?);
    // In this order, as the server writes it.
    Some(URL_SAFE_NO_PAD.encode(format!(r#"{{"id":{},"time":{time}}}"#, Value::from(id))))
}

fn answer_of(body: &(impl serde::Serialize + ?Sized), older: Option<String>) -> Forwarded {
    let body = serde_json::to_vec(body).map(Bytes::from).unwrap_or_default();
    let mut headers =
        vec![("content-type".to_owned(), "application/json".to_owned()), (MARK.to_owned(), "true".to_owned())];
    headers.extend(older.map(|cursor| (CURSOR.to_owned(), cursor)));
    Forwarded { status: 200, headers, body }
}
