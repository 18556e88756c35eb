//! A socket that leads to an engine, where a test answers in the engine's place what it wants.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use tokio::io::copy;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::one_request;

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
    let Some(head) = one_request::head(&mut near).await else { return };
    let mut words = head.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let saying = saying.borrow().clone();
    if let Some((status, said)) = saying.and_then(|saying| saying(method, path)) {
        one_request::answer(&mut near, status, &said).await;
        return;
    }
    let Some(mut far) = one_request::ask(&engine, head).await else { return };
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
