//! One connection to a host, shared by everything that is done there.

use std::{
    ffi::OsString,
    fmt,
    path::PathBuf,
    sync::{Arc, Weak},
    time::Duration,
};

use process_wrap::tokio::ChildWrapper;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::ChildStdin,
    sync::{Notify, Semaphore, oneshot, watch},
    time::timeout,
};

use super::{
    Script, Ssh, SshError,
    program::{option, without_percent},
    script::after_mark,
    words::last_line,
};

/// A connection to a host. Clones are the same; it ends when the last one is dropped, and with us, however we end.
#[derive(Clone)]
pub struct Connection(Arc<Shared>);

/// A connection that others hold, or not any more.
#[derive(Clone)]
pub struct WeakConnection(Weak<Shared>);

struct Shared {
    host: String,
    ssh: Ssh,
    held: Held,
    sessions: Semaphore,
}

/// What holds the connection.
pub(super) struct Held {
    /// Its control socket.
    pub(super) socket: PathBuf,
    /// Why it ended, once it has.
    pub(super) lost: watch::Receiver<Option<SshError>>,
    /// Told when it carries nothing any more, though it stands.
    pub(super) broken: Arc<Notify>,
    /// Dropping it ends the connection.
    pub(super) _open: oneshot::Sender<()>,
}

/// What a script wrote, and its exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Its exit code.
    pub code: i32,
    /// What it wrote.
    pub stdout: Vec<u8>,
    /// What it complained of.
    pub stderr: String,
}

/// An ssh server gives ten sessions to one connection by default, and one is the connection's own.
const SESSIONS: usize = 6;
/// What `ssh` says when it does not reach the connection's socket: the proxy that then stands in for the network is `false`.
const NO_SOCKET: &str = "UNKNOWN port 65535";
/// Nothing that is asked of a host is as long.
const OUTPUT_LIMIT: u64 = 4 * 1024 * 1024;
const COMPLAINT_LIMIT: u64 = 64 * 1024;

impl Connection {
    pub(super) fn new(host: String, ssh: Ssh, held: Held) -> Self {
        Self(Arc::new(Shared { host, ssh, held, sessions: Semaphore::new(SESSIONS) }))
    }

    /// The host, as it was given.
    pub fn host(&self) -> &str {
        &self.0.host
    }

    /// Whether it stands, as far as is known.
    pub fn is_up(&self) -> bool {
        self.0.held.lost.borrow().is_none()
    }

    /// The same without holding it.
    pub fn downgrade(&self) -> WeakConnection {
        WeakConnection(Arc::downgrade(&self.0))
    }

    /// Waits until it is lost, and says why. Holding this future does not keep the connection.
    pub fn lost(&self) -> impl Future<Output = SshError> + Send + use<> {
        let mut lost = self.0.held.lost.clone();
        let host = self.0.host.clone();
        async move {
            match lost.wait_for(Option::is_some).await {
                Ok(reason) => reason.clone().expect("that was waited for"),
                Err(_) => SshError::LineLost { host, message: String::new() },
            }
        }
    }

    /// Runs a script there, at most `limit` long. Its exit code is not judged.
    pub async fn run(&self, script: &Script, limit: Duration) -> Result<Output, SshError> {
        let _session = self.0.sessions.acquire().await.expect("it is never closed");
        let output = self.client(["exec /bin/sh"], &script.bytes(), limit).await?;
        match after_mark(&output.stdout) {
            Some(stdout) => Ok(Output { stdout: stdout.to_vec(), ..output }),
            None if output.code == 255 => Err(self.failed(&output.stderr)),
            None => Err(SshError::NoShell { host: self.0.host.clone(), message: last_line(&output.stderr) }),
        }
    }

    /// Runs a script there that has to succeed.
    pub async fn run_well(&self, script: &Script, limit: Duration) -> Result<Vec<u8>, SshError> {
        let output = self.run(script, limit).await?;
        match output.code {
            0 => Ok(output.stdout),
            255 => Err(self.failed(&output.stderr)),
            code => {
                let message = last_line(&output.stderr);
                Err(SshError::CommandFailed { host: self.0.host.clone(), code, message })
            }
        }
    }

    pub(super) fn failed(&self, stderr: &str) -> SshError {
        let lost = self.0.held.lost.borrow().clone();
        lost.unwrap_or_else(|| SshError::LineLost { host: self.0.host.clone(), message: last_line(stderr) })
    }

    /// Asks the connection itself for something, as `ssh -O` does.
    pub(super) async fn control(&self, arguments: [&str; 4]) -> Result<Output, SshError> {
        self.ssh(arguments.map(OsString::from).to_vec(), None, &[], Duration::from_secs(15)).await
    }

    async fn client<const N: usize>(
        &self,
        command: [&str; N],
        input: &[u8],
        limit: Duration,
    ) -> Result<Output, SshError> {
        self.ssh(vec!["-T".into()], Some(command.concat()), input, limit).await
    }

    /// Runs `ssh` beside the connection, through its socket and through nothing else.
    async fn ssh(
        &self,
        first: Vec<OsString>,
        command: Option<String>,
        input: &[u8],
        limit: Duration,
    ) -> Result<Output, SshError> {
        let options = [
            // What the configuration says has been done already; doing it twice would forward ports twice.
            ["-F".into(), "none".into()],
            option("ControlPath", without_percent(&self.0.held.socket)),
            option("ControlMaster", "no"),
            // Without the socket it would connect to whatever has that name without the configuration.
            option("ProxyCommand", "false"),
            option("BatchMode", "yes"),
        ];
        let arguments = first
            .into_iter()
            .chain(options.into_iter().flatten())
            .chain(["--".into(), self.0.host.clone().into()])
            .chain(command.map(OsString::from));
        let mut child = self.0.ssh.command(arguments).spawn().map_err(|error| SshError::cannot_run(&error))?;
        let (stdin, stdout, stderr) = (child.stdin().take(), child.stdout().take(), child.stderr().take());
        let talk = async {
            let ((), stdout, stderr) = tokio::join!(
                write_all(stdin, input),
                read_all(stdout, OUTPUT_LIMIT),
                read_all(stderr, COMPLAINT_LIMIT)
            );
            let status = ChildWrapper::wait(&mut *child).await;
            let code = status.ok().and_then(|status| status.code()).unwrap_or(255);
            Output { code, stdout, stderr: String::from_utf8_lossy(&stderr).into_owned() }
        };
        match timeout(limit, talk).await {
            // Its socket was removed, or answers nobody: nothing can be done through it, so it is of no use.
            Ok(output) if output.code == 255 && output.stderr.contains(NO_SOCKET) => {
                self.0.held.broken.notify_one();
                Err(SshError::LineLost { host: self.0.host.clone(), message: "its socket is gone".to_owned() })
            }
            Ok(output) => Ok(output),
            // Dropping it kills it.
            Err(_) if self.is_up() => Err(SshError::TooSlow { host: self.0.host.clone(), seconds: limit.as_secs() }),
            Err(_) => Err(self.failed("")),
        }
    }
}

impl WeakConnection {
    /// The connection, if somebody holds it and it stands.
    pub fn upgrade(&self) -> Option<Connection> {
        self.0.upgrade().map(Connection).filter(Connection::is_up)
    }
}

async fn write_all(pipe: Option<ChildStdin>, input: &[u8]) {
    if let Some(mut pipe) = pipe {
        // One that has ended reads no more; its exit code says why.
        let _ = pipe.write_all(input).await;
    }
}

async fn read_all(pipe: Option<impl AsyncRead + Unpin>, limit: u64) -> Vec<u8> {
    let mut read = Vec::new();
    if let Some(pipe) = pipe {
        let mut pipe = pipe.take(limit);
        let _ = pipe.read_to_end(&mut read).await;
        // What is too much is not waited for: the writer ends when the pipe does.
    }
    read
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("host", &self.0.host).field("is_up", &self.is_up()).finish_non_exhaustive()
    }
}
