//! Looking at the containers of one engine: each that concerns us in full, and none more often than it must be.
//!
//! One that cannot be looked at is as it was last: the engine, and what else it has, are not lost with it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::StreamExt;
use launch::LaunchError;
use launch::docker::{AskedEnds, ContainerDetails, ContainerState, ContainerSummary, Engine, Phase as Listed};
use tokio::time::Instant;

use super::super::context::Context;
use super::super::failure::has_been_asked;
use super::forgotten::Forgotten;
use super::ours::Ours;
use super::reading::{EngineFacts, is_server, seen};
use super::{ending, made_with};
use crate::containers::{Asker, ContainerSeen, Ended, Mark, Phase};
use crate::{Discovery, Instance, InstanceId, InstanceState, Owner, Source};

/// How many containers are looked at at once.
const AT_ONCE: usize = 8;
/// How long one that could not be looked at is left alone while its list says nothing new of it: each try may take seconds.
const LEFT_ALONE: Duration = Duration::from_secs(10);

/// What an engine has that concerns us, and which containers that we know of are not there any more.
pub(super) type Look = (Vec<ContainerSeen>, BTreeSet<String>);

/// Looks at the containers of one engine.
pub(super) struct Eyes {
    context: Context,
    engine: Engine,
    facts: EngineFacts,
    ours: Ours,
    forgotten: Forgotten,
    /// As they were when they were looked at last, by id.
    before: BTreeMap<String, Before>,
    /// Whether containers of others were looked for then.
    all: bool,
    /// Since when it could not be seen whether one is gone.
    unsure: Option<Instant>,
    /// Since when something that is to be removed could not be.
    unremoved: Option<Instant>,
    /// Those of whose last end it may not be known whether it was asked for: none of them was looked at since news were missed.
    unheard: BTreeSet<String>,
}

/// Whether containers are looked for that nobody has told us of.
pub(super) fn looks_for_others(context: &Context) -> bool {
    context.options.discovery == Discovery::AsSet && context.states.borrow().settings.discover
}

/// Whether its container is looked at; if none of others are looked for, only what is ours or was written down.
pub(super) fn concerns_us(instance: &Instance, all: bool) -> bool {
    all || instance.owner == Owner::Portal || instance.sources.contains(&Source::Registry)
}

/// What the watching of an engine tells of one container besides its list.
#[derive(Clone, Copy)]
struct Told {
    /// Somebody asked the engine for its end.
    asked: bool,
    /// It may not be known whether anybody did.
    may_have_missed: bool,
}

/// A container as it was.
struct Before {
    summary: ContainerSummary,
    /// Whether its end was asked for at the engine.
    asked: bool,
    /// None: nobody could look at it yet.
    seen: Option<ContainerSeen>,
    /// Since when nobody can.
    failed: Option<Instant>,
}

impl Eyes {
    pub(super) fn new(context: Context, engine: Engine, facts: EngineFacts, ours: Ours, forgotten: Forgotten) -> Self {
        let all = looks_for_others(&context);
        let (before, unheard) = Default::default();
        Self { context, engine, facts, ours, forgotten, before, all, unsure: None, unremoved: None, unheard }
    }

    /// Whether there is a reason to look at the same list again.
    pub(super) fn are_due(&self) -> bool {
        let failed = self.before.values().filter_map(|before| before.failed);
        let failed = failed.chain(self.unsure).chain(self.unremoved);
        self.all != looks_for_others(&self.context) || failed.into_iter().any(|at| at.elapsed() >= LEFT_ALONE)
    }

    /// Looks at what concerns us of a list. `asked` are those whose end somebody asked the engine for; if `may_have_missed`, it may be so
    /// of others, too. An error: the engine is lost.
    pub(super) async fn look(
        &mut self,
        mut list: Vec<ContainerSummary>,
        asked: &AskedEnds,
        may_have_missed: bool,
    ) -> Result<Look, LaunchError> {
        self.all = looks_for_others(&self.context);
        self.engine.clear_checks(&mut list).await;
        let is_to_be_done = self.forgotten.clear(&self.context, &self.engine, &self.ours, &mut list).await;
        self.unremoved = is_to_be_done.then(Instant::now);
        let known = self.known();
        let is_known = |id: &str| known.iter().any(|known| id.starts_with(known.as_str()));
        let unlisted: Vec<String> =
            known.iter().filter(|known| !list.iter().any(|one| one.id.starts_with(known.as_str()))).cloned().collect();
        list.retain(|one| self.ours.mark(&one.labels).is_some() || (self.all && is_server(one)) || is_known(&one.id));
        self.before.retain(|id, _| list.iter().any(|one| one.id == *id));
        if may_have_missed {
            self.unheard = list.iter().map(|one| one.id.clone()).collect();
        }
        let (as_before, anew): (Vec<_>, Vec<_>) =
            list.into_iter().partition(|one| self.is_as_before(one, asked.contains(&one.id)));
        let mut containers: Vec<ContainerSeen> =
            as_before.iter().filter_map(|one| self.before.get(&one.id)?.seen.clone()).collect();
        let looks = anew.into_iter().map(|one| {
            let engine = self.engine.clone();
            async move { (engine.inspect(&one.id).await, one) }
        });
        let looked: Vec<_> = futures_util::stream::iter(looks).buffer_unordered(AT_ONCE).collect().await;
        for (details, one) in looked {
            let (seen, failed) = match details {
                Ok(details) => {
                    let is_asked = asked.is_of_run(&one.id, details.started);
                    let told = Told { asked: is_asked, may_have_missed: self.unheard.contains(&one.id) };
                    let seen = self.understood(&details, told).await?;
                    self.unheard.remove(&one.id);
                    (Some(seen), None)
                }
                // The engine tells of that, too.
                Err(LaunchError::ContainerGone { .. }) => continue,
                Err(error) if is_lost(&error) => return Err(error),
                Err(error) => {
                    tracing::warn!(container = one.id, %error, "A container could not be looked at; it is taken to be as it was");
                    (self.before.remove(&one.id).and_then(|before| before.seen), Some(Instant::now()))
                }
            };
            containers.extend(seen.clone());
            let asked = asked.contains(&one.id);
            self.before.insert(one.id.clone(), Before { summary: one, asked, seen, failed });
        }
        containers.sort_unstable_by(|one, other| one.container.id.cmp(&other.container.id));
        Ok((containers, self.gone(unlisted).await?))
    }

    /// Whether what was seen of it last is as good as another look.
    fn is_as_before(&self, one: &ContainerSummary, asked: bool) -> bool {
        let Some(before) = self.before.get(&one.id).filter(|before| before.summary == *one && before.asked == asked)
        else {
            return false;
        };
        if let Some(failed) = before.failed {
            return failed.elapsed() < LEFT_ALONE;
        }
        let seen = before.seen.as_ref();
        let has_ended = one.phase == Listed::Exited && seen.is_some_and(|seen| matches!(seen.phase, Phase::Ended(_)));
        // A list says the same of two ends of a container: between them it may have run, and nobody has seen it.
        has_ended && !seen.is_some_and(|seen| self.is_of_live(seen))
    }

    /// Whether an instance lives, as far as we know, that runs in it.
    fn is_of_live(&self, seen: &ContainerSeen) -> bool {
        let state = self.context.states.borrow();
        state.instances.values().filter(|instance| instance.state.is_live()).any(|instance| {
            seen.mark.as_ref().is_some_and(|mark| mark.instance == instance.id)
                || instance.container().is_some_and(|container| container.is(&seen.container))
        })
    }

    fn is_live(&self, id: &InstanceId) -> bool {
        let state = self.context.states.borrow();
        state.instances.get(id).is_some_and(|instance| instance.state.is_live())
    }

    /// The containers of this engine that instances have.
    fn known(&self) -> Vec<String> {
        let state = self.context.states.borrow();
        let of_it = |engine: &str| engine == self.facts.address || engine.is_empty();
        let concerning = state.instances.values().filter(|instance| concerns_us(instance, self.all));
        let containers = concerning.filter_map(|instance| instance.container());
        containers.filter(|container| of_it(&container.engine)).map(|container| container.id.clone()).collect()
    }

    /// Which of those that the list does not have are not there: it may be older than they are.
    async fn gone(&mut self, unlisted: Vec<String>) -> Result<BTreeSet<String>, LaunchError> {
        let mut gone = BTreeSet::new();
        self.unsure = None;
        for id in unlisted {
            match self.engine.state(&id).await {
                Ok(ContainerState::Gone) => {
                    gone.insert(id);
                }
                Ok(_) => {}
                Err(error) if is_lost(&error) => return Err(error),
                Err(error) => {
                    tracing::warn!(container = id, %error, "Whether a container is there could not be seen");
                    self.unsure = Some(Instant::now());
                }
            }
        }
        Ok(gone)
    }

    /// An error: the engine is lost.
    async fn understood(&self, details: &ContainerDetails, told: Told) -> Result<ContainerSeen, LaunchError> {
        let mark = self.ours.mark(&details.labels);
        let has_ended = matches!(details.state, ContainerState::Exited { .. });
        let words_matter = has_ended && mark.as_ref().is_some_and(|mark| self.is_live(&mark.instance));
        let failure =
            if words_matter { ending::of(&self.engine, details).await } else { ending::without_words(details) };
        let asked = if has_ended { self.asker(details, mark.as_ref(), told).await? } else { None };
        let ended = Ended { failure, is_clean: ending::is_clean(details), asked };
        let made_with = mark.is_some().then(|| made_with::made_with(details).into());
        Ok(ContainerSeen { made_with, ..seen(details, &self.facts, mark, ended) })
    }

    async fn asker(
        &self,
        details: &ContainerDetails,
        mark: Option<&Mark>,
        told: Told,
    ) -> Result<Option<Asker>, LaunchError> {
        let Some(Mark { instance, .. }) = mark else { return Ok(told.asked.then_some(Asker::Docker)) };
        if has_been_asked(&self.context, instance).await {
            return Ok(Some(Asker::Portal));
        }
        if self.is_new_of(instance) && self.has_engine_ended(&details.id).await? {
            return Ok(Some(Asker::Engine));
        }
        if told.asked {
            return Ok(Some(Asker::Docker));
        }
        Ok((told.may_have_missed && ending::is_by_signal(details)).then_some(Asker::Unheard))
    }

    /// Whether an end of its container is news.
    fn is_new_of(&self, id: &InstanceId) -> bool {
        let state = self.context.states.borrow();
        let is_unknown = |state: &InstanceState| matches!(state, InstanceState::Unknown { .. });
        state.instances.get(id).is_some_and(|instance| instance.state.is_live() || is_unknown(&instance.state))
    }

    /// Whether it ended together with its engine, which may be ending now.
    async fn has_engine_ended(&self, container: &str) -> Result<bool, LaunchError> {
        match self.engine.is_younger_than(container).await {
            Err(error) if is_lost(&error) || matches!(error, LaunchError::EngineTimeout { .. }) => Err(error),
            Err(error) => {
                tracing::warn!(container, %error, "Whether a container ended with its engine could not be seen");
                Ok(false)
            }
            is_younger => is_younger,
        }
    }
}

/// Whether it is the engine that cannot be asked, and not one container that cannot be told of.
fn is_lost(error: &LaunchError) -> bool {
    matches!(
        error,
        LaunchError::EngineUnreachable { .. } | LaunchError::EnginePermission { .. } | LaunchError::EngineTls { .. }
    )
}
