//! The Docker engine that the tests were given, spoken with in the plainest way: so that what it says is nobody's opinion.

use std::env;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::eventually;

/// A real Docker engine, on a socket.
#[derive(Debug, Clone)]
pub struct DockerEngine {
    socket: PathBuf,
}

impl DockerEngine {
    /// The engine of `DOCKER_HOST`, or the one in the usual place; none after having said that the test is skipped.
    /// `scripts/docker-for-tests` starts one.
    ///
    /// # Panics
    /// If there is none and skips are forbidden, by `PORTAL_FORBID_SKIPS`.
    pub async fn find() -> Option<Self> {
        let host = env::var("DOCKER_HOST").ok().filter(|host| !host.is_empty());
        let host = host.unwrap_or_else(|| "unix:///var/run/docker.sock".to_owned());
        let reason = match host.strip_prefix("unix://") {
            None => format!("`{host}` is not a socket"),
            Some(socket) => {
                let engine = Self { socket: socket.into() };
                match engine.ask("GET", "/_ping", None).await {
                    Ok((200, _)) => return Some(engine),
                    Ok((status, _)) => format!("`{host}` answers {status}"),
                    Err(error) => format!("`{host}`: {error}"),
                }
            }
        };
        skipped(&reason);
        None
    }

    /// One at this socket.
    #[cfg(target_os = "linux")]
    pub(crate) fn at(socket: PathBuf) -> Self {
        Self { socket }
    }

    /// Whether it answers now.
    #[cfg(target_os = "linux")]
    pub(crate) async fn answers(&self) -> bool {
        self.ask("GET", "/_ping", None).await.is_ok_and(|(status, _)| status == 200)
    }

    /// Its address, as `DOCKER_HOST` has it.
    pub fn address(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// Its socket.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// The address of this machine that containers reach: a model that is to answer them listens there.
    ///
    /// # Panics
    /// If the engine has no network of its own.
    pub async fn gateway(&self) -> Ipv4Addr {
        let network = self.get("/networks/bridge").await;
        let gateway = network["IPAM"]["Config"][0]["Gateway"].as_str().and_then(|address| address.parse().ok());
        gateway.unwrap_or_else(|| panic!("the engine's network has no gateway: {network}"))
    }

    /// What the engine says of a container, as `docker inspect` shows it.
    ///
    /// # Panics
    /// If there is none.
    pub async fn inspect(&self, container: &str) -> Value {
        self.get(&format!("/containers/{container}/json")).await
    }

    /// The ids of all containers with that label (`name` or `name=value`).
    ///
    /// # Panics
    /// If the engine does not answer.
    pub async fn containers_with(&self, label: &str) -> Vec<String> {
        // The only letters of a label that a query cannot hold as they are.
        let label =
            label.replace('%', "%25").replace('"', "%22").replace('&', "%26").replace('#', "%23").replace(' ', "%20");
        let all = self.get(&format!("/containers/json?all=1&filters={{%22label%22:[%22{label}%22]}}")).await;
        let ids = all.as_array().into_iter().flatten().filter_map(|container| container["Id"].as_str());
        ids.map(str::to_owned).collect()
    }

    /// Removes a container, whatever it is doing; well when there is none.
    ///
    /// # Panics
    /// If the engine refuses.
    pub async fn remove(&self, container: &str) {
        let (status, answer) = self
            .ask("DELETE", &format!("/containers/{container}?force=1&v=1"), None)
            .await
            .expect("the engine answers");
        // Somebody else may be removing it.
        assert!(matches!(status, 204 | 404 | 409), "{status}: {}", String::from_utf8_lossy(&answer));
    }

    /// Does something with a container that its program does not do: `pause`, `unpause`, `kill`, `rename?name=x`.
    ///
    /// # Panics
    /// If the engine refuses.
    pub async fn act(&self, container: &str, action: &str) {
        // A machine under load cannot always stop all processes of a container at once; then the engine gives up.
        let done = eventually(action, Duration::from_secs(30), async || {
            let done =
                self.ask("POST", &format!("/containers/{container}/{action}"), None).await.expect("the engine answers");
            (!String::from_utf8_lossy(&done.1).contains("unable to freeze")).then_some(done)
        });
        let (status, answer) = done.await;
        assert!(matches!(status, 204 | 304), "{action}: {status}: {}", String::from_utf8_lossy(&answer));
    }

    /// What the engine answers to a question.
    ///
    /// # Panics
    /// If it does not answer well.
    pub async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.ask("GET", path, None).await.expect("the engine answers");
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&answer));
        serde_json::from_slice(&answer).expect("an engine answers in JSON")
    }

    /// A request of its interface, with a file as its body, an archive or `*.json`; its status and what it says.
    pub async fn ask(&self, method: &str, path: &str, body: Option<&Path>) -> std::io::Result<(u16, Vec<u8>)> {
        let mut stream = UnixStream::connect(&self.socket).await?;
        let length = body.map_or(Ok(0), |path| path.metadata().map(|file| file.len()))?;
        let is_json = body.is_some_and(|path| path.extension().is_some_and(|end| end == "json"));
        let kind = if is_json { "application/json" } else { "application/x-tar" };
        // The old version of the protocol ends an answer by closing, and never in pieces.
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: docker\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await?;
        if let Some(path) = body {
            tokio::io::copy(&mut File::open(path).await?, &mut stream).await?;
        }
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let head = String::from_utf8_lossy(&answer[..end.unwrap_or_default()]).into_owned();
        let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok());
        match (status, end) {
            (Some(status), Some(end)) => Ok((status, answer.split_off(end + 4))),
            _ => Err(std::io::Error::other("an answer that is no HTTP")),
        }
    }
}

/// Says that a test is skipped for want of an engine.
///
/// # Panics
/// If skips are forbidden, by `PORTAL_FORBID_SKIPS`.
#[expect(clippy::print_stdout, reason = "whoever runs the tests is to know what was not tested")]
pub(crate) fn skipped(reason: &str) {
    assert!(
        env::var_os("PORTAL_FORBID_SKIPS").is_none(),
        "a Docker engine is needed and skips are forbidden: {reason}"
    );
    println!("Skipped: no Docker engine ({reason})");
}
