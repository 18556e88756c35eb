//! A port of this machine that leads to a port of the host's loopback.

use std::{
    fmt,
    net::{Ipv4Addr, TcpListener},
};

use super::{Connection, SshError, words::last_line};

/// A port of 127.0.0.1 that leads to one of the host. It ends with its connection, and when it is dropped.
pub struct Forward {
    connection: Connection,
    local: u16,
    remote: u16,
}

/// Somebody may take a port between our look and `ssh`'s.
const TRIES: usize = 8;

impl Connection {
    /// Leads a free port of this machine to a port of the host's 127.0.0.1.
    pub async fn forward(&self, remote: u16) -> Result<Forward, SshError> {
        let mut message = String::new();
        for _ in 0..TRIES {
            let local = free_port().map_err(|error| SshError::cannot_run(&error))?;
            let way = way(local, remote);
            let output = self.control(["-O", "forward", "-L", &way]).await?;
            if output.code == 0 {
                return Ok(Forward { connection: self.clone(), local, remote });
            }
            if !self.is_up() {
                return Err(self.failed(&output.stderr));
            }
            message = last_line(&output.stderr);
        }
        Err(SshError::NotForwarded { host: self.host().to_owned(), message })
    }
}

impl Forward {
    /// The port here, on 127.0.0.1.
    pub fn local(&self) -> u16 {
        self.local
    }

    /// The port there.
    pub fn remote(&self) -> u16 {
        self.remote
    }
}

impl Drop for Forward {
    fn drop(&mut self) {
        // Without a runtime we are ending, and the connection with us.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (connection, way) = (self.connection.clone(), way(self.local, self.remote));
            if connection.is_up() {
                runtime.spawn(async move { connection.control(["-O", "cancel", "-L", &way]).await });
            }
        }
    }
}

impl fmt::Debug for Forward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forward")
            .field("host", &self.connection.host())
            .field("local", &self.local)
            .field("remote", &self.remote)
            .finish()
    }
}

fn way(local: u16, remote: u16) -> String {
    format!("127.0.0.1:{local}:127.0.0.1:{remote}")
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
