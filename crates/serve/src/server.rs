//! The socket: where to listen, and how to end.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::{Site, app};

/// How long connections are given to end by themselves.
const LAST_CALLS: Duration = Duration::from_secs(3);
/// How many ports are tried.
const TRIES: u16 = 100;

/// The server could not begin, or broke.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// No port to listen on.
    #[error("No port from {from} on can be listened on")]
    NoPort {
        /// The port tried first.
        from: u16,
        /// What the system said of the last one tried.
        #[source]
        source: io::Error,
    },
    /// The socket broke.
    #[error("The server broke")]
    Broken(#[source] io::Error),
}

/// Listens on that loopback port, or on the next one that is free; 0 takes any.
pub async fn listen(port: u16) -> Result<TcpListener, ServeError> {
    let mut next = port;
    loop {
        match TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, next))).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && next - port < TRIES && next < u16::MAX => {
                next += 1;
            }
            Err(source) => return Err(ServeError::NoPort { from: port, source }),
        }
    }
}

/// Serves until `ending` is over; then takes no more, ends the pushes and gives calls on their way a moment.
pub async fn serve(
    listener: TcpListener,
    site: Arc<Site>,
    ending: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let bridge = site.bridge.clone();
    let (ends, is_ending) = oneshot::channel();
    let server = axum::serve(listener, app(site)).with_graceful_shutdown(async move {
        ending.await;
        bridge.close_windows();
        // Nobody waits any more only when the server itself has broken.
        let _ = ends.send(());
    });
    let mut server = pin!(server.into_future());
    tokio::select! {
        result = &mut server => return result.map_err(ServeError::Broken),
        _ = is_ending => {}
    }
    match tokio::time::timeout(LAST_CALLS, server).await {
        Ok(result) => result.map_err(ServeError::Broken),
        Err(_) => Ok(()),
    }
}
