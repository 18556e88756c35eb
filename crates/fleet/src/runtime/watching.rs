//! What nobody tells us of and we must look at from time to time: records and settings of other hosts, the shared registry.
//!
//! Each look is a few system calls, because there is one every second.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use launch::ProcessIdentity;

use super::context::Context;
use super::ticks::ticks;
use crate::containers::ContainersEvent;
use crate::event::{Event, RecordedLife};
use crate::files::{profile_file, record_file, registry_file};
use crate::record::{Body, Life, Record, Running};
use crate::{InstanceId, Kind, NoticeId, Place};

/// How often we look for what changed on disk and at containers.
const LOOK: Duration = Duration::from_secs(1);

/// What tells whether a file has changed.
pub(super) type Stamp = (Option<SystemTime>, u64);

/// What has been seen on disk.
#[derive(Default)]
pub(super) struct Seen {
    records: BTreeMap<PathBuf, (InstanceId, Stamp)>,
    registry: Option<Stamp>,
    /// Of what is left on other machines.
    left_there: Stamp,
    settings: Stamp,
    pub(super) profiles: BTreeMap<InstanceId, Stamp>,
}

impl Seen {
    /// Nothing but the settings, which were read when they had this stamp.
    pub(super) fn settings(settings: Stamp) -> Self {
        Self { settings, ..Self::default() }
    }
}

/// Looks at the disk from time to time. A disk that is slow holds up nothing but this.
pub(super) async fn disk(context: Context, mut seen: Seen) {
    let mut ticks = ticks(LOOK);
    loop {
        ticks.tick().await;
        let context = context.clone();
        let looked = tokio::task::spawn_blocking(move || {
            look(&context, &mut seen);
            seen
        });
        seen = match looked.await {
            Ok(seen) => seen,
            Err(error) => {
                if error.is_panic() {
                    tracing::error!(%error, "The disk is not looked at any more");
                }
                return;
            }
        };
    }
}

/// Looks at the disk once.
pub(super) fn look(context: &Context, seen: &mut Seen) {
    // A profile before the record that it belongs to: nothing is shown without it.
    // What cannot be listed for a moment is not gone.
    if let Err(error) = super::roster::look(context, seen) {
        tracing::debug!(%error, "The profiles could not be listed");
    }
    if let Err(error) = records(context, seen) {
        tracing::debug!(%error, "The records could not be listed");
    }
    super::ssh::look(context, &mut seen.left_there);
    registry(context, seen);
    settings(context, seen);
}

fn records(context: &Context, seen: &mut Seen) -> io::Result<()> {
    let paths = record_file::paths(&context.folders.records())?;
    let gone: Vec<PathBuf> = seen.records.keys().filter(|path| !paths.contains(path)).cloned().collect();
    for path in gone {
        // What runs on another machine ends with it, but later: told when that is known.
        if seen.records.get(&path).is_some_and(|(id, _)| is_elsewhere(context, id) && !is_ended(context, id)) {
            continue;
        }
        if let Some((id, _)) = seen.records.remove(&path) {
            context.report(Event::RecordGone { id });
        }
    }
    for path in paths {
        let stamp = stamp(&path);
        let is_unchanged = seen.records.get(&path).is_some_and(|(_, seen)| *seen == stamp);
        if is_unchanged && !seen.records.get(&path).is_some_and(|(id, _)| is_ended(context, id)) {
            continue;
        }
        match record_file::read(&path) {
            Ok(record) => {
                let host_lives = record.host.as_ref().is_some_and(ProcessIdentity::is_alive);
                let id = record.id.clone();
                let (record, life) = life_of(context, record, host_lives);
                // Its host started it anew, or had begun to, while we still watched the process before: told once that one's end is known.
                if is_unchanged && !matters(context, &record, life) {
                    continue;
                }
                if let Some(life) = life {
                    seen.records.insert(path, (id, stamp));
                    context.report(Event::RecordSeen { record: Box::new(record), process: life, host_lives });
                }
            }
            Err(error) => {
                // Perhaps a newer version's: kept, and not looked at again until it changes.
                tracing::warn!(path = %path.display(), %error, "A record was not understood");
                let id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
                seen.records.insert(path, (InstanceId::from(id), stamp));
            }
        }
    }
    Ok(())
}

/// Whether an instance has ended as far as we know.
fn is_ended(context: &Context, id: &InstanceId) -> bool {
    context.states.borrow().instances.get(id).is_some_and(|instance| instance.state.is_ended())
}

/// Whether it is an instance of another machine, which no look from here can see.
fn is_elsewhere(context: &Context, id: &InstanceId) -> bool {
    let states = context.states.borrow();
    states.instances.get(id).is_some_and(|instance| matches!(instance.kind, Kind::Ssh { .. }))
}

/// Whether what a record names runs, or may, as far as can be seen from here.
fn matters(context: &Context, record: &Record, life: Option<RecordedLife>) -> bool {
    let runs_elsewhere = || matches!(&record.life, Life::Runs(Running { body: Body::Elsewhere { .. }, .. }));
    match life {
        Some(RecordedLife::Alive) => true,
        Some(RecordedLife::Elsewhere) => runs_elsewhere(),
        // A start whose host was killed: what it has started there is nobody's.
        Some(RecordedLife::Dead) => matches!(record.life, Life::Intended { .. }) && is_elsewhere(context, &record.id),
        None => false,
    }
}

/// What the system says of a recorded process. None: its host is just starting it; look again.
fn life_of(context: &Context, mut record: Record, host_lives: bool) -> (Record, Option<RecordedLife>) {
    let life = match &record.life {
        Life::Runs(running) | Life::Ending(running) if running.process().is_some_and(ProcessIdentity::is_alive) => {
            RecordedLife::Alive
        }
        Life::Runs(running) | Life::Ending(running) if running.process().is_none() => RecordedLife::Elsewhere,
        Life::Intended { .. } if host_lives => return (record, None),
        Life::Ended | Life::Runs(_) | Life::Ending(_) | Life::Intended { port: None } => RecordedLife::Dead,
        // What has its mark here may come from another machine's Portal, or be the other machine's own server, if that is this one.
        Life::Intended { .. } if !is_of_this_machine(context, &record.id) => RecordedLife::Dead,
        Life::Intended { port: Some(port) } => {
            let port = *port;
            match launch::find_by_environment(super::roster::command::INSTANCE_VARIABLE, record.id.as_str()) {
                // Its host was killed between the spawn and the record: it is found by the mark it carries.
                Some(identity) => {
                    record.life = Life::Runs(Running {
                        body: Body::Process(identity),
                        host: "127.0.0.1".to_owned(),
                        port,
                        since: super::context::now(),
                    });
                    RecordedLife::Alive
                }
                None => RecordedLife::Dead,
            }
        }
    };
    (record, Some(life))
}

/// Whether an instance is a process of this machine, as its profile says.
fn is_of_this_machine(context: &Context, id: &InstanceId) -> bool {
    let profile = profile_file::read(&profile_file::path(&context.folders.profiles(), id));
    // One that nothing was chosen for has none.
    profile.map_or(true, |profile| profile.place == Place::Process)
}

fn registry(context: &Context, seen: &mut Seen) {
    let path = context.folders.registry();
    let stamp = stamp(&path);
    if seen.registry == Some(stamp) {
        return;
    }
    seen.registry = Some(stamp);
    match registry_file::docker_entries(&path) {
        Ok(entries) if registry_file::is_corrupt(&path) => {
            // What we knew stays: nothing says that it is gone.
            drop(entries);
            context.report(Event::NoticeRaised(super::disk::corrupt(&path, None)));
        }
        Ok(entries) => context.report(Event::Containers(ContainersEvent::Listed { entries })),
        Err(error) => {
            tracing::warn!(%error, "The registry was not read");
            context.report(Event::NoticeRaised(crate::Notice {
                id: NoticeId::from("registry-read"),
                level: crate::NoticeLevel::Warning,
                message: error.to_string(),
                hint: Some("Correct the permissions of the file".to_owned()),
            }));
            return;
        }
    }
    context.report(Event::NoticeOver(NoticeId::from("registry-read")));
}

fn settings(context: &Context, seen: &mut Seen) {
    let stamp = stamp(&context.folders.settings());
    if seen.settings != stamp {
        seen.settings = stamp;
        // Read by the thread that writes them: after our own changes.
        context.disk.look_at_settings();
    }
}

/// What tells whether this file has changed; the same for every file that is not there.
pub(super) fn stamp(path: &Path) -> Stamp {
    std::fs::metadata(path).map_or((None, 0), |metadata| (metadata.modified().ok(), metadata.len()))
}
