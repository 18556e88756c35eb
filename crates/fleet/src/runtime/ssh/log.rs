//! The output of a server of another machine, brought into its log here, by one host of this user at a time.

use std::io::Write;
use std::path::{Path, PathBuf};

use launch::ssh::{Connection, RemoteProcess, RemoteSight};

use crate::InstanceId;
use crate::files::directory_lock::DirectoryLock;
use crate::runtime::context::Context;
use crate::runtime::launching::log_of;

/// How often the rest of the output is fetched after the end, at most.
const ROUNDS: usize = 64;

/// Brings what is written there into the log here.
pub(super) struct Follower {
    name: String,
    log: PathBuf,
    locks: PathBuf,
    lock: Option<DirectoryLock>,
    from: u64,
}

impl Follower {
    /// From where the last one has come to.
    pub(super) fn new(context: &Context, id: &InstanceId) -> Self {
        let log = log_of(context, id);
        Self { name: id.to_string(), log, locks: context.folders.locks(), lock: None, from: 0 }
    }

    /// Begins an empty log, for a new start.
    pub(super) async fn begin(context: &Context, id: &InstanceId) -> Self {
        let follower = Self::new(context, id);
        let log = follower.log.clone();
        let begun = tokio::task::spawn_blocking(move || {
            let _none = std::fs::remove_file(place_of(&log));
            launch::log::begin(&log, crate::runtime::logs::LOGS_KEPT)
        });
        if let Ok(Err(error)) = begun.await {
            tracing::warn!(%error, "A log was not rotated");
        }
        follower
    }

    /// Where to read on.
    pub(super) fn from(&mut self) -> u64 {
        if self.lock.is_none() {
            // Not a directory, but nobody else's either.
            let of = Path::new("output of").join(&self.name);
            self.lock = DirectoryLock::try_take(&self.locks, &of).ok().flatten();
            if self.lock.is_some() {
                let written = std::fs::read_to_string(place_of(&self.log)).unwrap_or_default();
                self.from = written.trim().parse().unwrap_or(0);
            }
        }
        self.from
    }

    /// Takes what one look has brought.
    pub(super) async fn take(&mut self, sight: RemoteSight) {
        let to = sight.from + u64::try_from(sight.output.len()).unwrap_or(u64::MAX);
        let is_new = to != self.from;
        self.from = to;
        if self.lock.is_none() || !is_new {
            return;
        }
        let log = self.log.clone();
        let written = tokio::task::spawn_blocking(move || append(&log, &sight.output, to)).await;
        if let Ok(Err(error)) = written {
            tracing::warn!(%error, log = %self.log.display(), "The output of another machine could not be written");
        }
    }

    /// Fetches everything that is there.
    pub(super) async fn catch_up(&mut self, connection: &Connection, process: &RemoteProcess) {
        for _ in 0..ROUNDS {
            let from = self.from();
            let Ok(sight) = connection.look(process, &self.name, from).await else { return };
            let is_all = sight.output.is_empty();
            self.take(sight).await;
            if is_all {
                return;
            }
        }
    }
}

fn append(log: &Path, output: &[u8], to: u64) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(log)?.write_all(output)?;
    std::fs::write(place_of(log), to.to_string())
}

/// Says how much of what is written there is here. Removed with the log, by its name.
fn place_of(log: &Path) -> PathBuf {
    log.with_extension("log.there")
}
