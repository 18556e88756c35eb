//! What instances that were forgotten have left at an engine that could not be asked then: removed as soon as it can be.

use std::collections::BTreeMap;
use std::time::Duration;

use launch::LaunchError;
use launch::docker::{ContainerSummary, Engine, EngineFound, choose};

use super::super::context::{Context, now};
use super::ours::Ours;
use super::{at_hand, directory, removing};
use crate::InstanceId;
use crate::containers::ContainersEvent;
use crate::event::Event;
use crate::files::forgotten_file::{self, Left};

/// How long something is looked for at an engine that has nothing of it.
const LONG_MS: u64 = 7 * 24 * 60 * 60 * 1000;

/// What is left everywhere, as our hosts have written it down.
pub(super) async fn all(context: &Context) -> BTreeMap<InstanceId, Left> {
    let state = context.folders.state.clone();
    let read = tokio::task::spawn_blocking(move || forgotten_file::read(&state));
    // A mistake of ours there: nothing is removed, and that is no harm.
    read.await.unwrap_or_default()
}

/// The engines that have something left, of those that there are.
pub(super) fn engines(left: &BTreeMap<InstanceId, Left>, found: &[EngineFound]) -> Vec<EngineFound> {
    left.values().filter_map(|left| choose(found, Some(&left.engine)).ok()).collect()
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
    /// Gives whether something is still to be removed and could not be now.
    pub(super) async fn clear(
        &self,
        context: &Context,
        engine: &Engine,
        ours: &Ours,
        list: &mut Vec<ContainerSummary>,
    ) -> bool {
        let mut is_to_be_done = false;
        for (id, left) in all(context).await {
            let (of_it, others): (Vec<_>, Vec<_>) = std::mem::take(list)
                .into_iter()
                .partition(|one| ours.mark(&one.labels).is_some_and(|mark| mark.instance == id));
            *list = others;
            if !self.is_of(&left) && of_it.is_empty() {
                continue;
            }
            match removed(context, (engine, ours), &id, &left).await {
                Ok(Rest::Runs(of_it)) => {
                    context.report(Event::Containers(ContainersEvent::Returned { id: id.clone() }));
                    list.extend(of_it);
                    over(context, &id).await;
                }
                Ok(Rest::Gone) => over(context, &id).await,
                Ok(Rest::Unseen) if now().ms_since(left.since) > LONG_MS => over(context, &id).await,
                // Another engine may answer at that address today.
                Ok(Rest::Unseen) => context.report(Event::NoticeOver(removing::notice_of(&id))),
                Ok(Rest::Busy) => is_to_be_done = true,
                Err(error) => {
                    is_to_be_done = true;
                    tracing::warn!(instance = %id, %error, "What a forgotten instance has left could not be removed yet");
                }
            }
        }
        is_to_be_done
    }

    fn is_of(&self, left: &Left) -> bool {
        let of = &self.engine;
        of.address == left.engine || of.name == left.engine || of.other_names.contains(&left.engine)
    }
}

/// What there is to be removed of an instance at one engine.
enum Rest {
    /// It was there, and is gone.
    Gone,
    /// There was nothing of it.
    Unseen,
    /// Somebody is starting or removing something in its directory: they may be about to start it.
    Busy,
    /// It was started since: these are its containers.
    Runs(Vec<ContainerSummary>),
}

async fn removed(
    context: &Context,
    (engine, ours): (&Engine, &Ours),
    id: &InstanceId,
    left: &Left,
) -> Result<Rest, LaunchError> {
    // Nobody starts one between our look and the end of it.
    let Ok(Some(_held)) = directory::lock(context, &left.directory, Duration::ZERO).await else {
        return Ok(Rest::Busy);
    };
    let containers = at_hand::of_instance(ours, engine, id).await?;
    if containers.iter().any(|one| at_hand::is_up(one.phase)) {
        return Ok(Rest::Runs(containers));
    }
    for one in &containers {
        tracing::info!(instance = %id, container = one.id, "What a forgotten instance has left is removed");
        at_hand::remove_ended(engine, one).await?;
    }
    let had_volume = left.with_data && removing::remove_volume(engine, ours, id).await?;
    Ok(if had_volume || !containers.is_empty() { Rest::Gone } else { Rest::Unseen })
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
