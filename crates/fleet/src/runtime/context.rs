//! What every task of the runtime needs: where files are, where reports go, whom to ask.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use launch::ProcessIdentity;
use opencode_api::Client;
use tokio::sync::{mpsc, watch};

use super::Input;
use super::discovery::Book;
use super::disk::Disk;
use super::measuring::Measurements;
use super::shell::Shell;
use super::ssh::{Lines, Prompts};
use super::supervision::Uses;
use crate::event::Event;
use crate::{Folders, InstanceId, Options, Pace, State, Timestamp};

/// What every task needs. Clones are the same.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) folders: Arc<Folders>,
    pub(crate) options: Options,
    pub(crate) clients: Clients,
    /// How fast we live.
    pub(crate) pace: Pace,
    /// Who uses what.
    pub(crate) uses: Uses,
    /// What was measured of the instances.
    pub(crate) measurements: Measurements,
    pub(crate) disk: Disk,
    pub(crate) shell: Shell,
    /// The lines to other machines.
    pub(crate) lines: Lines,
    pub(crate) book: Book,
    /// Whether the processes of this machine were looked at.
    pub(crate) looked: Arc<watch::Sender<bool>>,
    pub(crate) states: watch::Receiver<Arc<State>>,
    /// This program, as records name it.
    pub(crate) host: Option<ProcessIdentity>,
    inputs: mpsc::WeakUnboundedSender<Input>,
}

impl Context {
    pub(crate) fn new(
        folders: Arc<Folders>,
        options: Options,
        disk: Disk,
        shell: Shell,
        states: watch::Receiver<Arc<State>>,
        host: Option<ProcessIdentity>,
        inputs: mpsc::WeakUnboundedSender<Input>,
    ) -> Self {
        let (pace, uses) = (Pace::REAL, Uses::default());
        let lines = Lines::new(shell.clone(), Arc::clone(&folders), Prompts::new(inputs.clone()));
        let book = Book::new(&folders);
        Self {
            folders,
            options,
            clients: Clients::default(),
            pace,
            uses,
            measurements: Measurements::default(),
            disk,
            shell,
            lines,
            book,
            looked: Arc::new(watch::Sender::new(false)),
            states,
            host,
            inputs,
        }
    }

    /// The same, living at that pace.
    pub(crate) fn at_pace(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    /// Reports what happened.
    pub(crate) fn report(&self, event: Event) {
        // Nobody left to take it: the fleet is closed.
        if let Some(inputs) = self.inputs.upgrade() {
            let _closed = inputs.send(Input::Event(event));
        }
    }
}

/// The time. The one place where the fleet asks for it.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// The clients of the servers that answer, shared with the handle so that a forwarded request need not wait for the actor.
#[derive(Clone, Default)]
pub(crate) struct Clients(Arc<RwLock<HashMap<InstanceId, Client>>>);

impl Clients {
    pub(crate) fn get(&self, id: &InstanceId) -> Option<Client> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    pub(crate) fn set(&self, id: &InstanceId, client: Client) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), client);
    }

    pub(crate) fn remove(&self, id: &InstanceId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}
