//! The socket: ports and the end.

use std::time::Duration;

use serve::{listen, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::setting::Setting;

#[tokio::test]
async fn a_taken_port_gives_the_next_one() {
    let first = listen(0).await.unwrap();
    let taken = first.local_addr().unwrap().port();
    let second = listen(taken).await.unwrap();
    assert!(second.local_addr().unwrap().port() > taken);
    assert!(first.local_addr().unwrap().ip().is_loopback() && second.local_addr().unwrap().ip().is_loopback());
}

#[tokio::test]
async fn ending_ends_the_pushes_and_the_server() {
    let setting = Setting::new().await;
    let listener = listen(0).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ending) = oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, setting.site.clone(), async {
        let _ = ending.await;
    }));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /bridge/pushes?window=w HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\r\n",
        setting.token.expose()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    while !text.contains("snapshot") {
        let mut bytes = [0_u8; 4096];
        let count = stream.read(&mut bytes).await.unwrap();
        assert!(count > 0, "the stream ended early: {text}");
        text.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    end.send(()).unwrap();
    let result = tokio::time::timeout(Duration::from_secs(10), server).await.expect("the server ends");
    result.unwrap().unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    setting.end().await;
}
