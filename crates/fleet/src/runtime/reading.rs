//! Reading everything that a server holds: its sessions, what they do, what they wait for. Of a directory that alone cannot be read, the person is told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use opencode_api::{ApiError, Client};

use super::context::Context;
use crate::directory::directory_of;
use crate::event::{Answer, DirectorySnapshot, Event, RunId, Snapshot};
use crate::notice::AboutInstance;
use crate::{InstanceId, Notice, NoticeId, NoticeLevel, RequestId, SessionId};

/// How many sessions are read.
const SESSIONS: u32 = 100;

/// Everything that could be read.
pub(super) struct Read {
    pub(super) snapshot: Snapshot,
    /// Directories beside the instance's own that the server tells nothing of, and why. What was known of them stays.
    pub(super) unread: BTreeMap<PathBuf, String>,
}

/// Reads everything. What is wrong in one directory beside its own says nothing of the others.
pub(super) async fn everything(context: &Context, at: &RunId, client: &Client) -> Result<Read, ApiError> {
    let instance = context.states.borrow().instances.get(&at.instance).cloned();
    let mut read =
        Read { snapshot: Snapshot { sessions: Vec::new(), directories: BTreeMap::new() }, unread: BTreeMap::new() };
    let Some(instance) = instance else { return Ok(read) };
    read.snapshot.sessions = client.sessions(&directory_of(&instance.directory), SESSIONS).await?;
    for directory in &instance.directories {
        match one(client, directory).await {
            Ok(told) => drop(read.snapshot.directories.insert(directory.clone(), told)),
            Err(error) if *directory == instance.directory || is_of_the_server(&error) => return Err(error),
            Err(error) => drop(read.unread.insert(directory.clone(), error.to_string())),
        }
    }
    Ok(read)
}

/// Whether an error is about the server as a whole, and not about what was asked.
fn is_of_the_server(error: &ApiError) -> bool {
    match error {
        ApiError::Unreachable { .. }
        | ApiError::Certificate { .. }
        | ApiError::Encryption { .. }
        | ApiError::Authorities { .. }
        | ApiError::Moved { .. }
        | ApiError::Timeout { .. }
        | ApiError::Unauthorized { .. }
        | ApiError::StreamStalled { .. }
        | ApiError::StreamBroken { .. } => true,
        ApiError::NotFound { .. }
        | ApiError::Refused { .. }
        | ApiError::Configuration { .. }
        | ApiError::Malformed { .. }
        | ApiError::NotForwardable { .. } => false,
    }
}

/// What the person is told of directories that could not be read, while a server is read from. When that ends, so does what was told.
pub(super) struct Telling {
    context: Context,
    instance: InstanceId,
}

impl Telling {
    pub(super) fn of(context: &Context, at: &RunId) -> Self {
        Self { context: context.clone(), instance: at.instance.clone() }
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        self.context.report(Event::NoticeOver(notice_id(&self.instance)));
    }
}

/// Tells of directories that could not be read, or that all could. Whether something is wrong that was not told before.
pub(super) fn tell(context: &Context, at: &RunId, unread: &BTreeMap<PathBuf, String>) -> bool {
    let id = notice_id(&at.instance);
    let (before, name) = {
        let state = context.states.borrow();
        let name = state.instances.get(&at.instance).map(|instance| instance.name.clone());
        (state.notices.get(&id).cloned(), name.unwrap_or_default())
    };
    match notice(id.clone(), &name, unread) {
        Some(notice) if before.as_ref() == Some(&notice) => false,
        Some(notice) => {
            tracing::warn!(instance = %at.instance, "{}", notice.message);
            context.report(Event::NoticeRaised(notice));
            true
        }
        None => {
            context.report(Event::NoticeOver(id));
            false
        }
    }
}

fn notice(id: NoticeId, name: &str, unread: &BTreeMap<PathBuf, String>) -> Option<Notice> {
    let (directory, reason) = unread.first_key_value()?;
    let others = match unread.len() - 1 {
        0 => String::new(),
        1 => "; nor in 1 other directory".to_owned(),
        others => format!("; nor in {others} other directories"),
    };
    Some(Notice {
        id,
        level: NoticeLevel::Warning,
        message: format!("`{name}` does not tell what goes on in `{}`: {reason}{others}", directory.display()),
        hint: Some("Correct what it names and restart the instance; its own directory goes on".to_owned()),
    })
}

fn notice_id(instance: &InstanceId) -> NoticeId {
    AboutInstance::Unread.of(instance)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;
    use std::time::Duration;

    use opencode_api::ApiError;

    use super::{is_of_the_server, notice, notice_id};
    use crate::InstanceId;

    #[test]
    fn only_what_is_about_the_server_fails_the_whole_reading() {
        let text = String::new;
        let cause = || Arc::new(std::io::Error::other("reset"));
        for (error, expected) in [
            (ApiError::Unreachable { address: text(), source: cause() }, true),
            (ApiError::Timeout { address: text(), waited: Duration::from_secs(1) }, true),
            (ApiError::Unauthorized { address: text() }, true),
            (ApiError::StreamStalled { silent: Duration::from_secs(1) }, true),
            (ApiError::StreamBroken { source: cause() }, true),
            (ApiError::Configuration { file: text(), message: text() }, false),
            (ApiError::NotFound { path: text(), code: text(), message: text() }, false),
            (ApiError::Refused { path: text(), status: 500, code: text(), message: text() }, false),
            (ApiError::Malformed { path: text(), problem: text() }, false),
            (ApiError::NotForwardable { path: text(), problem: text() }, false),
        ] {
            assert_eq!(is_of_the_server(&error), expected, "{error}");
        }
    }

    #[test]
    fn a_notice_names_the_directory_and_the_reason_and_counts_the_others() {
        let message = |unread: &[(&str, &str)]| {
            let unread: BTreeMap<_, _> =
                unread.iter().map(|(directory, reason)| (directory.into(), (*reason).to_owned())).collect();
            notice(notice_id(&InstanceId::from("aaaaaaaa")), "site", &unread).map(|notice| notice.message)
        };
        assert_eq!(message(&[]), None);
        let first = "`site` does not tell what goes on in `/a`: bad";
        assert_eq!(message(&[("/a", "bad")]).as_deref(), Some(first));
        let two = format!("{first}; nor in 1 other directory");
        assert_eq!(message(&[("/b", "worse"), ("/a", "bad")]), Some(two));
        let three = format!("{first}; nor in 2 other directories");
        assert_eq!(message(&[("/b", "worse"), ("/a", "bad"), ("/c", "bad")]), Some(three));
    }
}
