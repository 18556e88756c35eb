//! The windows that are open.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::watch;

use super::Pushes;
use super::on_screen::OnScreen;
use super::queue::{Queue, transcript};
use super::running::RunningTexts;
use super::window::Mailbox;
use crate::WindowId;
use crate::convert::transcript_event;
use crate::messages::{FleetView, PushItem, WatchedSession};

/// The windows that are open, and places asked for before one was.
#[derive(Clone, Debug, Default)]
pub(crate) struct Windows {
    /// Locked before anything else.
    running: Arc<Mutex<RunningTexts>>,
    shared: Arc<Mutex<Shared>>,
    on_screen: OnScreen,
}

#[derive(Debug, Default)]
struct Shared {
    open: BTreeMap<WindowId, Arc<Mailbox>>,
    /// Places for a window that has not opened yet; none: for whichever opens first.
    waiting: VecDeque<(Option<WindowId>, String)>,
}

impl Windows {
    /// Places kept for windows that have not opened yet.
    const MOST_WAITING: usize = 8;

    /// Opens a window, in place of an earlier one of that id, whose pushes end.
    pub(crate) fn open(&self, id: &WindowId, snapshot: impl Fn() -> FleetView + Send + Sync + 'static) -> Pushes {
        let mailbox = Mailbox::new();
        let mut shared = self.lock();
        if let Some(earlier) = shared.open.insert(id.clone(), Arc::clone(&mailbox)) {
            earlier.close();
        }
        let (places, others): (VecDeque<_>, _) =
            shared.waiting.drain(..).partition(|(window, _)| window.as_ref().is_none_or(|window| window == id));
        shared.waiting = others;
        drop(shared);
        // Its earlier self may have shown something.
        self.on_screen.shows(id, BTreeSet::new());
        for (_, place) in places {
            mailbox.with(|queue| queue.add(PushItem::Navigate { place }));
        }
        let on_drop = {
            let (windows, id, mailbox) = (self.clone(), id.clone(), Arc::clone(&mailbox));
            move || windows.forget(&id, &mailbox)
        };
        Pushes::new(mailbox, Arc::clone(&self.running), snapshot, on_drop)
    }

    /// Ends the pushes of every window.
    pub(crate) fn close_all(&self) {
        let open = std::mem::take(&mut self.lock().open);
        for id in open.keys() {
            self.on_screen.shows(id, BTreeSet::new());
        }
        for mailbox in open.into_values() {
            mailbox.close();
        }
    }

    /// Adds items to what waits for each window.
    pub(crate) fn add(&self, items: &[PushItem]) {
        for mailbox in self.mailboxes() {
            mailbox.with(|queue| items.iter().for_each(|item| queue.add(item.clone())));
        }
    }

    /// Adds a transcript's event where that session is on screen; the item is made only then.
    pub(crate) fn add_transcript(&self, session: &WatchedSession, event: &fleet::TranscriptEvent) {
        // Held to the end: a text that runs and the windows' shares of it never differ for whoever takes both.
        let mut running = self.lock_running();
        running.apply(session, event);
        for mailbox in self.mailboxes() {
            let item = || transcript(session.clone(), transcript_event(event));
            mailbox.peek(|queue| queue.watches(session)).then(|| mailbox.with(|queue| queue.add(item())));
        }
    }

    /// Says which transcripts a window shows. What runs there comes with its next push, from its beginning.
    pub(crate) fn watch(&self, id: &WindowId, sessions: impl IntoIterator<Item = WatchedSession>) {
        let running = self.lock_running();
        self.with(id, |queue| queue.watch(sessions, |session| running.runs(session)));
    }

    /// Says which instances a window shows, itself or one of their sessions. One that is not open shows nothing.
    pub(crate) fn shows(&self, id: &WindowId, instances: BTreeSet<String>) {
        let shared = self.lock();
        if shared.open.contains_key(id) {
            self.on_screen.shows(id, instances);
        }
    }

    /// The instances that any window shows, as a value to watch.
    pub(crate) fn on_screen(&self) -> watch::Receiver<BTreeSet<String>> {
        self.on_screen.watch()
    }

    /// Nothing runs in that session any more.
    pub(crate) fn end_session(&self, session: &WatchedSession) {
        self.lock_running().end_session(session);
    }

    /// Nothing runs in that instance any more.
    pub(crate) fn end_instance(&self, instance: &str) {
        self.lock_running().end_instance(instance);
    }

    /// The transcripts of an instance are to be read again wherever they are on screen.
    /// What runs is kept: mostly nothing was missed, and of what has ended meanwhile the session tells.
    pub(crate) fn resync(&self, instance: &str) {
        self.mailboxes().iter().for_each(|mailbox| mailbox.with(|queue| queue.resync(instance)));
    }

    /// All windows get a snapshot, because changes were missed, those of texts among them.
    pub(crate) fn start_over(&self) {
        *self.lock_running() = RunningTexts::default();
        self.mailboxes().iter().for_each(|mailbox| mailbox.with(Queue::start_over));
    }

    /// Changes what waits for one window; none when it is not open.
    pub(crate) fn with<T>(&self, id: &WindowId, change: impl FnOnce(&mut Queue) -> T) -> Option<T> {
        let mailbox = self.lock().open.get(id).cloned();
        mailbox.map(|mailbox| mailbox.with(change))
    }

    /// Takes a window, or all of them, to a place. When it is not open yet it finds the place as soon as it is.
    pub(crate) fn navigate(&self, window: Option<&WindowId>, place: &str) {
        let go = |queue: &mut Queue| queue.add(PushItem::Navigate { place: place.to_owned() });
        let was_told = if let Some(id) = window {
            self.with(id, go).is_some()
        } else {
            let mailboxes = self.mailboxes();
            for mailbox in &mailboxes {
                mailbox.with(go);
            }
            !mailboxes.is_empty()
        };
        if !was_told {
            let mut shared = self.lock();
            shared.waiting.push_back((window.cloned(), place.to_owned()));
            if shared.waiting.len() > Self::MOST_WAITING {
                shared.waiting.pop_front();
            }
        }
    }

    fn forget(&self, id: &WindowId, mailbox: &Arc<Mailbox>) {
        let mut shared = self.lock();
        // A window of the same id may have been opened since.
        if shared.open.get(id).is_some_and(|open| Arc::ptr_eq(open, mailbox)) {
            shared.open.remove(id);
            self.on_screen.shows(id, BTreeSet::new());
        }
    }

    fn mailboxes(&self) -> Vec<Arc<Mailbox>> {
        self.lock().open.values().cloned().collect()
    }

    fn lock_running(&self) -> MutexGuard<'_, RunningTexts> {
        self.running.lock().expect("nothing panics while it holds the running texts")
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().expect("nothing panics while it holds the windows")
    }
}
