//! A proxy that behaves badly on request.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
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
    /// Lets nothing through of the event streams that are open at this moment, and closes none; everything else passes,
    /// streams that are opened later, too.
    StallStreams,
    /// Loses what comes on an event stream within that time after it was opened, as opencode does for some milliseconds.
    LateStreams(Duration),
    /// Breaks all connections, and new ones at once.
    Cut,
    /// Waits that long before each piece from the server.
    Slow(Duration),
    /// Breaks all connections, and answers 401 to new ones as opencode does.
    Unauthorized,
}

/// What the proxy was told last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) fault: Fault,
    /// How often it has been told something.
    pub(crate) number: u64,
}

/// A proxy between a client and a server of this machine. It ends when dropped.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    fault: watch::Sender<Told>,
    injected: broadcast::Sender<Vec<u8>>,
    lost: Lost,
    listening: JoinHandle<()>,
}

/// What was lost on event streams.
pub(crate) type Lost = Arc<Mutex<Vec<u8>>>;

impl FaultProxy {
    /// A proxy before `upstream`, on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn start(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let fault = watch::Sender::new(Told { fault: Fault::None, number: 0 });
        let injected = broadcast::Sender::new(64);
        let lost = Lost::default();
        let listening = tokio::spawn(listen(listener, upstream, fault.clone(), injected.clone(), lost.clone()));
        Self { address, fault, injected, lost, listening }
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
        self.fault.send_modify(|told| *told = Told { fault, number: told.number + 1 });
    }

    /// What [`Fault::LateStreams`] has lost so far.
    pub fn lost(&self) -> String {
        String::from_utf8_lossy(&self.lost.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    /// Puts bytes between two events of every open event stream: garbage, or events of your own (`data: …\n\n`).
    pub fn inject(&self, bytes: &[u8]) {
        // Without an open stream there is nobody to hear it.
        let _ = self.injected.send(bytes.to_vec());
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.set(Fault::Cut);
        self.listening.abort();
    }
}

async fn listen(
    listener: TcpListener,
    upstream: SocketAddr,
    fault: watch::Sender<Told>,
    injected: broadcast::Sender<Vec<u8>>,
    lost: Lost,
) {
    while let Ok((client, _)) = listener.accept().await {
        let (fault, injected, lost) = (fault.subscribe(), injected.subscribe(), lost.clone());
        tokio::spawn(async move {
            // An error is the end of the connection, which is what the other side sees.
            let _ = serve(client, upstream, fault, injected, lost).await;
        });
    }
}

async fn serve(
    client: TcpStream,
    upstream: SocketAddr,
    fault: watch::Receiver<Told>,
    injected: broadcast::Receiver<Vec<u8>>,
    lost: Lost,
) -> io::Result<()> {
    let first = fault.borrow().fault;
    match first {
        Fault::Cut => Ok(()),
        Fault::Unauthorized => answer_unauthorized(client).await,
        Fault::None | Fault::Stall | Fault::StallStreams | Fault::LateStreams(_) | Fault::Slow(_) => {
            let server = TcpStream::connect(upstream).await?;
            let mut ending = fault.clone();
            tokio::select! {
                relayed = relay(client, server, fault, injected, lost) => relayed,
                _ = ending.wait_for(|told| matches!(told.fault, Fault::Cut | Fault::Unauthorized)) => Ok(()),
            }
        }
    }
}
