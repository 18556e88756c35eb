//! Starting an instance in a container and seeing it to its first answer: the engine, the image, the container, its port.
//!
//! Whoever does not want it any more says so in the state; then what was begun is given up, and nothing of it is left.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use launch::LaunchError;
use launch::docker::{ContainerDetails, ContainerName, ContainerPlan, ContainerState, ContainerSummary, Engine, Phase};
use opencode_api::{Client, Port, Secret, ServerAddress};

use super::super::context::Context;
use super::super::failure::plain;
use super::super::launching::{GRACE, random_password};
use super::super::probing;
use super::reading::{EngineFacts, mark_of, timestamp};
use super::{INSIDE_PORT, PLAN_LABEL, WORK, credentials, ending, engines, failed, image, plan, reading};
use crate::containers::{ContainerRef, ContainersEvent, Up};
use crate::effect::LaunchPlan;
use crate::event::{Event, RunId};
use crate::files::directory_lock::DirectoryLock;
use crate::files::record_file;
use crate::record::{Aftermath, Body, Life, Record, Running};
use crate::{DockerPlace, Failure, FleetError, InstanceState, Step};

/// How long another host may take to start what we were about to start: it may have to get an image first.
const LOCK_PATIENCE: Duration = Duration::from_mins(30);
/// How long a server may take to its first answer.
const GET_READY: Duration = Duration::from_mins(2);
/// How long an engine may take to say where a port is published.
const PUBLISHED: Duration = Duration::from_secs(10);
/// How often it is looked whether the container still runs.
const LOOK: Duration = Duration::from_millis(250);
/// How many names are tried.
const NAMES: usize = 3;

/// What a start has made so far, for whoever has to take it back.
#[derive(Clone, Default)]
struct Made(Arc<Mutex<Begun>>);

#[derive(Clone, Default)]
struct Begun {
    engine: Option<Engine>,
    container: Option<String>,
    /// Whether the container was there before.
    is_old: bool,
    /// Whether the fleet knows it: then it is the fleet that ends it.
    is_told: bool,
}

impl Made {
    fn change(&self, change: impl FnOnce(&mut Begun)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn begun(&self) -> Begun {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Starts an instance in a container. What becomes of that later is seen by whoever watches the engine.
pub(in crate::runtime) async fn launch(context: Context, plan: LaunchPlan, place: DockerPlace) {
    let at = plan.at.clone();
    let made = Made::default();
    let brought = tokio::select! {
        brought = bring_up(&context, &plan, &place, &made) => Some(brought),
        () = unwanted(&context, &at) => None,
    };
    match brought {
        Some(Ok(Brought::Up)) => {}
        Some(Ok(Brought::Elsewhere(record))) => context.report(Event::TakenElsewhere { at, record }),
        Some(Err(failure)) => {
            tracing::warn!(instance = %at.instance, cause = failure.cause, "An instance did not start in a container");
            if !made.begun().is_told
                && let Err(error) = take_back(&context, &at, &made).await
            {
                tracing::warn!(instance = %at.instance, %error, "What was begun could not be taken back");
            }
            context.report(Event::LaunchFailed { at, failure });
        }
        None if made.begun().is_told => {}
        None => match take_back(&context, &at, &made).await {
            Ok(()) => context.report(Event::LaunchFailed { at, failure: plain("It was stopped while it was started") }),
            Err(error) => context.report(Event::Stopped { at, result: Err(FleetError::Launch(error)) }),
        },
    }
}

/// What became of a start.
enum Brought {
    /// It answers.
    Up,
    /// Another host has started it.
    Elsewhere(Box<Record>),
}

/// Waits until nobody wants this start any more.
async fn unwanted(context: &Context, at: &RunId) {
    let mut states = context.states.clone();
    let is_wanted = |state: &crate::State| {
        let instance = state.instances.get(&at.instance);
        // Before the state tells of this run, it is wanted; after it, it is as its state says.
        instance.is_some_and(|instance| {
            let is_on_its_way = matches!(instance.state, InstanceState::Starting { .. } | InstanceState::Ready);
            instance.run < at.run || (instance.run == at.run && is_on_its_way)
        })
    };
    // Nobody left who could want anything: the fleet is closed, and what was begun stays for the next host.
    if states.wait_for(|state| !is_wanted(state)).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Takes back what a start has begun.
async fn take_back(context: &Context, at: &RunId, made: &Made) -> Result<(), LaunchError> {
    let Begun { engine: Some(engine), container, is_old, .. } = made.begun() else { return Ok(()) };
    match container {
        Some(container) if is_old => match engine.stop(&container, GRACE).await {
            Err(LaunchError::ContainerGone { .. }) => {}
            other => other?,
        },
        Some(container) => engine.remove(&container).await?,
        None => {}
    }
    // One that was made while we gave up waiting for it.
    for one in ours(context, &engine, at).await? {
        if one.phase == Phase::Created {
            engine.remove(&one.id).await?;
        }
    }
    Ok(())
}

async fn bring_up(context: &Context, plan: &LaunchPlan, place: &DockerPlace, made: &Made) -> Result<Brought, Failure> {
    let at = &plan.at;
    let mut lock = Some(take_lock(context, plan).await?);
    let engine = engines::connect(context, place.engine.as_deref(), WORK).await.map_err(|error| failed(&error))?;
    made.change(|begun| begun.engine = Some(engine.clone()));
    if let Some(record) = started_elsewhere(context, plan, &engine).await {
        return Ok(Brought::Elsewhere(Box::new(record)));
    }
    // From here on a crash of ours leaves a trace. On a full disk the start goes on; the notice is raised by who writes.
    let _noticed =
        context.disk.write_record_now(record(context, plan, Life::Intended { port: plan.profile.port })).await;
    context.report(Event::Recorded { at: at.clone(), port: None });
    if !engine.is_local() {
        let cause = format!(
            "The container engine at `{}` is on another machine, which cannot see this directory",
            engine.address()
        );
        let hint = Some("Choose an engine of this machine, or start opencode there over SSH".to_owned());
        return Err(Failure { cause, hint, last_lines: Vec::new() });
    }
    let version = engine.version().await.map_err(|error| failed(&error))?;
    let image = image::prepare(context, at, &engine, place).await?;
    context.report(Event::Stepped { at: at.clone(), step: Step::StartingContainer });
    let shell = context.shell.environment().await;
    let (auth, git) = credentials::of(&context.folders, &place.pass).await;
    let around = plan::Surroundings {
        folders: &context.folders,
        shell: &shell,
        user: user(context, place, &version),
        image: image.id,
        image_name: image.name.clone(),
        version: image.version,
        socket: engine.address().strip_prefix("unix://").map(Into::into),
        auth,
        git,
    };
    let planned = plan::plan(plan, place, &around, &random_password()).map_err(|problem| Failure {
        cause: problem.to_string(),
        hint: Some("Change the mounts of its profile, or choose another directory".to_owned()),
        last_lines: Vec::new(),
    })?;
    let container = container(context, plan, &engine, planned, made).await?;
    let facts = EngineFacts { address: engine.address().to_owned(), is_here: !version.is_virtual };
    let details = published(&engine, &container, &facts).await?;
    if !details.state.is_up() {
        return Err(ended(&engine, &details, &image.name).await);
    }
    let Some(endpoint) = reading::endpoint(&details, &facts, INSIDE_PORT) else {
        return Err(plain("The engine publishes no port of the container"));
    };
    let password = details.environment.get("OPENCODE_SERVER_PASSWORD").unwrap_or_default().to_owned();
    let seen = reading::container_of(&details, &facts, true);
    let since = details.started.map_or_else(super::super::context::now, timestamp);
    let body = Body::Container { engine: seen.engine.clone(), id: seen.id.clone() };
    let running = Running { body, host: endpoint.host.clone(), port: endpoint.port, since };
    let _noticed = context.disk.write_record_now(record(context, plan, Life::Runs(running))).await;
    // Whoever waits for the directory now finds a container that runs.
    lock.take();
    made.change(|begun| begun.is_told = true);
    tell_up(context, at, seen, &endpoint.host, endpoint.port, since);
    first_answer(context, at, &engine, &details, (&endpoint.host, endpoint.port, password), &image.name).await?;
    Ok(Brought::Up)
}

fn tell_up(context: &Context, at: &RunId, container: ContainerRef, host: &str, port: Port, since: crate::Timestamp) {
    let up = Box::new(Up { container, host: host.to_owned(), port, since });
    context.report(Event::Containers(ContainersEvent::Up { at: at.clone(), up }));
}

async fn first_answer(
    context: &Context,
    at: &RunId,
    engine: &Engine,
    details: &ContainerDetails,
    (host, port, password): (&str, Port, String),
    image: &str,
) -> Result<(), Failure> {
    let address = |password| ServerAddress { host: host.to_owned(), ..ServerAddress::loopback(port, password) };
    let client = Client::new(address(Some(Secret::new(password))));
    let stranger = Client::new(address(None));
    let has_ended = async {
        loop {
            tokio::time::sleep(LOOK).await;
            if let Ok(now) = engine.inspect(&details.id).await
                && !now.state.is_up()
            {
                return now;
            }
        }
    };
    tokio::select! {
        version = probing::first_answer(&stranger, &client) => {
            context.clients.set(&at.instance, client);
            context.report(Event::Answered { at: at.clone(), version });
            Ok(())
        }
        now = has_ended => Err(ended(engine, &now, image).await),
        () = tokio::time::sleep(GET_READY) => {
            let _stopped = engine.stop(&details.id, GRACE).await;
            let words = engine.inspect(&details.id).await.unwrap_or_else(|_| details.clone());
            let cause = format!("opencode did not answer within {} s", GET_READY.as_secs());
            Err(Failure { cause, ..ending::of(engine, &words).await })
        }
    }
}

/// It ended before it answered.
async fn ended(engine: &Engine, details: &ContainerDetails, image: &str) -> Failure {
    let failure = ending::of(engine, details).await;
    let cause = match &details.state {
        ContainerState::Exited { code, out_of_memory: false, message: None } => {
            format!("opencode in the image `{image}` ended with exit code {code} before it answered")
        }
        _ => failure.cause,
    };
    Failure { cause, ..failure }
}

async fn take_lock(context: &Context, plan: &LaunchPlan) -> Result<DirectoryLock, Failure> {
    let began = Instant::now();
    // A process of the same directory is another instance.
    let place = plan.directory.join("\u{1}docker");
    loop {
        match DirectoryLock::try_take(&context.folders.locks(), &place) {
            Ok(Some(lock)) => return Ok(lock),
            Ok(None) if began.elapsed() < LOCK_PATIENCE => tokio::time::sleep(Duration::from_millis(50)).await,
            Ok(None) => return Err(plain("Another Portal has been starting a container here for half an hour")),
            Err(error) => {
                let folder = context.folders.locks();
                return Err(plain(&format!("Could not write in `{}`: {error}", folder.display())));
            }
        }
    }
}

/// The record of an instance that another host has started in this directory, in a container of this engine, since we looked.
async fn started_elsewhere(context: &Context, plan: &LaunchPlan, engine: &Engine) -> Option<Record> {
    let records = record_file::read_all(&context.folders.records());
    let is_meant =
        |record: &Record| record.id == plan.at.instance || (plan.is_alone && record.directory == plan.directory);
    for record in records.into_iter().filter(is_meant) {
        let Life::Runs(Running { body: Body::Container { engine: of, id }, .. }) = &record.life else { continue };
        if of == engine.address() && engine.state(id).await.is_ok_and(|state| state == ContainerState::Running) {
            return Some(record);
        }
    }
    None
}

fn record(context: &Context, plan: &LaunchPlan, life: Life) -> Record {
    Record {
        id: plan.at.instance.clone(),
        name: plan.name.clone(),
        directory: plan.directory.clone(),
        demo: plan.demo,
        life,
        host: context.host.clone(),
        last_end: None,
        after: Aftermath { interrupted: plan.interrupted.clone(), ..Aftermath::default() },
    }
}

/// As whom it runs, so that what it writes belongs to the person.
fn user(context: &Context, place: &DockerPlace, version: &launch::docker::EngineVersion) -> String {
    place.user.clone().unwrap_or_else(|| {
        let (uid, gid) = owner(&context.folders.state);
        version.user_for(uid, gid)
    })
}

/// Our state folder belongs to us.
#[cfg(unix)]
fn owner(folder: &Path) -> (u32, u32) {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(folder).map_or((1000, 1000), |metadata| (metadata.uid(), metadata.gid()))
}

#[cfg(not(unix))]
fn owner(_: &Path) -> (u32, u32) {
    // The engine's own machine maps all that is shared to the person.
    (1000, 1000)
}

async fn ours(context: &Context, engine: &Engine, at: &RunId) -> Result<Vec<ContainerSummary>, LaunchError> {
    let mut all = engine.containers().await?;
    all.retain(|one| mark_of(&one.labels, &context.folders.state).is_some_and(|mark| mark.instance == at.instance));
    Ok(all)
}

/// The container of the plan, started: the one that there is if it was made from the same plan, or else a new one.
async fn container(
    context: &Context,
    plan: &LaunchPlan,
    engine: &Engine,
    planned: ContainerPlan,
    made: &Made,
) -> Result<String, Failure> {
    let mut same = None;
    for one in ours(context, engine, &plan.at).await.map_err(|error| failed(&error))? {
        let is_same = one.labels.get(PLAN_LABEL) == planned.labels.get(PLAN_LABEL);
        match one.phase {
            // Somebody has started it since we looked: it is not taken from them.
            Phase::Running => return Ok(one.id),
            Phase::Created | Phase::Exited if is_same && same.is_none() => same = Some(one),
            _ => engine.remove(&one.id).await.map_err(|error| failed(&error))?,
        }
    }
    let id = if let Some(one) = same {
        made.change(|begun| (begun.container, begun.is_old) = (Some(one.id.clone()), true));
        if one.name != planned.name.as_str() {
            let _as_it_is = engine.rename(&one.id, &planned.name).await;
        }
        one.id
    } else {
        let id = create(engine, planned).await.map_err(|error| failed(&error))?;
        made.change(|begun| begun.container = Some(id.clone()));
        id
    };
    engine.start(&id).await.map_err(|error| failed(&error))?;
    Ok(id)
}

/// Makes it. Its name may be somebody else's.
async fn create(engine: &Engine, mut planned: ContainerPlan) -> Result<String, LaunchError> {
    let name = planned.name.clone();
    let mut number = 1;
    loop {
        match engine.create(&planned).await {
            Err(LaunchError::ContainerNameTaken { .. }) if number < NAMES => {
                number += 1;
                planned.name = ContainerName::from_text(&format!("{name}-{number}"));
            }
            other => return other,
        }
    }
}

/// How the container is once it is known where it is reached, or has ended.
async fn published(engine: &Engine, id: &str, facts: &EngineFacts) -> Result<ContainerDetails, Failure> {
    let began = Instant::now();
    loop {
        let details = engine.inspect(id).await.map_err(|error| failed(&error))?;
        let is_known = reading::endpoint(&details, facts, INSIDE_PORT).is_some() || !details.state.is_up();
        if is_known || began.elapsed() > PUBLISHED {
            return Ok(details);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
