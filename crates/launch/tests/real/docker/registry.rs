//! A registry with one image, on loopback, where engines need no certificate. It can hold back the second half of a layer.

use std::{
    net::{Ipv4Addr, SocketAddr},
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// The image's repository.
pub const REPOSITORY: &str = "team/opencode";

pub struct Registry {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    config: Blob,
    layer: Blob,
    manifest: Blob,
    /// Whoever asks has to say this.
    login: Option<String>,
    /// What was said instead of a login that is right.
    refused: Mutex<Vec<String>>,
    is_held: watch::Sender<bool>,
}

struct Blob {
    bytes: Vec<u8>,
    digest: String,
}

impl Blob {
    fn of(bytes: Vec<u8>) -> Self {
        use std::io::Write;
        let mut program = Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = program.stdin.take().unwrap();
        input.write_all(&bytes).unwrap();
        drop(input);
        let said = String::from_utf8(program.wait_with_output().unwrap().stdout).unwrap();
        Self { bytes, digest: format!("sha256:{}", &said[..64]) }
    }
}

impl Registry {
    /// Serves one image with one layer of some megabytes. `login` is what a client has to send: `Basic ...`.
    pub async fn serve(architecture: &str, login: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("big"), vec![b'x'; 8 << 20]).unwrap();
        // Each registry has another layer: an engine would not ask for one that it has.
        std::fs::write(folder.path().join("own"), format!("{:?}", std::time::SystemTime::now())).unwrap();
        let tar = Command::new("tar").arg("-C").arg(folder.path()).args(["-c", "big", "own"]).output().unwrap().stdout;
        let layer = Blob::of(tar);
        let config = serde_json::json!({
            "architecture": architecture, "os": "linux",
            "config": { "Entrypoint": ["opencode"] },
            "rootfs": { "type": "layers", "diff_ids": [layer.digest] },
        });
        let config = Blob::of(config.to_string().into_bytes());
        let part = |blob: &Blob, kind: &str| serde_json::json!({ "mediaType": kind, "size": blob.bytes.len(), "digest": blob.digest });
        let manifest = serde_json::json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": part(&config, "application/vnd.docker.container.image.v1+json"),
            "layers": [part(&layer, "application/vnd.docker.image.rootfs.diff.tar")],
        });
        let manifest = Blob::of(manifest.to_string().into_bytes());
        let (is_held, _) = watch::channel(false);
        let shared = Arc::new(Shared { config, layer, manifest, login, refused: Mutex::default(), is_held });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let all = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&all);
                // Whoever asks may hang up in the middle.
                tokio::spawn(async move { shared.answer(stream).await.ok() });
            }
        });
        Self { address, shared, task }
    }

    /// Its host, as it stands in the names of its images.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// The name of its image.
    pub fn image(&self) -> launch::docker::ImageName {
        launch::docker::ImageName::parse(&format!("{}/{REPOSITORY}:1", self.host())).unwrap()
    }

    /// Keeps the second half of the layer back, or lets it go.
    pub fn hold(&self, is_held: bool) {
        self.shared.is_held.send_replace(is_held);
    }

    /// What was sent for a login but is none.
    pub fn refused(&self) -> Vec<String> {
        self.shared.refused.lock().unwrap().clone()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    async fn answer(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        let (mut first, mut login) = (String::new(), None);
        stream.read_line(&mut first).await?;
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await?;
            if line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("authorization")
            {
                login = Some(value.trim().to_owned());
            }
        }
        let path = first.split_whitespace().nth(1).unwrap_or_default();
        let wants_body = !first.starts_with("HEAD");
        if self.login.is_some() && self.login != login {
            self.refused.lock().unwrap().extend(login);
            return say(&mut stream, "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"test\"", b"{}").await;
        }
        let kind = |kind: &str| format!("200 OK\r\nContent-Type: {kind}");
        match path.strip_prefix(&format!("/v2/{REPOSITORY}/")) {
            None if path == "/v2/" => say(&mut stream, "200 OK", b"{}").await,
            Some(path) if path == "manifests/1" || path.ends_with(&self.manifest.digest) => {
                let kind = kind("application/vnd.docker.distribution.manifest.v2+json");
                let head = format!("{kind}\r\nDocker-Content-Digest: {}", self.manifest.digest);
                say_if(&mut stream, &head, &self.manifest.bytes, wants_body).await
            }
            Some(path) if path.ends_with(&self.config.digest) => {
                say(&mut stream, &kind("application/octet-stream"), &self.config.bytes).await
            }
            Some(path) if path.ends_with(&self.layer.digest) => {
                let bytes = &self.layer.bytes;
                say_if(&mut stream, &kind("application/octet-stream"), bytes, false).await?;
                let (one, other) = bytes.split_at(bytes.len() / 2);
                stream.get_mut().write_all(one).await?;
                // Only the dropped registry ends the channel.
                let mut held = self.is_held.subscribe();
                let _released = held.wait_for(|held| !*held).await.map(|_| ());
                stream.get_mut().write_all(other).await
            }
            _ => {
                let body = br#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#;
                say(&mut stream, "404 Not Found\r\nContent-Type: application/json", body).await
            }
        }
    }
}

async fn say(stream: &mut BufReader<TcpStream>, head: &str, body: &[u8]) -> std::io::Result<()> {
    say_if(stream, head, body, true).await
}

async fn say_if(stream: &mut BufReader<TcpStream>, head: &str, body: &[u8], with_body: bool) -> std::io::Result<()> {
    let version = "Docker-Distribution-Api-Version: registry/2.0";
    let head = format!("HTTP/1.1 {head}\r\n{version}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    stream.get_mut().write_all(head.as_bytes()).await?;
    if with_body { stream.get_mut().write_all(body).await } else { Ok(()) }
}
