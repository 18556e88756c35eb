//! A proxy that behaves badly on request.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;

use crate::relay::{answer_unauthorized, relay};

/// How the proxy behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Passes everything on.
    None,
    /// Keeps connections open, takes new ones, and lets nothing through.
    Stall,
    /// Breaks all connections, and new ones at once.
    Cut,
    /// Waits that long before each piece from the server.
    Slow(Duration),
    /// Breaks all connections, and answers 401 to new ones as opencode does.
    Unauthorized,
}

/// A proxy between a client and a server of this machine. It ends when dropped.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    fault: watch::Sender<Fault>,
    injected: broadcast::Sender<Vec<u8>>,
    listening: JoinHandle<()>,
}

impl FaultProxy {
    /// A proxy before `upstream`, on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn start(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let fault = watch::Sender::new(Fault::None);
        let injected = broadcast::Sender::new(64);
        let listening = tokio::spawn(listen(listener, upstream, fault.clone(), injected.clone()));
        Self { address, fault, injected, listening }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Behaves like that from now on.
    pub fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }

    /// Puts bytes between two events of every open event stream: garbage, or events of your own (`data: …\n\n`).
    pub fn inject(&self, bytes: &[u8]) {
        // Without an open stream there is nobody to hear it.
        let _ = self.injected.send(bytes.to_vec());
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.fault.send_replace(Fault::Cut);
        self.listening.abort();
    }
}

async fn listen(
    listener: TcpListener,
    upstream: SocketAddr,
    fault: watch::Sender<Fault>,
    injected: broadcast::Sender<Vec<u8>>,
) {
    while let Ok((client, _)) = listener.accept().await {
        let (fault, injected) = (fault.subscribe(), injected.subscribe());
        tokio::spawn(async move {
            // An error is the end of the connection, which is what the other side sees.
            let _ = serve(client, upstream, fault, injected).await;
        });
    }
}

async fn serve(
    client: TcpStream,
    upstream: SocketAddr,
    fault: watch::Receiver<Fault>,
    injected: broadcast::Receiver<Vec<u8>>,
) -> io::Result<()> {
    let first = *fault.borrow();
    match first {
        Fault::Cut => Ok(()),
        Fault::Unauthorized => answer_unauthorized(client).await,
        Fault::None | Fault::Stall | Fault::Slow(_) => {
            let server = TcpStream::connect(upstream).await?;
            let mut ending = fault.clone();
            tokio::select! {
                relayed = relay(client, server, fault, injected) => relayed,
                _ = ending.wait_for(|fault| matches!(fault, Fault::Cut | Fault::Unauthorized)) => Ok(()),
            }
        }
    }
}
