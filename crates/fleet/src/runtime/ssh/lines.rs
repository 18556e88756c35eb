//! The lines to other machines: one a host, shared by everything that is done there, and ended when nothing is.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use launch::ssh::{Connection, RemoteOpencode, Ssh, SshError, WeakConnection};
use tokio::time::Instant;

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
    lines: Mutex<HashMap<String, Line>>,
}

#[derive(Clone, Default)]
struct Line {
    /// Held while it comes about: who comes second gets the first one's.
    known: Arc<tokio::sync::Mutex<Known>>,
    /// Held open though nobody uses it, until then.
    lingers: Option<(Connection, Instant)>,
}

#[derive(Default)]
struct Known {
    connection: Option<WeakConnection>,
    /// The opencode that was found through it.
    opencode: Option<RemoteOpencode>,
}

impl Lines {
    /// None yet.
    pub(crate) fn new(shell: Shell, folders: Arc<Folders>) -> Self {
        Self(Arc::new(Shared { shell, folders, lines: Mutex::default() }))
    }

    /// The folders in use here.
    pub(crate) fn folders(&self) -> &Folders {
        &self.0.folders
    }

    /// The line to a host: the one that stands, or a new one.
    pub(crate) async fn connect(&self, host: &str) -> Result<Connection, SshError> {
        let line = self.lines().entry(host.to_owned()).or_default().clone();
        let mut known = line.known.lock().await;
        if let Some(connection) = known.connection.as_ref().and_then(WeakConnection::upgrade) {
            return Ok(connection);
        }
        let connection = self.ssh().await?.connect(host).await?;
        tracing::info!(host, "The line to another machine stands");
        *known = Known { connection: Some(connection.downgrade()), opencode: None };
        Ok(connection)
    }

    /// The system's `ssh`, as the person has it.
    pub(crate) async fn ssh(&self) -> Result<Ssh, SshError> {
        let environment = self.0.shell.environment().await;
        let folders = &self.0.folders;
        let runtime = environment.get("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_dir());
        let sockets = runtime.map_or_else(|| folders.state.join("ssh"), |folder| folder.join("opencode-portal"));
        Ssh::find(&environment, &folders.home, sockets)
    }

    /// The opencode of a host. One that was found counts as long as the line.
    pub(crate) async fn opencode(&self, connection: &Connection) -> Result<RemoteOpencode, SshError> {
        let line = self.lines().entry(connection.host().to_owned()).or_default().clone();
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
            tokio::time::sleep_until(until).await;
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

    fn lines(&self) -> MutexGuard<'_, HashMap<String, Line>> {
        self.0.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
