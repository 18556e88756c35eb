//! A socket that leads to an engine, and passes on what it says late, or only in part, or not at all.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::one_request;

/// How late news are: later than the engine's list knows of what they tell.
const LATE: Duration = Duration::from_millis(500);

/// What does not go as it should.
#[derive(Clone, Default)]
struct Faults {
    /// The engine fails whenever it is asked for this container in full.
    broken: Option<String>,
    /// How often it did since the last news were passed on.
    failures: usize,
    /// How many news were passed on.
    news: usize,
    /// The next list that is asked for is never told.
    swallows: bool,
    /// How often the output of containers was cut off, as an engine does that has lost it.
    cuts: usize,
}

/// A socket that leads to an engine's, one request at a time.
pub struct Relay {
    folder: TempDir,
    faults: watch::Sender<Faults>,
    task: JoinHandle<()>,
}

impl Relay {
    pub fn to(engine: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("r.sock")).unwrap();
        let faults = watch::Sender::new(Faults::default());
        let (engine, of_each) = (Arc::new(engine.to_owned()), faults.clone());
        let task = tokio::spawn(async move {
            let mut inside = tokio::task::JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                inside.spawn(pass(near, Arc::clone(&engine), of_each.clone()));
            }
        });
        Self { folder, faults, task }
    }

    /// As a profile names it.
    pub fn address(&self) -> String {
        format!("unix://{}", self.folder.path().join("r.sock").display())
    }

    /// From now on the engine fails whenever it is asked for this container in full.
    pub fn breaks(&self, container: &str) {
        self.faults.send_modify(|faults| faults.broken = Some(container.to_owned()));
    }

    /// That is over.
    pub fn mends(&self) {
        self.faults.send_modify(|faults| faults.broken = None);
    }

    /// How many pieces of news were passed on.
    pub fn news(&self) -> usize {
        self.faults.borrow().news
    }

    /// How often it has failed so since the last of them.
    pub fn failures(&self) -> usize {
        self.faults.borrow().failures
    }

    /// Keeps the next list to itself; ready when somebody waits for it.
    pub async fn swallows_a_list(&self) {
        self.faults.send_modify(|faults| faults.swallows = true);
        let mut faults = self.faults.subscribe();
        let _gone = faults.wait_for(|faults| !faults.swallows).await;
    }

    /// Ends what is passed on of the output of containers, as if there were no more.
    pub fn cuts_output(&self) {
        self.faults.send_modify(|faults| faults.cuts += 1);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(mut near: UnixStream, engine: Arc<PathBuf>, faults: watch::Sender<Faults>) {
    let Some(head) = one_request::head(&mut near).await else { return };
    let path = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let Faults { broken, swallows, cuts, .. } = faults.borrow().clone();
    if swallows && path.contains("/containers/json") {
        faults.send_modify(|faults| faults.swallows = false);
        return std::future::pending().await;
    }
    if broken.is_some_and(|container| path.contains(&format!("/containers/{container}/json"))) {
        faults.send_modify(|faults| faults.failures += 1);
        one_request::answer(&mut near, 500, r#"{"message":"this container is broken"}"#).await;
        return;
    }
    let Some(mut far) = one_request::ask(&engine, head).await else { return };
    let (mut from_near, mut to_near) = near.split();
    let (mut from_far, mut to_far) = far.split();
    let answered = async {
        if path.contains("/events") {
            let mut said = vec![0; 64 * 1024];
            while let Ok(length @ 1..) = from_far.read(&mut said).await {
                tokio::time::sleep(LATE).await;
                faults.send_modify(|faults| (faults.news, faults.failures) = (faults.news + 1, 0));
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
    let mut told = faults.subscribe();
    let is_cut = async {
        let is_output = path.contains("/logs?") && path.contains("follow=true");
        let _gone = told.wait_for(|faults| is_output && faults.cuts > cuts).await;
    };
    tokio::select! {
        () = answered => return,
        () = asked => return,
        () = is_cut => {}
    }
    // The last piece of an answer, after which there is none.
    let _gone = near.write_all(b"0\r\n\r\n").await;
}
