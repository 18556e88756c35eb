//! Containers of a Docker engine: how they are, starting and stopping them.

use std::{path::Path, time::Duration};

use bollard::Docker;

use crate::LaunchError;

/// How a container is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContainerState {
    /// It runs (or is paused, or is being restarted).
    Running,
    /// It was made but never started.
    Created,
    /// It has ended.
    Exited {
        /// With this code.
        code: i64,
        /// Whether it was killed because it used too much memory.
        out_of_memory: bool,
    },
    /// There is no such container.
    Gone,
}

/// A Docker engine.
#[derive(Debug, Clone)]
pub struct Engine {
    docker: Docker,
    address: String,
    timeout: Duration,
}

/// The address of the engine: what the user set (`DOCKER_HOST`), or else the first of the usual sockets that is there.
pub fn address(docker_host: Option<&str>, home: &Path, runtime_folder: Option<&Path>) -> String {
    if let Some(host) = docker_host.filter(|host| !host.is_empty()) {
        return host.to_owned();
    }
    let usual = [Some(Path::new("/var/run/docker.sock").to_owned()), runtime_folder.map(|folder| folder.join("docker.sock")), Some(home.join(".docker/run/docker.sock"))];
    let found = usual.into_iter().flatten().find(|path| path.exists());
    format!("unix://{}", found.unwrap_or_else(|| "/var/run/docker.sock".into()).display())
}

impl Engine {
    /// Connects to the engine at the address, like `unix:///var/run/docker.sock`; every call may take as long as `timeout`.
    pub async fn connect(address: &str, timeout: Duration) -> Result<Self, LaunchError> {
        let _ = (address, timeout);
        Err(LaunchError::EngineAddress { address: address.to_owned() })
    }

    /// How the container is.
    pub async fn inspect(&self, container: &str) -> Result<ContainerState, LaunchError> {
        let _ = (&self.docker, &self.address, self.timeout);
        Err(LaunchError::ContainerGone { container: container.to_owned() })
    }

    /// Starts the container; well when it runs already.
    pub async fn start(&self, container: &str) -> Result<(), LaunchError> {
        Err(LaunchError::ContainerGone { container: container.to_owned() })
    }

    /// Asks the container to end, and kills it after `grace`; well when it has ended already.
    pub async fn stop(&self, container: &str, grace: Duration) -> Result<(), LaunchError> {
        let _ = grace;
        Err(LaunchError::ContainerGone { container: container.to_owned() })
    }
}
