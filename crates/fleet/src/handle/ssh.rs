//! Other machines, before anything runs there.

use super::Fleet;
use crate::{DirectoryThere, FleetError, HostThere, runtime};

impl Fleet {
    /// The hosts that `ssh` knows by name: those of `~/.ssh/config`.
    pub async fn ssh_hosts(&self) -> Vec<HostThere> {
        runtime::hosts_there(self.runtime.lines()).await
    }

    /// The directories below one of another machine, and which opencode is there. Nothing or `~` is the home folder there.
    pub async fn list_ssh_directory(&self, host: &str, path: &str) -> Result<DirectoryThere, FleetError> {
        runtime::list_directory_there(self.runtime.lines(), host, path).await
    }
}
