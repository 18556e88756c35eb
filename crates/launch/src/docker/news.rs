//! What an engine tells, kept from one connection to the next: what happened in between is asked for.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use bollard::{models::EventMessage, query_parameters::EventsOptionsBuilder};
use futures_util::TryStreamExt;
use tokio::time::Instant;

use super::{ContainerSummary, Engine, answer::time_of, asked::Asked, younger::CERTAIN};
use crate::LaunchError;

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
    pub(super) async fn go_on(&self, engine: &Engine, now: Duration) -> Result<bool, LaunchError> {
        let Some(until) = self.with(|heard| heard.until.replace(now)) else { return Ok(true) };
        let options = EventsOptionsBuilder::new().since(&words(until)).until(&words(now)).build();
        let missed = engine.docker.events(Some(options)).try_collect::<Vec<EventMessage>>();
        let missed = match engine.within(engine.timeout, missed).await {
            Ok(missed) => missed,
            Err(error) => {
                // It is asked for the next time.
                self.with(|heard| heard.until = Some(until));
                return Err(error);
            }
        };
        for event in &missed {
            self.take(event);
        }
        Ok(missed.len() < CERTAIN)
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
    pub(super) fn asked(&self, list: &[ContainerSummary], now: Duration) -> BTreeSet<String> {
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
        let info = engine.within(engine.timeout, engine.docker.info()).await.ok();
        let read = info.and_then(|info| time_of(&info.system_time?)).unwrap_or_else(SystemTime::now);
        Self { read: read.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default(), at: Instant::now() }
    }

    pub(super) fn now(self) -> Duration {
        self.read + self.at.elapsed()
    }
}

/// A time as engines take it.
pub(super) fn words(time: Duration) -> String {
    format!("{}.{:09}", time.as_secs(), time.subsec_nanos())
}
