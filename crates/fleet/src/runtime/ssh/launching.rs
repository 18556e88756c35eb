//! Starting a server on another machine: the line, the folder, opencode there, the port, the record, the first answer; and then staying with it.

use std::path::PathBuf;
use std::time::Duration;

use launch::Environment;
use launch::ssh::{Connection, RemoteLaunch, RemoteOpencode, RemoteProcess, SshError};
use opencode_api::{Client, Port, Secret, ServerAddress};

use super::keeping::{Reached, Staying};
use super::unheard::{self, Begun};
use super::{directory, failed, forget, given_up, is_wanted, left, let_go, there};
use crate::effect::LaunchPlan;
use crate::event::{Event, RunId};
use crate::files::directory_lock::DirectoryLock;
use crate::files::record_file;
use crate::record::{Body, Life, Record, Running};
use crate::runtime::context::{Context, now};
use crate::runtime::failure::{failure, is_database_trouble, is_port_trouble, plain};
use crate::runtime::launching::{GRACE, random_password};
use crate::runtime::probing;
use crate::runtime::roster::command::{self, HOST_VARIABLE, INSTANCE_VARIABLE, STATE_VARIABLE};
use crate::ssh::{LeftThere, SshEvent};
use crate::{Failure, Place, ProcessElsewhere, Profile, Step};

/// How often a start is tried: another port, or a database that another one was preparing.
const TRIES: usize = 4;
/// How long a server may take to its first answer; the machine may be a small one.
const GET_READY: Duration = Duration::from_secs(90);
/// How often we look whether it still lives meanwhile.
const LOOK: Duration = Duration::from_secs(1);
/// How long another host of this user may take to start what we were about to start.
const LOCK_PATIENCE: Duration = Duration::from_secs(30);
/// Ports there are drawn from here: above those that people choose, below those that systems give away.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// Starts a server there and stays with it.
pub(in crate::runtime) async fn launch(context: Context, plan: LaunchPlan) {
    let at = plan.at.clone();
    match bring_up(&context, &plan).await {
        Ok(Brought::Up(staying, reached)) => tokio::select! {
            () = staying.stay(Some(reached)) => {}
            () = let_go(&context, &at) => {}
        },
        Ok(Brought::Elsewhere(record)) => context.report(Event::TakenElsewhere { at, record }),
        Err(failure) => {
            tracing::warn!(instance = %at.instance, cause = failure.cause, "An instance did not start");
            context.report(Event::LaunchFailed { at, failure });
        }
    }
}

/// What became of a start.
enum Brought {
    /// It answers.
    Up(Box<Staying>, Reached),
    /// Another host of this user has started it.
    Elsewhere(Box<Record>),
}

/// What became of one try.
enum Tried {
    Up(Box<Staying>, Reached),
    /// Somebody else has the port, or was preparing the database.
    Disturbed(Failure),
}

async fn bring_up(context: &Context, plan: &LaunchPlan) -> Result<Brought, Failure> {
    let Place::Ssh(place) = &plan.profile.place else { return Err(plain("Its profile names no other machine")) };
    // Nothing runs before this is over: who gives up need not wait for a host that does not answer.
    let (lock, connection, program) = tokio::select! {
        prepared = prepare(context, plan, &place.host) => prepared?,
        () = given_up(context, &plan.at) => return Err(plain("It was stopped before anything ran")),
    };
    if let Some(record) = started_elsewhere(context, plan, &connection).await? {
        return Ok(Brought::Elsewhere(Box::new(record)));
    }
    let mut lock = Some(lock);
    let mut last = plain("No try was made");
    for _ in 0..TRIES {
        if lock.is_none() {
            // Whoever waited for it while the try before seemed to run may have started it.
            lock = tokio::select! {
                lock = take_lock(context, plan, &place.host) => Some(lock?),
                () = given_up(context, &plan.at) => return Err(plain("It was stopped before it answered")),
            };
            if let Some(record) = started_elsewhere(context, plan, &connection).await? {
                return Ok(Brought::Elsewhere(Box::new(record)));
            }
        }
        match try_once(context, plan, &connection, &program, &mut lock).await? {
            Tried::Up(staying, reached) => return Ok(Brought::Up(staying, reached)),
            Tried::Disturbed(failure) if plan.profile.port.is_some() && is_port_trouble(&failure.last_lines) => {
                return Err(Failure {
                    hint: Some(
                        "End what has the port there, or choose another port in the profile, or none".to_owned(),
                    ),
                    ..failure
                });
            }
            Tried::Disturbed(failure) => last = failure,
        }
    }
    Err(last)
}

async fn prepare(
    context: &Context,
    plan: &LaunchPlan,
    host: &str,
) -> Result<(DirectoryLock, Connection, PathBuf), Failure> {
    let lock = take_lock(context, plan, host).await?;
    let step = |step| context.report(Event::Stepped { at: plan.at.clone(), step });
    step(Step::Connecting);
    let lines = &context.lines;
    let connected = if plan.may_ask { lines.connect_asking(host).await } else { lines.connect(host).await };
    let connection = connected.map_err(|error| failed(&error))?;
    step(Step::FindingOpencode);
    connection.check_directory(&plan.directory).await.map_err(|error| failed(&error))?;
    let found = connection.find_opencode(plan.profile.binary.as_deref()).await.map_err(|error| failed(&error))?;
    let program = match found {
        RemoteOpencode::Found { path, .. } => path,
        RemoteOpencode::Broken { path } => {
            return Err(Failure {
                cause: format!("opencode at `{}` on `{host}` does not work", path.display()),
                hint: Some("Install it there again, or name another one in the profile".to_owned()),
                last_lines: Vec::new(),
            });
        }
        RemoteOpencode::Missing => {
            return Err(Failure {
                cause: format!("opencode was not found on `{host}`"),
                hint: Some(
                    "Install it there: `npm install -g opencode-ai`, or without npm `curl -fsSL https://opencode.ai/install | bash`; or name it in the profile"
                        .to_owned(),
                ),
                last_lines: Vec::new(),
            });
        }
    };
    step(Step::StartingProcess);
    Ok((lock, connection, program))
}

async fn take_lock(context: &Context, plan: &LaunchPlan, host: &str) -> Result<DirectoryLock, Failure> {
    match directory::lock(context, host, &plan.directory, LOCK_PATIENCE).await {
        Ok(Some(lock)) => Ok(lock),
        Ok(None) => Err(plain("Another Portal has been starting an instance here for half a minute")),
        Err(error) => Err(plain(&format!("Could not write in `{}`: {error}", context.folders.locks().display()))),
    }
}

/// The record of an instance that another host of this user has started in this directory there since we looked.
async fn started_elsewhere(
    context: &Context,
    plan: &LaunchPlan,
    connection: &Connection,
) -> Result<Option<Record>, Failure> {
    let folder = context.folders.records();
    let read = tokio::task::spawn_blocking(move || record_file::read_all(&folder)).await;
    let records = read.map_err(|error| failed(&error))?;
    let is_it =
        |record: &Record| record.id == plan.at.instance || (plan.is_alone && record.directory == plan.directory);
    for record in records.into_iter().filter(is_it) {
        if let Life::Runs(Running { body: Body::Elsewhere { host, process }, .. }) = &record.life
            && host == connection.host()
            && connection.is_alive(&there(process)).await.map_err(|error| failed(&error))?
        {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

async fn try_once(
    context: &Context,
    plan: &LaunchPlan,
    connection: &Connection,
    program: &std::path::Path,
    lock: &mut Option<DirectoryLock>,
) -> Result<Tried, Failure> {
    let (at, id) = (&plan.at, &plan.at.instance);
    let port = plan.profile.port.unwrap_or_else(random_port);
    let _noticed =
        context.disk.write_record_now(plan.record(Life::Intended { port: Some(port) }, context.host.clone())).await;
    context.report(Event::Recorded { at: at.clone(), port: None });
    let password = random_password();
    let follower = context.lines.followers().of(context, id);
    follower.lock().await.begin().await;
    let forward = connection.forward(port.get()).await.map_err(|error| failed(&error))?;
    let launch = launch_of(context, plan, program, port, &password);
    let (through, process) = match unheard::begin(context, plan, connection, &launch).await? {
        Begun::Runs(through, process) => (through, process),
        Begun::Ended(through, output) => {
            follower.lock().await.take_all(output).await;
            forget(&through, id, None).await;
            let cause = format!("opencode ended on `{}` at once", through.host());
            return disturbed(context, at, failure(context, id, cause).await);
        }
    };
    // A line that was lost meanwhile has taken the way with it. Without another one it is found again like any other server.
    let again = if connection.is_up() { None } else { through.forward(port.get()).await.ok() };
    let (connection, forward) = match again {
        Some(forward) => (through, forward),
        None => (connection.clone(), forward),
    };
    let connection = &connection;
    let local = Port::new(forward.local()).expect("a port that is listened on is not 0");
    let process = ProcessElsewhere { pid: process.pid, started: process.started, port };
    let host = connection.host().to_owned();
    let run = Running {
        body: Body::Elsewhere { host: host.clone(), process: process.clone() },
        host: "127.0.0.1".to_owned(),
        port,
        since: now(),
    };
    let _noticed = context.disk.write_record_now(plan.record(Life::Runs(run), context.host.clone())).await;
    // Whoever waits for the directory now finds a server that runs. Another try takes the lock again.
    lock.take();
    context.report(Event::Ssh(SshEvent::Spawned { at: at.clone(), process: process.clone(), port: local }));
    let client = Client::new(ServerAddress::loopback(local, Some(password.clone())));
    let stranger = Client::new(ServerAddress::loopback(local, None));
    let of = there(&process);
    let mut is_over = true;
    let cause = tokio::select! {
        version = probing::first_answer(&stranger, &client) => {
            context.clients.set(id, client);
            context.report(Event::Answered { at: at.clone(), version });
            let staying = Staying {
                context: context.clone(), at: at.clone(), host, process, password: Some(password), has_seen: true,
            };
            return Ok(Tried::Up(Box::new(staying), Reached { connection: connection.clone(), forward }));
        }
        ended = until_it_ends(connection, &of) => match ended {
            Ok(()) => format!("opencode ended on `{host}` before it answered"),
            // It may well be on its way up: found again like any other when the line is back.
            Err(error) => {
                let staying = Staying {
                    context: context.clone(), at: at.clone(), host, process, password: Some(password), has_seen: true,
                };
                context.report(Event::Ssh(SshEvent::Lost { at: at.clone(), reason: error.to_string() }));
                return Ok(Tried::Up(Box::new(staying), Reached { connection: connection.clone(), forward }));
            }
        },
        // Whoever has stopped it has seen to the rest.
        () = let_go(context, at) => return Err(plain("It was stopped before it answered")),
        () = tokio::time::sleep(GET_READY) => {
            if let Err(error) = connection.stop(&of, (INSTANCE_VARIABLE, id.as_str()), GRACE).await {
                tracing::warn!(%error, host, "A process could not be ended");
                let left = LeftThere::of(plan, &host, Some(process), now());
                left::end_later(context, id.clone(), left).await;
                is_over = false;
            }
            format!("opencode did not answer within {} s on `{host}`", GET_READY.as_secs())
        }
    };
    follower.lock().await.catch_up(connection, &of).await;
    let failure = failure(context, id, cause).await;
    if !is_over {
        // What is written there names what still runs: the next start ends it by that.
        return Err(failure);
    }
    forget(connection, id, Some(&of)).await;
    disturbed(context, at, failure)
}

/// What a try that failed comes to: another one may help, if somebody still wants it.
fn disturbed(context: &Context, at: &RunId, failure: Failure) -> Result<Tried, Failure> {
    let is_disturbed = is_port_trouble(&failure.last_lines) || is_database_trouble(&failure.last_lines);
    if is_disturbed && is_wanted(context, at) {
        return Ok(Tried::Disturbed(failure));
    }
    Err(failure)
}

/// Waits until the process has ended; an error when the line is lost.
async fn until_it_ends(connection: &Connection, process: &RemoteProcess) -> Result<(), SshError> {
    loop {
        tokio::time::sleep(LOOK).await;
        match connection.is_alive(process).await {
            Ok(false) => return Ok(()),
            Err(error) if !connection.is_up() => return Err(error),
            Ok(true) | Err(_) => {}
        }
    }
}

fn launch_of(
    context: &Context,
    plan: &LaunchPlan,
    program: &std::path::Path,
    port: Port,
    password: &Secret,
) -> RemoteLaunch {
    let nothing = Environment::default();
    let mut environment = command::environment(&nothing, plan, &context.folders.state, None, password);
    // Set there, beside what that machine has.
    for name in ["NO_PROXY", "no_proxy"] {
        environment.remove(name);
    }
    // A Portal there must not take it for one of its own that was left behind.
    environment.set(STATE_VARIABLE, "elsewhere");
    environment.remove(HOST_VARIABLE);
    // There, too, only loopback: we come through the line.
    let profile = Profile { hostname: None, ..Profile::clone(&plan.profile) };
    RemoteLaunch {
        name: plan.at.instance.to_string(),
        ticket: random_password().expose().to_owned(),
        mark: INSTANCE_VARIABLE,
        program: program.to_owned(),
        directory: plan.directory.clone(),
        arguments: command::arguments(&profile, port),
        environment,
    }
}

fn random_port() -> Port {
    let mut bytes = [0_u8; 2];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    let port = PORTS.start + u16::from_le_bytes(bytes) % (PORTS.end - PORTS.start);
    Port::new(port).expect("none of them is 0")
}
