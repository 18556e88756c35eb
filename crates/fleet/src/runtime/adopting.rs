//! Processes that run already: their password is read back from their own environment, and they are watched by their identity, because they are not our children.

use std::time::Duration;

use launch::{Exit, ProcessIdentity};
use opencode_api::{ApiError, Client, Port, Secret, ServerAddress};
use tokio::time::Instant;

use super::context::{Context, now};
use super::ticks::ticks;
use super::{failure, launching};
use crate::event::{Event, RunId};

/// How often we look whether the process lives.
const LOOK: Duration = Duration::from_millis(500);
/// How long an adopted server that is up may be silent before that is said.
const SILENCE: Duration = Duration::from_secs(3);
/// How long one may take to its first answer after its start.
const GET_READY: Duration = Duration::from_mins(1);
/// How long a probe of a server that may be busy may take.
const PROBE: Duration = Duration::from_secs(1);
/// How often a server that does not let us in, or does not answer, is asked again.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// Adopts a process and stays with it.
pub(super) async fn adopt(context: Context, at: RunId, identity: ProcessIdentity, host: String, port: Port) {
    let of = identity.clone();
    let password = tokio::task::spawn_blocking(move || launch::password_of(&of)).await.ok().flatten();
    let client = Client::new(ServerAddress { host, ..ServerAddress::loopback(port, password.map(Secret::new)) });
    // One that has just been started, by another host, takes its time to the first answer.
    let since = context.states.borrow().instances.get(&at.instance).and_then(|instance| instance.started_at);
    let age = since.map_or(GET_READY, |since| Duration::from_millis(now().ms_since(since)));
    let silence = SILENCE.max(GET_READY.saturating_sub(age));
    tokio::select! {
        () = watch(&identity) => {}
        () = async {
            get_in(&context, &at, &client, silence).await;
            std::future::pending::<()>().await;
        } => {}
    }
    let failure = failure::end(&context, &at.instance, Exit::Unknown).await;
    launching::ended(&context, at, &identity, failure, false).await;
}

/// Waits until the process is gone.
async fn watch(identity: &ProcessIdentity) {
    let mut ticks = ticks(LOOK);
    loop {
        ticks.tick().await;
        if !identity.is_alive() {
            return;
        }
    }
}

/// Asks until the server answers with our credentials.
pub(super) async fn get_in(context: &Context, at: &RunId, client: &Client, silence: Duration) {
    let began = Instant::now();
    let mut is_said = false;
    loop {
        // The person has given a password meanwhile.
        if is_said && context.clients.get(&at.instance).is_some() {
            return;
        }
        match client.health(PROBE).await {
            Ok(health) => {
                context.clients.set(&at.instance, client.clone());
                context.report(Event::Answered { at: at.clone(), version: health.version });
                return;
            }
            Err(ApiError::Unauthorized { .. }) => {
                context.report(Event::Refused { at: at.clone() });
                is_said = true;
            }
            Err(error) if began.elapsed() >= silence && !is_said => {
                context.report(Event::Unanswered { at: at.clone(), reason: error.to_string() });
                is_said = true;
            }
            Err(_) => {}
        }
        let pause = if is_said { ASK_AGAIN } else { Duration::from_millis(50) };
        tokio::time::sleep(pause).await;
    }
}
