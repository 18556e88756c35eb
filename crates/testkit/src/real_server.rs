//! The real opencode, serving in a world.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::processes::processes_under;
use crate::{World, eventually, opencode_binary};

/// Long enough for a cold start on a busy machine.
const START: Duration = Duration::from_mins(1);
/// A server that has just begun to listen never answers its first requests, so each look is short.
const LOOK: Duration = Duration::from_millis(300);

/// The log's name in its world.
const LOG: &str = "server.log";

/// `opencode serve` with the demo model. When dropped it is killed, with everything it started.
#[derive(Debug)]
pub struct RealServer {
    root: PathBuf,
    child: Child,
    address: SocketAddr,
    password: String,
}

impl RealServer {
    /// Starts it in the project folder and waits until it is healthy.
    ///
    /// # Panics
    /// If it does not become healthy.
    pub async fn start(world: &World, model: &demo::Model) -> Self {
        // Another test may take the port between our look and the server's.
        for _ in 0..3 {
            let mut server = Self::spawn(world, model);
            if server.becomes_healthy().await {
                return server;
            }
        }
        panic!("opencode does not start: {}", log_of(world.root()));
    }

    fn spawn(world: &World, model: &demo::Model) -> Self {
        let port = free_port();
        // Not the port alone: a server of another test on the same port has to refuse it.
        let password = format!("{}-{port}", world.root().file_name().unwrap_or_default().to_string_lossy());
        let log = std::fs::File::create(world.root().join(LOG)).expect("the server's log");
        let child = Command::new(opencode_binary())
            .args(["serve", "--print-logs", "--hostname", "127.0.0.1", "--port", &port.to_string()])
            .current_dir(world.project())
            .env_clear()
            .envs(world.environment())
            .envs(demo::instance_environment(&model.base_url()))
            .env("OPENCODE_SERVER_PASSWORD", &password)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the log twice"))
            .stderr(log)
            .process_group(0)
            .spawn()
            .expect("opencode starts");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self { root: world.root().to_owned(), child, address, password }
    }

    /// Waits until it is healthy, or has ended.
    async fn becomes_healthy(&mut self) -> bool {
        let (address, credentials) = (self.address, basic(&format!("opencode:{}", self.password)));
        eventually("a healthy opencode", START, async || {
            if self.child.try_wait().is_ok_and(|exit| exit.is_some()) {
                return Some(false);
            }
            let credentials = credentials.clone();
            let look = tokio::task::spawn_blocking(move || is_healthy(address, &credentials));
            look.await.unwrap_or(false).then_some(true)
        })
        .await
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Its password; the user is `opencode`.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote so far.
    pub fn log(&self) -> String {
        log_of(&self.root)
    }
}

impl Drop for RealServer {
    fn drop(&mut self) {
        // The group is ours: its leader is our child and has not been waited for.
        kill(&format!("-{}", self.child.id()));
        let _ = self.child.wait();
        // Commands that the agent ran have groups of their own; their environment names our world.
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            let left = processes_under(&self.root);
            if left.is_empty() {
                return;
            }
            for (pid, _) in &left {
                kill(&pid.to_string());
            }
            if Instant::now() > end {
                // A second panic would hide the first.
                assert!(std::thread::panicking(), "these processes do not end: {left:?}");
                return;
            }
            std::thread::yield_now();
        }
    }
}

fn log_of(root: &Path) -> String {
    std::fs::read_to_string(root.join(LOG)).unwrap_or_default()
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// The shell's own `kill`, because the program of that name is not everywhere.
fn kill(target: &str) {
    let _ = Command::new("sh").args(["-c", "kill -s KILL -- \"$1\"", "sh", target]).stderr(Stdio::null()).status();
}

fn is_healthy(address: SocketAddr, credentials: &str) -> bool {
    let ask = || -> std::io::Result<Vec<u8>> {
        let mut connection = TcpStream::connect_timeout(&address, LOOK)?;
        connection.set_read_timeout(Some(LOOK))?;
        write!(
            connection,
            "GET /global/health HTTP/1.1\r\nHost: {address}\r\nAuthorization: Basic {credentials}\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = vec![0; 512];
        let length = connection.read(&mut answer)?;
        answer.truncate(length);
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with(b"HTTP/1.1 200"))
}

/// Base64, for one header.
fn basic(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place)) as usize & 63];
            encoded.push(if place <= three.len() { char::from(letter) } else { '=' });
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::basic;

    #[test]
    fn base64_is_right() {
        for (text, encoded) in [("", ""), ("a", "YQ=="), ("ab", "YWI="), ("opencode:pw", "b3BlbmNvZGU6cHc=")] {
            assert_eq!(basic(text), encoded);
        }
    }
}
