//! Whether an engine can do what is wanted of it, asked before anything is made.

use super::{Engine, EngineVersion, NetworkChoice, engine_version::own_machine};
use crate::LaunchError;

impl Engine {
    /// Whether containers with folders of this machine and this network can be made there, and be reached.
    pub fn check_fit(&self, version: &EngineVersion, network: &NetworkChoice) -> Result<(), LaunchError> {
        if !self.is_near(version) {
            let machine = if version.machine.is_empty() { "another machine" } else { &version.machine };
            let (address, machine) = (self.address().to_owned(), machine.to_owned());
            return Err(LaunchError::EngineElsewhere { address, machine });
        }
        let reason = match network {
            NetworkChoice::Off if version.is_virtual => "it runs in a virtual machine",
            NetworkChoice::Off if version.is_rootless => "it is rootless",
            _ => return Ok(()),
        };
        Err(LaunchError::NetworkOffImpossible { address: self.address().to_owned(), reason })
    }

    /// Whether containers' own addresses lead to them from here.
    pub fn is_here(&self, version: &EngineVersion) -> bool {
        self.is_near(version) && !version.is_virtual && !version.is_rootless
    }

    /// Whether it is this machine's, so that folders and published ports mean the same for it.
    /// A socket may be led here from another machine, and then that is told by its name alone.
    fn is_near(&self, version: &EngineVersion) -> bool {
        let is_same = || own_machine().is_none_or(|own| version.machine.is_empty() || own == version.machine);
        self.is_local() && (version.is_virtual || is_same())
    }
}
