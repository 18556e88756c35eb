//! Where an instance of ours is to run, and what there is to choose from.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where an instance of ours is to run. The kind never changes for an instance that there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "in", rename_all = "snake_case")]
pub enum PlaceView {
    /// A process of this machine.
    #[default]
    Process,
    /// A container.
    Docker(DockerPlaceView),
    /// A process of another machine, started and reached by `ssh`.
    Ssh(SshPlaceView),
}

/// How a container is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct DockerPlaceView {
    /// The name of a Docker context, or an engine's address; none: the usual one.
    pub engine: Option<String>,
    /// The image; none: ours, built for the pinned opencode.
    pub image: Option<String>,
    /// The memory that it may use, in MiB; none: no limit.
    pub memory_mib: Option<u32>,
    /// The processor time that it may use, in percent of one core; none: no limit.
    pub cpu_percent: Option<u32>,
    /// How many processes and threads it may have; none: our own limit.
    pub pids: Option<u32>,
    /// What it can reach.
    pub network: NetworkView,
    /// What else of this machine it sees, read-only unless said otherwise.
    pub mounts: Vec<MountView>,
    /// As whom it runs, `UID:GID`; none: as the person.
    pub user: Option<String>,
    /// Whether it gets opencode's keys of model providers, `auth.json`.
    pub passes_auth: bool,
    /// Whether it gets the name and address that git writes into commits.
    pub passes_git: bool,
    /// Whether it gets the SSH agent's socket.
    pub passes_ssh_agent: bool,
    /// Variables of the login shell that it gets, by name.
    pub passes_variables: Vec<String>,
}

/// What a container can reach.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "network", rename_all = "snake_case")]
pub enum NetworkView {
    /// The internet, by the engine's usual network.
    #[default]
    On,
    /// Nothing.
    Off,
    /// What one of the person's networks reaches.
    Named {
        /// Its name.
        name: String,
    },
}

/// A path of this machine in a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MountView {
    /// The path here; `~` is the home folder.
    pub path: String,
    /// The path in the container; none: the same.
    pub target: Option<String>,
    /// Whether it can be changed from inside.
    pub is_writable: bool,
}

/// How another machine is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SshPlaceView {
    /// As `ssh` takes it: a host of `~/.ssh/config`, or `user@host`.
    pub host: String,
    /// Whether the server there goes on when the app quits and stops what runs.
    pub stays: bool,
}

/// A container of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ContainerView {
    /// The engine's id of it.
    pub id: String,
    /// Its name at the engine.
    pub name: Option<String>,
    /// The engine: the name of a context, or its address.
    pub engine: String,
    /// Its image.
    pub image: Option<String>,
    /// The volume that keeps opencode's state, when it has one of ours.
    pub volume: Option<String>,
}

/// The container engines of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EnginesView {
    /// The usual one first.
    pub engines: Vec<EngineView>,
    /// What to do where none works.
    pub hint: Option<String>,
}

/// A container engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EngineView {
    /// The name of its context, or what it is; this is what a profile names.
    pub name: String,
    /// Where it answers.
    pub address: String,
    /// `Docker 27.3.1`, when it answers.
    pub version: Option<String>,
    /// Why it cannot be used, when it cannot, with what to do.
    pub problem: Option<String>,
    /// Why no container there can be without a network, when that is so, with what to do.
    pub network_off_problem: Option<String>,
    /// The networks that a container can be put into, when it answers.
    pub networks: Vec<String>,
    /// Images that have opencode by their name, when it answers.
    pub images: Vec<String>,
}

/// The hosts that `ssh` knows by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SshHostsView {
    /// Hosts of `~/.ssh/config`.
    pub hosts: Vec<String>,
}

/// Asks for the directories below one of another machine.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ListSshDirectory {
    /// As `ssh` takes it.
    pub host: String,
    /// The directory there; empty or `~`: the home folder there.
    pub path: String,
}

/// The directories below one of another machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SshDirectoryView {
    /// The directory's absolute path there.
    pub path: String,
    /// Names of the directories below it, without hidden ones.
    pub directories: Vec<String>,
    /// Whether there are more than these.
    pub is_cut: bool,
    /// The version of opencode there; none: there is none.
    pub opencode: Option<String>,
}

/// Takes an instance that does not run off the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RemoveInstance {
    /// Our id.
    pub instance: String,
    /// For a container of ours: whether the volume with its sessions is removed, too.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub with_data: Option<bool>,
}
