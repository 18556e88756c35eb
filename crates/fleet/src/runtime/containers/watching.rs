//! Watching the engines that concern us: each on its own, so that one that hangs holds up no other.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use launch::LaunchError;
use launch::docker::{ContainerSummary, Engine, EngineFound, News, choose};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::super::context::Context;
use super::super::ticks::ticks;
use super::engines;
use super::forgotten::{self, Forgotten};
use super::looking::{self, Eyes};
use super::ours::Ours;
use super::reading::EngineFacts;
use crate::containers::{ContainerSeen, ContainersEvent, EngineSeen};
use crate::event::Event;
use crate::{Kind, Owner, Place};

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

/// Watches every engine that concerns us, and lets go of those that do not any more.
pub(super) async fn watch(context: Context) {
    let mut ticks = ticks(LOOK);
    let mut watched: BTreeMap<String, Watched> = BTreeMap::new();
    let mut found: Vec<EngineFound> = Vec::new();
    let mut looked_at: Option<Instant> = None;
    let mut left = BTreeMap::new();
    let mut before: Option<Wanted> = None;
    loop {
        ticks.tick().await;
        let wanted = Wanted::of(&context);
        let is_due = looked_at.is_none_or(|at| at.elapsed() >= FIND);
        if !is_due && before.as_ref() == Some(&wanted) {
            continue;
        }
        if is_due {
            left = forgotten::all(&context).await;
            looked_at = Some(Instant::now());
        }
        if wanted.is_nothing() && left.is_empty() && watched.is_empty() {
            before = None;
            continue;
        }
        if is_due || before.is_none() {
            found = engines::find(&context).await;
        }
        let mut chosen = wanted.among(&found);
        for engine in forgotten::engines(&left, &found) {
            chosen.entry(engine.address.clone()).or_insert(Ok(engine));
        }
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
        let all = looking::looks_for_others(context);
        let state = context.states.borrow();
        let mut named = BTreeSet::new();
        for instance in state.instances.values() {
            if !matches!(instance.kind, Kind::Docker { .. }) || !looking::concerns_us(instance, all) {
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

/// How an engine stands with us.
#[derive(PartialEq, Eq)]
enum Standing {
    /// Nothing was told of it yet.
    New,
    /// What it has was told.
    Well,
    /// So it was, but it has just taken too long to answer.
    Slow,
    /// That it is lost was told, and why.
    Lost(String),
}

/// Why an engine cannot be asked.
struct Lost {
    reason: String,
    /// It did not answer in time.
    is_slow: bool,
}

impl From<LaunchError> for Lost {
    fn from(error: LaunchError) -> Self {
        Self { reason: error.to_string(), is_slow: matches!(error, LaunchError::EngineTimeout { .. }) }
    }
}

/// Watches one engine for ever; what it has, and that it is lost, is told whenever that changes.
async fn stay(context: Context, found: EngineFound) {
    let mut pause = AGAIN.0;
    let mut standing = Standing::New;
    let news = News::default();
    loop {
        let lost = match Engine::connect_to(&found, PATIENCE).await {
            Ok(engine) => {
                let began = Instant::now();
                let lost = follow(&context, &found, &engine, &news, &mut standing).await;
                if began.elapsed() > AGAIN.1 {
                    pause = AGAIN.0;
                }
                lost
            }
            Err(error) => error.into(),
        };
        if lost.is_slow && standing == Standing::Well {
            // A machine may be busy for some seconds: what runs there is not given up for one late answer.
            standing = Standing::Slow;
            continue;
        }
        let lost = Standing::Lost(lost.reason);
        if standing != lost
            && let Standing::Lost(reason) = &lost
        {
            tracing::info!(engine = found.address, reason, "A container engine cannot be asked");
            tell(&context, found.address.clone(), found.is_usual, Err(reason.clone()), BTreeSet::new());
        }
        standing = lost;
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(AGAIN.1);
    }
}

/// Tells what an engine has until it is lost; gives why.
async fn follow(context: &Context, found: &EngineFound, engine: &Engine, news: &News, standing: &mut Standing) -> Lost {
    let ours = match Ours::of(context).await {
        Ok(ours) => ours,
        Err(error) => {
            let reason = format!("Could not write in `{}`: {error}", context.folders.state.display());
            return Lost { reason, is_slow: false };
        }
    };
    let is_here = engine.version().await.is_ok_and(|version| engine.is_here(&version));
    let facts = EngineFacts { address: found.address.clone(), is_here };
    let mut eyes = Eyes::new(context.clone(), engine.clone(), facts, ours, Forgotten::at(found.clone()));
    let mut watch = engine.watch(LIST, news.clone());
    let mut listed: Option<Vec<ContainerSummary>> = None;
    let mut before = None;
    loop {
        let list = match (tokio::time::timeout(LOOK, watch.next()).await, &listed) {
            (Ok(Some(Ok(list))), _) => list,
            (Ok(Some(Err(error))), _) => return error.into(),
            (Ok(None), _) => {
                return Lost { reason: "The container engine has ended its news".to_owned(), is_slow: false };
            }
            // The engine tells nothing new.
            (Err(_), Some(again)) if eyes.are_due() => again.clone(),
            (Err(_), _) => continue,
        };
        listed = Some(list.clone());
        let now = match eyes.look(list, watch.asked(), watch.may_have_missed()).await {
            Ok(now) => now,
            Err(error) => return error.into(),
        };
        *standing = Standing::Well;
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
