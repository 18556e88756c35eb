//! What a container is to be like.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use super::{CheckedMount, ContainerEnvironment, ContainerName};

/// What a container is to be like. It always runs with an init process, without any capability and without a way to new privileges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerPlan {
    /// Its name.
    pub name: ContainerName,
    /// The image to make it from, by name or id.
    pub image: String,
    /// What is run instead of the image's entry point.
    pub entrypoint: Option<Vec<String>>,
    /// The arguments of the entry point.
    pub command: Vec<String>,
    /// The folder that it runs in; made if it is not there.
    pub working_directory: PathBuf,
    /// The folders of the machine that it sees, the project among them.
    pub mounts: Vec<CheckedMount>,
    /// The volumes that keep what it writes.
    pub volumes: Vec<PlannedVolume>,
    /// The port that is published, on loopback only.
    pub port: Option<PlannedPort>,
    /// Its environment, beside that of its image.
    pub environment: ContainerEnvironment,
    /// Its labels; its volumes get them, too.
    pub labels: BTreeMap<String, String>,
    /// Its user as `uid:gid`; none for the image's own. Volumes are made to belong to it.
    pub user: Option<String>,
    /// What it may use.
    pub limits: Limits,
    /// What it can reach.
    pub network: NetworkChoice,
    /// How long it is given to end before it is killed.
    pub grace: Duration,
}

/// What a container may use; none means no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Memory, swap included.
    pub memory_bytes: Option<u64>,
    /// Billionths of a core: 1,500,000,000 are one and a half cores.
    pub nano_cpus: Option<u64>,
    /// How many processes and threads.
    pub pids: Option<u32>,
}

/// What a container can reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetworkChoice {
    /// Everything, over the engine's usual network.
    On,
    /// Nothing beyond the engine's own machine, of which it reaches what listens on all addresses; with Docker no other container
    /// either, with Podman those that have no network. Nothing can be published then: the container is reached at its own address
    /// (see [`super::ContainerDetails::reached`]), which only the engine's machine can do (see [`super::Engine::check_fit`]).
    Off,
    /// What this network of the person's leads to.
    Named(String),
}

/// A port to publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedPort {
    /// The port inside.
    pub inside: u16,
    /// The port on loopback outside; the engine takes a free one at every start if there is none.
    pub outside: Option<u16>,
}

/// A volume of the engine's, made if it is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedVolume {
    /// Its name.
    pub name: String,
    /// Where it is inside.
    pub target: PathBuf,
}
