//! A socket that leads to an engine, where a test answers in the engine's place what it wants.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What is said to a request, by its method and path; none: the engine says it.
type Saying = Arc<dyn Fn(&str, &str) -> Option<(u16, String)> + Send + Sync>;

/// A socket that leads to an engine's, one request at a time.
pub struct StandIn {
    folder: TempDir,
    saying: watch::Sender<Option<Saying>>,
    task: JoinHandle<()>,
}

impl StandIn {
    pub fn of(engine: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("s.sock")).unwrap();
        let saying = watch::Sender::new(None);
        let (engine, told) = (engine.to_owned(), saying.subscribe());
        let task = tokio::spawn(async move {
            let mut inside = tokio::task::JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                inside.spawn(pass(near, engine.clone(), told.clone()));
            }
        });
        Self { folder, saying, task }
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("s.sock")
    }

    /// As a profile names it.
    pub fn address(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// From now on this is said.
    pub fn says(&self, saying: impl Fn(&str, &str) -> Option<(u16, String)> + Send + Sync + 'static) {
        self.saying.send_replace(Some(Arc::new(saying)));
    }

    /// From now on the engine says everything itself.
    pub fn steps_aside(&self) {
        self.saying.send_replace(None);
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(mut near: UnixStream, engine: PathBuf, saying: watch::Receiver<Option<Saying>>) {
    let Some(head) = head(&mut near).await else { return };
    let mut words = head.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let saying = saying.borrow().clone();
    if let Some((status, said)) = saying.and_then(|saying| saying(method, path)) {
        let answer = format!(
            "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{said}",
            said.len()
        );
        let _gone = near.write_all(answer.as_bytes()).await;
        return;
    }
    let Ok(mut far) = UnixStream::connect(engine).await else { return };
    // One request for each connection, so that each is seen.
    let is_upgrade = head.to_lowercase().contains("\r\nupgrade:");
    let head = if is_upgrade { head } else { head.replacen("\r\n", "\r\nConnection: close\r\n", 1) };
    if far.write_all(head.as_bytes()).await.is_err() {
        return;
    }
    let (mut from_near, mut to_near) = near.split();
    let (mut from_far, mut to_far) = far.split();
    let asked = async {
        let _gone = copy(&mut from_near, &mut to_far).await;
        // Whoever asks may have said all, and waits for the answer.
        std::future::pending::<()>().await;
    };
    tokio::select! {
        _ = copy(&mut from_far, &mut to_near) => {}
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
