//! Renaming a container with its instance, and removing what is left of one.

use std::time::Duration;

use launch::LaunchError;
use launch::docker::{ContainerName, Engine, Phase, choose};

use super::super::context::{Context, now};
use super::ours::Ours;
use super::{WORK, at_hand, directory, engines, plan};
use crate::containers::{ContainerRef, ContainersEvent, Removal};
use crate::event::Event;
use crate::files::forgotten_file::{self, Left};
use crate::{FleetError, InstanceId, Notice, NoticeId, NoticeLevel};

/// How long whoever is starting something in the directory is waited for.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// Gives the container the name that its instance has now. That it has another one is no harm.
pub(super) async fn rename(context: Context, id: InstanceId, container: ContainerRef, name: String) {
    let result = async {
        let engine = engines::connect_to(&context, &container, WORK).await?;
        engine.rename(&container.id, &ContainerName::for_instance(&name, id.as_str())).await
    };
    if let Err(error) = result.await {
        tracing::info!(instance = %id, %error, "A container was not renamed");
    }
}

/// Removes every container of an instance, and its volume if that is wanted; what nobody can reach now is removed later.
pub(super) async fn remove(context: Context, removal: Removal) {
    let result = match removed(&context, &removal).await {
        Err(FleetError::Launch(error)) if is_away(&error) => put_off(&context, &removal, &error).await,
        other => other,
    };
    context.report(Event::Containers(ContainersEvent::Removed { id: removal.id, result }));
}

/// The notice that a removal was put off: over when it is done.
pub(super) fn notice_of(id: &InstanceId) -> NoticeId {
    NoticeId::from(format!("forgotten-{id}").as_str())
}

async fn removed(context: &Context, removal: &Removal) -> Result<(), FleetError> {
    // Nobody starts one between our look and the end of it.
    let lock = directory::lock(context, &removal.directory, LOCK_PATIENCE).await;
    let lock = lock.map_err(|source| FleetError::File { action: "write in", path: context.folders.locks(), source })?;
    let Some(_held) = lock else { return Err(refusal(removal, "being started")) };
    let ours = Ours::of(context).await;
    let ours =
        ours.map_err(|source| FleetError::File { action: "write in", path: context.folders.state.clone(), source })?;
    let engine = match &removal.container {
        Some(container) => engines::connect_to(context, container, WORK).await?,
        None => engines::connect(context, removal.engine.as_deref(), WORK).await?,
    };
    let all = at_hand::of_instance(&ours, &engine, &removal.id).await?;
    if let Some(state) = all.iter().find_map(|one| at_work(one.phase)) {
        return Err(refusal(removal, state));
    }
    for one in all {
        at_hand::remove_ended(&engine, &one).await?;
    }
    if removal.with_data {
        remove_volume(&engine, &ours, &removal.id).await?;
    }
    Ok(())
}

/// Removes the volume of an instance; well where there is none. True: it was there.
pub(super) async fn remove_volume(engine: &Engine, ours: &Ours, id: &InstanceId) -> Result<bool, LaunchError> {
    let volume = plan::volume_of(id);
    let Some(labels) = engine.volume_labels(&volume).await? else { return Ok(false) };
    if ours.is_somebody_elses(&labels) {
        tracing::warn!(instance = %id, volume, "A volume of that name was made by a host with another state folder: it stays");
        return Ok(false);
    }
    engine.remove_volume(&volume).await?;
    Ok(true)
}

/// How a container is whose end would cost somebody something; none: it has none.
fn at_work(phase: Phase) -> Option<&'static str> {
    match phase {
        Phase::Running => Some("running"),
        Phase::Paused => Some("paused"),
        Phase::Restarting => Some("starting again"),
        Phase::Created | Phase::Removing | Phase::Exited | Phase::Dead => None,
    }
}

fn refusal(removal: &Removal, state: &'static str) -> FleetError {
    FleetError::NotNow { name: removal.name.clone(), state, wanted: "removed" }
}

/// Whether nobody can say what is there, and it may be said later.
fn is_away(error: &LaunchError) -> bool {
    matches!(
        error,
        LaunchError::EngineUnreachable { .. }
            | LaunchError::EngineTimeout { .. }
            | LaunchError::NoEngine
            | LaunchError::EngineUnknown { .. }
    )
}

/// The instance is off the list; what it has at its engine is written down, for whichever host sees that engine next.
async fn put_off(context: &Context, removal: &Removal, error: &LaunchError) -> Result<(), FleetError> {
    tracing::warn!(instance = %removal.id, %error, "What an instance has at its engine is removed later");
    let known =
        removal.container.as_ref().map(|container| container.engine.clone()).filter(|engine| !engine.is_empty());
    // One that names no engine has never had anything at any.
    let Some(named) = known.or_else(|| removal.engine.clone()) else { return Ok(()) };
    let found = choose(&engines::find(context).await, Some(&named));
    let left = Left {
        // A name may mean another engine later.
        engine: found.map(|found| found.address).ok().filter(|address| !address.is_empty()).unwrap_or(named),
        directory: removal.directory.clone(),
        since: now(),
        with_data: removal.with_data,
    };
    let notice = notice(removal, &left);
    let (state, id) = (context.folders.state.clone(), removal.id.clone());
    let added = tokio::task::spawn_blocking(move || forgotten_file::add(&state, &id, &left));
    let added = added.await.map_err(|_| FleetError::Closed)?;
    added.map_err(|source| FleetError::File { action: "write in", path: context.folders.state.clone(), source })?;
    context.report(Event::NoticeRaised(notice));
    Ok(())
}

fn notice(removal: &Removal, left: &Left) -> Notice {
    let volume = plan::volume_of(&removal.id);
    let engine = &left.engine;
    let sessions = if removal.with_data {
        format!("and its volume `{volume}` with the sessions in it")
    } else {
        format!("its volume `{volume}` with the sessions in it stays")
    };
    Notice {
        id: notice_of(&removal.id),
        level: NoticeLevel::Warning,
        message: format!(
            "`{}` is off the list, but the container engine `{engine}` cannot be reached: its container is removed when it can be, {sessions}",
            removal.name
        ),
        hint: Some("Start the container engine; Portal does the rest, now or when it is opened again".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_away, notice};
    use crate::containers::Removal;
    use crate::files::forgotten_file::Left;
    use crate::{InstanceId, Timestamp};
    use launch::LaunchError;

    #[test]
    fn what_is_put_off_is_told_with_all_that_goes() {
        for (with_data, expected) in [(true, "and its volume `opencode-portal-aaaaaaaa`"), (false, "in it stays")] {
            let removal = Removal {
                id: InstanceId::from("aaaaaaaa"),
                name: "site".to_owned(),
                directory: "/srv/site".into(),
                engine: None,
                container: None,
                with_data,
            };
            let (engine, directory) = ("unix:///e".to_owned(), "/srv/site".into());
            let told = notice(&removal, &Left { engine, directory, since: Timestamp(1), with_data }).message;
            assert!(told.contains(expected) && told.contains("`unix:///e`") && told.contains("`site`"), "{told}");
        }
    }

    #[test]
    fn only_an_engine_that_may_come_back_is_waited_for() {
        for (error, expected) in [
            (LaunchError::NoEngine, true),
            (LaunchError::VolumeInUse { volume: "v".to_owned() }, false),
            (LaunchError::ContainerGone { container: "a".to_owned() }, false),
            (LaunchError::EngineRefused { status: 500, message: String::new() }, false),
        ] {
            assert_eq!(is_away(&error), expected, "{error}");
        }
    }
}
