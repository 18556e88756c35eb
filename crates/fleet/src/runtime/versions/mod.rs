//! Performs what `reduce::versions` asks for, and watches what it needs to know.

mod checking;

use std::path::{Path, PathBuf};
use std::time::Duration;

use launch::Install;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::actor::Actor;
use super::context::Context;
use crate::Update;
use crate::event::Event;
use crate::files::settings_file;
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
    let folders = context.folders.clone();
    let tidied = tokio::task::spawn_blocking(move || {
        for (version, path) in unused(&folders.data, &folders.settings(), used) {
            match launch::install::remove(&folders.data, &version) {
                Ok(()) => tracing::info!(path = %path.display(), "A version of opencode that nothing uses was removed"),
                Err(error) => tracing::warn!(%error, version, "A version of opencode was not removed"),
            }
        }
    });
    // It stays until the next update.
    let _panicked = tidied.await;
}

/// The versions in our own folder that are none of these programs, and not the one that another host has chosen meanwhile.
fn unused(data: &Path, settings: &Path, mut used: Vec<PathBuf>) -> Vec<(String, PathBuf)> {
    match settings_file::look(settings) {
        Ok(settings) => used.extend(settings.and_then(|settings| settings.opencode_binary)),
        Err(error) => {
            tracing::warn!(%error, "Every version of opencode is kept: the settings do not tell which is chosen");
            return Vec::new();
        }
    }
    let whole = |path: &PathBuf| std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
    let used: Vec<PathBuf> = used.iter().map(whole).collect();
    launch::install::installed(data).into_iter().filter(|(_, path)| !used.contains(&whole(path))).collect()
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

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::unused;

    /// A version as an installation leaves it.
    fn install(data: &Path, version: &str) -> PathBuf {
        let real = testkit::opencode_binary();
        let package = real.ancestors().nth(2).unwrap().file_name().unwrap();
        let modules = data.join("opencode").join(version).join("node_modules");
        let path = modules.join(package).join("bin/opencode");
        testkit::shell_script(&path, "exit 0");
        path
    }

    #[test]
    fn what_another_host_has_chosen_is_kept_and_all_is_when_that_cannot_be_told() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        let settings = data.join("settings.json");
        let [old, used, chosen] = ["1.0.0", "2.0.0", "3.0.0"].map(|version| install(data, version));
        let versions = |used: &PathBuf| {
            let unused = unused(data, &settings, vec![used.clone()]);
            unused.into_iter().map(|(_, path)| path).collect::<Vec<_>>()
        };
        assert_eq!(versions(&used), [chosen.clone(), old.clone()], "nobody has chosen any");
        let text = serde_json::json!({ "version": 1, "opencode_binary": chosen });
        std::fs::write(&settings, text.to_string()).unwrap();
        assert_eq!(versions(&used), [old]);
        std::fs::write(&settings, "{").unwrap();
        assert!(versions(&used).is_empty());
    }
}
