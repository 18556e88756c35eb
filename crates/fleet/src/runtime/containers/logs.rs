//! The output of containers of ours, followed into the instance's log file by one host, so that reading and searching it works as for
//! a process.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use launch::LaunchError;
use launch::docker::LogsOf;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::super::context::Context;
use super::super::logs::LOGS_KEPT;
use super::super::ticks::ticks;
use super::{WORK, engines};
use crate::containers::ContainerRef;
use crate::{InstanceId, InstanceState, Owner};

/// How often it is looked whose output is to be followed.
const LOOK: Duration = Duration::from_millis(500);
/// How long it takes until one that could not be followed, or that another host follows, is tried again.
const AGAIN: Duration = Duration::from_secs(2);
/// How often the place up to which was written is kept.
const KEEP: Duration = Duration::from_secs(1);

/// Follows the output of every container of ours that runs.
pub(super) async fn follow(context: Context) {
    let mut ticks = ticks(LOOK);
    let mut followed: BTreeMap<InstanceId, Followed> = BTreeMap::new();
    loop {
        ticks.tick().await;
        let running = running(&context);
        followed.retain(|id, one| {
            let is_same = running.get(id).is_some_and(|run| *run == one.run);
            // One that has ended is read to its end by itself.
            is_same || !one.task.is_finished()
        });
        for (id, run) in running {
            let is_under_way = followed.get(&id).is_some_and(|one| !one.task.is_finished() || one.run == run);
            if !is_under_way {
                let task = tokio::spawn(stay(context.clone(), id.clone(), run.clone())).abort_handle();
                followed.insert(id, Followed { run, task });
            }
        }
    }
}

/// One run of one container.
#[derive(Clone, PartialEq, Eq)]
struct Run {
    container: ContainerRef,
    log: PathBuf,
    since: Option<crate::Timestamp>,
}

struct Followed {
    run: Run,
    task: AbortHandle,
}

impl Drop for Followed {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn running(context: &Context) -> BTreeMap<InstanceId, Run> {
    let state = context.states.borrow();
    let ours =
        state.instances.values().filter(|instance| instance.owner == Owner::Portal && instance.started_at.is_some());
    let run = |instance: &crate::Instance| {
        let container = ContainerRef::new(instance.container()?.engine.clone(), instance.container()?.id.clone());
        Some((instance.id.clone(), Run { container, log: instance.log.clone()?, since: instance.started_at }))
    };
    ours.filter_map(|instance| run(instance)).collect()
}

/// Follows one run to its end, as soon as no other host does.
async fn stay(context: Context, id: InstanceId, run: Run) {
    loop {
        let locked = {
            let locks = context.folders.locks();
            let name = format!("{id}.log.lock");
            tokio::task::spawn_blocking(move || lock(&locks, &name)).await
        };
        if let Ok(Ok(Some(_held))) = locked {
            match read(&context, &run).await {
                Ok(()) => return,
                Err(error) => tracing::info!(instance = %id, %error, "The output of a container is not followed"),
            }
        }
        tokio::time::sleep(AGAIN).await;
        let is_over = context.states.borrow().instances.get(&id).is_none_or(|instance| {
            instance.started_at != run.since
                || !matches!(instance.state, InstanceState::Unknown { .. }) && instance.state.is_ended()
        });
        if is_over {
            return;
        }
    }
}

fn lock(folder: &Path, name: &str) -> io::Result<Option<File>> {
    fs::create_dir_all(folder)?;
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(name))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Writes what the container says into the log until it ends.
async fn read(context: &Context, run: &Run) -> Result<(), LaunchError> {
    let engine = engines::connect_to(context, &run.container, WORK).await?;
    let details = engine.inspect(&run.container.id).await?;
    let mark = run.log.with_extension("log.at");
    let (log, started, of) = (run.log.clone(), details.started, mark.clone());
    let begun = tokio::task::spawn_blocking(move || begin(&log, &of, started));
    let mut after = begun.await.ok().flatten();
    let mut logs = engine.logs(&run.container.id, LogsOf { after, is_followed: true })?;
    let mut kept = Instant::now();
    loop {
        let entry = match tokio::time::timeout(KEEP, logs.next()).await {
            Ok(Some(entry)) => entry?,
            Ok(None) => break,
            Err(_) => {
                keep(&mark, started, after).await;
                kept = Instant::now();
                continue;
            }
        };
        after = entry.at.or(after);
        let log = run.log.clone();
        let written = tokio::task::spawn_blocking(move || append(&log, &entry.bytes)).await;
        if let Ok(Err(error)) = written {
            tracing::debug!(%error, "Output of a container was not written");
        }
        if kept.elapsed() >= KEEP {
            keep(&mark, started, after).await;
            kept = Instant::now();
        }
    }
    keep(&mark, started, after).await;
    Ok(())
}

/// Where to go on: at the place that was kept of this run, or, with an empty log, at the beginning of the run.
fn begin(log: &Path, mark: &Path, started: Option<SystemTime>) -> Option<SystemTime> {
    let kept = fs::read_to_string(mark).unwrap_or_default();
    let mut words = kept.split_whitespace().map(|word| word.parse::<u64>().ok());
    let (run, place) = (words.next().flatten(), words.next().flatten());
    if run.is_some() && run == started.map(nanos) {
        return place.map(|place| UNIX_EPOCH + Duration::from_nanos(place));
    }
    // Each start begins with an empty log, so that its last lines are its own.
    if let Err(error) = launch::log::begin(log, LOGS_KEPT) {
        tracing::warn!(%error, "A log was not rotated");
    }
    // What was written in the very moment of the start is of this run.
    started.and_then(|started| started.checked_sub(Duration::from_nanos(1)))
}

async fn keep(mark: &Path, started: Option<SystemTime>, after: Option<SystemTime>) {
    let (Some(started), Some(after)) = (started, after) else { return };
    let (mark, text) = (mark.to_owned(), format!("{} {}\n", nanos(started), nanos(after)));
    // Without it the run's output is read once more by the next host.
    let _kept = tokio::task::spawn_blocking(move || fs::write(mark, text)).await;
}

fn nanos(time: SystemTime) -> u64 {
    u64::try_from(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos()).unwrap_or(u64::MAX)
}

fn append(log: &Path, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().create(true).append(true).open(log)?.write_all(bytes)
}
