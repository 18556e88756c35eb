//! Performs what `reduce` asks for, and reports back what happens. Decides nothing.

mod actor;
mod adopting;
mod binary;
pub(crate) mod containers;
mod context;
mod discovery;
mod disk;
mod failure;
mod guard;
mod launching;
pub(crate) mod logs;
mod mcp_commands;
pub(crate) mod measuring;
mod opening;
mod probing;
mod reading;
mod roster;
mod saved_records;
mod saved_settings;
mod shell;
mod ssh;
mod stream;
mod supervision;
mod ticks;
mod versions;
mod watching;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use opencode_api::Client;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use crate::event::{CallId, Event, Outcome};
use crate::handle::LogTail;
use crate::{Change, FleetError, Folders, InstanceId, ProfileError, State};
use context::{Clients, Context};
use discovery::Book;
use disk::Disk;
use ssh::Lines;
use supervision::Uses;

pub(crate) use context::now;
pub(crate) use opening::open;
pub use ssh::{Answerer, DirectoryThere, HostThere};
pub(crate) use supervision::kept;

/// What the handle holds: the ways in and out of the actor.
pub(crate) struct Runtime {
    folders: Arc<Folders>,
    context: Context,
    inputs: mpsc::UnboundedSender<Input>,
    states: watch::Receiver<Arc<State>>,
    changes: broadcast::Sender<Arc<Change>>,
    clients: Clients,
    book: Book,
    uses: Uses,
    disk: Disk,
    lines: Lines,
    measurements: measuring::Measurements,
    /// Whether the processes of this machine were looked at; none: nobody looks.
    looked: Option<watch::Receiver<bool>>,
    next_call: AtomicU64,
}

/// What the actor takes in.
pub(crate) enum Input {
    /// Something happened.
    Event(Event),
    /// Somebody asks for something and waits.
    Call { call: CallId, event: Event, reply: oneshot::Sender<Result<Outcome, FleetError>> },
    /// The handle is done with us.
    Close { closed: oneshot::Sender<()> },
}

impl Runtime {
    /// The state, as a value to watch.
    pub(crate) fn state(&self) -> watch::Receiver<Arc<State>> {
        self.states.clone()
    }

    /// Waits until the processes of this machine were looked at, where somebody looks.
    pub(crate) async fn looked(&self) {
        if let Some(looked) = &self.looked {
            let mut looked = looked.clone();
            // Nobody left to look: the fleet is closed.
            let _closed = looked.wait_for(|looked| *looked).await;
        }
    }

    /// What changes from now on.
    pub(crate) fn changes(&self) -> broadcast::Receiver<Arc<Change>> {
        self.changes.subscribe()
    }

    /// The folders in use.
    pub(crate) fn folders(&self) -> &Folders {
        &self.folders
    }

    /// The client of an instance that answers.
    pub(crate) fn client(&self, id: &InstanceId) -> Option<Client> {
        self.clients.get(id)
    }

    /// Who uses what.
    pub(crate) fn uses(&self) -> &Uses {
        &self.uses
    }

    /// The way to our files.
    pub(crate) fn disk(&self) -> &Disk {
        &self.disk
    }

    /// The lines to other machines.
    pub(crate) fn lines(&self) -> &Lines {
        &self.lines
    }

    /// The person's list of addresses.
    pub(crate) fn book(&self) -> &Book {
        &self.book
    }

    /// What every task has.
    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    /// What was measured of the instances.
    pub(crate) fn measurements(&self) -> &measuring::Measurements {
        &self.measurements
    }

    /// Reports an event that nobody waits for.
    pub(crate) fn send(&self, event: Event) {
        // Nobody left to take it: the fleet is closed, and there is nothing to say.
        let _closed = self.inputs.send(Input::Event(event));
    }

    /// Asks and waits for the answer.
    pub(crate) async fn ask(&self, event: impl FnOnce(CallId) -> Event) -> Result<Outcome, FleetError> {
        let call = CallId(self.next_call.fetch_add(1, Ordering::Relaxed));
        let (reply, answer) = oneshot::channel();
        let event = event(call);
        self.inputs.send(Input::Call { call, event, reply }).map_err(|_| FleetError::Closed)?;
        answer.await.map_err(|_| FleetError::Closed)?
    }

    /// Ends the actor, and waits until what is to be on disk is there.
    pub(crate) async fn close(&self) {
        let (closed, wait) = oneshot::channel();
        if self.inputs.send(Input::Close { closed }).is_ok() {
            let _closed = wait.await;
        }
    }
}

/// The absolute path of a directory that can be served.
pub(crate) async fn check_directory(text: String, home: PathBuf) -> Result<PathBuf, FleetError> {
    // A folder on a sleeping network share takes its time; no thread of the runtime waits for it.
    let checked = tokio::task::spawn_blocking(move || launch::check_directory(&text, &home));
    Ok(checked.await.map_err(|_| FleetError::Closed)??)
}

pub(crate) use ssh::{
    check_directory as check_directory_there, hosts as hosts_there, list_directory as list_directory_there,
};

/// Whether a file can be run.
pub(crate) async fn check_binary(path: PathBuf) -> Result<(), FleetError> {
    let binary = path.clone();
    let checked = tokio::task::spawn_blocking(move || {
        if !path.is_absolute() {
            return Err("it is not a whole path, from `/` on".to_owned());
        }
        launch::binary::check_file(&path).map_err(|reason| reason.to_string())
    });
    let checked = checked.await.map_err(|_| FleetError::Closed)?;
    checked.map_err(|reason| ProfileError::Binary { path: binary, reason }.into())
}

/// The end of a log file; nothing for an instance that has none.
pub(crate) async fn log_tail(log: Option<PathBuf>, lines: usize) -> Result<LogTail, FleetError> {
    let Some(log) = log else { return Ok(LogTail { lines: Vec::new(), truncated: false }) };
    let read = tokio::task::spawn_blocking(move || launch::log::tail(&log, lines));
    let tail = read.await.map_err(|_| FleetError::Closed)??;
    Ok(LogTail { lines: tail.lines, truncated: tail.has_more })
}
