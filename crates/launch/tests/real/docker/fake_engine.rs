//! An engine that does what a test tells it to.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use launch::docker::Engine;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixListener,
    task::JoinHandle,
};

/// What the engine does with a call.
#[derive(Clone, Copy)]
pub enum Answer {
    Says(u16, &'static str),
    Silence,
    Cut,
    Raw(&'static [u8]),
}

/// An engine that knows its version and answers every other call alike.
pub struct FakeEngine {
    folder: TempDir,
    task: JoinHandle<()>,
}

impl FakeEngine {
    pub fn new(answer: Answer) -> Self {
        Self::with_version(r#"{"ApiVersion":"1.41"}"#, answer)
    }

    pub fn with_version(version: &'static str, answer: Answer) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(socket(folder.path())).unwrap();
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut request = vec![0; 8192];
                    let read = stream.read(&mut request).await.unwrap_or(0);
                    let asks_version = request[..read].windows(9).any(|part| part == b"/version ");
                    let answer = if asks_version { Answer::Says(200, version) } else { answer };
                    let _: io::Result<()> = async {
                        match answer {
                            Answer::Says(status, body) => {
                                let head = format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
                                stream.write_all(head.as_bytes()).await
                            }
                            Answer::Silence => std::future::pending().await,
                            Answer::Cut => stream.shutdown().await,
                            Answer::Raw(bytes) => stream.write_all(bytes).await,
                        }
                    }
                    .await;
                });
            }
        });
        Self { folder, task }
    }

    pub fn address(&self) -> String {
        format!("unix://{}", socket(self.folder.path()).display())
    }

    pub async fn connect(&self) -> Engine {
        Engine::connect(&self.address(), Duration::from_secs(1)).await.unwrap()
    }
}

impl Drop for FakeEngine {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub fn socket(folder: &Path) -> PathBuf {
    folder.join("docker.sock")
}
