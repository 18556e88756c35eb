//! Asking a server that is on its way up whether it answers yet.
//!
//! A server that has just begun to listen never answers what it is asked in its first 300 ms. So probes are short, and a new one begins before the one before it is given up: the first that can be answered is.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use opencode_api::{ApiError, Client};

use super::ticks::ticks;

/// How long one probe may take.
const PROBE: Duration = Duration::from_millis(250);
/// How long after a probe the next begins.
const EVERY: Duration = Duration::from_millis(20);
/// How many probes may be on their way.
const AT_ONCE: usize = 13;

/// What one probe learned.
enum Learned {
    /// It answers with our credentials.
    Healthy { version: String },
    /// It answers, and lets nobody in who has none.
    Guarded,
    /// Nothing.
    Nothing,
}

/// Waits for the first answer of our own server, and gives its version. Endless: who gives up drops it.
///
/// `stranger` has no password: a server that lets in whoever asks is somebody else's, on our port: ours is known to be guarded.
pub(super) async fn first_answer(stranger: &Client, client: &Client) -> String {
    let mut probes = FuturesUnordered::new();
    let mut ticks = ticks(EVERY);
    let mut is_guarded = false;
    let mut told = None;
    loop {
        if is_guarded && let Some(version) = told {
            return version;
        }
        tokio::select! {
            _ = ticks.tick(), if probes.len() < AT_ONCE => {
                let is_stranger = told.is_some();
                probes.push(probe(if is_stranger { stranger } else { client }, is_stranger));
            }
            Some(learned) = probes.next() => match learned {
                Learned::Healthy { version } => {
                    if told.is_none() {
                        probes.push(probe(stranger, true));
                    }
                    told = Some(version);
                }
                Learned::Guarded => is_guarded = true,
                Learned::Nothing => {}
            },
        }
    }
}

async fn probe(client: &Client, is_stranger: bool) -> Learned {
    match (client.health(PROBE).await, is_stranger) {
        (Ok(health), false) => Learned::Healthy { version: health.version },
        (Err(ApiError::Unauthorized { .. }), true) => Learned::Guarded,
        _ => Learned::Nothing,
    }
}
