//! The handle by which every host and the bridge use the fleet.
//!
//! It only passes on: decisions are `reduce`'s, effects are the runtime's.

mod addresses;
mod containers;
mod discovery;
mod resources;
mod roster;
mod ssh;
mod supervision;

pub use addresses::{AddedAddress, ChangeAddress};
pub use discovery::{AddAddress, AddressCheck, AddressFound};
pub use resources::LogPlace;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use opencode_api::{Directory, Forwarded, Method, PermissionReply, Port, RequestId};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};

use self::supervision::Reached;
use crate::directory::directory_of;
use crate::event::{Answer, Event, Outcome, StartCall};
use crate::runtime::{self, Runtime};
use crate::{
    AtQuit, Change, FleetError, Folders, Instance, InstanceId, Options, Pace, Place, Profile, Settings, SettingsPatch,
    State,
};

/// The fleet. Clones are the same fleet.
#[derive(Clone)]
pub struct Fleet {
    runtime: Arc<Runtime>,
}

/// What to start.
#[derive(Clone, PartialEq, Eq)]
pub struct Start {
    /// As typed; `~` is the home folder.
    pub directory: String,
    /// A name; none: the last part of the directory.
    pub name: Option<String>,
    /// Variables in addition to those of the login shell. Never shown, logged or stored.
    pub environment: Vec<(String, String)>,
    /// For the tour: the port of the scripted model. Such an instance is stopped whenever the app quits.
    pub demo: Option<Port>,
    /// How it is run; none: as the instance of this directory was run before.
    pub profile: Option<Profile>,
    /// Whether one more instance is wanted where there is one already.
    pub another: bool,
}

/// A request to an instance's own server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// How.
    pub method: Method,
    /// The path as the server's document has it, with ids filled in; begins with `/`.
    pub path: String,
    /// Query parameters, without `directory`.
    pub query: Vec<(String, String)>,
    /// The directory it is about; none: the instance's own.
    pub directory: Option<String>,
    /// A JSON body.
    pub body: Option<Bytes>,
}

/// The end of an instance's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogTail {
    /// Oldest first.
    pub lines: Vec<String>,
    /// Whether there is more before these.
    pub truncated: bool,
}

/// A reader of changes. It never holds the fleet up: who is too slow is told so and takes a new state.
pub struct Changes(broadcast::Receiver<Arc<Change>>);

/// What a reader of changes gets.
#[derive(Clone, Debug)]
pub enum Seen {
    /// The next change.
    Change(Arc<Change>),
    /// Changes were missed: take a new state.
    Lagged,
}

impl Changes {
    /// Waits for the next change; none: the fleet is gone.
    pub async fn next(&mut self) -> Option<Seen> {
        match self.0.recv().await {
            Ok(change) => Some(Seen::Change(change)),
            Err(RecvError::Lagged(_)) => Some(Seen::Lagged),
            Err(RecvError::Closed) => None,
        }
    }
}

impl Fleet {
    /// Reads settings and records, adopts what runs, and looks for opencode in the background.
    pub async fn open(folders: Folders, options: Options) -> Result<Self, FleetError> {
        Self::open_at_pace(folders, options, Pace::REAL).await
    }

    /// The same with another pace.
    pub async fn open_at_pace(folders: Folders, options: Options, pace: Pace) -> Result<Self, FleetError> {
        Ok(Self { runtime: runtime::open(folders, options, pace).await? })
    }

    /// Everything that is true now.
    pub fn state(&self) -> Arc<State> {
        self.runtime.state().borrow().clone()
    }

    /// Everything that changes from now on.
    pub fn changes(&self) -> Changes {
        Changes(self.runtime.changes())
    }

    /// The folders in use.
    pub fn folders(&self) -> &Folders {
        self.runtime.folders()
    }

    /// One instance as it is now.
    pub fn instance(&self, id: &InstanceId) -> Result<Arc<Instance>, FleetError> {
        let state = self.state();
        state.instances.get(id).cloned().ok_or_else(|| FleetError::NoSuchInstance { id: id.clone() })
    }

    /// Starts an instance, or gives the one that runs in this directory already. Returns once it is recorded as starting.
    pub async fn start(&self, start: Start) -> Result<InstanceId, FleetError> {
        let start = self.checked_start(start).await?;
        match self.runtime.ask(|call| Event::Start { call, start }).await? {
            Outcome::Instance(id) => Ok(id),
            Outcome::Done => Err(FleetError::Closed),
        }
    }

    /// What is asked of the core for a start, after all that can be checked before.
    async fn checked_start(&self, start: Start) -> Result<StartCall, FleetError> {
        let place = start.profile.as_ref().map(|profile| &profile.place);
        let directory = self.checked_at(&start.directory, place).await?;
        let Start { directory: _, name, environment, demo, mut profile, another } = start;
        if let Some(profile) = &mut profile {
            profile.place = self.place_as_known(&directory, std::mem::take(&mut profile.place)).await;
            self.check_profile(profile).await?;
        }
        let fresh = InstanceId::random();
        Ok(StartCall { fresh, directory, name, environment, demo, profile: profile.map(Arc::new), another })
    }

    /// Stops an instance: its whole process tree, or its container. Returns once nothing of it runs.
    pub async fn stop(&self, id: &InstanceId) -> Result<(), FleetError> {
        let id = id.clone();
        self.runtime.ask(|call| Event::Stop { call, id }).await.map(drop)
    }

    /// Stops an instance if it runs, and starts it again. Returns once it is on its way up.
    pub async fn restart(&self, id: &InstanceId) -> Result<(), FleetError> {
        let id = id.clone();
        self.runtime.ask(|call| Event::Restart { call, id }).await.map(drop)
    }

    /// Forgets an instance that does not run. Nothing in its directory is touched. A container of it is removed; a volume stays.
    pub async fn remove(&self, id: &InstanceId) -> Result<(), FleetError> {
        let id = id.clone();
        self.runtime.ask(|call| Event::Remove { call, id, with_data: false }).await.map(drop)
    }

    /// Gives an instance another name.
    pub async fn rename(&self, id: &InstanceId, name: &str) -> Result<(), FleetError> {
        let (id, name) = (id.clone(), name.to_owned());
        self.runtime.ask(|call| Event::Rename { call, id, name }).await.map(drop)
    }

    /// Answers a permission request.
    pub async fn reply_permission(
        &self,
        id: &InstanceId,
        request: &RequestId,
        reply: PermissionReply,
        message: Option<String>,
    ) -> Result<(), FleetError> {
        self.answer(id, request, Answer::Permission { reply, message }).await
    }

    /// Answers a question: for each of its parts, in order, the labels or the free text.
    pub async fn reply_question(
        &self,
        id: &InstanceId,
        request: &RequestId,
        answers: Vec<Vec<String>>,
    ) -> Result<(), FleetError> {
        self.answer(id, request, Answer::Question { answers }).await
    }

    /// Dismisses a question.
    pub async fn reject_question(&self, id: &InstanceId, request: &RequestId) -> Result<(), FleetError> {
        self.answer(id, request, Answer::Dismiss).await
    }

    /// Passes a request on to the instance's own server. No directory: the instance's own.
    /// One that sleeps answers reads of its sessions from what is kept; anything else wakes it.
    pub async fn forward(&self, id: &InstanceId, forward: Forward) -> Result<Forwarded, FleetError> {
        let instance = self.instance(id)?;
        let client = match self.reach(&instance, &forward).await? {
            Reached::Client(client) => client,
            Reached::Answer(answer) => return Ok(answer),
        };
        let Forward { method, path, query, directory, body } = forward;
        let directory = directory.map_or_else(|| directory_of(&instance.directory), Directory::new);
        Ok(client.forward(opencode_api::Forward { method, path, query, directory, body }).await?)
    }

    /// The end of an instance's output.
    pub async fn log_tail(&self, id: &InstanceId, lines: usize) -> Result<LogTail, FleetError> {
        let instance = self.instance(id)?;
        runtime::log_tail(instance.log.clone(), lines).await
    }

    /// Whether an instance could be started in a directory: its absolute path, and the instance that serves it already.
    pub async fn check_directory(&self, text: &str) -> Result<(PathBuf, Option<InstanceId>), FleetError> {
        let directory = self.checked(text).await?;
        let state = self.state();
        let instance = state.in_directory(&directory).map(|instance| instance.id.clone());
        Ok((directory, instance))
    }

    /// The instance that serves a directory in such a place already; no place: in any.
    pub async fn there(&self, text: &str, place: Option<&Place>) -> Result<Option<Arc<Instance>>, FleetError> {
        let directory = self.checked_at(text, place).await?;
        let Some(place) = place else { return Ok(self.state().in_place(&directory, None).cloned()) };
        let place = self.place_as_known(&directory, place.clone()).await;
        Ok(self.state().in_place(&directory, Some(&place)).cloned())
    }

    /// Changes the settings that are given and leaves the others.
    pub async fn update_settings(&self, patch: SettingsPatch) -> Result<Settings, FleetError> {
        self.runtime.ask(|call| Event::UpdateSettings { call, patch }).await?;
        Ok((*self.state().settings).clone())
    }

    /// Installs opencode into our own data folder. Progress shows in the state.
    pub fn install_opencode(&self) {
        self.runtime.send(Event::InstallOpencode);
    }

    /// Looks for opencode again.
    pub fn look_for_opencode(&self) {
        self.runtime.send(Event::LookForOpencode);
    }

    /// Waits until an instance satisfies the predicate, and gives it as it was then.
    pub async fn wait_until(
        &self,
        id: &InstanceId,
        within: Duration,
        predicate: impl Fn(&Instance) -> bool,
    ) -> Result<Arc<Instance>, FleetError> {
        let mut states: watch::Receiver<Arc<State>> = self.runtime.state();
        let found = async {
            loop {
                let instance = states.borrow_and_update().instances.get(id).cloned();
                if let Some(instance) = instance
                    && predicate(&instance)
                {
                    return Ok(instance);
                }
                states.changed().await.map_err(|_| FleetError::Closed)?;
            }
        };
        if let Ok(result) = tokio::time::timeout(within, found).await {
            return result;
        }
        let state = self.instance(id).map_or("gone", |instance| instance.state.word());
        Err(FleetError::TooLate { id: id.clone(), state })
    }

    /// Ends the fleet. Instances go on or are stopped; those of the tour are always stopped. Returns once that is so.
    pub async fn shut_down(self, at_quit: AtQuit) {
        let _closed = self.runtime.ask(|call| Event::ShutDown { call, at_quit }).await;
        self.runtime.close().await;
    }

    /// The absolute path of a directory, where it is to be served.
    async fn checked_at(&self, text: &str, place: Option<&Place>) -> Result<PathBuf, FleetError> {
        match place {
            Some(Place::Ssh(place)) => {
                runtime::check_directory_there(self.runtime.lines(), place.host.trim(), text).await
            }
            Some(Place::Process | Place::Docker(_)) | None => self.checked(text).await,
        }
    }

    async fn checked(&self, text: &str) -> Result<PathBuf, FleetError> {
        runtime::check_directory(text.to_owned(), self.runtime.folders().home.clone()).await
    }

    async fn answer(&self, id: &InstanceId, request: &RequestId, answer: Answer) -> Result<(), FleetError> {
        let (id, request) = (id.clone(), request.clone());
        self.runtime.ask(|call| Event::Answer { call, id, request, answer }).await.map(drop)
    }
}
