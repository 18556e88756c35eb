//! What instances that were forgotten have left at an engine that could not be asked then: removed as soon as it can be.

use std::collections::BTreeMap;

use launch::LaunchError;
use launch::docker::{ContainerSummary, Engine, EngineFound, Phase, choose};

use super::super::context::Context;
use super::ours::Ours;
use super::{plan, removing};
use crate::InstanceId;
use crate::containers::ContainersEvent;
use crate::event::Event;
use crate::files::forgotten_file::{self, Left};

/// What is left everywhere, as our hosts have written it down.
pub(super) async fn all(context: &Context) -> BTreeMap<InstanceId, Left> {
    let state = context.folders.state.clone();
    let read = tokio::task::spawn_blocking(move || forgotten_file::read(&state));
    // A mistake of ours there: nothing is removed, and that is no harm.
    read.await.unwrap_or_default()
}

/// The engines that have something left, of those that there are.
pub(super) fn engines(left: &BTreeMap<InstanceId, Left>, found: &[EngineFound]) -> Vec<EngineFound> {
    left.values().filter_map(|left| choose(found, left.engine.as_deref()).ok()).collect()
}

/// Removes what is left at one engine.
pub(super) struct Forgotten {
    engine: EngineFound,
}

impl Forgotten {
    pub(super) fn at(engine: EngineFound) -> Self {
        Self { engine }
    }

    /// Removes what is left here, and takes it off the list: it shows no more. What runs was started by somebody since: it stays.
    pub(super) async fn clear(
        &self,
        context: &Context,
        engine: &Engine,
        ours: &Ours,
        list: &mut Vec<ContainerSummary>,
    ) {
        for (id, left) in all(context).await {
            let (of_it, others): (Vec<_>, Vec<_>) = std::mem::take(list)
                .into_iter()
                .partition(|one| ours.mark(&one.labels).is_some_and(|mark| mark.instance == id));
            *list = others;
            if of_it.iter().any(|one| is_at_work(one.phase)) {
                context.report(Event::Containers(ContainersEvent::Returned { id: id.clone() }));
                list.extend(of_it);
                over(context, &id).await;
                continue;
            }
            if !self.is_of(&left) && of_it.is_empty() {
                continue;
            }
            match remove(engine, &id, &left, &of_it).await {
                Ok(()) => over(context, &id).await,
                Err(error) => {
                    tracing::warn!(instance = %id, %error, "What a forgotten instance has left could not be removed yet");
                }
            }
        }
    }

    fn is_of(&self, left: &Left) -> bool {
        let of = &self.engine;
        match &left.engine {
            Some(named) => of.address == *named || of.name == *named || of.other_names.contains(named),
            None => of.is_usual,
        }
    }
}

fn is_at_work(phase: Phase) -> bool {
    matches!(phase, Phase::Running | Phase::Paused | Phase::Restarting)
}

async fn remove(
    engine: &Engine,
    id: &InstanceId,
    left: &Left,
    containers: &[ContainerSummary],
) -> Result<(), LaunchError> {
    for one in containers {
        tracing::info!(instance = %id, container = one.id, "What a forgotten instance has left is removed");
        if one.phase == Phase::Dead {
            engine.remove(&one.id).await?;
        } else {
            engine.remove_ended(&one.id).await?;
        }
    }
    if left.with_data {
        engine.remove_volume(&plan::volume_of(id)).await?;
    }
    Ok(())
}

/// Nothing is left of it that is to be removed.
async fn over(context: &Context, id: &InstanceId) {
    let (state, forgotten) = (context.folders.state.clone(), id.clone());
    let removed = tokio::task::spawn_blocking(move || forgotten_file::remove(&state, &forgotten));
    match removed.await {
        Ok(Ok(())) => context.report(Event::NoticeOver(removing::notice_of(id))),
        Ok(Err(error)) => {
            tracing::warn!(instance = %id, %error, "A forgotten instance could not be taken off its list");
        }
        // A mistake of ours there, which is in the log: it is tried again at the next look.
        Err(_) => {}
    }
}
