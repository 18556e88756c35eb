//! Before an instance sleeps: nobody else uses it, and what is needed to browse it is kept.

use std::path::{Path, PathBuf};

use opencode_api::{ApiError, Client, Method};
use serde_json::Value;

use super::super::context::Context;
use crate::directory::directory_of;
use crate::event::{Event, RunId};
use crate::files::kept_files::{self, Kept, KeptTranscript};
use crate::supervision::SupervisionEvent;
use crate::{FleetError, Instance, SessionId};

/// How many sessions are listed.
const LISTED: &str = "100";
/// Of how many sessions the end of the transcript is kept.
const SESSIONS: usize = 20;
/// How many messages are kept of each: what a window asks for at first, and once more.
const MESSAGES: [&str; 2] = ["60", "10"];
/// How large the transcript of one session may be; of a larger one fewer messages are kept.
const SESSION_BYTES: usize = 1 << 20;
/// How large all may be.
const ALL_BYTES: usize = 12 << 20;
/// What a view of a session asks for beside its messages.
const OTHERS: [&str; 2] = ["/agent", "/config/providers"];

/// Keeps what is needed, and reports whether it may sleep.
pub(super) async fn keep(context: Context, at: RunId) {
    let result = try_keep(&context, &at).await;
    if let Err(error) = &result {
        tracing::info!(instance = %at.instance, %error, "It is not put to sleep");
    }
    context.report(Event::Supervision(SupervisionEvent::Kept { at, result }));
}

async fn try_keep(context: &Context, at: &RunId) -> Result<(), FleetError> {
    let instance = context.states.borrow().instances.get(&at.instance).cloned();
    let instance = instance.ok_or_else(|| FleetError::NoSuchInstance { id: at.instance.clone() })?;
    let client = context
        .clients
        .get(&at.instance)
        .ok_or_else(|| FleetError::NotAnswering { name: instance.name.clone(), state: instance.state.word() })?;
    for directory in &instance.directories {
        if has_terminal(&client, directory).await? {
            return Err(FleetError::NotNow {
                name: instance.name.clone(),
                state: "in use by an open terminal",
                wanted: "put to sleep",
            });
        }
    }
    let kept = read(&client, &instance).await?;
    let id = at.instance.clone();
    let written = context.disk.run(move |folders| {
        let folder = folders.kept();
        kept_files::write(&folder, &id, &kept).map_err(|source| FleetError::File {
            action: "write into",
            path: folder,
            source,
        })
    });
    written.await.unwrap_or(Err(FleetError::Closed))
}

/// Whether a shell runs there that a person may have in front of them.
async fn has_terminal(client: &Client, directory: &Path) -> Result<bool, ApiError> {
    let terminals = match get(client, directory, "/pty", &[]).await {
        Ok((terminals, _)) => terminals,
        // An opencode that has none.
        Err(ApiError::NotFound { .. }) => return Ok(false),
        Err(error) => return Err(error),
    };
    let is_running = |terminal: &Value| terminal["status"] == "running";
    Ok(terminals.as_array().is_some_and(|terminals| terminals.iter().any(is_running)))
}

async fn read(client: &Client, instance: &Instance) -> Result<Kept, ApiError> {
    let (sessions, _) = get(client, &instance.directory, "/session", &[("limit", LISTED)]).await?;
    let sessions = match sessions {
        Value::Array(sessions) => sessions,
        _ => Vec::new(),
    };
    let mut kept = Kept { sessions, ..Kept::default() };
    let mut bytes = 0;
    let newest: Vec<(SessionId, PathBuf)> = kept.sessions.iter().take(SESSIONS).filter_map(place_of).collect();
    for (session, directory) in newest {
        for limit in MESSAGES {
            let path = format!("/session/{session}/message");
            let (messages, headers) = match get(client, &directory, &path, &[("limit", limit)]).await {
                Ok(read) => read,
                // Deleted a moment ago.
                Err(ApiError::NotFound { .. }) => break,
                Err(error) => return Err(error),
            };
            let size = messages.to_string().len();
            if size > SESSION_BYTES || bytes + size > ALL_BYTES {
                continue;
            }
            bytes += size;
            let older = headers.into_iter().find(|(name, _)| name == "x-next-cursor").map(|(_, cursor)| cursor);
            let Value::Array(messages) = messages else { break };
            kept.transcripts.push((session.clone(), KeptTranscript { messages, older }));
            break;
        }
    }
    for path in OTHERS {
        // A window does without.
        if let Ok((value, _)) = get(client, &instance.directory, path, &[]).await {
            kept.others.push((path.to_owned(), value));
        }
    }
    Ok(kept)
}

fn place_of(session: &Value) -> Option<(SessionId, PathBuf)> {
    Some((SessionId::from(session["id"].as_str()?), PathBuf::from(session["directory"].as_str()?)))
}

/// Reads as a window would.
async fn get(
    client: &Client,
    directory: &Path,
    path: &str,
    query: &[(&str, &str)],
) -> Result<(Value, Vec<(String, String)>), ApiError> {
    let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let forward = opencode_api::Forward {
        method: Method::Get,
        path: path.to_owned(),
        query,
        directory: directory_of(directory),
        body: None,
    };
    let answer = client.forward(forward).await?;
    if answer.status == 404 {
        let (code, message) = (String::new(), String::new());
        return Err(ApiError::NotFound { path: path.to_owned(), code, message });
    }
    if answer.status >= 300 {
        let message = String::from_utf8_lossy(&answer.body[..answer.body.len().min(200)]).into_owned();
        let code = String::new();
        return Err(ApiError::Refused { path: path.to_owned(), status: answer.status, code, message });
    }
    let value = serde_json::from_slice(&answer.body)
        .map_err(|error| ApiError::Malformed { path: path.to_owned(), problem: error.to_string() })?;
    Ok((value, answer.headers))
}
