//! Other machines: what there is to choose from, and a shell where an instance runs.

use super::Fleet;
use crate::{DirectoryThere, FleetError, HostThere, InstanceId, Kind, runtime};

impl Fleet {
    /// The hosts that `ssh` knows by name: those of `~/.ssh/config`.
    pub async fn ssh_hosts(&self) -> Vec<HostThere> {
        runtime::hosts_there(self.runtime.lines()).await
    }

    /// The directories below one of another machine, and which opencode is there. Nothing or `~` is the home folder there.
    pub async fn list_ssh_directory(&self, host: &str, path: &str) -> Result<DirectoryThere, FleetError> {
        runtime::list_directory_there(self.runtime.lines(), host, path).await
    }

    /// The words of the command that opens a shell on the machine of an instance, in its directory, for a person's own terminal; none where
    /// it runs on no other machine.
    pub async fn machine_shell(&self, id: &InstanceId) -> Result<Option<Vec<String>>, FleetError> {
        let instance = self.instance(id)?;
        let Kind::Ssh { host, .. } = &instance.kind else { return Ok(None) };
        Ok(Some(self.runtime.lines().ssh().await?.shell_command(host, &instance.directory)?))
    }
}
