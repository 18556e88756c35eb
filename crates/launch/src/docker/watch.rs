//! Watching what an engine runs.

use std::{collections::HashMap, time::Duration};

use bollard::{
    errors::Error,
    models::{EventMessage, EventMessageTypeEnum},
    query_parameters::EventsOptionsBuilder,
};
use futures_util::{FutureExt, StreamExt};
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval_at, sleep_until},
};

use super::{
    AskedEnds, ContainerSummary, Engine,
    news::{Clock, News, words},
};
use crate::LaunchError;

/// What happens together is told together.
const SETTLE: Duration = Duration::from_millis(50);
/// An engine tells that a container ended before its list says so. After news, the list is read again after these times.
const SECOND_LOOKS: [Duration; 3] = [Duration::from_millis(300), Duration::from_secs(1), Duration::from_secs(4)];
/// Nothing may have happened for as long as this; whether the engine lives is seen by looking.
const QUIET: Duration = Duration::from_hours(24 * 365);

/// The list of all containers of an engine, now and whenever it changes. Dropping it ends the watching.
#[derive(Debug)]
pub struct Watch {
    lists: mpsc::Receiver<Result<Seen, LaunchError>>,
    asked: AskedEnds,
    may_have_missed: bool,
    task: JoinHandle<()>,
}

/// What a look has shown.
#[derive(Debug)]
struct Seen {
    list: Vec<ContainerSummary>,
    asked: AskedEnds,
    may_have_missed: bool,
}

impl Engine {
    /// Watches all containers. Besides what the engine tells, the list is read again every `look`.
    ///
    /// Who watched this engine before goes on with the news of then, so that what happened in between is known.
    pub fn watch(&self, look: Duration, news: News) -> Watch {
        let (send, lists) = mpsc::channel(1);
        let engine = self.clone();
        let task = tokio::spawn(async move {
            if let Err(error) = follow(&engine, look, &news, &send).await {
                // Nobody listens any more; then there is nobody to tell.
                let _ = send.send(Err(error)).await;
            }
        });
        Watch { lists, asked: AskedEnds::default(), may_have_missed: false, task }
    }
}

impl Watch {
    /// The complete list: at first as it is, later whenever something has happened to a container.
    /// An error is the last that is told, then there is nothing more. Nothing is lost if the waiting is given up.
    pub async fn next(&mut self) -> Option<Result<Vec<ContainerSummary>, LaunchError>> {
        Some(self.lists.recv().await?.map(|seen| {
            self.asked = seen.asked;
            self.may_have_missed = seen.may_have_missed;
            seen.list
        }))
    }

    /// The containers of the list that was told last whose latest end somebody asked the engine for,
    /// as with `docker stop`: they have not crashed. One of them may still run, by the list or really. Of what ended before the first watching
    /// began nothing is known.
    pub fn asked(&self) -> &AskedEnds {
        &self.asked
    }

    /// Whether more has happened before that list than the engine remembers: it is not known of every end whether it was asked for.
    pub fn may_have_missed(&self) -> bool {
        self.may_have_missed
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn follow(
    engine: &Engine,
    look: Duration,
    news: &News,
    send: &mpsc::Sender<Result<Seen, LaunchError>>,
) -> Result<(), LaunchError> {
    let clock = Clock::of(engine).await;
    let began = clock.now();
    let mut may_have_missed = !news.go_on(engine, began).await;
    let filters = HashMap::from([("type", vec!["container"])]);
    let options = EventsOptionsBuilder::new().filters(&filters).since(&words(began)).build();
    // Listening begins before the first look, so that nothing is missed in between.
    let mut events = Box::pin(engine.docker.clone().with_timeout(QUIET).events(Some(options)));
    let mut looks = interval_at(Instant::now(), look);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told: Option<Vec<ContainerSummary>> = None;
    let mut changed: Option<Instant> = None;
    let mut second_looks = SECOND_LOOKS[..0].iter();
    let mut second_look: Option<Instant> = None;
    loop {
        let settled = changed.or(second_look).unwrap_or_else(Instant::now);
        tokio::select! {
            event = events.next() => {
                let event = heard(engine, event)?;
                news.take(&event);
                if matters(&event) {
                    changed.get_or_insert_with(|| Instant::now() + SETTLE);
                }
                continue;
            }
            () = sleep_until(settled), if changed.or(second_look).is_some() => {}
            _ = looks.tick() => {}
        }
        let has_happened = changed.take().is_some();
        if has_happened {
            second_looks = SECOND_LOOKS.iter();
        }
        second_look = second_looks.next().map(|delay| Instant::now() + *delay);
        let list = engine.containers().await?;
        // What was told meanwhile may be in the list already; it is looked at again for it all the same.
        while let Some(event) = events.next().now_or_never() {
            let event = heard(engine, event)?;
            news.take(&event);
            if matters(&event) {
                changed.get_or_insert_with(|| Instant::now() + SETTLE);
            }
        }
        if has_happened || told.as_ref() != Some(&list) {
            told = Some(list.clone());
            // Also of those that run by the list: it may not know of their end yet, which whoever looks at them does.
            let asked = news.asked(&list, clock.now());
            let may_have_missed = std::mem::take(&mut may_have_missed);
            if send.send(Ok(Seen { list, asked, may_have_missed })).await.is_err() {
                return Ok(());
            }
        }
    }
}

fn heard(engine: &Engine, event: Option<Result<EventMessage, Error>>) -> Result<EventMessage, LaunchError> {
    match event {
        Some(event) => event.map_err(|error| engine.understood(error, engine.timeout)),
        None => Err(LaunchError::EngineUnreachable {
            address: engine.address.clone(),
            source: "it has ended its news".into(),
        }),
    }
}

/// Whether an event can change anything that anybody asks about a container. Commands run inside and looks at it do not.
fn matters(event: &EventMessage) -> bool {
    let action = event.action.as_deref().unwrap_or_default();
    let action = action.split(':').next().unwrap_or_default();
    event.typ == Some(EventMessageTypeEnum::CONTAINER)
        && !action.starts_with("exec_")
        && !matches!(
            action,
            "attach" | "detach" | "top" | "resize" | "copy" | "archive-path" | "extract-to-dir" | "export"
        )
}
