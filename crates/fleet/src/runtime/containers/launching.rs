//! Starting an instance in a container and seeing it to its first answer: the engine, the image, the container, its port.
//!
//! Whoever does not want it any more says so in the state; then what was begun is given up, and nothing of it is left.

use std::time::Duration;

use launch::docker::{ContainerDetails, ContainerPlan, ContainerState, Engine, EngineVersion};

use super::super::context::{Context, now};
use super::super::failure::{has_been_asked, plain};
use super::super::launching::random_password;
use super::answering::{self, Begun, Door, Heard};
use super::credentials::Given;
use super::guarded::Guarded;
use super::made::Made;
use super::ours::Ours;
use super::plan::{self, Surroundings};
use super::reading::{EngineFacts, timestamp};
use super::{
    INSIDE_PORT, WORK, at_hand, credentials, directory, engines, failed, git_outside, image, mounting, reading,
};
use crate::containers::{ContainersEvent, Up};
use crate::effect::LaunchPlan;
use crate::event::{Event, RunId};
use crate::files::record_file;
use crate::record::{Body, Life, Record, Running};
use crate::{DockerPlace, Failure, FleetError, InstanceState, Step};

/// How long another host may take to start what we were about to start: it may have to get an image first.
const LOCK_PATIENCE: Duration = Duration::from_mins(30);

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
        Some(Ok(Brought::Silent(reason))) => report_outlived(&context, at, reason),
        Some(Err(failure)) if made.is_at_work() => report_outlived(&context, at, failure.cause),
        Some(Err(failure)) => {
            tracing::warn!(instance = %at.instance, cause = failure.cause, "An instance did not start in a container");
            if !made.is_told()
                && let Err(error) = made.take_back(&at.instance).await
            {
                tracing::warn!(instance = %at.instance, %error, "What was begun could not be taken back");
            }
            // Another host of this user has ended it: it has not failed.
            if made.is_written_down() && has_been_asked(&context, &at.instance).await {
                return context.report(Event::Exited { at, failure, asked: true, is_clean: false });
            }
            context.report(Event::LaunchFailed { at, failure });
        }
        None if made.is_told() => {}
        None => match made.take_back(&at.instance).await {
            Ok(()) => context.report(Event::LaunchFailed { at, failure: plain("It was stopped while it was started") }),
            Err(error) => context.report(Event::Stopped { at, result: Err(FleetError::Launch(error)) }),
        },
    }
}

/// Its container goes on without this start.
fn report_outlived(context: &Context, at: RunId, reason: String) {
    tracing::warn!(instance = %at.instance, reason, "A start was given up, and its container goes on");
    context.report(Event::Containers(ContainersEvent::Outlived { at, reason }));
}

/// What became of a start.
enum Brought {
    /// It answers.
    Up,
    /// It does not answer, for this reason, and goes on all the same.
    Silent(String),
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

async fn bring_up(context: &Context, plan: &LaunchPlan, place: &DockerPlace, made: &Made) -> Result<Brought, Failure> {
    let at = &plan.at;
    // It may be older than what is refused today, or written by hand.
    plan.profile.check().map_err(|error| plain(&error.to_string()))?;
    let lock = directory::lock(context, &plan.directory, LOCK_PATIENCE).await;
    let folder = context.folders.locks();
    let lock = lock.map_err(|error| plain(&format!("Could not write in `{}`: {error}", folder.display())))?;
    made.locked(lock.ok_or_else(|| plain("Another Portal has been starting a container here for half an hour"))?);
    let ours = Ours::of(context).await;
    let folder = &context.folders.state;
    let ours = ours.map_err(|error| plain(&format!("Could not write in `{}`: {error}", folder.display())))?;
    let engine = engines::connect(context, place.engine.as_deref(), WORK).await.map_err(|error| failed(&error))?;
    made.begin_at(&engine, &ours);
    if let Some(record) = started_elsewhere(context, plan, &engine).await {
        return Ok(Brought::Elsewhere(Box::new(record)));
    }
    // From here on a crash of ours leaves a trace. On a full disk the start goes on; the notice is raised by who writes.
    let intended = plan.record(Life::Intended { port: plan.profile.port }, context.host.clone());
    let _noticed = context.disk.write_record_now(intended).await;
    context.report(Event::Recorded { at: at.clone(), port: None });
    let version = engine.version().await.map_err(|error| failed(&error))?;
    // What cannot work is said before an image is built for it.
    let network = plan::network_of(place);
    engine.check_fit(&version, &network).map_err(|error| failed(&error))?;
    git_outside::tell(context, at, &plan.directory, place).await;
    let given = credentials::of(context, &version, &plan.directory, &place.pass).await?;
    let image = image::prepare(context, at, &engine, place, plan.get_image).await?;
    context.report(Event::Stepped { at: at.clone(), step: Step::StartingContainer });
    let planned = planned(context, plan, place, (&ours, version.clone(), &image, given)).await?;
    let container = at_hand::running(&ours, &engine, &at.instance, planned, made).await?;
    // What it keeps is there, whichever engine is the usual one at its next start. Nothing is where none could be made.
    let settles = ContainersEvent::Settles { at: at.clone(), engine: engine.address().to_owned() };
    context.report(Event::Containers(settles));
    let facts = EngineFacts { address: engine.address().to_owned(), is_here: engine.is_here(&version) };
    let details = answering::published(&engine, &container, &facts).await?;
    let begun = Begun { engine: &engine, details: &details, image: &image.name, made };
    if !details.state.is_up() {
        return Err(begun.ended().await);
    }
    let door = up(context, plan, &details, &facts, made).await?;
    Ok(match answering::first_answer(context, at, begun, door).await? {
        Heard::Answer => Brought::Up,
        Heard::Nothing(reason) => Brought::Silent(reason),
    })
}

/// What its container is to be like. What reads the person's files is waited for by no thread of the runtime: they may be on a sleeping share.
async fn planned(
    context: &Context,
    plan: &LaunchPlan,
    place: &DockerPlace,
    (ours, version, image, given): (&Ours, EngineVersion, &image::Usable, Given),
) -> Result<ContainerPlan, Failure> {
    let around = Surroundings {
        guarded: Guarded::now(context).await,
        folders: context.folders.clone(),
        ours: ours.clone(),
        version,
        image: image.clone(),
        given,
    };
    let (plan, place) = (plan.clone(), place.clone());
    let planning = move || plan::plan(&plan, &place, &around, &random_password());
    let planned = tokio::task::spawn_blocking(planning).await;
    let planned = planned.map_err(|_| plain("It could not be planned: a mistake of ours, which the log tells"))?;
    planned.map_err(|problem| mounting::failed(&problem))
}

/// The container runs: that is written down, and the fleet is told. Gives where its server is asked.
async fn up(
    context: &Context,
    plan: &LaunchPlan,
    details: &ContainerDetails,
    facts: &EngineFacts,
    made: &Made,
) -> Result<Door, Failure> {
    let Some(endpoint) = reading::endpoint(details, facts, INSIDE_PORT) else {
        return Err(plain("The engine publishes no port of the container"));
    };
    let (host, port) = (endpoint.host, endpoint.port);
    let password = details.environment.get("OPENCODE_SERVER_PASSWORD").unwrap_or_default().to_owned();
    let container = reading::container_of(details, facts, true);
    let since = details.started.map_or_else(now, timestamp);
    let body = Body::Container { engine: container.engine.clone(), id: container.id.clone() };
    let running = Running { body, host: host.clone(), port, since };
    if context.disk.write_record_now(plan.record(Life::Runs(running), context.host.clone())).await.is_ok() {
        made.write_down();
    }
    made.is_recorded();
    made.tell();
    let up = Box::new(Up { container, host: host.clone(), port, since });
    context.report(Event::Containers(ContainersEvent::Up { at: plan.at.clone(), up }));
    Ok(Door { host, port, password })
}

/// The record of an instance that another host has started in this directory, in a container of this engine, since we looked.
async fn started_elsewhere(context: &Context, plan: &LaunchPlan, engine: &Engine) -> Option<Record> {
    let folder = context.folders.records();
    let records = tokio::task::spawn_blocking(move || record_file::read_all(&folder)).await.unwrap_or_default();
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
