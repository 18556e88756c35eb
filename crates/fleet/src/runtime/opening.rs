//! Opening the fleet: settings, what was left running, and everything that watches.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use launch::ProcessIdentity;
use tokio::sync::{broadcast, mpsc, watch};

use super::actor::Actor;
use super::context::{Context, now};
use super::disk::{Disk, Report};
use super::shell::Shell;
use super::{Input, Runtime, containers, discovery, measuring, roster, ssh, supervision, versions, watching};
use crate::core::Core;
use crate::event::Event;
use crate::files::settings_file;
use crate::{Discovery, FleetError, Folders, Options, Pace, State};

/// How many changes a slow reader may be behind before it has to take a new state.
const BEHIND: usize = 8192;

/// Opens the fleet. What runs is known when this returns, and is being asked whether it answers.
pub(crate) async fn open(folders: Folders, options: Options, pace: Pace) -> Result<Arc<Runtime>, FleetError> {
    let folders = Arc::new(folders);
    let read = {
        let folders = Arc::clone(&folders);
        tokio::task::spawn_blocking(move || {
            for folder in
                [folders.config.clone(), folders.data.clone(), folders.records(), folders.locks(), folders.logs()]
            {
                // A folder that cannot be made shows when something is to be written into it.
                if let Err(error) = private_folder(&folder) {
                    tracing::warn!(folder = %folder.display(), %error, "A folder was not made");
                }
            }
            let host = ProcessIdentity::observe(std::process::id());
            let stamp = watching::stamp(&folders.settings());
            (stamp, settings_file::read(&folders.settings(), now().as_ms()), host)
        })
    };
    let (stamp, read, host) = read.await.map_err(|_| FleetError::Closed)?;
    let (inputs, taken) = mpsc::unbounded_channel();
    let report: Report = {
        let inputs = inputs.downgrade();
        Arc::new(move |event| {
            if let Some(inputs) = inputs.upgrade() {
                let _closed = inputs.send(Input::Event(event));
            }
        })
    };
    let disk = Disk::start(&folders, read.settings.clone(), &report)?;
    let mut core = Core::new(read.settings, host.clone(), folders.logs());
    core.minute_ms = u64::try_from(pace.minute().as_millis()).unwrap_or(u64::MAX);
    let (states, state) = watch::channel::<Arc<State>>(Arc::new(core.state.clone()));
    let (changes, _) = broadcast::channel(BEHIND);
    let context =
        Context::new(Arc::clone(&folders), options, disk, Shell::ask(), state.clone(), host, inputs.downgrade());
    let context = context.at_pace(pace);
    let mut actor = Actor {
        context: context.clone(),
        core,
        states,
        changes: changes.clone(),
        calls: HashMap::new(),
        links: HashMap::new(),
        watchers: Vec::new(),
    };
    if let Some(notice) = read.notice {
        actor.take(Event::NoticeRaised(notice));
    }
    actor.take(Event::LookForOpencode);
    let seen = look_once(&context, watching::Seen::settings(stamp)).await?;
    actor.watchers.push(tokio::spawn(watching::disk(context.clone(), seen)).abort_handle());
    actor.watchers.extend(containers::watch(&context));
    actor.watchers.extend(measuring::watch(&context));
    actor.watchers.extend(discovery::watch(&context));
    actor.watchers.extend(supervision::watch(&context));
    actor.watchers.extend(roster::watch(&context));
    actor.watchers.extend(versions::watch(&context));
    actor.watchers.push(ssh::watch(&context));
    let book = context.book.clone();
    let (measurements, looked) = (context.measurements.clone(), context.looked.subscribe());
    let (clients, uses, disk) = (context.clients.clone(), context.uses.clone(), context.disk.clone());
    let lines = context.lines.clone();
    let mut taken = taken;
    // What was found on disk is known before anybody asks.
    while let Ok(Input::Event(event)) = taken.try_recv() {
        actor.take(event);
    }
    tokio::spawn(actor.run(taken));
    Ok(Arc::new(Runtime {
        folders,
        context,
        inputs,
        states: state,
        changes,
        clients,
        book,
        uses,
        disk,
        lines,
        measurements,
        looked: (options.discovery == Discovery::AsSet).then_some(looked),
        next_call: AtomicU64::new(1),
    }))
}

async fn look_once(context: &Context, mut seen: watching::Seen) -> Result<watching::Seen, FleetError> {
    let context = context.clone();
    let looked = tokio::task::spawn_blocking(move || {
        watching::look(&context, &mut seen);
        seen
    });
    looked.await.map_err(|_| FleetError::Closed)
}

/// A folder for the user alone, if we have to make it.
fn private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
