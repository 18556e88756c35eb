//! The output of containers of ours, followed into the instance's log file by one host, so that reading and searching it works as for
//! a process.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;
use launch::LaunchError;
use launch::docker::{Logs, LogsOf};
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
/// About as much is written at once.
const AT_ONCE: usize = 64 * 1024;

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
                Ok(Read::Ended) => return,
                // What it says until it ends is read to the end, however often that takes.
                Ok(Read::Lost) => {
                    tracing::info!(instance = %id, "The engine has lost the output of a container; it is followed anew");
                    tokio::time::sleep(AGAIN).await;
                    continue;
                }
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

/// Why there was no more to read.
enum Read {
    /// It has ended.
    Ended,
    /// It goes on, but the engine told of no more: engines lose what they follow when it is put into another file, and at a restart.
    Lost,
}

/// Writes what the container says into the log until it ends.
async fn read(context: &Context, run: &Run) -> Result<Read, LaunchError> {
    let engine = engines::connect_to(context, &run.container, WORK).await?;
    let details = engine.inspect(&run.container.id).await?;
    let mark = run.log.with_extension("log.at");
    let (log, started, of) = (run.log.clone(), details.started, mark.clone());
    let begun = tokio::task::spawn_blocking(move || begin(&log, &of, started)).await;
    let after = begun.ok().flatten();
    let mut place = Place { mark, started, after, kept: after };
    let mut logs = engine.logs(&run.container.id, LogsOf { after, is_followed: true })?;
    let mut file = None;
    let mut kept_at = Instant::now();
    let end = loop {
        // Nobody is woken for what is written down already.
        let limit = if place.kept == place.after { Duration::MAX } else { KEEP };
        let end = match tokio::time::timeout(limit, said(&mut logs)).await {
            Ok(said) => {
                place.after = said.at.or(place.after);
                file = written(file, &run.log, said.bytes).await;
                said.end
            }
            // It says nothing.
            Err(_) => None,
        };
        if let Some(end) = end {
            break end;
        }
        if kept_at.elapsed() >= KEEP {
            place.keep().await;
            kept_at = Instant::now();
        }
    };
    place.keep().await;
    end?;
    let now = engine.inspect(&run.container.id).await?;
    let goes_on = now.state.is_up() && now.started == details.started;
    Ok(if goes_on { Read::Lost } else { Read::Ended })
}

/// What was said since the last time.
#[derive(Default)]
struct Said {
    bytes: Vec<u8>,
    /// When the last of it was said.
    at: Option<SystemTime>,
    /// There is no more, or no more can be heard.
    end: Option<Result<(), LaunchError>>,
}

/// Waits for a piece, and takes what waits behind it. Nothing is lost if the waiting is given up.
async fn said(logs: &mut Logs) -> Said {
    let mut said = Said::default();
    let mut next = logs.next().await;
    loop {
        match next {
            Some(Ok(entry)) => {
                said.bytes.extend_from_slice(&entry.bytes);
                said.at = entry.at.or(said.at);
            }
            Some(Err(error)) => said.end = Some(Err(error)),
            None => said.end = Some(Ok(())),
        }
        if said.end.is_some() || said.bytes.len() >= AT_ONCE {
            return said;
        }
        match logs.next().now_or_never() {
            Some(more) => next = more,
            None => return said,
        }
    }
}

/// Writes it at the end of the log, and gives the open file for the next time. Who keeps logs short does so under whoever writes.
async fn written(file: Option<File>, log: &Path, bytes: Vec<u8>) -> Option<File> {
    if bytes.is_empty() {
        return file;
    }
    let log = log.to_owned();
    let done = tokio::task::spawn_blocking(move || {
        let opened = match file {
            Some(file) => Ok(file),
            None => OpenOptions::new().create(true).append(true).open(&log),
        };
        opened.and_then(|mut file| file.write_all(&bytes).map(|()| file))
    });
    match done.await {
        Ok(Ok(file)) => Some(file),
        Ok(Err(error)) => {
            tracing::debug!(%error, "Output of a container was not written");
            None
        }
        Err(_) => None,
    }
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

/// Up to where the output of a run is in the log, for whoever goes on with it.
struct Place {
    mark: PathBuf,
    /// When the run began: the place means nothing for another one.
    started: Option<SystemTime>,
    after: Option<SystemTime>,
    /// What is written down of it.
    kept: Option<SystemTime>,
}

impl Place {
    /// Writes it down, if anything was said since.
    async fn keep(&mut self) {
        let Some(text) = self.unkept() else { return };
        self.kept = self.after;
        let mark = self.mark.clone();
        // Without it the run's output is read once more by the next host.
        let _kept = tokio::task::spawn_blocking(move || fs::write(mark, text)).await;
    }

    fn unkept(&self) -> Option<String> {
        let (started, after) = (self.started?, self.after?);
        (self.kept != self.after).then(|| format!("{} {}\n", nanos(started), nanos(after)))
    }
}

impl Drop for Place {
    /// Whoever follows it is given up, mostly because the host closes: the next one goes on here.
    fn drop(&mut self) {
        if let Some(text) = self.unkept() {
            // Some bytes, once: nobody could wait for a task any more.
            let _kept = fs::write(&self.mark, text);
        }
    }
}

fn nanos(time: SystemTime) -> u64 {
    u64::try_from(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use super::{Place, begin, written};

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[tokio::test]
    async fn a_place_is_written_down_once_and_found_again_by_the_same_run_only() {
        let folder = tempfile::tempdir().unwrap();
        let (log, mark) = (folder.path().join("a.log"), folder.path().join("a.log.at"));
        let mut place = Place { mark: mark.clone(), started: Some(at(10)), after: Some(at(10)), kept: Some(at(10)) };
        place.keep().await;
        assert!(!mark.exists(), "nothing was said yet");
        place.after = Some(at(12));
        place.keep().await;
        assert_eq!(begin(&log, &mark, Some(at(10))), Some(at(12)));
        assert!(begin(&log, &mark, Some(at(11))) < Some(at(11)), "another run is read from its beginning");
        fs::remove_file(&mark).unwrap();
        place.keep().await;
        assert!(!mark.exists(), "nothing was said since");
        // Its host closes before it was written down again.
        place.after = Some(at(13));
        drop(place);
        assert_eq!(begin(&log, &mark, Some(at(10))), Some(at(13)));
    }

    #[tokio::test]
    async fn the_open_log_goes_on_after_it_was_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("a.log");
        let file = written(None, &log, b"one\n".to_vec()).await;
        assert!(file.is_some());
        fs::File::options().write(true).open(&log).unwrap().set_len(0).unwrap();
        let file = written(file, &log, b"two\n".to_vec()).await;
        written(file, &log, Vec::new()).await;
        assert_eq!(fs::read_to_string(&log).unwrap(), "two\n");
    }
}
