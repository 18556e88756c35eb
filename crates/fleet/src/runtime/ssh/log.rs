//! The output of a server of another machine, brought into its log here, by one host of this user at a time.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use launch::ssh::{Connection, LogPlace, RemoteProcess, RemoteSight};
use tokio::time::{Instant, sleep};

use crate::InstanceId;
use crate::files::directory_lock::DirectoryLock;
use crate::runtime::context::Context;
use crate::runtime::launching::log_of;

/// How often more of the output is fetched at once, at most.
const ROUNDS: usize = 64;
/// How often it is looked whether another host of this user still follows.
const LOOK: Duration = Duration::from_millis(100);

/// Who follows the output of which server: of one instance everybody here has the same one.
#[derive(Default)]
pub(super) struct Followers(Mutex<HashMap<InstanceId, Weak<tokio::sync::Mutex<Follower>>>>);

impl Followers {
    /// The one of an instance.
    pub(super) fn of(&self, context: &Context, id: &InstanceId) -> Arc<tokio::sync::Mutex<Follower>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, follower| follower.strong_count() > 0);
        all.get(id).and_then(Weak::upgrade).unwrap_or_else(|| {
            let follower = Arc::new(tokio::sync::Mutex::new(Follower::new(context, id)));
            all.insert(id.clone(), Arc::downgrade(&follower));
            follower
        })
    }
}

/// Brings what is written there into the log here.
pub(super) struct Follower {
    name: String,
    log: PathBuf,
    locks: PathBuf,
    /// Held by the host that follows.
    lock: Option<DirectoryLock>,
    at: LogPlace,
}

impl Follower {
    /// From where the last one has come to.
    fn new(context: &Context, id: &InstanceId) -> Self {
        let log = log_of(context, id);
        Self { name: id.to_string(), log, locks: context.folders.locks(), lock: None, at: LogPlace::default() }
    }

    /// Begins an empty log, for a new start.
    pub(super) async fn begin(&mut self) {
        let log = self.log.clone();
        let begun = tokio::task::spawn_blocking(move || {
            let _none = std::fs::remove_file(place_of(&log));
            launch::log::begin(&log, crate::runtime::logs::LOGS_KEPT)
        });
        if let Ok(Err(error)) = begun.await {
            tracing::warn!(%error, "A log was not rotated");
        }
        self.at = LogPlace::default();
    }

    /// Where to read on; none while another host of this user follows.
    pub(super) async fn place(&mut self) -> Option<LogPlace> {
        if self.lock.is_none() {
            // Not a directory, but nobody else's either.
            let of = Path::new("output of").join(&self.name);
            let (locks, place) = (self.locks.clone(), place_of(&self.log));
            let taken = tokio::task::spawn_blocking(move || {
                let lock = DirectoryLock::try_take(&locks, &of).ok().flatten()?;
                Some((lock, written_place(&std::fs::read_to_string(place).unwrap_or_default())))
            });
            if let Some((lock, at)) = taken.await.ok().flatten() {
                (self.lock, self.at) = (Some(lock), at);
            }
        }
        self.lock.is_some().then_some(self.at)
    }

    /// Waits until no other host follows, that long at most.
    pub(super) async fn is_ours_within(&mut self, patience: Duration) -> bool {
        let began = Instant::now();
        while self.place().await.is_none() {
            if began.elapsed() >= patience {
                return false;
            }
            sleep(LOOK).await;
        }
        true
    }

    /// Takes what one look has brought.
    pub(super) async fn take(&mut self, sight: RemoteSight) {
        let to = sight.to();
        if self.lock.is_some() && to != self.at {
            self.keep(sight.output, to).await;
        }
    }

    /// Writes what was told of a server that has ended before anybody could look.
    pub(super) async fn take_all(&mut self, output: Vec<u8>) {
        let at = self.at;
        self.keep(output, at).await;
    }

    async fn keep(&mut self, output: Vec<u8>, to: LogPlace) {
        self.at = to;
        let log = self.log.clone();
        let written = tokio::task::spawn_blocking(move || append(&log, &output, to)).await;
        if let Ok(Err(error)) = written {
            tracing::warn!(%error, log = %self.log.display(), "The output of another machine could not be written");
        }
    }

    /// Fetches everything that is there.
    pub(super) async fn catch_up(&mut self, connection: &Connection, process: &RemoteProcess) {
        for _ in 0..ROUNDS {
            let Some(place) = self.place().await else { return };
            let Ok(sight) = connection.look(process, &self.name, Some(place)).await else { return };
            let has_more = sight.has_more();
            self.take(sight).await;
            if !has_more {
                return;
            }
        }
    }
}

fn append(log: &Path, output: &[u8], to: LogPlace) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(log)?.write_all(output)?;
    std::fs::write(place_of(log), format!("{} {}", to.offset, to.turn))
}

/// Says how much of what is written there is here. Removed with the log, by its name.
fn place_of(log: &Path) -> PathBuf {
    log.with_extension("log.there")
}

/// What it says; what cannot be read is the beginning.
fn written_place(text: &str) -> LogPlace {
    let mut numbers = text.split_whitespace().map(|number| number.parse().unwrap_or(0));
    LogPlace { offset: numbers.next().unwrap_or(0), turn: numbers.next().unwrap_or(0) }
}
