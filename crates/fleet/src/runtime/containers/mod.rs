//! Performs what `reduce::containers` asks for, and watches the container engines. Decides nothing.

mod agent;
mod answering;
mod at_hand;
mod command;
mod credentials;
mod directory;
mod ending;
mod engines;
mod fingerprint;
mod forgotten;
mod git_outside;
mod guarded;
mod image;
mod launching;
mod logs;
mod looking;
mod made;
mod made_with;
mod measuring;
mod mounting;
mod ours;
mod plan;
mod reading;
mod removing;
mod versions_seen;
mod watching;

use std::time::Duration;

use tokio::task::AbortHandle;

use super::actor::Actor;
use super::context::Context;
use super::failure::plain;
use super::guard;
use super::launching::GRACE;
use crate::containers::{ContainerRef, ContainersEffect, ContainersEvent};
use crate::event::{Event, RunId};
use crate::{Failure, FleetError, LaunchError};

pub(crate) use command::shell_command;
pub(crate) use engines::{list, spelled};
pub(super) use launching::launch;
pub(crate) use mounting::check_mounts;

/// Names the instance of a container of ours.
const INSTANCE_LABEL: &str = "org.opencode-portal.instance";
/// Names the state folder of the host that made a container.
const STATE_LABEL: &str = "org.opencode-portal.state";
/// Names that folder itself: another one may have the same path.
const STATE_ID_LABEL: &str = "org.opencode-portal.state-id";
/// What a container of ours serves.
const DIRECTORY_LABEL: &str = "org.opencode-portal.directory";
/// The opencode in it.
const VERSION_LABEL: &str = "org.opencode-portal.version";
/// What the container was made from: with another plan it is made anew.
const PLAN_LABEL: &str = "org.opencode-portal.plan";
/// What the instance was called when its container was made.
const NAME_LABEL: &str = "org.opencode-portal.name";
/// The image that it was made from, as a person named it.
const IMAGE_LABEL: &str = "org.opencode-portal.image";
/// Where a server of ours listens in its container.
const INSIDE_PORT: u16 = 4096;
/// How long an engine may take for something that a person waits for.
const WORK: Duration = Duration::from_secs(30);

/// How long an end waits for the word on disk that it was asked for.
const WRITTEN: Duration = Duration::from_secs(3);

/// By when an engine that is watched has shown what became of a container that it was told to start.
const SEEN: Duration = Duration::from_secs(15);

/// Performs an effect.
pub(super) fn perform(actor: &mut Actor, effect: ContainersEffect) {
    let context = actor.context.clone();
    match effect {
        ContainersEffect::Stop { at, container } => {
            guard::spawn(&context, &at, stop(actor.context.clone(), at.clone(), container));
        }
        ContainersEffect::Start { at, container } => {
            guard::spawn(&context, &at, start(actor.context.clone(), at.clone(), container));
        }
        ContainersEffect::Rename { id, container, name } => {
            tokio::spawn(removing::rename(context, id, container, name));
        }
        ContainersEffect::Remove(removal) => {
            tokio::spawn(removing::remove(context, *removal));
        }
    }
}

/// Begins to watch.
pub(super) fn watch(context: &Context) -> Vec<AbortHandle> {
    vec![
        tokio::spawn(watching::watch(context.clone())).abort_handle(),
        tokio::spawn(logs::follow(context.clone())).abort_handle(),
        tokio::spawn(measuring::measure(context.clone())).abort_handle(),
    ]
}

async fn stop(context: Context, at: RunId, container: ContainerRef) {
    // Other hosts read in its record that the end was asked for: that is there before the end is, unless the disk hangs.
    let _late = tokio::time::timeout(WRITTEN, context.disk.run(|_| ())).await;
    let result = async { engines::connect_to(&context, &container, WORK).await?.stop(&container.id, GRACE).await };
    let result: Result<(), LaunchError> = match result.await {
        // Gone is ended, too.
        Err(LaunchError::ContainerGone { .. }) => Ok(()),
        other => other,
    };
    context.report(Event::Stopped { at, result: result.map_err(FleetError::Launch) });
}

async fn start(context: Context, at: RunId, container: ContainerRef) {
    let result = async { engines::connect_to(&context, &container, WORK).await?.start(&container.id).await };
    if let Err(error) = result.await {
        return context.report(Event::LaunchFailed { at, failure: failed(&error) });
    }
    tokio::time::sleep(SEEN).await;
    context.report(Event::Containers(ContainersEvent::StartSeen { at }));
}

/// What to do where there is no engine.
fn without_engine() -> String {
    format!("Try again when an engine runs, or run it as a process. {}", crate::INSTALL_AN_ENGINE)
}

/// Why an engine did not do what it was asked for, with what to do about it.
fn failed(error: &LaunchError) -> Failure {
    let cause =
        std::error::Error::source(error).map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
    let hint = match error {
        LaunchError::NoEngine => return Failure { hint: Some(without_engine()), ..plain(&cause) },
        LaunchError::EngineUnreachable { .. } | LaunchError::EngineTimeout { .. } => {
            "Start that container engine and try again: an instance stays at the engine of its first start"
        }
        LaunchError::EnginePermission { .. } => {
            "Add yourself to the group `docker` and log in again, or use a rootless engine"
        }
        LaunchError::ContainerPortTaken { .. } => "End what uses it, or choose another port in the profile, or none",
        LaunchError::ContainerNameTaken { .. } => "Give the instance another name, or remove that container",
        LaunchError::DirectoryNotShared { .. } => {
            "Share the directory with the engine in its settings, or choose another directory"
        }
        LaunchError::EngineDiskFull { .. } => "Make room where the engine keeps its data, then start again",
        LaunchError::NetworkMissing { .. } | LaunchError::NetworkNotForUs { .. } => {
            "Choose another network in the profile: `docker network ls` lists them"
        }
        LaunchError::EngineElsewhere { .. } => "Choose an engine of this machine, or start opencode there over SSH",
        LaunchError::NetworkOffImpossible { .. } => "Let its network be on in the profile, or choose another engine",
        LaunchError::NetworkNotOurs { .. } => "Remove that network, then start it again: it is made anew",
        LaunchError::ContainerPaused { .. } => "Unpause it with `docker unpause`",
        _ => "Look at it with Docker",
    };
    Failure { cause, hint: Some(hint.to_owned()), last_lines: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::failed;
    use crate::{INSTALL_AN_ENGINE, LaunchError};

    #[test]
    fn without_an_engine_a_start_says_what_this_system_needs() {
        let hint = failed(&LaunchError::NoEngine).hint.unwrap();
        assert!(hint.ends_with(INSTALL_AN_ENGINE) && hint.contains("run it as a process"), "{hint}");
        let address = if cfg!(target_os = "macos") { "mac-install" } else { "install" };
        assert_eq!((hint.matches("https://").count(), hint.contains(address)), (1, true), "{hint}");
    }
}
