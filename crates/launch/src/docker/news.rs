//! What an engine tells, kept from one connection to the next: what happened in between is asked for.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use bollard::{models::EventMessage, query_parameters::EventsOptionsBuilder};
use futures_util::{StreamExt, TryStreamExt};
use tokio::time::Instant;

use super::{
    ContainerSummary, Engine,
    answer::time_of,
    asked::{Asked, AskedEnds},
    younger::CERTAIN,
};

/// So many news are read at most, of those that nobody listened to.
const MOST: usize = 10_000;

/// What was heard from one engine, however often the connection to it was lost. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct News(Arc<Mutex<Heard>>);

#[derive(Debug, Default)]
struct Heard {
    asked: Asked,
    /// Everything up to then was heard, by the engine's clock.
    until: Option<Duration>,
}

impl News {
    /// Begins to listen at that moment. False: some of what happened since the connection before may never be heard.
    ///
    /// What was missed is a help, and no condition: an engine that cannot tell it is listened to all the same.
    pub(super) async fn go_on(&self, engine: &Engine, now: Duration) -> bool {
        let Some(until) = self.with(|heard| heard.until.replace(now)) else { return true };
        if now <= until {
            // Its clock was set back; Docker refuses to tell of such a time.
            return now == until;
        }
        let options = EventsOptionsBuilder::new().since(&words(until)).until(&words(now)).build();
        // Podman remembers everything.
        let missed = engine.docker.events(Some(options)).take(MOST).try_collect::<Vec<EventMessage>>();
        match engine.within(engine.timeout, missed).await {
            Ok(missed) => {
                for event in &missed {
                    self.take(event);
                }
                missed.len() < CERTAIN
            }
            Err(error) => {
                tracing::warn!(engine = engine.address, %error, "What happened while nobody listened is not told");
                false
            }
        }
    }

    /// Takes in what the engine tells. To hear it twice changes nothing once all of it was heard.
    pub(super) fn take(&self, event: &EventMessage) {
        self.with(|heard| {
            heard.asked.take(event);
            let at = event.time_nano.and_then(|at| u64::try_from(at).ok()).map(Duration::from_nanos);
            heard.until = heard.until.max(at);
        });
    }

    /// Those of a list whose end somebody asked for.
    pub(super) fn asked(&self, list: &[ContainerSummary], now: Duration) -> AskedEnds {
        let now = i64::try_from(now.as_nanos()).unwrap_or(i64::MAX);
        self.with(|heard| heard.asked.among(list.iter().map(|one| one.id.as_str()), now))
    }

    fn with<T>(&self, change: impl FnOnce(&mut Heard) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The clock of an engine, which may be on another machine than ours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    read: Duration,
    at: Instant,
}

impl Clock {
    /// Reads it. One that cannot be read goes as ours does.
    pub(super) async fn of(engine: &Engine) -> Self {
        let ours = || Self { read: since_the_epoch(SystemTime::now()), at: Instant::now() };
        Self::read(engine).await.unwrap_or_else(ours)
    }

    /// Reads it; none if the engine does not tell.
    pub(super) async fn read(engine: &Engine) -> Option<Self> {
        let info = engine.within(engine.timeout, engine.docker.info()).await.ok()?;
        Some(Self { read: since_the_epoch(time_of(&info.system_time?)?), at: Instant::now() })
    }

    pub(super) fn now(self) -> Duration {
        self.read + self.at.elapsed()
    }
}

fn since_the_epoch(time: SystemTime) -> Duration {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// A time as engines take it.
pub(super) fn words(time: Duration) -> String {
    format!("{}.{:09}", time.as_secs(), time.subsec_nanos())
}
