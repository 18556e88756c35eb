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
    /// Writes what a container has written, for ever.
    Endless,
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
        Self::answering(&[("GET", "/version", Answer::Says(200, version))], answer)
    }

    /// An engine that answers calls of these methods, whose path ends like this, in its own way; the first that fits counts.
    pub fn answering(calls: &[(&'static str, &'static str, Answer)], answer: Answer) -> Self {
        let calls: Vec<_> = calls.to_vec();
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(socket(folder.path())).unwrap();
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let calls = calls.clone();
                tokio::spawn(async move {
                    let mut request = vec![0; 8192];
                    let read = stream.read(&mut request).await.unwrap_or(0);
                    let head = String::from_utf8_lossy(&request[..read]).into_owned();
                    let (method, path) = head.split_once(' ').unwrap_or_default();
                    let path = path.split([' ', '?']).next().unwrap_or_default();
                    let fits = calls.iter().find(|(of, end, _)| *of == method && path.ends_with(end));
                    let answer = fits.map_or(answer, |(_, _, answer)| *answer);
                    let _: io::Result<()> = async {
                        match answer {
                            Answer::Says(status, body) => {
                                let head = format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
                                stream.write_all(head.as_bytes()).await
                            }
                            Answer::Silence => std::future::pending().await,
                            Answer::Cut => stream.shutdown().await,
                            Answer::Raw(bytes) => stream.write_all(bytes).await,
                            Answer::Endless => {
                                stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").await?;
                                // Eight bytes tell the stream and how much of it follows.
                                let piece = [&[1, 0, 0, 0, 0, 0, 0x40, 0][..], &[b'y'; 0x4000]].concat();
                                loop {
                                    stream.write_all(&piece).await?;
                                }
                            }
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
