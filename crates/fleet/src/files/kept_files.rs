//! What is kept of an instance that is asleep, so that its sessions can be read without a process: `<data>/kept/ID/`.
//!
//! The list of its sessions, the last messages of the newest, and what a view of a session asks for beside them.
//! All as the server gave it; what is left out or too large wakes the instance when it is asked for.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::atomic::{self, Durability};
use crate::{InstanceId, SessionId};

/// The file of the list; no session has this id.
const SESSIONS: &str = "sessions.json";
/// The file of the other answers.
const OTHERS: &str = "others.json";

/// What is kept of one instance.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// The list of sessions, last changed first.
    pub(crate) sessions: Vec<Value>,
    pub(crate) transcripts: Vec<(SessionId, KeptTranscript)>,
    /// Other reads of its own directory, by path.
    pub(crate) others: Vec<(String, Value)>,
}

/// The end of a session's transcript.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeptTranscript {
    /// Oldest first.
    pub(crate) messages: Vec<Value>,
    /// The server's own mark of where older ones begin; none: there are none.
    pub(crate) older: Option<String>,
}

fn folder(root: &Path, id: &InstanceId) -> PathBuf {
    root.join(id.as_str())
}

/// Keeps it, in place of what was kept before.
pub(crate) fn write(root: &Path, id: &InstanceId, kept: &Kept) -> io::Result<()> {
    remove(root, id)?;
    let folder = folder(root, id);
    for (session, transcript) in &kept.transcripts {
        if let Some(path) = transcript_path(&folder, session) {
            write_json(&path, transcript)?;
        }
    }
    write_json(&folder.join(OTHERS), &kept.others)?;
    // Last: where there is a list, there is the rest.
    write_json(&folder.join(SESSIONS), &kept.sessions)
}

fn write_json(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_vec(value).map_err(io::Error::other)?;
    atomic::write(path, &text, Durability::Buffered)
}

/// Forgets it; well if there is nothing.
pub(crate) fn remove(root: &Path, id: &InstanceId) -> io::Result<()> {
    // An id is a file name of ours; one from elsewhere must not lead out of the folder.
    if !is_plain(id.as_str()) {
        return Ok(());
    }
    super::well_if_gone(fs::remove_dir_all(folder(root, id)))
}

/// The list of sessions; none: nothing is kept.
pub(crate) fn sessions(root: &Path, id: &InstanceId) -> Option<Vec<Value>> {
    read_json(&folder(root, id).join(SESSIONS))
}

/// The end of a session's transcript, if it is kept.
pub(crate) fn transcript(root: &Path, id: &InstanceId, session: &str) -> Option<KeptTranscript> {
    read_json(&transcript_path(&folder(root, id), &SessionId::from(session))?)
}

/// Another read, if it is kept.
pub(crate) fn other(root: &Path, id: &InstanceId, path: &str) -> Option<Value> {
    let others: Vec<(String, Value)> = read_json(&folder(root, id).join(OTHERS))?;
    others.into_iter().find(|(kept, _)| kept == path).map(|(_, value)| value)
}

fn read_json<T: for<'a> Deserialize<'a>>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

fn transcript_path(folder: &Path, session: &SessionId) -> Option<PathBuf> {
    is_plain(session.as_str()).then(|| folder.join(format!("messages-{session}.json")))
}

/// Whether a server's id is fit for the name of a file.
fn is_plain(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    !id.is_empty() && id.len() <= 128 && id.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Kept, KeptTranscript, other, remove, sessions, transcript, write};
    use crate::{InstanceId, SessionId};

    #[test]
    fn gives_what_it_keeps_and_writes_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let (root, id) = (folder.path().join("kept"), InstanceId::from("abcd1234"));
        assert!(sessions(&root, &id).is_none());
        let messages = KeptTranscript { messages: vec![json!({"info": {"id": "msg_1"}})], older: Some("x".to_owned()) };
        let kept = Kept {
            sessions: vec![json!({"id": "ses_1"})],
            transcripts: vec![
                (SessionId::from("ses_1"), messages.clone()),
                (SessionId::from("../../escaped"), messages.clone()),
            ],
            others: vec![("/agent".to_owned(), json!([]))],
        };
        write(&root, &id, &kept).unwrap();
        assert_eq!(sessions(&root, &id).unwrap(), kept.sessions);
        assert_eq!(transcript(&root, &id, "ses_1").unwrap(), messages);
        assert_eq!(transcript(&root, &id, "../../escaped"), None);
        assert_eq!(other(&root, &id, "/agent"), Some(json!([])));
        assert_eq!(other(&root, &id, "/config"), None);
        assert_eq!(std::fs::read_dir(root.join("abcd1234")).unwrap().count(), 3);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        remove(&root, &InstanceId::from("..")).unwrap();
        remove(&root, &id).unwrap();
        remove(&root, &id).unwrap();
        assert!(sessions(&root, &id).is_none());
    }
}
