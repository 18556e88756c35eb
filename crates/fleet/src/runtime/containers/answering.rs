//! Seeing a container that was just started to its first answer, or to its end.

use std::time::{Duration, Instant};

use launch::docker::{ContainerDetails, ContainerState, Engine};
use opencode_api::{Client, Port, Secret, ServerAddress};

use super::super::context::Context;
use super::super::launching::GRACE;
use super::super::probing;
use super::reading::EngineFacts;
use super::{INSIDE_PORT, ending, failed, reading};
use crate::Failure;
use crate::event::{Event, RunId};

/// How long a server may take to its first answer.
const GET_READY: Duration = Duration::from_mins(2);
/// How long an engine may take to say where a port is published.
const PUBLISHED: Duration = Duration::from_secs(10);
/// How often it is looked whether the container still runs.
const LOOK: Duration = Duration::from_millis(250);

/// How the container is once it is known where it is reached, or has ended.
pub(super) async fn published(engine: &Engine, id: &str, facts: &EngineFacts) -> Result<ContainerDetails, Failure> {
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

/// Where a server is asked, and with what.
pub(super) struct Door {
    pub(super) host: String,
    pub(super) port: Port,
    pub(super) password: String,
}

/// Waits until its server answers, and lets everybody use it.
pub(super) async fn first_answer(
    context: &Context,
    at: &RunId,
    engine: &Engine,
    details: &ContainerDetails,
    door: Door,
    image: &str,
) -> Result<(), Failure> {
    let Door { host, port, password } = door;
    let address = |password| ServerAddress { host: host.clone(), ..ServerAddress::loopback(port, password) };
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
pub(super) async fn ended(engine: &Engine, details: &ContainerDetails, image: &str) -> Failure {
    let failure = ending::of(engine, details).await;
    let cause = match &details.state {
        ContainerState::Exited { code, out_of_memory: false, message: None } => {
            format!("opencode in the image `{image}` ended with exit code {code} before it answered")
        }
        _ => failure.cause,
    };
    Failure { cause, ..failure }
}
