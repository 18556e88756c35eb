//! Renaming a container with its instance, and removing what is left of one.

use std::time::Duration;

use launch::LaunchError;
use launch::docker::{ContainerName, Phase};

use super::super::context::Context;
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
        if one.phase == Phase::Dead {
            engine.remove(&one.id).await?;
        } else {
            engine.remove_ended(&one.id).await?;
        }
    }
    if removal.with_data {
        engine.remove_volume(&plan::volume_of(&removal.id)).await?;
    }
    Ok(())
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
    let left = Left { engine: known.or_else(|| removal.engine.clone()), with_data: removal.with_data };
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
    let engine = left.engine.as_ref().map(|engine| format!(" `{engine}`")).unwrap_or_default();
    let sessions = if removal.with_data {
        format!("and its volume `{volume}` with the sessions in it")
    } else {
        format!("its volume `{volume}` with the sessions in it stays")
    };
    Notice {
        id: notice_of(&removal.id),
        level: NoticeLevel::Warning,
        message: format!(
            "`{}` is off the list, but the container engine{engine} cannot be reached: its container is removed when it can be, {sessions}",
            removal.name
        ),
        hint: Some("Start the container engine; Portal does the rest, now or when it is opened again".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_away, notice};
    use crate::InstanceId;
    use crate::containers::Removal;
    use crate::files::forgotten_file::Left;
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
            let told = notice(&removal, &Left { engine: Some("unix:///e".to_owned()), with_data }).message;
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
