//! Containers: the engines that there are, and what concerns only instances that run in one.

use super::Fleet;
use crate::event::Event;
use crate::runtime::containers;
use crate::{EngineSummary, FleetError, InstanceId};

impl Fleet {
    /// The container engines that there may be, the usual one first.
    pub async fn docker_engines(&self) -> Vec<EngineSummary> {
        containers::list(self.runtime.context()).await
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
