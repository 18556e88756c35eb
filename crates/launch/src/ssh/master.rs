//! The `ssh` that holds the connection to a host, for as long as somebody wants it.

use std::{
    collections::VecDeque,
    ffi::OsString,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use process_wrap::tokio::ChildWrapper;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    process::ChildStdin,
    sync::{Notify, oneshot, watch},
    time::timeout,
};

use super::{
    Asker, Connection, Ssh, SshError,
    askpass::Asking,
    connection::Held,
    program::{option, without_percent},
    words::last_line,
};

/// How long `ssh` may take to reach a host.
const CONNECT_SECONDS: &str = "15";
/// The same where a person may have to answer for a jump host meanwhile: `ssh` counts that, too. We do not.
const CONNECT_ASKING_SECONDS: &str = "600";
/// How long reading the configuration may take, with the programs that it may run.
const READS_CONFIGURATION: Duration = Duration::from_secs(5);
/// How long it may take until a command runs there, with jump hosts and proxies on the way.
const COMES_UP: Duration = Duration::from_secs(45);
/// The host's shell says this when we are in.
const GREETING: &str = "__portal_is_here__";
/// Lives as long as its input, which is ours: when we end, it ends, and with it the connection.
const LIFELINE: &str = "exec /bin/sh -c 'echo; echo __portal_is_here__; exec cat >/dev/null'";
/// A silent line is given up after three times this.
const ALIVE_SECONDS: &str = "5";
/// What the host's shell prints before we are in, at most.
const NOISE_LIMIT: u64 = 1024 * 1024;
/// No line that tells why there is no connection is as long.
const LINE_LIMIT: u64 = 64 * 1024;
const LAST_LINES: usize = 60;

type Lines = Arc<Mutex<VecDeque<String>>>;

impl Ssh {
    /// Connects to a host, as `ssh HOST` would, but without ever asking anybody anything.
    pub async fn connect(&self, host: &str) -> Result<Connection, SshError> {
        self.connect_with(host, None).await
    }

    /// Connects to a host, as `ssh HOST` would. What it asks is answered by somebody.
    pub async fn connect_asking(&self, host: &str, asker: &dyn Asker) -> Result<Connection, SshError> {
        self.connect_with(host, Some(asker)).await
    }

    async fn connect_with(&self, host: &str, asker: Option<&dyn Asker>) -> Result<Connection, SshError> {
        Self::check_host(host)?;
        let folder = self.socket_folder().await?;
        let socket = folder.path().join("m");
        let mut helper = match asker {
            Some(asker) => Some(Asking::begin(folder.path(), host, asker).await?),
            None => None,
        };
        let options = match asker {
            None => [("BatchMode", "yes"), ("ConnectTimeout", CONNECT_SECONDS)],
            Some(_) if self.goes_straight(host).await => [("BatchMode", "no"), ("ConnectTimeout", CONNECT_SECONDS)],
            Some(_) => [("BatchMode", "no"), ("ConnectTimeout", CONNECT_ASKING_SECONDS)],
        };
        let mut command = self.command(self.master_arguments(host, &socket, options));
        if let Some(helper) = &helper {
            helper.tell(&mut command);
        }
        let mut child = command.spawn().map_err(|error| SshError::cannot_run(&error))?;
        let (stdin, stdout, stderr) = (child.stdin().take(), child.stdout().take(), child.stderr().take());
        let said = Lines::default();
        let reading = tokio::spawn(read_lines(stderr, Arc::clone(&said)));
        let text = |said: &Lines| {
            let lines = said.lock().unwrap_or_else(PoisonError::into_inner);
            lines.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
        };
        let mut stdout = BufReader::new(stdout.expect("it was asked for").take(NOISE_LIMIT));
        let greeted = is_greeted(&mut stdout);
        let greeted = match &mut helper {
            Some(helper) => helper.until(COMES_UP, greeted).await,
            None => timeout(COMES_UP, greeted).await.map_err(|_| SshError::TimedOut { host: host.to_owned() }),
        };
        drop(helper);
        match greeted {
            Ok(true) => {}
            Ok(false) => {
                // It has ended or soon will: what it says last is the reason.
                let status = timeout(Duration::from_secs(5), ChildWrapper::wait(&mut *child)).await;
                let _ = child.start_kill();
                let _ = timeout(Duration::from_secs(5), reading).await;
                let text = text(&said);
                return Err(match status {
                    Ok(Ok(status)) if status.code() != Some(255) => {
                        SshError::NoShell { host: host.to_owned(), message: last_line(&text) }
                    }
                    _ => SshError::of_no_connection(host, &text),
                });
            }
            Err(error) => {
                let _ = child.start_kill();
                return Err(error);
            }
        }
        let (open, closed) = oneshot::channel();
        let (lost, seen) = watch::channel(None);
        let of = host.to_owned();
        let broken = Arc::new(Notify::new());
        let broke = Arc::clone(&broken);
        tokio::spawn(async move {
            let _folder = folder;
            let _output = stdout;
            let end = stay(child, stdin, closed, &broke).await;
            let _ = timeout(Duration::from_secs(1), reading).await;
            let message = if end == End::Closed { String::new() } else { last_line(&text(&said)) };
            lost.send_replace(Some(SshError::LineLost { host: of, message }));
        });
        Ok(Connection::new(host.to_owned(), self.clone(), Held { socket, lost: seen, broken, _open: open }))
    }

    /// Whether a host is reached without others on the way that may ask something themselves, as far as is known.
    async fn goes_straight(&self, host: &str) -> bool {
        let arguments = self.configuration().chain(["-G".into(), "--".into(), host.into()]);
        let Ok(child) = self.command(arguments).spawn() else { return false };
        let Ok(Ok(told)) = timeout(READS_CONFIGURATION, Box::into_pin(child.wait_with_output())).await else {
            return false;
        };
        let told = String::from_utf8_lossy(&told.stdout);
        let leads_through = |line: &str| line.starts_with("proxyjump ") || line.starts_with("proxycommand ");
        !told.is_empty() && !told.lines().any(leads_through)
    }

    fn configuration(&self) -> impl Iterator<Item = OsString> {
        self.config.iter().flat_map(|config| ["-F".into(), config.clone().into_os_string()])
    }

    fn master_arguments(
        &self,
        host: &str,
        socket: &std::path::Path,
        asked: [(&'static str, &'static str); 2],
    ) -> Vec<OsString> {
        self.configuration()
            .chain(option("ControlPath", without_percent(socket)))
            .chain(
                [
                    ("ControlMaster", "yes"),
                    ("ControlPersist", "no"),
                    ("ServerAliveInterval", ALIVE_SECONDS),
                    ("ServerAliveCountMax", "3"),
                    // What the person has set up for a terminal is not for us.
                    ("ClearAllForwardings", "yes"),
                    ("RemoteCommand", "none"),
                    ("PermitLocalCommand", "no"),
                    ("ForwardX11", "no"),
                    ("VisualHostKey", "no"),
                    ("LogLevel", "INFO"),
                ]
                .into_iter()
                .chain(asked)
                .flat_map(|(name, value)| option(name, value)),
            )
            .chain(["-T".into(), "--".into(), host.into(), LIFELINE.into()])
            .collect()
    }
}

/// How a connection ended.
#[derive(PartialEq, Eq)]
enum End {
    /// By us.
    Closed,
    /// By itself, or it carries nothing any more.
    Lost,
}

/// Holds the connection open until it ends or nobody wants it any more.
async fn stay(
    mut child: Box<dyn ChildWrapper>,
    stdin: Option<ChildStdin>,
    closed: oneshot::Receiver<()>,
    broken: &Notify,
) -> End {
    let end = tokio::select! {
        _ = ChildWrapper::wait(&mut *child) => return End::Lost,
        _ = closed => End::Closed,
        () = broken.notified() => End::Lost,
    };
    drop(stdin);
    // With what it has started itself: the proxies and jumps on the way.
    let _ = child.start_kill();
    let _ = ChildWrapper::wait(&mut *child).await;
    end
}

/// Whether the host's shell says that we are in.
async fn is_greeted(stdout: &mut (impl AsyncBufReadExt + Unpin)) -> bool {
    let mut line = Vec::new();
    while stdout.read_until(b'\n', &mut line).await.is_ok_and(|read| read > 0) {
        if line.trim_ascii() == GREETING.as_bytes() {
            return true;
        }
        line.clear();
    }
    false
}

async fn read_lines(pipe: Option<impl AsyncRead + Unpin>, said: Lines) {
    let Some(pipe) = pipe else { return };
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    while (&mut pipe).take(LINE_LIMIT).read_until(b'\n', &mut line).await.is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        line.clear();
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.len() == LAST_LINES {
            said.pop_front();
        }
        said.push_back(text);
    }
}
