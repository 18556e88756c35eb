//! What stands before a server in the world: TLS, and a base path.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::TlsIdentity;

/// A reverse proxy with TLS before a server of this machine. It ends when dropped.
#[derive(Debug)]
pub struct TlsFront {
    port: u16,
    base: String,
    shown: watch::Sender<Arc<ServerConfig>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    listening: JoinHandle<()>,
}

/// A request that came through.
#[derive(Debug)]
struct Seen {
    /// What was shown to whoever sent it.
    shown: Arc<ServerConfig>,
    /// Its head, in lower case.
    head: String,
}

impl TlsFront {
    /// Before `upstream`, on a free port of 127.0.0.1, with the server under `base` (`/opencode`, or empty for the root).
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn start(upstream: SocketAddr, base: &str, identity: &TlsIdentity) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let shown = watch::Sender::new(identity.server_config());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let front = Front { upstream, base: base.to_owned(), seen: Arc::clone(&seen) };
        let listening = tokio::spawn(listen(listener, front, shown.clone()));
        Self { port, base: base.to_owned(), shown, seen, listening }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its URL with that host, which must be this machine.
    pub fn url(&self, host: &str) -> String {
        format!("https://{host}:{}{}", self.port, self.base)
    }

    /// Shows another certificate from now on, and breaks all connections.
    pub fn show(&self, identity: &TlsIdentity) {
        self.shown.send_replace(identity.server_config());
    }

    /// The heads of all requests that came through, in lower case.
    pub fn seen(&self) -> Vec<String> {
        self.heads(|_| true)
    }

    /// Those of them that were sent by who was shown the present certificate.
    pub fn seen_since_shown(&self) -> Vec<String> {
        let now = Arc::clone(&self.shown.borrow());
        self.heads(|seen| Arc::ptr_eq(&seen.shown, &now))
    }

    fn heads(&self, are_meant: impl Fn(&Seen) -> bool) -> Vec<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().filter(|seen| are_meant(seen)).map(|seen| seen.head.clone()).collect()
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        self.shown.send_modify(|_| {});
        self.listening.abort();
    }
}

#[derive(Clone)]
struct Front {
    upstream: SocketAddr,
    base: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

async fn listen(listener: TcpListener, front: Front, shown: watch::Sender<Arc<ServerConfig>>) {
    while let Ok((client, _)) = listener.accept().await {
        let (front, mut changed) = (front.clone(), shown.subscribe());
        tokio::spawn(async move {
            let config = Arc::clone(&changed.borrow_and_update());
            // An error is the end of the connection, which is what the other side sees.
            tokio::select! {
                _ = front.serve(client, config) => {}
                _ = changed.changed() => {}
            }
        });
    }
}

impl Front {
    async fn serve(&self, client: TcpStream, config: Arc<ServerConfig>) -> io::Result<()> {
        let client = TlsAcceptor::from(Arc::clone(&config)).accept(client).await?;
        let server = TcpStream::connect(self.upstream).await?;
        let (mut from_client, mut to_client) = tokio::io::split(client);
        let (mut from_server, mut to_server) = server.into_split();
        let is_below = tokio::select! {
            asked = self.upwards(&config, &mut from_client, &mut to_server) => asked?,
            told = tokio::io::copy(&mut from_server, &mut to_client) => return told.map(drop),
        };
        if !is_below {
            let answer = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            to_client.write_all(answer).await?;
        }
        to_client.shutdown().await
    }

    /// Passes requests on, without the base path. False: one is not below it.
    async fn upwards(
        &self,
        shown: &Arc<ServerConfig>,
        from: &mut (impl AsyncRead + Unpin),
        to: &mut (impl AsyncWrite + Unpin),
    ) -> io::Result<bool> {
        let mut bytes = Vec::new();
        loop {
            let end = loop {
                if let Some(at) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
                    break at + 4;
                }
                if from.read_buf(&mut bytes).await? == 0 {
                    return Ok(true);
                }
            };
            let rest = bytes.split_off(end);
            let head = String::from_utf8_lossy(&bytes).into_owned();
            let lower = head.to_ascii_lowercase();
            self.seen
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(Seen { shown: Arc::clone(shown), head: lower.clone() });
            let below = head.split_once(' ').and_then(|(method, rest)| {
                let rest = rest.strip_prefix(self.base.as_str())?;
                rest.starts_with('/').then(|| format!("{method} {rest}"))
            });
            let Some(below) = below else { return Ok(false) };
            to.write_all(below.as_bytes()).await?;
            let length = lower.lines().find_map(|line| line.strip_prefix("content-length:"));
            let mut left: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
            bytes = rest;
            while left > 0 {
                if bytes.is_empty() && from.read_buf(&mut bytes).await? == 0 {
                    return Ok(true);
                }
                let after = bytes.split_off(left.min(bytes.len()));
                to.write_all(&bytes).await?;
                left -= bytes.len();
                bytes = after;
            }
        }
    }
}
