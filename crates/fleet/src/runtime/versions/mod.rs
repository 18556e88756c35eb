//! Performs what `reduce::versions` asks for, and watches what it needs to know.

mod checking;

use std::path::PathBuf;
use std::time::Duration;

use launch::Install;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::actor::Actor;
use super::context::Context;
use crate::Update;
use crate::event::Event;
use crate::versions::{VersionsEffect, VersionsEvent};

/// How often the time is reported while instances are restarted.
const TICK: Duration = Duration::from_secs(5);

/// Performs an effect.
pub(super) fn perform(actor: &mut Actor, effect: VersionsEffect) {
    let context = actor.context.clone();
    let task = match effect {
        VersionsEffect::Look => tokio::spawn(look(context)),
        VersionsEffect::Install { version } => tokio::spawn(install(context, version)),
        VersionsEffect::Check { version, path } => tokio::spawn(check(context, version, path)),
        VersionsEffect::Remove { version } => tokio::spawn(remove(context, version)),
        VersionsEffect::Tidy { used } => tokio::spawn(tidy(context, used)),
        VersionsEffect::Tick => tokio::spawn(tick(context)),
    };
    actor.watchers.retain(|task| !task.is_finished());
    actor.watchers.push(task.abort_handle());
}

/// Begins to watch.
pub(super) fn watch(context: &Context) -> Vec<AbortHandle> {
    // Nothing else of this happens by itself: looking for versions asks the network.
    let is_ours = context.options.stays;
    is_ours.then(|| tokio::spawn(checking::end_left_behind(context.clone())).abort_handle()).into_iter().collect()
}

async fn look(context: Context) {
    let environment = context.shell.environment().await;
    let result = launch::install::latest(&environment).await.map_err(|error| error.to_string());
    context.report(Event::Versions(VersionsEvent::Looked { result }));
}

async fn install(context: Context, version: Option<String>) {
    let environment = (*context.shell.environment().await).clone();
    let version = match version {
        Some(version) => version,
        None => match launch::install::latest(&environment).await {
            Ok(latest) => {
                context.report(Event::Versions(VersionsEvent::Looked { result: Ok(latest.clone()) }));
                latest
            }
            Err(error) => {
                let version = "the newest version".to_owned();
                let reason = format!("What the newest version is could not be looked up: {error}");
                return context.report(Event::Versions(VersionsEvent::Failed { version, reason }));
            }
        },
    };
    let data = context.folders.data.clone();
    // One that is there already need not be fetched; whether it works is seen next.
    let there = launch::install::installed(&data).into_iter().find(|(installed, _)| *installed == version);
    if let Some((version, path)) = there {
        return context.report(Event::Versions(VersionsEvent::Installed { version, path }));
    }
    let request = Install { version: version.clone(), data_folder: data, environment };
    let (progress, mut lines) = mpsc::channel(16);
    let follower = {
        let (context, version) = (context.clone(), version.clone());
        tokio::spawn(async move {
            while let Some(line) = lines.recv().await {
                let version = version.clone();
                context.report(Event::Versions(VersionsEvent::Progress { version, line }));
            }
        })
    };
    let installed = launch::install(&request, progress).await;
    // Its last line comes before the result.
    let _ended = follower.await;
    context.report(Event::Versions(match installed {
        Ok(binary) => VersionsEvent::Installed { version: binary.version, path: binary.path },
        Err(error) => VersionsEvent::Failed { version, reason: error.to_string() },
    }));
}

async fn check(context: Context, version: String, path: PathBuf) {
    let result = checking::check(&context, &path).await;
    context.report(Event::Versions(match result {
        Ok(()) => VersionsEvent::Checked { version },
        Err(reason) => VersionsEvent::Failed { version, reason },
    }));
}

async fn remove(context: Context, version: String) {
    let data = context.folders.data.clone();
    let removed = tokio::task::spawn_blocking(move || launch::install::remove(&data, &version)).await;
    if let Ok(Err(error)) = removed {
        tracing::warn!(%error, "A version of opencode was not removed");
    }
}

async fn tidy(context: Context, used: Vec<PathBuf>) {
    let data = context.folders.data.clone();
    let tidied = tokio::task::spawn_blocking(move || {
        let whole = |path: &PathBuf| std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        let used: Vec<PathBuf> = used.iter().map(whole).collect();
        for (version, path) in launch::install::installed(&data) {
            if used.contains(&whole(&path)) {
                continue;
            }
            match launch::install::remove(&data, &version) {
                Ok(()) => tracing::info!(version, "A version of opencode that nothing uses was removed"),
                Err(error) => tracing::warn!(%error, version, "A version of opencode was not removed"),
            }
        }
    });
    // It stays until the next update.
    let _panicked = tidied.await;
}

/// Reports the time while an update is rolled out, so that one that hangs is given up.
async fn tick(context: Context) {
    loop {
        tokio::time::sleep(TICK).await;
        if !matches!(context.states.borrow().versions.update, Update::RollingOut { .. }) {
            return;
        }
        context.report(Event::Versions(VersionsEvent::Ticked));
    }
}
