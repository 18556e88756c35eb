//! Other machines: what there is to choose from, and a shell where an instance runs.

use super::Fleet;
use crate::event::Event;
use crate::ssh::PromptEvent;
use crate::{Answerer, DirectoryThere, FleetError, HostThere, InstanceId, Kind, PromptId, Secret, runtime};

impl Fleet {
    /// The hosts that `ssh` knows by name: those of `~/.ssh/config`.
    pub async fn ssh_hosts(&self) -> Vec<HostThere> {
        runtime::hosts_there(self.runtime.lines()).await
    }

    /// The directories below one of another machine, and which opencode is there. Nothing or `~` is the home folder there.
    pub async fn list_ssh_directory(&self, host: &str, path: &str) -> Result<DirectoryThere, FleetError> {
        runtime::list_directory_there(self.runtime.lines(), host, path).await
    }

    /// Somebody answers what `ssh` asks, as long as what is returned is held. Without anybody, nothing is asked.
    pub fn answerer(&self) -> Answerer {
        self.runtime.lines().prompts().answerer()
    }

    /// Answers what `ssh` asks; none: the connection is given up.
    pub async fn answer_prompt(&self, id: &PromptId, answer: Option<Secret>) -> Result<(), FleetError> {
        let id = id.clone();
        self.runtime.ask(|call| Event::Prompt(PromptEvent::Answer { call, id, answer })).await.map(drop)
    }

    /// Connects to the machine of an instance at once, where there is one; what is lost there is found again then.
    pub async fn connect(&self, id: &InstanceId) -> Result<(), FleetError> {
        if let Kind::Ssh { host, .. } = &self.instance(id)?.kind {
            let lines = self.runtime.lines();
            lines.linger(lines.connect_asking(host).await?);
        }
        Ok(())
    }

    /// The words of the command that opens a shell on the machine of an instance, in its directory, for a person's own terminal; none where
    /// it runs on no other machine.
    pub async fn machine_shell(&self, id: &InstanceId) -> Result<Option<Vec<String>>, FleetError> {
        let instance = self.instance(id)?;
        let Kind::Ssh { host, .. } = &instance.kind else { return Ok(None) };
        Ok(Some(self.runtime.lines().ssh().await?.shell_command(host, &instance.directory)?))
    }
}
