//! Renaming a container with its instance, and removing what is left of one.

use launch::LaunchError;
use launch::docker::ContainerName;

use super::super::context::Context;
use super::reading::mark_of;
use super::{WORK, engines, plan};
use crate::containers::{ContainerRef, ContainersEvent, Removal};
use crate::event::Event;
use crate::{FleetError, InstanceId};

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

/// Removes every container of an instance, and its volume if that is wanted.
pub(super) async fn remove(context: Context, removal: Removal) {
    let id = removal.id.clone();
    let result = match removed(&context, &removal).await {
        // Nobody can remove anything there; the entry on the list is ours alone.
        Err(LaunchError::EngineUnreachable { .. } | LaunchError::NoEngine | LaunchError::EngineUnknown { .. })
            if !removal.with_data =>
        {
            tracing::warn!(instance = %id, "Its container engine cannot be reached: what it has of it stays there");
            Ok(())
        }
        other => other.map_err(FleetError::Launch),
    };
    context.report(Event::Containers(ContainersEvent::Removed { id, result }));
}

async fn removed(context: &Context, removal: &Removal) -> Result<(), LaunchError> {
    let engine = match &removal.container {
        Some(container) => engines::connect_to(context, container, WORK).await?,
        None => engines::connect(context, removal.engine.as_deref(), WORK).await?,
    };
    for one in engine.containers().await? {
        if mark_of(&one.labels, &context.folders.state).is_some_and(|mark| mark.instance == removal.id) {
            engine.remove(&one.id).await?;
        }
    }
    if removal.with_data {
        engine.remove_volume(&plan::volume_of(&removal.id)).await?;
    }
    Ok(())
}
