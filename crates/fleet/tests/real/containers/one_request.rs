//! What sockets before an engine have in common: one request for each connection, so that each is seen.

use std::path::Path;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

/// The first lines of a request, to the empty one.
pub async fn head(near: &mut UnixStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(near.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

/// Answers in the engine's place, and ends the connection.
pub async fn answer(near: &mut UnixStream, status: u16, said: &str) {
    let length = said.len();
    let answer = format!(
        "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{said}"
    );
    let _gone = near.write_all(answer.as_bytes()).await;
}

/// Asks the engine the same, and for no more on this connection.
pub async fn ask(engine: &Path, head: String) -> Option<UnixStream> {
    let mut far = UnixStream::connect(engine).await.ok()?;
    let is_upgrade = head.to_lowercase().contains("\r\nupgrade:");
    let head = if is_upgrade { head } else { head.replacen("\r\n", "\r\nConnection: close\r\n", 1) };
    far.write_all(head.as_bytes()).await.ok()?;
    Some(far)
}
