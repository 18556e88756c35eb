//! Watching the engines that concern us: each on its own, so that one that hangs holds up no other.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::StreamExt;
use launch::docker::{ContainerDetails, ContainerState, ContainerSummary, Engine, EngineFound, choose};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::super::context::Context;
use super::super::failure::was_asked;
use super::super::ticks::ticks;
use super::reading::{EngineFacts, is_server, mark_of, seen};
use super::{ending, engines};
use crate::containers::{ContainerSeen, ContainersEvent, Ended, EngineSeen};
use crate::event::Event;
use crate::{Discovery, Kind, Owner, Place};

/// How often it is looked which engines concern us.
const LOOK: Duration = Duration::from_secs(1);
/// How often it is looked which engines there are.
const FIND: Duration = Duration::from_secs(10);
/// How long an engine may take for a look.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often an engine's list is read though it told of nothing.
const LIST: Duration = Duration::from_secs(10);
/// The first and the longest pause before an engine that was lost is tried again.
const AGAIN: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(4));
/// How many containers are looked at at once.
const AT_ONCE: usize = 8;

/// Watches every engine that concerns us, and lets go of those that do not any more.
pub(super) async fn watch(context: Context) {
    let mut ticks = ticks(LOOK);
    let mut watched: BTreeMap<String, Watched> = BTreeMap::new();
    let mut found: Vec<EngineFound> = Vec::new();
    let mut found_at: Option<Instant> = None;
    let mut before: Option<Wanted> = None;
    loop {
        ticks.tick().await;
        let wanted = Wanted::of(&context);
        if wanted.is_nothing() && watched.is_empty() {
            before = None;
            continue;
        }
        let is_due = found_at.is_none_or(|at| at.elapsed() >= FIND);
        if !is_due && before.as_ref() == Some(&wanted) {
            continue;
        }
        if is_due || before.is_none() {
            found = engines::find(&context).await;
            found_at = Some(Instant::now());
        }
        let chosen = wanted.among(&found);
        before = Some(wanted);
        watched.retain(|key, one| {
            let stays = chosen.get(key).is_some_and(|engine| *engine == one.engine);
            if !stays && !chosen.contains_key(key) {
                context.report(Event::Containers(ContainersEvent::EngineLeft { engine: key.clone() }));
            }
            stays
        });
        for (key, engine) in chosen {
            watched.entry(key).or_insert_with(|| Watched::begin(&context, engine));
        }
    }
}

/// An engine that is being watched. Dropping it ends that.
struct Watched {
    engine: Result<EngineFound, String>,
    task: Option<AbortHandle>,
}

impl Watched {
    fn begin(context: &Context, engine: Result<EngineFound, String>) -> Self {
        let task = match &engine {
            Ok(engine) => Some(tokio::spawn(stay(context.clone(), engine.clone())).abort_handle()),
            Err(reason) => {
                tell(context, String::new(), true, Err(reason.clone()), BTreeSet::new());
                None
            }
        };
        Self { engine, task }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// Which engines concern us, as they are named.
#[derive(PartialEq, Eq)]
struct Wanted {
    /// Names and addresses; none: the usual one.
    named: BTreeSet<Option<String>>,
    /// Whether containers of others are looked for.
    all: bool,
}

impl Wanted {
    fn of(context: &Context) -> Self {
        let state = context.states.borrow();
        let mut named = BTreeSet::new();
        for instance in state.instances.values() {
            if !matches!(instance.kind, Kind::Docker { .. }) {
                continue;
            }
            let profile = match &instance.profile.place {
                Place::Docker(place) if instance.owner == Owner::Portal => Some(place.engine.clone()),
                _ => None,
            };
            let own =
                instance.container().map(|container| Some(container.engine.clone()).filter(|name| !name.is_empty()));
            named.extend(own.or(profile));
        }
        let all = context.options.discovery == Discovery::AsSet && state.settings.discover;
        Self { named, all }
    }

    fn is_nothing(&self) -> bool {
        self.named.is_empty() && !self.all
    }

    /// The engines that are meant, by address; by an empty one why there is none.
    fn among(&self, found: &[EngineFound]) -> BTreeMap<String, Result<EngineFound, String>> {
        let mut chosen = BTreeMap::new();
        for name in &self.named {
            match choose(found, name.as_deref()) {
                Ok(engine) => chosen.insert(engine.address.clone(), Ok(engine)),
                Err(error) => chosen.insert(String::new(), Err(error.to_string())),
            };
        }
        if self.all {
            let usable = found.iter().filter(|engine| engine.problem.is_none());
            chosen.extend(usable.map(|engine| (engine.address.clone(), Ok(engine.clone()))));
        }
        chosen
    }
}

/// Watches one engine for ever; what it has, and that it is lost, is told whenever that changes.
async fn stay(context: Context, found: EngineFound) {
    let mut pause = AGAIN.0;
    let mut told: Option<String> = None;
    loop {
        let lost = match Engine::connect_to(&found, PATIENCE).await {
            Ok(engine) => {
                let began = Instant::now();
                let error = follow(&context, &found, &engine, &mut told).await;
                if began.elapsed() > AGAIN.1 {
                    pause = AGAIN.0;
                }
                error
            }
            Err(error) => error.to_string(),
        };
        if told.as_ref() != Some(&lost) {
            tracing::info!(engine = found.address, reason = lost, "A container engine cannot be asked");
            tell(&context, found.address.clone(), found.is_usual, Err(lost.clone()), BTreeSet::new());
            told = Some(lost);
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(AGAIN.1);
    }
}

/// Tells what an engine has until it is lost; gives why.
async fn follow(context: &Context, found: &EngineFound, engine: &Engine, told: &mut Option<String>) -> String {
    let is_virtual = engine.version().await.is_ok_and(|version| version.is_virtual);
    let facts = EngineFacts { address: found.address.clone(), is_here: engine.is_local() && !is_virtual };
    let mut eyes = Eyes { context: context.clone(), engine: engine.clone(), facts, ended: BTreeMap::new() };
    let mut watch = engine.watch(LIST);
    let mut before = None;
    loop {
        let list = match watch.next().await {
            Some(Ok(list)) => list,
            Some(Err(error)) => return error.to_string(),
            None => return "The container engine has ended its news".to_owned(),
        };
        let now = match eyes.look(list).await {
            Ok(now) => now,
            Err(error) => return error.to_string(),
        };
        *told = None;
        if before.as_ref() != Some(&now) {
            let (containers, gone) = now.clone();
            tell(context, found.address.clone(), found.is_usual, Ok(containers), gone);
            before = Some(now);
        }
    }
}

fn tell(
    context: &Context,
    engine: String,
    is_usual: bool,
    containers: Result<Vec<ContainerSeen>, String>,
    gone: BTreeSet<String>,
) {
    let seen = EngineSeen { is_usual, containers, gone };
    context.report(Event::Containers(ContainersEvent::EngineSeen { engine, seen }));
}

/// Looks at the containers of one engine.
struct Eyes {
    context: Context,
    engine: Engine,
    facts: EngineFacts,
    /// Those that have ended, as they were then: they are not looked at again and again.
    ended: BTreeMap<String, (ContainerSummary, ContainerSeen)>,
}

impl Eyes {
    /// What concerns us of a list, and which containers that we know of are not there any more.
    async fn look(
        &mut self,
        list: Vec<ContainerSummary>,
    ) -> Result<(Vec<ContainerSeen>, BTreeSet<String>), launch::LaunchError> {
        let known = self.known();
        let is_known = |id: &str| known.iter().any(|known| id.starts_with(known.as_str()));
        let state_folder = self.context.folders.state.clone();
        let concerns = |one: &ContainerSummary| {
            mark_of(&one.labels, &state_folder).is_some() || is_server(one) || is_known(&one.id)
        };
        let unlisted: Vec<String> =
            known.iter().filter(|known| !list.iter().any(|one| one.id.starts_with(known.as_str()))).cloned().collect();
        let mut containers = Vec::new();
        let mut asked = Vec::new();
        for one in list.into_iter().filter(concerns) {
            match self.ended.get(&one.id) {
                Some((before, seen)) if *before == one => containers.push(seen.clone()),
                _ => asked.push(one),
            }
        }
        let looks = asked.into_iter().map(|one| {
            let engine = self.engine.clone();
            async move { (engine.inspect(&one.id).await, one) }
        });
        let looked: Vec<_> = futures_util::stream::iter(looks).buffer_unordered(AT_ONCE).collect().await;
        for (details, one) in looked {
            match details {
                Ok(details) => {
                    let seen = self.understood(&details).await;
                    if matches!(details.state, ContainerState::Exited { .. }) {
                        self.ended.insert(one.id.clone(), (one, seen.clone()));
                    }
                    containers.push(seen);
                }
                // Gone meanwhile: the engine tells of that, too.
                Err(launch::LaunchError::ContainerGone { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let mut gone = BTreeSet::new();
        for id in unlisted {
            // The list may be older than the container.
            if self.engine.state(&id).await? == ContainerState::Gone {
                gone.insert(id);
            }
        }
        containers.sort_unstable_by(|one, other| one.container.id.cmp(&other.container.id));
        self.ended.retain(|id, _| containers.iter().any(|seen| seen.container.id == *id));
        Ok((containers, gone))
    }

    /// The containers of this engine that instances have.
    fn known(&self) -> Vec<String> {
        let state = self.context.states.borrow();
        let of_it = |engine: &str| engine == self.facts.address || engine.is_empty();
        let containers = state.instances.values().filter_map(|instance| instance.container());
        containers.filter(|container| of_it(&container.engine)).map(|container| container.id.clone()).collect()
    }

    async fn understood(&self, details: &ContainerDetails) -> ContainerSeen {
        let mark = mark_of(&details.labels, &self.context.folders.state);
        let is_live = mark.as_ref().is_some_and(|mark| {
            let state = self.context.states.borrow();
            state.instances.get(&mark.instance).is_some_and(|instance| instance.state.is_live())
        });
        let has_ended = matches!(details.state, ContainerState::Exited { .. });
        let failure =
            if has_ended && is_live { ending::of(&self.engine, details).await } else { ending::without_words(details) };
        let asked = has_ended && mark.as_ref().is_some_and(|mark| was_asked(&self.context, &mark.instance));
        let ended = Ended { failure, is_clean: ending::is_clean(details), asked };
        seen(details, &self.facts, mark, ended)
    }
}
