//! A socket that leads to an engine: while it is open, not any more, or into nothing.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How the door stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    Open,
    /// Whoever is in waits for ever.
    Silent,
}

/// A socket that leads to an engine's.
pub struct Door {
    folder: TempDir,
    engine: PathBuf,
    stands: watch::Sender<Stands>,
    task: Option<JoinHandle<()>>,
}

impl Door {
    pub fn to(engine: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut door = Self { folder, engine: engine.to_owned(), stands: watch::Sender::new(Stands::Open), task: None };
        door.open();
        door
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("d.sock")
    }

    /// As a profile names it.
    pub fn address(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// Opens it, again at the same place.
    pub fn open(&mut self) {
        self.close();
        self.stands = watch::Sender::new(Stands::Open);
        let _gone = std::fs::remove_file(self.socket());
        let listener = UnixListener::bind(self.socket()).unwrap();
        let (engine, stands) = (self.engine.clone(), self.stands.subscribe());
        self.task = Some(tokio::spawn(async move {
            let mut inside = tokio::task::JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                inside.spawn(pass(near, engine.clone(), stands.clone()));
            }
        }));
    }

    /// As if the engine had ended.
    pub fn close(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
        let _gone = std::fs::remove_file(self.socket());
    }

    /// As if the engine hung: it takes what is asked and says nothing.
    pub fn hang(&self) {
        self.stands.send_replace(Stands::Silent);
    }
}

async fn pass(mut near: UnixStream, engine: PathBuf, mut stands: watch::Receiver<Stands>) {
    let Ok(mut far) = UnixStream::connect(engine).await else { return };
    tokio::select! {
        _ = copy_bidirectional(&mut near, &mut far) => return,
        () = async { let _silent = stands.wait_for(|stands| *stands == Stands::Silent).await; } => {}
    }
    // Whoever asked waits on.
    std::future::pending::<()>().await;
}

impl Drop for Door {
    fn drop(&mut self) {
        self.close();
    }
}
