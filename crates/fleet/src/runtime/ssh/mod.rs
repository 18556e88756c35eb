//! Servers of ours on other machines: started, found again, stayed with, ended. Performs and reports; decides nothing.

mod browsing;
mod directory;
mod keeping;
mod launching;
mod left;
mod lines;
mod log;
mod patience;
mod prompts;
mod removed;
mod unheard;

use std::time::Duration;

use launch::ssh::{Connection, RemoteFailure, RemoteProcess, SshError};

use super::actor::Actor;
use super::context::Context;
use super::failure::plain;
use super::guard;
use super::launching::GRACE;
use super::roster::command::INSTANCE_VARIABLE;
use crate::event::{Event, RunId};
use crate::ssh::SshEffect;
use crate::{Failure, FleetError, InstanceId, InstanceState, ProcessElsewhere, State};

pub use browsing::{DirectoryThere, HostThere};
pub(crate) use browsing::{check_directory, hosts, list_directory};
pub(super) use launching::launch;
pub(super) use left::watch;
pub(crate) use lines::Lines;
pub use prompts::Answerer;
pub(crate) use prompts::Prompts;
pub(super) use removed::look;

/// How long a stop waits for a line that does not come about.
const REACH: Duration = Duration::from_secs(30);
/// How long it waits for another host of this user to see the end, before it leaves the rest to that one.
const LETS_GO: Duration = Duration::from_secs(5);

/// Performs what concerns other machines.
pub(super) fn perform(actor: &mut Actor, effect: SshEffect) {
    let context = actor.context.clone();
    match effect {
        SshEffect::Adopt { at, host, process } => {
            // Not part of the link: that ends with each line, and this stays until the server has ended.
            guard::spawn(&context, &at, keeping::adopt(context.clone(), at.clone(), host, process));
        }
        SshEffect::Stop { at, host, process } => {
            guard::spawn(&context, &at, stop(context.clone(), at.clone(), host, process));
        }
        SshEffect::EndStray { at, host, process } => {
            tracing::info!(instance = %at.instance, host, pid = process.pid, "A start that nobody wants is ended");
            tokio::spawn(async move {
                let ended = match line_to(&context, &host).await {
                    Ok(connection) => end(&context, &at.instance, &connection, &process).await,
                    Err(error) => Err(error.into()),
                };
                if let Err(error) = ended {
                    tracing::warn!(%error, host, pid = process.pid, "A process could not be ended");
                    left::end_later_of(&context, at.instance, host, process).await;
                }
            });
        }
        SshEffect::EndLater { id, left } => {
            tokio::spawn(async move { left::end_later(&context, id, left).await });
        }
    }
}

async fn stop(context: Context, at: RunId, host: String, process: ProcessElsewhere) {
    let lines = &context.lines;
    let connected = if lines.prompts().is_anybody_there() {
        // What a person is asked on the way takes as long as it takes, and counts for the start that may follow.
        lines.connect_asking(&host).await.inspect(|connection| lines.linger(connection.clone()))
    } else {
        line_to(&context, &host).await
    };
    let result = match connected {
        Ok(connection) => end(&context, &at.instance, &connection, &process).await,
        Err(error) => Err(error.into()),
    };
    context.report(Event::Stopped { at, result: result.map_err(FleetError::Elsewhere) });
}

/// The line to a host, if it comes about in time. Nobody is asked anything.
async fn line_to(context: &Context, host: &str) -> Result<Connection, SshError> {
    let connected = tokio::time::timeout(REACH, context.lines.connect(host)).await;
    connected.unwrap_or_else(|_| Err(SshError::TimedOut { host: host.to_owned() }))
}

/// Ends a server with everything that it has started, and leaves nothing of ours behind there.
async fn end(
    context: &Context,
    id: &InstanceId,
    connection: &Connection,
    process: &ProcessElsewhere,
) -> Result<(), RemoteFailure> {
    let process = there(process);
    connection.stop(&process, (INSTANCE_VARIABLE, id.as_str()), GRACE).await?;
    let follower = context.lines.followers().of(context, id);
    let mut follower = follower.lock().await;
    // Another host of this user may follow it: then that one sees the end, reads the last words, and forgets.
    if follower.is_ours_within(LETS_GO).await {
        follower.catch_up(connection, &process).await;
        forget(connection, id, Some(&process)).await;
    }
    Ok(())
}

/// Removes what we have written there. What cannot be removed harms nobody.
async fn forget(connection: &Connection, id: &InstanceId, process: Option<&RemoteProcess>) {
    if let Err(error) = connection.forget(id.as_str(), process).await {
        tracing::info!(%error, instance = %id, "Its log there was not removed");
    }
}

fn there(process: &ProcessElsewhere) -> RemoteProcess {
    RemoteProcess { pid: process.pid, started: process.started.clone() }
}

/// A failure without any output.
fn failed(error: &dyn std::error::Error) -> Failure {
    plain(&error.to_string())
}

/// Waits until nobody wants this run any more.
async fn let_go(context: &Context, at: &RunId) {
    let mut states = context.states.clone();
    // Nobody left to say so: the fleet is closed.
    let _closed = states
        .wait_for(|state| {
            let instance = state.instances.get(&at.instance);
            instance.is_none_or(|instance| instance.run != at.run || instance.state.is_ended())
        })
        .await;
}

/// Whether the fleet still waits for this start.
fn is_wanted(context: &Context, at: &RunId) -> bool {
    is_starting(&context.states.borrow(), at)
}

/// Waits until nobody waits for this start any more.
async fn given_up(context: &Context, at: &RunId) {
    let mut states = context.states.clone();
    let _closed = states.wait_for(|state| !is_starting(state, at)).await;
}

fn is_starting(state: &State, at: &RunId) -> bool {
    let instance = state.instances.get(&at.instance);
    instance.is_some_and(|instance| instance.run == at.run && matches!(instance.state, InstanceState::Starting { .. }))
}
