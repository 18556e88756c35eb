//! Containers: the engines that there are, and what concerns only instances that run in one.

use std::path::Path;

use super::{Fleet, Start};
use crate::containers::ContainersEvent;
use crate::event::{Event, Outcome};
use crate::runtime::containers;
use crate::{EngineSummary, FleetError, InstanceId, Owner, Place};

impl Fleet {
    /// The container engines that there may be, the usual one first.
    pub async fn docker_engines(&self) -> Vec<EngineSummary> {
        containers::list(self.runtime.context()).await
    }

    /// An engine as an instance of ours in this directory has it, where it is the same one, by its name or by its address; else as
    /// it is given.
    pub async fn engine_as_known(&self, directory: &Path, engine: &str) -> String {
        let state = self.state();
        let here = state.instances.values();
        let here = here.filter(|instance| instance.owner == Owner::Portal && instance.directory == directory);
        let known: Vec<String> =
            here.filter_map(|instance| instance.profile.place.engine()).map(str::to_owned).collect();
        containers::spelled(self.runtime.context(), engine, &known).await
    }

    /// A place whose engine is spelled so.
    pub(super) async fn place_as_known(&self, directory: &Path, mut place: Place) -> Place {
        if let Place::Docker(docker) = &mut place
            && let Some(engine) = &mut docker.engine
        {
            *engine = self.engine_as_known(directory, engine).await;
        }
        place
    }

    /// Starts an instance in a container that does not run, with its image got again: pulled, or built anew if it is ours. If it turns
    /// out to be another one the container is made anew; its volume stays. Returns once it is on its way up.
    pub async fn get_image_again(&self, id: &InstanceId) -> Result<(), FleetError> {
        let id = id.clone();
        let ask = |call| Event::Containers(ContainersEvent::GetImageAgain { call, id });
        self.runtime.ask(ask).await.map(drop)
    }

    /// Starts what does not run in a container, or is not there yet, with its image got again. Returns once it is recorded as starting.
    pub async fn start_with_image_again(&self, start: Start) -> Result<InstanceId, FleetError> {
        let start = self.checked_start(start).await?;
        let ask = |call| Event::Containers(ContainersEvent::StartWithImageAgain { call, start });
        match self.runtime.ask(ask).await? {
            Outcome::Instance(id) => Ok(id),
            Outcome::Done => Err(FleetError::Closed),
        }
    }

    /// Forgets an instance that does not run, and removes the volume with its sessions.
    pub async fn remove_with_data(&self, id: &InstanceId) -> Result<(), FleetError> {
        let id = id.clone();
        self.runtime.ask(|call| Event::Remove { call, id, with_data: true }).await.map(drop)
    }

    /// The words of the command that opens a shell in the container of an instance, for a person's own terminal; none where it runs in
    /// no container.
    pub async fn container_shell(&self, id: &InstanceId) -> Result<Option<Vec<String>>, FleetError> {
        let instance = self.instance(id)?;
        let Some(container) = instance.container() else { return Ok(None) };
        if instance.started_at.is_none() || !instance.state.is_live() {
            let (name, state) = (instance.name.clone(), instance.state.word());
            return Err(FleetError::NotNow { name, state, wanted: "opened in a terminal" });
        }
        containers::shell_command(self.runtime.context(), container).await.map(Some)
    }
}
