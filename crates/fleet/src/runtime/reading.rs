//! Reading everything that a server holds: its sessions, what they do, what they wait for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use opencode_api::{ApiError, Client};

use super::context::Context;
use crate::directory::directory_of;
use crate::event::{Answer, DirectorySnapshot, Event, RunId, Snapshot};
use crate::{RequestId, SessionId};

/// How many sessions are read.
const SESSIONS: u32 = 100;

/// Reads everything.
pub(super) async fn everything(context: &Context, at: &RunId, client: &Client) -> Result<Snapshot, ApiError> {
    let instance = context.states.borrow().instances.get(&at.instance).cloned();
    let Some(instance) = instance else {
        return Ok(Snapshot { sessions: Vec::new(), directories: BTreeMap::new() });
    };
    let sessions = client.sessions(&directory_of(&instance.directory), SESSIONS).await?;
    let mut directories = BTreeMap::new();
    for directory in &instance.directories {
        directories.insert(directory.clone(), one(client, directory).await?);
    }
    Ok(Snapshot { sessions, directories })
}

async fn one(client: &Client, directory: &Path) -> Result<DirectorySnapshot, ApiError> {
    let directory = directory_of(directory);
    // Requests first: one whose session is idle in a status read later is surely stale.
    let permissions = client.permissions(&directory).await?;
    let questions = client.questions(&directory).await?;
    let statuses = client.session_status(&directory).await?;
    Ok(DirectorySnapshot { statuses, permissions, questions })
}

/// Reads one session.
pub(super) async fn session(context: Context, at: RunId, client: Client, directory: PathBuf, session: SessionId) {
    match client.session(&directory_of(&directory), &session).await {
        Ok(read) => context.report(Event::SessionRead { at, session: Box::new(read) }),
        // The next full reading will bring it, or it is gone.
        Err(error) => tracing::debug!(%error, %session, "A session was not read"),
    }
}

/// Answers a request.
pub(super) async fn reply(
    client: Client,
    directory: PathBuf,
    request: RequestId,
    answer: Answer,
) -> Result<(), ApiError> {
    let directory = directory_of(&directory);
    match answer {
        Answer::Permission { reply, message } => {
            client.reply_permission(&directory, &request, reply, message.as_deref()).await
        }
        Answer::Question { answers } => client.reply_question(&directory, &request, answers).await,
        Answer::Dismiss => client.reject_question(&directory, &request).await,
    }
}
