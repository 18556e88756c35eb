//! A registry with one image, on loopback, where engines need no certificate. It can hold back the second half of a layer.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The image's repository.
const REPOSITORY: &str = "team/opencode";

/// A registry with one image.
pub struct ImageRegistry {
    address: SocketAddr,
    shared: Arc<Shared>,
    architecture: String,
    task: JoinHandle<()>,
}

struct Shared {
    image: Mutex<Arc<Image>>,
    /// Whoever asks has to say this.
    login: Option<String>,
    /// What was said instead of a login that is right.
    refused: Mutex<Vec<String>>,
    is_held: watch::Sender<bool>,
}

struct Image {
    config: Blob,
    layers: Vec<Blob>,
    manifest: Blob,
}

struct Blob {
    bytes: Vec<u8>,
    digest: String,
}

impl Blob {
    fn of(bytes: Vec<u8>) -> Self {
        use std::io::Write;
        let mut program =
            Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("sha256sum");
        let mut input = program.stdin.take().expect("its input is ours");
        input.write_all(&bytes).expect("it reads");
        drop(input);
        let said = program.wait_with_output().expect("it ends").stdout;
        let said = String::from_utf8(said).expect("a digest is text");
        Self { bytes, digest: format!("sha256:{}", &said[..64]) }
    }
}

impl Image {
    fn of(architecture: &str, layers: Vec<Vec<u8>>) -> Self {
        let layers: Vec<Blob> = layers.into_iter().map(Blob::of).collect();
        let digests: Vec<&str> = layers.iter().map(|layer| layer.digest.as_str()).collect();
        let config = serde_json::json!({
            "architecture": architecture, "os": "linux",
            "config": { "Entrypoint": ["opencode"], "Env": ["PATH=/usr/local/bin:/usr/bin:/bin"] },
            "rootfs": { "type": "layers", "diff_ids": digests },
        });
        let config = Blob::of(config.to_string().into_bytes());
        let part = |blob: &Blob, kind: &str| serde_json::json!({ "mediaType": kind, "size": blob.bytes.len(), "digest": blob.digest });
        let tar = |layer| part(layer, "application/vnd.docker.image.rootfs.diff.tar");
        let manifest = serde_json::json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": part(&config, "application/vnd.docker.container.image.v1+json"),
            "layers": layers.iter().map(tar).collect::<Vec<_>>(),
        });
        Self { manifest: Blob::of(manifest.to_string().into_bytes()), config, layers }
    }
}

impl ImageRegistry {
    /// Serves one image with one layer of some megabytes. `login` is what a client has to send: `Basic ...`.
    ///
    /// # Panics
    /// If it cannot be served.
    pub async fn serve(architecture: &str, login: Option<String>) -> Self {
        Self::with(architecture, vec![Self::layer(&[("big", &vec![b'x'; 8 << 20])])], login).await
    }

    /// Serves one image of these layers.
    ///
    /// # Panics
    /// If it cannot be served.
    pub async fn of_layers(architecture: &str, layers: Vec<Vec<u8>>) -> Self {
        Self::with(architecture, layers, None).await
    }

    async fn with(architecture: &str, layers: Vec<Vec<u8>>, login: Option<String>) -> Self {
        let (is_held, _) = watch::channel(false);
        let image = Mutex::new(Arc::new(Image::of(architecture, layers)));
        let shared = Arc::new(Shared { image, login, refused: Mutex::default(), is_held });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("it has an address");
        let all = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&all);
                // Whoever asks may hang up in the middle.
                tokio::spawn(async move { shared.answer(stream).await.ok() });
            }
        });
        Self { address, shared, architecture: architecture.to_owned(), task }
    }

    /// A layer with these files, which all can be run, and another one that no other layer has: an engine would not ask for one that it
    /// has.
    ///
    /// # Panics
    /// If it cannot be made.
    pub fn layer(files: &[(&str, &[u8])]) -> Vec<u8> {
        let folder = tempfile::tempdir().expect("a folder");
        let own = format!("{:?}", std::time::SystemTime::now());
        for (name, content) in files.iter().copied().chain([("own", own.as_bytes())]) {
            let path = folder.path().join(name.trim_start_matches('/'));
            std::fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder");
            std::fs::write(path, content).expect("a file");
        }
        let mut tar = Command::new("tar");
        tar.args(["--owner=0", "--group=0", "--mode=755", "-C"]).arg(folder.path()).args(["-c", "."]);
        tar.output().expect("tar").stdout
    }

    /// A layer with a shell and these files.
    ///
    /// # Panics
    /// If it cannot be made.
    pub fn layer_with_shell(files: &[(&str, &[u8])]) -> Vec<u8> {
        let libraries = Command::new("ldd").arg("/bin/sh").output().expect("ldd").stdout;
        let libraries = String::from_utf8_lossy(&libraries).into_owned();
        let paths = libraries.split_whitespace().filter(|word| word.starts_with('/')).chain(["/bin/sh"]);
        let shell: Vec<(&str, Vec<u8>)> = paths.map(|path| (path, std::fs::read(path).expect("it is there"))).collect();
        let shell = shell.iter().map(|(path, content)| (*path, content.as_slice()));
        Self::layer(&shell.chain(files.iter().copied()).collect::<Vec<_>>())
    }

    /// From now on the same name means an image of these layers.
    ///
    /// # Panics
    /// If it cannot be made.
    pub fn renew(&self, layers: Vec<Vec<u8>>) {
        *self.shared.image.lock().expect("nobody has panicked") = Arc::new(Image::of(&self.architecture, layers));
    }

    /// Its host, as it stands in the names of its images.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// The name of its image.
    pub fn image(&self) -> String {
        format!("{}/{REPOSITORY}:1", self.host())
    }

    /// Keeps the second half of each layer back, or lets it go.
    pub fn hold(&self, is_held: bool) {
        self.shared.is_held.send_replace(is_held);
    }

    /// What was sent for a login but is none.
    ///
    /// # Panics
    /// If a request was answered by a panic.
    pub fn refused(&self) -> Vec<String> {
        self.shared.refused.lock().expect("nobody has panicked").clone()
    }
}

impl Drop for ImageRegistry {
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
            self.refused.lock().expect("nobody has panicked").extend(login);
            return say(&mut stream, "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"test\"", b"{}").await;
        }
        let kind = |kind: &str| format!("200 OK\r\nContent-Type: {kind}");
        let image = Arc::clone(&self.image.lock().expect("nobody has panicked"));
        let layer = image.layers.iter().find(|layer| path.ends_with(&layer.digest));
        match path.strip_prefix(&format!("/v2/{REPOSITORY}/")) {
            None if path == "/v2/" => say(&mut stream, "200 OK", b"{}").await,
            Some(path) if path == "manifests/1" || path.ends_with(&image.manifest.digest) => {
                let kind = kind("application/vnd.docker.distribution.manifest.v2+json");
                let head = format!("{kind}\r\nDocker-Content-Digest: {}", image.manifest.digest);
                say_if(&mut stream, &head, &image.manifest.bytes, wants_body).await
            }
            Some(path) if path.ends_with(&image.config.digest) => {
                say(&mut stream, &kind("application/octet-stream"), &image.config.bytes).await
            }
            Some(_) if layer.is_some() => {
                let bytes = layer.map_or(&[][..], |layer| &layer.bytes);
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
