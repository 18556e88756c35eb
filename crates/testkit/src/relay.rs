//! One connection through the proxy: bytes in both directions, and injections into an event stream.

use std::io;
use std::sync::PoisonError;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{broadcast, watch};

use crate::fault_proxy::{Fault, Lost, Told};

/// Passes bytes until one side ends.
pub(crate) async fn relay(
    client: TcpStream,
    server: TcpStream,
    fault: watch::Receiver<Told>,
    injected: broadcast::Receiver<Vec<u8>>,
    lost: Lost,
) -> io::Result<()> {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        up = upwards(from_client, to_server, fault.clone()) => up,
        down = downwards(from_server, to_client, fault, injected, lost) => down,
    }
}

/// What opencode says to those without its password.
pub(crate) async fn answer_unauthorized(mut client: TcpStream) -> io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|part| part == b"\r\n\r\n") {
        if client.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let answer = b"HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic realm=\"Secure Area\"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    client.write_all(answer).await?;
    client.shutdown().await
}

async fn upwards(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut fault: watch::Receiver<Told>) -> io::Result<()> {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let length = from.read(&mut bytes).await?;
        if length == 0 {
            return Ok(());
        }
        pass(&mut fault, None).await;
        to.write_all(&bytes[..length]).await?;
    }
}

async fn downwards(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut fault: watch::Receiver<Told>,
    mut injected: broadcast::Receiver<Vec<u8>>,
    lost: Lost,
) -> io::Result<()> {
    let mut stream = EventStream::default();
    let mut bytes = vec![0; 64 * 1024];
    loop {
        tokio::select! {
            length = from.read(&mut bytes) => {
                let length = length?;
                if length == 0 {
                    return Ok(());
                }
                pass(&mut fault, stream.open_since).await;
                if stream.is_deaf(fault.borrow().fault) {
                    lost.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&bytes[..length]);
                    continue;
                }
                stream.see(&bytes[..length], fault.borrow().number);
                to.write_all(&bytes[..length]).await?;
            }
            Ok(extra) = injected.recv(), if stream.is_between_events() => {
                pass(&mut fault, stream.open_since).await;
                to.write_all(format!("{:x}\r\n", extra.len()).as_bytes()).await?;
                to.write_all(&extra).await?;
                to.write_all(b"\r\n").await?;
            }
        }
    }
}

/// Waits while the proxy stalls, and as long as it is told when it is slow. `open_since` is what was told last when the event stream
/// opened, if there is one.
async fn pass(told: &mut watch::Receiver<Told>, open_since: Option<u64>) {
    let may_pass = |told: &Told| match told.fault {
        Fault::Stall => false,
        Fault::StallStreams => open_since.is_none_or(|since| since >= told.number),
        Fault::None | Fault::LateStreams(_) | Fault::Cut | Fault::Slow(_) | Fault::Unauthorized => true,
    };
    // The sender lives as long as the proxy; after it the connection is closed anyway.
    let now = told.wait_for(may_pass).await.map_or(Fault::None, |told| told.fault);
    if let Fault::Slow(pause) = now {
        tokio::time::sleep(pause).await;
    }
}

/// Follows a response far enough to know whether it is an event stream that stands between two of its events.
/// opencode writes each event as one chunk of the chunked encoding.
#[derive(Debug, Default)]
struct EventStream {
    /// If it is one: the number of what the proxy was told last when it opened.
    open_since: Option<u64>,
    /// When that was.
    opened: Option<Instant>,
    tail: Vec<u8>,
}

impl EventStream {
    fn see(&mut self, bytes: &[u8], told: u64) {
        if self.open_since.is_none() {
            // A response's head comes in one piece.
            let head = String::from_utf8_lossy(bytes).to_ascii_lowercase();
            let is_stream =
                head.contains("content-type: text/event-stream") && head.contains("transfer-encoding: chunked");
            self.open_since = is_stream.then_some(told);
            self.opened = is_stream.then(Instant::now);
        }
        self.tail.extend_from_slice(bytes);
        let surplus = self.tail.len().saturating_sub(8);
        self.tail.drain(..surplus);
    }

    /// Whether what comes now is lost.
    fn is_deaf(&self, fault: Fault) -> bool {
        matches!((fault, self.opened), (Fault::LateStreams(time), Some(opened)) if opened.elapsed() < time)
    }

    fn is_between_events(&self) -> bool {
        self.open_since.is_some() && (self.tail.ends_with(b"\n\n\r\n") || self.tail.ends_with(b"\r\n\r\n"))
    }
}
