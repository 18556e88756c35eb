//! Asking a server that is on its way up whether it answers yet.
//!
//! A server that has just begun to listen never answers what it is asked in its first 300 ms. So probes are short, and a new one begins before the one before it is given up: the first that can be answered is.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use opencode_api::{ApiError, Client};
use tokio::time::{MissedTickBehavior, interval};

/// How long one probe may take.
const PROBE: Duration = Duration::from_millis(250);
/// How long after a probe the next begins.
const EVERY: Duration = Duration::from_millis(30);
/// How many probes may be on their way.
const AT_ONCE: usize = 6;

/// What a server said first.
pub(super) enum FirstAnswer {
    /// It answers with our credentials.
    Healthy { version: String },
    /// It wants other credentials.
    Unauthorized,
}

/// Probes until there is an answer. Endless: who gives up drops it.
pub(super) async fn first_answer(client: &Client) -> FirstAnswer {
    let mut probes = FuturesUnordered::new();
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick(), if probes.len() < AT_ONCE => probes.push(client.health(PROBE)),
            Some(answer) = probes.next() => match answer {
                Ok(health) => return FirstAnswer::Healthy { version: health.version },
                Err(ApiError::Unauthorized { .. }) => return FirstAnswer::Unauthorized,
                Err(_) => {}
            },
        }
    }
}
