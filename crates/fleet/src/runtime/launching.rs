//! Starting a process and seeing it through: the lock, the port, the record, the spawn, the first answer, and in the end how it ended.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use launch::{Exit, Launch, LeftBehind, ProcessIdentity, Running};
use opencode_api::{Client, Port, Secret, ServerAddress};

use super::context::{Context, now};
use super::failure::{end, is_database_trouble, is_port_trouble, plain, was_asked};
use super::roster::command::INSTANCE_VARIABLE;
use super::roster::{command, port};
use super::{guard, probing};
use crate::effect::LaunchPlan;
use crate::event::{Event, RunId};
use crate::files::directory_lock::DirectoryLock;
use crate::files::record_file;
use crate::record::{Body, Life, Record, Running as RecordedRun};
use crate::{Failure, InstanceId, InstanceState};

/// How often another port is tried.
const PORT_TRIES: usize = 8;
/// How often a start is tried again whose database another one was preparing at the same moment.
const DISTURBED_TRIES: usize = 3;
/// How long a server may take to its first answer.
const GET_READY: Duration = Duration::from_mins(1);
/// How long another host may take to start what we were about to start.
const LOCK_PATIENCE: Duration = Duration::from_secs(30);
/// How long a process may take to end before it is killed.
pub(super) const GRACE: Duration = Duration::from_secs(5);

/// Starts a process of this program and stays with it.
pub(super) async fn launch(context: Context, plan: LaunchPlan) {
    let at = plan.at.clone();
    match bring_up(&context, &plan).await {
        Ok(Brought::Up(mut running)) => {
            let exit = running.wait().await;
            let failure = end(&context, &at.instance, exit).await;
            let identity = running.identity.clone();
            ended(&context, at, &identity, failure, exit == Exit::Code(0)).await;
        }
        Ok(Brought::Elsewhere(record)) => context.report(Event::TakenElsewhere { at, record }),
        Err(failure) => {
            tracing::warn!(instance = %at.instance, cause = failure.cause, "An instance did not start");
            context.report(Event::LaunchFailed { at, failure });
        }
    }
}

/// Reports that a process of ours has ended, and ends what it has left running: its MCP and language servers know of no end.
pub(super) async fn ended(context: &Context, at: RunId, identity: &ProcessIdentity, failure: Failure, is_clean: bool) {
    let asked = was_asked(context, &at.instance);
    let left = launch::left_behind((INSTANCE_VARIABLE, at.instance.as_str())).await;
    // What a new start brings, of ours or of another host, carries the same mark. A start is recorded before it begins, so if the
    // record still names this process, what was found is of this run. Who asked for the end sees to the rest.
    let left = left.filter(|_| !asked && is_recorded(context, &at.instance, identity) && is_up(context, &at));
    if let Some(left) = left {
        // A task of its own, begun before the end is known: who stays with an adopted process is let go the moment it is.
        guard::spawn(context, &at, end_left(at.instance.clone(), left));
    }
    context.report(Event::Exited { at, failure, asked, is_clean });
}

async fn end_left(instance: InstanceId, left: LeftBehind) {
    match left.end(GRACE).await {
        Ok(stopped) => tracing::info!(%instance, ?stopped, "What it left running is ended"),
        Err(error) => tracing::warn!(%instance, %error, "What it left running could not be ended"),
    }
}

/// What became of a start.
enum Brought {
    /// It answers.
    Up(Running),
    /// Another host has started it.
    Elsewhere(Box<Record>),
}

/// What became of one try.
enum Tried {
    Up(Running),
    /// Somebody else has the port.
    PortTaken,
    /// Another opencode was preparing the database that they share.
    Disturbed(Failure),
}

async fn bring_up(context: &Context, plan: &LaunchPlan) -> Result<Brought, Failure> {
    let mut lock = Some(take_lock(context, plan).await?);
    if let Some(record) = started_elsewhere(context, plan) {
        return Ok(Brought::Elsewhere(Box::new(record)));
    }
    let mut taken = plan.taken.clone();
    let mut disturbed = 0;
    for _ in 0..PORT_TRIES {
        let port = port::choose(context, plan, &taken).await?;
        taken.push(port.get());
        match try_port(context, plan, port, &mut lock).await? {
            Tried::Up(running) => return Ok(Brought::Up(running)),
            Tried::PortTaken if plan.profile.port.is_some() => {
                return Err(port::taken_by(context, &plan.at.instance, port).await);
            }
            Tried::Disturbed(failure) if disturbed == DISTURBED_TRIES => return Err(failure),
            Tried::Disturbed(_) => {
                disturbed += 1;
                tracing::info!(instance = %plan.at.instance, "The database was being prepared; trying again");
            }
            Tried::PortTaken => tracing::info!(port = port.get(), "The port was taken; trying the next"),
        }
    }
    Err(Failure {
        cause: format!("No port was free long enough, in {PORT_TRIES} tries"),
        hint: Some("Another program takes ports from 3100 on; end it and try again".to_owned()),
        last_lines: Vec::new(),
    })
}

async fn take_lock(context: &Context, plan: &LaunchPlan) -> Result<DirectoryLock, Failure> {
    let began = Instant::now();
    loop {
        match DirectoryLock::try_take(&context.folders.locks(), &plan.directory) {
            Ok(Some(lock)) => return Ok(lock),
            Ok(None) if began.elapsed() < LOCK_PATIENCE => tokio::time::sleep(Duration::from_millis(20)).await,
            Ok(None) => {
                return Err(plain("Another Portal has been starting an instance here for half a minute"));
            }
            Err(error) => {
                let folder = context.folders.locks();
                return Err(plain(&format!("Could not write in `{}`: {error}", folder.display())));
            }
        }
    }
}

/// The record of an instance that another host has started in this directory since we looked.
fn started_elsewhere(context: &Context, plan: &LaunchPlan) -> Option<Record> {
    record_file::read_all(&context.folders.records())
        .into_iter()
        .filter(|record| record.id == plan.at.instance || (plan.is_alone && record.directory == plan.directory))
        .find(|record| matches!(&record.life, Life::Runs(running) if running.process().is_some_and(ProcessIdentity::is_alive)))
}

async fn try_port(
    context: &Context,
    plan: &LaunchPlan,
    port: Port,
    lock: &mut Option<DirectoryLock>,
) -> Result<Tried, Failure> {
    let at = plan.at.clone();
    let record = |life| plan.record(life, context.host.clone());
    // From here on a crash of ours leaves a trace. On a full disk the start goes on; the notice is raised by who writes.
    let _noticed = context.disk.write_record_now(record(Life::Intended { port: Some(port) })).await;
    context.report(Event::Recorded { at: at.clone(), port: Some(port) });
    let password = random_password();
    let (mut running, client) = spawn(context, plan, port, &password).await?;
    let identity = running.identity.clone();
    let since = now();
    let run = RecordedRun { body: Body::Process(identity.clone()), host: plan.host.clone(), port, since };
    let _noticed = context.disk.write_record_now(record(Life::Runs(run))).await;
    // Whoever waits for the directory now finds a process that runs.
    lock.take();
    context.report(Event::Spawned { at: at.clone(), identity: identity.clone(), port });
    let stranger = Client::new(ServerAddress { host: plan.host.clone(), ..ServerAddress::loopback(port, None) });
    tokio::select! {
        answered = probing::first_answer(&stranger, &client) => {
            // A script becomes the server by `exec`: the record must name what another host will find running.
            if let Some(identity) = identity.after_exec().filter(|now| *now != identity) {
                let run = RecordedRun { body: Body::Process(identity.clone()), host: plan.host.clone(), port, since };
                let _noticed = context.disk.write_record_now(record(Life::Runs(run))).await;
                context.report(Event::Spawned { at: at.clone(), identity, port });
            }
            context.clients.set(&at.instance, client);
            context.report(Event::Answered { at, version: answered });
            Ok(Tried::Up(running))
        }
        exit = running.wait() => {
            let failure = end(context, &at.instance, exit).await;
            // One that was stopped leaves its port to others; nobody wants it on the next one.
            let is_taken = is_port_trouble(&failure.last_lines) || !port::is_free(port).await;
            if is_taken && is_wanted(context, &at) {
                return Ok(Tried::PortTaken);
            }
            let is_disturbed = is_database_trouble(&failure.last_lines);
            let failure = Failure { cause: format!("opencode ended with {exit} before it answered"), ..failure };
            if is_disturbed && is_wanted(context, &at) {
                return Ok(Tried::Disturbed(failure));
            }
            Err(failure)
        }
        () = tokio::time::sleep(GET_READY) => {
            stop_it(identity).await;
            let failure = end(context, &at.instance, Exit::Unknown).await;
            let cause = format!("opencode did not answer within {} s", GET_READY.as_secs());
            Err(Failure { cause, ..failure })
        }
    }
}

/// Whether the record on disk names this process as the one that runs.
fn is_recorded(context: &Context, id: &InstanceId, identity: &ProcessIdentity) -> bool {
    let record = record_file::read(&record_file::path(&context.folders.records(), id));
    record.is_ok_and(|record| {
        // Not the executable: a script becomes the server by `exec`.
        let is_it = |running: &RecordedRun| {
            running
                .process()
                .is_some_and(|process| process.pid == identity.pid && process.started_at == identity.started_at)
        };
        matches!(&record.life, Life::Runs(running) if is_it(running))
    })
}

/// Whether, as far as the fleet knows, this run goes on and nobody wants its end.
fn is_up(context: &Context, at: &RunId) -> bool {
    let state = context.states.borrow();
    state.instances.get(&at.instance).is_some_and(|instance| instance.run == at.run && instance.state.is_live())
}

/// Whether the fleet still waits for this start.
fn is_wanted(context: &Context, at: &RunId) -> bool {
    let state = context.states.borrow();
    let instance = state.instances.get(&at.instance);
    instance.is_some_and(|instance| instance.run == at.run && matches!(instance.state, InstanceState::Starting { .. }))
}

/// Ends a process that we started and that is of no use.
pub(super) async fn stop_it(identity: ProcessIdentity) {
    if let Err(error) = launch::stop(&identity, GRACE).await {
        tracing::warn!(%error, pid = identity.pid, "A process could not be ended");
    }
}

async fn spawn(
    context: &Context,
    plan: &LaunchPlan,
    port: Port,
    password: &Secret,
) -> Result<(Running, Client), Failure> {
    let shell = context.shell.environment().await;
    let environment = command::environment(&shell, plan, &context.folders.state, context.host.as_ref(), password);
    let log = log_of(context, &plan.at.instance);
    let Some(binary) = plan.binary.clone() else {
        return Err(plain("Which opencode is to run is not known"));
    };
    let launch = Launch {
        binary,
        directory: plan.directory.clone(),
        arguments: command::arguments(&plan.profile, port),
        environment,
        log: log.clone(),
    };
    // Each start begins with an empty log, so that its last lines are its own. Who reads it is waited for, by no thread of others' tasks.
    let (of, keep) = (log.clone(), super::logs::LOGS_KEPT);
    if let Ok(Err(error)) = tokio::task::spawn_blocking(move || launch::log::begin(&of, keep)).await {
        tracing::warn!(%error, "A log was not rotated");
    }
    let running = launch::spawn(&launch).map_err(|error| {
        let source = std::error::Error::source(&error).map(ToString::to_string);
        let cause = source.map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
        Failure { cause, hint: Some("Choose another opencode in the settings".to_owned()), last_lines: Vec::new() }
    })?;
    let address = ServerAddress { host: plan.host.clone(), ..ServerAddress::loopback(port, Some(password.clone())) };
    Ok((running, Client::new(address)))
}

/// Where an instance's output goes.
pub(super) fn log_of(context: &Context, id: &InstanceId) -> PathBuf {
    context.folders.logs().join(format!("{id}.log"))
}

/// 32 random bytes, in characters that need no quoting anywhere.
pub(super) fn random_password() -> Secret {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = [0_u8; 43];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    // 43 letters of 6 bits hold 32 bytes.
    Secret::new(bytes.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % 64])).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::random_password;

    #[test]
    fn passwords_need_no_quoting_and_differ() {
        let (first, second) = (random_password(), random_password());
        assert_eq!(first.expose().len(), 43);
        assert!(first.expose().chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter)));
        assert_ne!(first, second);
    }
}
