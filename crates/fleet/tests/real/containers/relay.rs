//! A socket that leads to an engine, and passes on what it says late, or not at all.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How late news are: later than the engine's list knows of what they tell.
const LATE: Duration = Duration::from_millis(500);

/// A socket that leads to an engine's, one request at a time.
pub struct Relay {
    folder: TempDir,
    silenced: watch::Sender<Option<String>>,
    task: JoinHandle<()>,
}

impl Relay {
    pub fn to(engine: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("r.sock")).unwrap();
        let silenced = watch::Sender::new(None);
        let (engine, refused) = (Arc::new(engine.to_owned()), silenced.subscribe());
        let task = tokio::spawn(async move {
            let mut inside = tokio::task::JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                inside.spawn(pass(near, Arc::clone(&engine), refused.clone()));
            }
        });
        Self { folder, silenced, task }
    }

    /// As a profile names it.
    pub fn address(&self) -> String {
        format!("unix://{}", self.folder.path().join("r.sock").display())
    }

    /// From now on the engine fails whenever it is asked for this container in full.
    pub fn breaks(&self, container: &str) {
        self.silenced.send_replace(Some(container.to_owned()));
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(mut near: UnixStream, engine: Arc<PathBuf>, silenced: watch::Receiver<Option<String>>) {
    let Some(head) = head(&mut near).await else { return };
    let path = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let silenced = silenced.borrow().clone();
    if silenced.is_some_and(|container| path.contains(&format!("/containers/{container}/json"))) {
        let said = r#"{"message":"this container is broken"}"#;
        let length = said.len();
        let answer = format!(
            "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{said}"
        );
        let _gone = near.write_all(answer.as_bytes()).await;
        return;
    }
    let Ok(mut far) = UnixStream::connect(engine.as_path()).await else { return };
    // One request for each connection, so that each is seen.
    let is_upgrade = head.to_lowercase().contains("\r\nupgrade:");
    let head = if is_upgrade { head } else { head.replacen("\r\n", "\r\nConnection: close\r\n", 1) };
    if far.write_all(head.as_bytes()).await.is_err() {
        return;
    }
    let (mut from_near, mut to_near) = near.split();
    let (mut from_far, mut to_far) = far.split();
    let answered = async {
        if path.contains("/events") {
            let mut said = vec![0; 64 * 1024];
            while let Ok(length @ 1..) = from_far.read(&mut said).await {
                tokio::time::sleep(LATE).await;
                if to_near.write_all(&said[..length]).await.is_err() {
                    return;
                }
            }
        } else {
            let _gone = copy(&mut from_far, &mut to_near).await;
        }
    };
    let asked = async {
        let _gone = copy(&mut from_near, &mut to_far).await;
        // Whoever asks may have said all, and waits for the answer.
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = answered => {}
        () = asked => {}
    }
}

/// The first lines of a request, to the empty one.
async fn head(near: &mut UnixStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(near.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}
