//! One event stream a server, kept open: reconnected when it breaks, with a full reading at each beginning, and a look at the server's health in between.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use opencode_api::{ApiError, Client, EventStream, ServerEvent};
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep, sleep_until};

use super::context::Context;
use super::supervision::Refused;
use super::{discovery, reading};
use crate::Activity;
use crate::event::{Event, RunId};

/// How often the server is asked whether it is well.
const LOOK: Duration = Duration::from_secs(5);
/// The same while somebody would notice: it works, or it is on screen.
const LOOK_CLOSELY: Duration = Duration::from_millis(500);
/// The same while it is not.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How long it may take to say so: it does one thing at a time, and some take seconds.
const PATIENCE: Duration = Duration::from_secs(3);
/// The first and the longest pause before connecting again.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// How long after a reading that failed the next begins.
const READ_AGAIN: Duration = Duration::from_secs(2);
/// By when an open stream nearly always tells what happens. opencode opens it a moment before, and never tells what happened meanwhile.
const TELLS_BY: Duration = Duration::from_millis(500);

type Look<'a> = Pin<Box<dyn Future<Output = Result<(), ApiError>> + Send + 'a>>;
type Reading<'a> = Pin<Box<dyn Future<Output = Result<reading::Read, ApiError>> + Send + 'a>>;

/// Keeps a stream open until it is dropped. `again` asks for another reading, `anew` for another stream.
pub(super) async fn keep(
    context: Context,
    at: RunId,
    client: Client,
    mut again: mpsc::Receiver<()>,
    anew: Arc<Notify>,
) {
    let _until_the_end = reading::Telling::of(&context, &at);
    loop {
        tokio::select! {
            () = stay_connected(&context, &at, &client, &mut again) => {}
            () = anew.notified() => tracing::info!(instance = %at.instance, "The event stream is opened anew"),
        }
    }
}

/// Connects again whenever it breaks, without an end.
async fn stay_connected(context: &Context, at: &RunId, client: &Client, again: &mut mpsc::Receiver<()>) {
    let mut failures: u32 = 0;
    loop {
        let reason = match client.events().await {
            Ok(stream) => {
                let began = Instant::now();
                let lost = follow(context, at, client, stream, again).await;
                if began.elapsed() > BACK_OFF.1 {
                    failures = 0;
                }
                match lost {
                    Lost::Broken(reason) => reason,
                    Lost::Silent(reason) => {
                        // What is shown may be as old as the silence, and that is said however soon another stream is open.
                        failures += 1;
                        reason
                    }
                }
            }
            Err(ApiError::Unauthorized { .. }) => {
                failures += 1;
                context.report(Event::Refused { at: at.clone() });
                sleep(BACK_OFF.1).await;
                continue;
            }
            Err(error @ ApiError::Certificate { .. }) => {
                // Whoever answers there now may be another: it is knocked at anew, by somebody who asks for less.
                context.report(discovery::unreached(at, error));
                sleep(BACK_OFF.1).await;
                continue;
            }
            Err(error) => {
                failures += 1;
                error.to_string()
            }
        };
        // One that breaks and comes back at once is nobody's concern; the reading at its beginning repairs what was missed.
        if failures > 0 {
            tracing::info!(instance = %at.instance, reason, "The event stream is lost");
            context.report(Event::Unanswered { at: at.clone(), reason });
            sleep(back_off(failures)).await;
        } else {
            failures = 1;
        }
    }
}

/// Twice as long each time, and never at the same moment for all servers.
fn back_off(failures: u32) -> Duration {
    let doubled = BACK_OFF.0.saturating_mul(1 << failures.min(10)).min(BACK_OFF.1);
    let mut byte = [0_u8];
    // Without randomness they come together, which is only less polite.
    let _even = getrandom::fill(&mut byte);
    doubled.mul_f64(0.75 + f64::from(byte[0]) / 512.0)
}

/// Why a stream is not followed any more.
enum Lost {
    /// It ended, or another is needed.
    Broken(String),
    /// It is open, and nothing came for too long.
    Silent(String),
}

/// Follows an open stream to its end, and says why it ended.
async fn follow(
    context: &Context,
    at: &RunId,
    client: &Client,
    events: EventStream,
    again: &mut mpsc::Receiver<()>,
) -> Lost {
    // One wait for what comes next, whatever else happens meanwhile: one that begins anew with each look would never notice a silence.
    let mut events = pin!(stream::unfold(events, async |mut events| {
        let told = events.next().await;
        Some((told, events))
    }));
    let begin = || -> Reading<'_> {
        context.report(Event::StreamOpened { at: at.clone() });
        Box::pin(reading::everything(context, at, client))
    };
    let mut reading: Option<Reading<'_>> = Some(begin());
    let mut refused = Refused::new(context, at);
    // What happened between the reading and the moment from which the stream tells is in neither: read once more soon, and when it is
    // sure that the stream tells.
    let mut read_at = Some(Instant::now() + TELLS_BY);
    let mut does_tell = false;
    let mut look_at = Instant::now() + look_after(context, at);
    let mut look: Option<Look<'_>> = None;
    let mut is_silent = false;
    let mut has_told = false;
    loop {
        tokio::select! {
            // What was told before something was read is to be known before it.
            biased;
            Some(told) = events.next() => match told {
                Ok(Some(envelope)) => {
                    if !does_tell && envelope.event != ServerEvent::Connected {
                        does_tell = true;
                        read_at = Some(Instant::now());
                    }
                    if envelope.event == ServerEvent::Heartbeat {
                        continue;
                    }
                    // One that tells of something lives: no need to ask, and no need to doubt.
                    has_told = true;
                    look_at = look_at.max(Instant::now() + LOOK_CLOSELY);
                    context.report(Event::Told { at: at.clone(), envelope: Box::new(envelope) });
                }
                Ok(None) => return Lost::Broken("The server closed the event stream".to_owned()),
                Err(error @ ApiError::StreamStalled { .. }) => return Lost::Silent(error.to_string()),
                Err(error) => return Lost::Broken(error.to_string()),
            },
            read = ready(&mut reading) => {
                reading = None;
                match read {
                    Ok(read) => {
                        // Once more if it was only for a moment; after that it is read when something happens there.
                        if reading::tell(context, at, &read.unread) {
                            read_at = Some(Instant::now() + READ_AGAIN);
                        }
                        context.report(Event::Resynced { at: at.clone(), snapshot: Box::new(read.snapshot) });
                    }
                    Err(ApiError::Unauthorized { .. }) => {
                        return Lost::Broken("The server wants another password".to_owned());
                    }
                    Err(error) => {
                        context.report(Event::Unanswered { at: at.clone(), reason: error.to_string() });
                        refused.look(context, at, &error);
                        read_at = Some(Instant::now() + READ_AGAIN);
                    }
                }
            }
            Some(()) = again.recv() => reading = Some(begin()),
            () = sleep_until(read_at.unwrap_or_else(Instant::now)), if read_at.is_some() => {
                read_at = None;
                reading = Some(begin());
            }
            () = sleep_until(look_at), if look.is_none() => {
                has_told = false;
                look = Some(Box::pin(async { client.health(PATIENCE).await.map(drop) }));
            }
            seen = ready(&mut look) => {
                look = None;
                let is_well = seen.is_ok() || has_told;
                look_at = Instant::now() + if is_well { look_after(context, at) } else { LOOK_AGAIN };
                match seen {
                    Ok(()) if is_silent => {
                        is_silent = false;
                        reading = Some(begin());
                    }
                    Ok(()) => {}
                    Err(_) if has_told => {}
                    Err(error) => {
                        is_silent = true;
                        // A reading on its way would say that all is well with what it read before.
                        reading = None;
                        context.report(Event::Unanswered { at: at.clone(), reason: error.to_string() });
                    }
                }
            }
        }
    }
}

/// How long after a look at a server that is well the next comes.
fn look_after(context: &Context, at: &RunId) -> Duration {
    let state = context.states.borrow();
    let works = state.instances.get(&at.instance).is_some_and(|instance| instance.activity() != Activity::Idle);
    if works || context.uses.is_watched(&at.instance) { LOOK_CLOSELY } else { LOOK }
}

/// Waits for what is under way; for ever, if nothing is.
async fn ready<F: Future + Unpin>(future: &mut Option<F>) -> F::Output {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}
