//! Getting into a server that somebody else started: without a password if it asks for none, or else with one that we were given for it.

use std::sync::Arc;
use std::time::Duration;

use opencode_api::{ApiError, Client, Identified, Trust};
use tokio::time::Instant;

use super::super::context::Context;
use crate::discovery::{Attachment, Credentials, DiscoveryEvent, Endpoint, Kept};
use crate::event::{Event, RunId};

/// How long a probe may take at first: what a server is asked when it has only begun to listen it never answers.
const PROBE: Duration = Duration::from_secs(1);
/// The same once it is said how it is: it may be busy.
const LONG_PROBE: Duration = Duration::from_secs(5);
/// How long it may be silent before that is said.
const SILENCE: Duration = Duration::from_secs(3);
/// How often it is asked again, once it is said how it is.
const ASK_AGAIN: Duration = Duration::from_secs(2);
/// The same when it wants a password that we do not have, which seldom changes.
const KNOCK_AGAIN: Duration = Duration::from_secs(10);
/// How often it is asked at first.
const ASK_SOON: Duration = Duration::from_millis(50);

/// Asks until the server lets us in.
pub(in crate::runtime) async fn attach(context: Context, at: RunId, to: Attachment) {
    let began = Instant::now();
    let mut key = Key { candidates: to.credentials.clone(), has_asked_keyring: to.kept == Kept::StaysHere };
    let mut said: Option<String> = None;
    loop {
        let mut silence: Option<ApiError> = None;
        let mut is_locked = false;
        for endpoint in &to.endpoints {
            let patience = if said.is_some() || !endpoint.is_direct() { LONG_PROBE } else { PROBE };
            match knock(&context, endpoint, &to.trust, &mut key, patience).await {
                Ok(Knocked::In { client, version, is_secured }) => {
                    return enter(&context, at, &to, endpoint, In { client, version, is_secured }).await;
                }
                Ok(Knocked::Locked) => {
                    is_locked = true;
                    context.report(reached(&at, endpoint, true, None));
                }
                // The first is the likeliest one.
                Err(error) => silence = silence.or(Some(error)),
            }
        }
        let is_refused = is_locked || matches!(silence, Some(ApiError::Certificate { .. }));
        if is_locked {
            context.report(Event::Refused { at: at.clone() });
            said = Some(String::new());
        } else if let Some(error) = silence
            && (began.elapsed() >= SILENCE || is_final(&error))
        {
            // Once for each reason, and not with each try.
            let reason = error.to_string();
            if said.as_ref() != Some(&reason) {
                context.report(unreached(&at, error));
                said = Some(reason);
            }
        }
        let pause = match (is_refused, &said) {
            (true, _) => KNOCK_AGAIN,
            (false, Some(_)) => ASK_AGAIN,
            (false, None) => ASK_SOON,
        };
        tokio::time::sleep(pause).await;
    }
}

/// Whether it would be the same a moment later: it is not that the server only begins to listen.
fn is_final(error: &ApiError) -> bool {
    matches!(
        error,
        ApiError::Certificate { .. }
            | ApiError::Encryption { .. }
            | ApiError::Authorities { .. }
            | ApiError::Moved { .. }
    )
}

/// That it was not reached, and why.
pub(in crate::runtime) fn unreached(at: &RunId, error: ApiError) -> Event {
    let (at, reason) = (at.clone(), error.to_string());
    match error {
        ApiError::Certificate { untrusted, .. } => {
            Event::Discovery(DiscoveryEvent::Untrusted { at, certificate: Arc::new(*untrusted), reason })
        }
        _ => Event::Unanswered { at, reason },
    }
}

/// What may open the door.
struct Key {
    candidates: Vec<Credentials>,
    has_asked_keyring: bool,
}

enum Knocked {
    In { client: Client, version: String, is_secured: bool },
    Locked,
}

struct In {
    client: Client,
    version: String,
    is_secured: bool,
}

/// No password is sent before the server has shown that it is an opencode that asks for one.
async fn knock(
    context: &Context,
    endpoint: &Endpoint,
    trust: &Trust,
    key: &mut Key,
    patience: Duration,
) -> Result<Knocked, ApiError> {
    let client = Client::new(endpoint.address(trust, None));
    match client.identify(patience).await? {
        Identified::Open { version } => return Ok(Knocked::In { client, version, is_secured: false }),
        Identified::Locked => {}
    }
    if !key.has_asked_keyring {
        key.has_asked_keyring = true;
        key.candidates.extend(context.book.kept(endpoint).await);
    }
    let mut wrong = Vec::new();
    for (place, credentials) in key.candidates.iter().enumerate() {
        let client = Client::new(endpoint.address(trust, Some(credentials)));
        match client.health(patience).await {
            Ok(health) => return Ok(Knocked::In { client, version: health.version, is_secured: true }),
            Err(ApiError::Unauthorized { .. }) => wrong.push(place),
            Err(error) => return Err(error),
        }
    }
    // What it does not take is not sent every other second.
    for place in wrong.into_iter().rev() {
        key.candidates.remove(place);
    }
    Ok(Knocked::Locked)
}

async fn enter(context: &Context, at: RunId, to: &Attachment, endpoint: &Endpoint, way: In) {
    let In { client, version, is_secured } = way;
    let directory = if to.asks_directory {
        // One that cannot say it is shown without.
        client.own_directory().await.ok().map(std::path::PathBuf::from)
    } else {
        None
    };
    context.clients.set(&at.instance, client);
    context.report(reached(&at, endpoint, is_secured, directory));
    context.report(Event::Answered { at, version });
}

fn reached(at: &RunId, endpoint: &Endpoint, is_secured: bool, directory: Option<std::path::PathBuf>) -> Event {
    let (at, endpoint) = (at.clone(), endpoint.clone());
    Event::Discovery(DiscoveryEvent::Reached { at, endpoint, is_secured, directory })
}

/// Uses these credentials with a server of ours, whose own could not be read back.
pub(super) async fn let_in(context: Context, at: RunId, endpoint: Endpoint, credentials: Credentials) {
    let client = Client::new(endpoint.address(&Trust::System, Some(&credentials)));
    match client.health(SILENCE).await {
        Ok(health) => {
            context.clients.set(&at.instance, client);
            context.report(Event::Answered { at, version: health.version });
        }
        Err(error) => context.report(Event::Unanswered { at, reason: error.to_string() }),
    }
}
