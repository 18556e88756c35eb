//! An engine that does what a test tells it to.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use launch::docker::Engine;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
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
    /// Begins to tell, and has nothing to tell.
    Quiet,
}

/// An engine that knows its version and answers every other call alike.
pub struct FakeEngine {
    folder: TempDir,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl FakeEngine {
    pub fn new(answer: Answer) -> Self {
        Self::with_version(r#"{"ApiVersion":"1.41"}"#, answer)
    }

    pub fn with_version(version: &'static str, answer: Answer) -> Self {
        Self::answering(&[("GET", "/version", Answer::Says(200, version))], answer)
    }

    /// An engine that answers calls of these methods, whose path ends like this or, with a `=` at its end, whose query has this, in its own
    /// way; the first that fits counts.
    pub fn answering(calls: &[(&'static str, &'static str, Answer)], answer: Answer) -> Self {
        let calls: Vec<_> = calls.to_vec();
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(socket(folder.path())).unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let asks = asked.clone();
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (calls, asks) = (calls.clone(), asks.clone());
                tokio::spawn(async move {
                    let request = request(&mut stream).await;
                    asks.lock().unwrap().push(request.clone());
                    let (method, path) = request.split_once(' ').unwrap_or_default();
                    let target = path.split(' ').next().unwrap_or_default();
                    let (path, query) = target.split_once('?').unwrap_or((target, ""));
                    let fits = calls.iter().find(|(of, end, _)| {
                        *of == method && (path.ends_with(end) || end.ends_with('=') && query.contains(end))
                    });
                    let answer = fits.map_or(answer, |(_, _, answer)| *answer);
                    let _: io::Result<()> = async {
                        match answer {
                            Answer::Says(status, body) => {
                                let head = format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
                                stream.write_all(head.as_bytes()).await
                            }
                            Answer::Silence => std::future::pending().await,
                            Answer::Quiet => {
                                stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await?;
                                std::future::pending().await
                            }
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
        Self { folder, asked, task }
    }

    /// The body of the only request of this method with this in its path.
    pub fn asked(&self, method: &str, path: &str) -> String {
        self.whole(method, path).split_once("\r\n\r\n").unwrap_or_default().1.to_owned()
    }

    /// The first line of that request.
    pub fn line(&self, method: &str, path: &str) -> String {
        self.whole(method, path).lines().next().unwrap_or_default().to_owned()
    }

    fn whole(&self, method: &str, path: &str) -> String {
        let asked = self.asked.lock().unwrap();
        let is_it = |request: &&String| {
            let line = request.lines().next().unwrap_or_default();
            line.split_once(' ').is_some_and(|(of, rest)| of == method && rest.contains(path))
        };
        let [request] = asked.iter().filter(is_it).collect::<Vec<_>>()[..] else {
            panic!("{method} {path}: {asked:?}")
        };
        (*request).clone()
    }

    pub fn address(&self) -> String {
        format!("unix://{}", socket(self.folder.path()).display())
    }

    pub async fn connect(&self) -> Engine {
        Engine::connect(&self.address(), Duration::from_secs(1)).await.unwrap()
    }
}

/// A request with its body, if its length is told.
async fn request(stream: &mut UnixStream) -> String {
    let mut request = Vec::new();
    let mut piece = vec![0; 8192];
    loop {
        let read = stream.read(&mut piece).await.unwrap_or(0);
        request.extend(&piece[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let is_whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| body.len() >= length(head));
        if read == 0 || is_whole {
            return text;
        }
    }
}

/// How long the body is by its head.
fn length(head: &str) -> usize {
    let told = head.lines().filter_map(|line| line.split_once(':'));
    let mut told = told.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    told.next().map_or(0, |(_, value)| value.trim().parse().unwrap_or_default())
}

impl Drop for FakeEngine {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub fn socket(folder: &Path) -> PathBuf {
    folder.join("docker.sock")
}
