//! The lines to other machines: one a host, shared by everything that is done there, and ended when nothing is.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use launch::ssh::{Connection, RemoteOpencode, Ssh, SshError, WeakConnection};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::left::UnderWay;
use super::log::Followers;
use super::patience::pause;
use super::prompts::Prompts;
use crate::Folders;
use crate::runtime::shell::Shell;

/// How long a line that was only looked through is kept for the next look.
const LINGERS: Duration = Duration::from_mins(1);

/// The lines to other machines. Clones are the same.
#[derive(Clone)]
pub(crate) struct Lines(Arc<Shared>);

struct Shared {
    shell: Shell,
    folders: Arc<Folders>,
    prompts: Prompts,
    lines: Mutex<HashMap<String, Line>>,
    followers: Followers,
    left: UnderWay,
}

#[derive(Clone, Default)]
struct Line {
    /// Held while it comes about: who comes second gets the first one's, or its failure.
    known: Arc<tokio::sync::Mutex<Known>>,
    /// Told when it stands again.
    stands: Arc<Notify>,
    /// Held open though nobody uses it, until then.
    lingers: Option<(Connection, Instant)>,
}

#[derive(Default)]
struct Known {
    connection: Option<WeakConnection>,
    /// The opencode that was found through it.
    opencode: Option<RemoteOpencode>,
    /// Why it did not come about, if it was tried since it stood.
    failed: Option<Failed>,
}

/// A line that did not come about. A host that is asked too often shuts us out, and one that is off is waited for long.
struct Failed {
    error: SshError,
    at: Instant,
    times: u32,
    /// Before then it is tried only for a person.
    again_at: Instant,
}

impl Lines {
    /// None yet.
    pub(crate) fn new(shell: Shell, folders: Arc<Folders>, prompts: Prompts) -> Self {
        let (lines, followers, left) = (Mutex::default(), Followers::default(), UnderWay::default());
        Self(Arc::new(Shared { shell, folders, prompts, lines, followers, left }))
    }

    /// The folders in use here.
    pub(crate) fn folders(&self) -> &Folders {
        &self.0.folders
    }

    /// What `ssh` asks, and those who answer.
    pub(crate) fn prompts(&self) -> &Prompts {
        &self.0.prompts
    }

    /// Who follows the output of which server.
    pub(super) fn followers(&self) -> &Followers {
        &self.0.followers
    }

    /// What is being seen to of what was left on other machines.
    pub(super) fn left(&self) -> &UnderWay {
        &self.0.left
    }

    /// The line to a host, for somebody who waits: the one that stands, or a new one. What was tried meanwhile counts.
    pub(crate) async fn connect(&self, host: &str) -> Result<Connection, SshError> {
        let asked = Instant::now();
        self.connect_unless(host, false, |failed| failed.at >= asked).await
    }

    /// The same because of what a person just did: they answer what `ssh` asks, where there is anybody.
    pub(crate) async fn connect_asking(&self, host: &str) -> Result<Connection, SshError> {
        if !self.0.prompts.is_anybody_there() {
            return self.connect(host).await;
        }
        let asked = Instant::now();
        // What failed for want of an answer is tried once more with one; but who has just declined is not asked again.
        let is_final = |error: &SshError| error.may_pass() || matches!(error, SshError::NotAnswered { .. });
        self.connect_unless(host, true, |failed| failed.at >= asked && is_final(&failed.error)).await
    }

    /// The same for what goes on by itself: all instances of a host try as often as one.
    pub(super) async fn reach(&self, host: &str) -> Result<Connection, SshError> {
        self.connect_unless(host, false, |failed| failed.again_at > Instant::now()).await
    }

    async fn connect_unless(
        &self,
        host: &str,
        may_ask: bool,
        counts: impl Fn(&Failed) -> bool,
    ) -> Result<Connection, SshError> {
        let line = self.line(host);
        let mut known = line.known.lock().await;
        if let Some(connection) = known.connection.as_ref().and_then(WeakConnection::upgrade) {
            return Ok(connection);
        }
        if let Some(failed) = known.failed.as_ref().filter(|failed| counts(failed)) {
            return Err(failed.error.clone());
        }
        let connected = match self.ssh().await {
            Ok(ssh) if may_ask => ssh.connect_asking(host, &self.0.prompts.of_host(host)).await,
            Ok(ssh) => ssh.connect(host).await,
            Err(error) => Err(error),
        };
        match connected {
            Ok(connection) => {
                tracing::info!(host, "The line to another machine stands");
                *known = Known { connection: Some(connection.downgrade()), opencode: None, failed: None };
                line.stands.notify_waiters();
                Ok(connection)
            }
            Err(error) => {
                let times = known.failed.as_ref().map_or(1, |failed| failed.times.saturating_add(1));
                let at = Instant::now();
                let again_at = at + pause(&error, times);
                known.failed = Some(Failed { error: error.clone(), at, times, again_at });
                Err(error)
            }
        }
    }

    /// Waits until a host is to be tried again; where the line was not what failed, that long. Over as soon as the line stands.
    pub(super) async fn until_next_try(&self, host: &str, otherwise: Duration) {
        let line = self.line(host);
        let mut stands = std::pin::pin!(line.stands.notified());
        stands.as_mut().enable();
        let again_at = line.known.lock().await.failed.as_ref().map(|failed| failed.again_at);
        tokio::select! {
            () = sleep_until(again_at.unwrap_or_else(|| Instant::now() + otherwise)) => {}
            () = stands => {}
        }
    }

    /// Waits until the line to a host comes about, whoever connects, but not longer than that.
    pub(super) async fn until_it_stands(&self, host: &str, longest: Duration) {
        let _waited = tokio::time::timeout(longest, self.line(host).stands.notified()).await;
    }

    /// The system's `ssh`, as the person has it.
    pub(crate) async fn ssh(&self) -> Result<Ssh, SshError> {
        let environment = self.0.shell.environment().await;
        let folders = Arc::clone(&self.0.folders);
        // The user database may be on another machine.
        let found = tokio::task::spawn_blocking(move || {
            let runtime = environment.get("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_dir());
            let sockets = runtime.map_or_else(|| folders.state.join("ssh"), |folder| folder.join("opencode-portal"));
            Ssh::find(&environment, &folders.home, sockets)
        });
        found.await.unwrap_or_else(|error| Err(SshError::CannotRun { message: error.to_string() }))
    }

    /// The opencode of a host. One that was found counts as long as the line.
    pub(crate) async fn opencode(&self, connection: &Connection) -> Result<RemoteOpencode, SshError> {
        let line = self.line(connection.host());
        if let Some(opencode) = line.known.lock().await.opencode.clone() {
            return Ok(opencode);
        }
        let opencode = connection.find_opencode(None).await?;
        if matches!(opencode, RemoteOpencode::Found { .. }) {
            line.known.lock().await.opencode = Some(opencode.clone());
        }
        Ok(opencode)
    }

    /// Keeps a line for a while after its last use.
    pub(crate) fn linger(&self, connection: Connection) {
        let host = connection.host().to_owned();
        let until = Instant::now() + LINGERS;
        self.lines().entry(host.clone()).or_default().lingers = Some((connection, until));
        let shared = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            sleep_until(until).await;
            let Some(shared) = shared.upgrade() else { return };
            let mut lines = shared.lines.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(line) = lines.get_mut(&host)
                && line.lingers.as_ref().is_some_and(|(_, last)| *last <= until)
            {
                line.lingers = None;
            }
        });
    }

    /// Ends what only lingers.
    pub(crate) fn close(&self) {
        for line in self.lines().values_mut() {
            line.lingers = None;
        }
    }

    fn line(&self, host: &str) -> Line {
        let mut lines = self.lines();
        let line = lines.entry(host.to_owned()).or_default();
        Line { lingers: None, ..line.clone() }
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<String, Line>> {
        self.0.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use launch::ssh::SshError;
    use tokio::net::TcpListener;

    use super::*;

    /// Lines of a home whose `ssh` knows one host, which hangs up on everybody; and how often it did.
    async fn lines() -> (testkit::World, Lines, Arc<AtomicUsize>) {
        let world = testkit::World::new();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                drop(caller);
            }
        });
        let config = format!("Host dead\n  HostName 127.0.0.1\n  Port {port}\n  IdentityAgent none\n");
        std::fs::create_dir_all(world.home().join(".ssh")).unwrap();
        std::fs::write(world.home().join(".ssh/config"), config).unwrap();
        let folders = Folders {
            home: world.home(),
            config: world.config(),
            data: world.data(),
            state: world.state(),
            pinned_opencode: None,
        };
        let lines = Lines::new(Shell::ask(), Arc::new(folders), Prompts::of_nobody());
        (world, lines, calls)
    }

    #[tokio::test]
    async fn a_host_that_does_not_answer_is_tried_once_for_all_who_wait() {
        let (_world, lines, calls) = lines().await;
        let (first, second, third) = tokio::join!(lines.reach("dead"), lines.connect("dead"), lines.reach("dead"));
        for error in [first.unwrap_err(), second.unwrap_err(), third.unwrap_err()] {
            assert!(matches!(error, SshError::Unreachable { .. }), "{error:?}");
        }
        assert_eq!(calls.load(Ordering::SeqCst), 1);
        lines.connect("dead").await.unwrap_err();
        assert_eq!(calls.load(Ordering::SeqCst), 2, "a person who asks later is not put off");
        lines.reach("dead").await.unwrap_err();
        assert_eq!(calls.load(Ordering::SeqCst), 2, "what goes on by itself waits");
        lines.until_next_try("dead", Duration::ZERO).await;
        lines.reach("dead").await.unwrap_err();
        assert_eq!(calls.load(Ordering::SeqCst), 3);
    }
}
