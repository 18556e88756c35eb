//! The pushes of one window, given out in time.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures_util::Stream;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::queue::{Queue, transcript};
use super::running::RunningTexts;
use crate::messages::{FleetView, Push, PushItem};

/// What one window gets; shared by the window that reads and by whoever adds.
#[derive(Debug)]
pub(crate) struct Mailbox {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    queue: Queue,
    is_closed: bool,
}

impl Mailbox {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(State { queue: Queue::new(), is_closed: false }), changed: Notify::new() })
    }

    /// Changes what waits, and wakes the reader.
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut Queue) -> T) -> T {
        let result = change(&mut self.lock().queue);
        self.changed.notify_one();
        result
    }

    /// Looks at what waits, and wakes nobody.
    pub(crate) fn peek<T>(&self, look: impl FnOnce(&Queue) -> T) -> T {
        look(&self.lock().queue)
    }

    /// Ends the pushes of this mailbox's reader.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds a mailbox")
    }
}

/// The pushes of one window. The first holds a snapshot. Ends when the window was opened anew or the app shuts down.
pub struct Pushes {
    mailbox: Arc<Mailbox>,
    running: Arc<Mutex<RunningTexts>>,
    snapshot: Box<dyn Fn() -> FleetView + Send + Sync>,
    last: Option<Instant>,
    seq: u64,
    /// Takes the window off the list.
    on_drop: Option<Box<dyn FnOnce() + Send + Sync>>,
}

impl Pushes {
    /// The shortest time between two messages: a window paints at 30 Hz, and each message costs it.
    pub const PACE: Duration = Duration::from_millis(33);
    /// The longest time between two messages: a window that hears nothing for longer asks for a snapshot.
    pub const HEARTBEAT: Duration = Duration::from_secs(5);

    pub(crate) fn new(
        mailbox: Arc<Mailbox>,
        running: Arc<Mutex<RunningTexts>>,
        snapshot: impl Fn() -> FleetView + Send + Sync + 'static,
        on_drop: impl FnOnce() + Send + Sync + 'static,
    ) -> Self {
        Self { mailbox, running, snapshot: Box::new(snapshot), last: None, seq: 0, on_drop: Some(Box::new(on_drop)) }
    }

    /// The next message, in its time. Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Push> {
        let now = Instant::now();
        let (earliest, latest) = match self.last {
            None => (now, now),
            Some(last) => (last + Self::PACE, last + Self::HEARTBEAT),
        };
        loop {
            {
                let state = self.mailbox.lock();
                if state.is_closed {
                    return None;
                }
                if !state.queue.is_empty() {
                    break;
                }
            }
            if timeout_at(latest, self.mailbox.changed.notified()).await.is_err() {
                break;
            }
        }
        // Only a wait that is needed: a first change after silence goes out at once.
        if earliest > Instant::now() {
            sleep_until(earliest).await;
        }
        if self.mailbox.lock().is_closed {
            return None;
        }
        Some(self.take())
    }

    /// The same as a stream.
    pub fn into_stream(self) -> impl Stream<Item = Push> + Send {
        futures_util::stream::unfold(self, |mut pushes| async move {
            let push = pushes.next().await?;
            Some((push, pushes))
        })
    }

    fn take(&mut self) -> Push {
        // Whoever adds a delta holds the running texts meanwhile. So every delta that this window was given is in the texts
        // by now, and stands before them here; every other one will come after them.
        let running = self.running.lock().expect("nothing panics while it holds the running texts");
        let mut taken = self.mailbox.lock().queue.take();
        for session in &taken.running {
            taken.items.extend(running.of(session).map(|event| transcript(session.clone(), event)));
        }
        drop(running);
        // The state is read after the items were taken, so that it is at least as new as all that was dropped for it.
        let snapshot = taken.snapshot.then(|| PushItem::Snapshot { fleet: Box::new((self.snapshot)()) });
        self.last = Some(Instant::now());
        self.seq += 1;
        Push { seq: self.seq, items: snapshot.into_iter().chain(taken.items).collect() }
    }
}

impl Drop for Pushes {
    fn drop(&mut self) {
        if let Some(on_drop) = self.on_drop.take() {
            on_drop();
        }
    }
}

#[cfg(test)]
#[path = "window_tests.rs"]
mod tests;
