//! Where an instance is to run, as its profile file has it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{DockerPlace, Mount, Network, Pass, Place, SshPlace};

/// Where an instance is to run.
#[derive(Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "snake_case")]
pub(super) enum PlaceFile {
    #[default]
    Process,
    Docker(DockerFile),
    Ssh {
        host: String,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        stays: bool,
    },
}

#[derive(Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct DockerFile {
    #[serde(skip_serializing_if = "Option::is_none")]
    engine: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_mib: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu_percent: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pids: Option<u32>,
    network: NetworkFile,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mounts: Vec<MountFile>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    pass: PassFile,
}

#[derive(Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum NetworkFile {
    #[default]
    On,
    Off,
    Named(String),
}

#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct MountFile {
    path: PathBuf,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    writable: bool,
}

#[derive(Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct PassFile {
    auth: bool,
    git: bool,
    ssh_agent: bool,
    variables: Vec<String>,
}

impl PlaceFile {
    /// Whether nothing need be written.
    pub(super) fn is_usual(&self) -> bool {
        *self == Self::Process
    }
}

impl From<&Place> for PlaceFile {
    fn from(place: &Place) -> Self {
        match place {
            Place::Process => Self::Process,
            Place::Docker(docker) => Self::Docker(docker.into()),
            Place::Ssh(SshPlace { host, stays }) => Self::Ssh { host: host.clone(), stays: *stays },
        }
    }
}

impl From<PlaceFile> for Place {
    fn from(file: PlaceFile) -> Self {
        match file {
            PlaceFile::Process => Self::Process,
            PlaceFile::Docker(docker) => Self::Docker(docker.into()),
            PlaceFile::Ssh { host, stays } => Self::Ssh(SshPlace { host, stays }),
        }
    }
}

impl From<&DockerPlace> for DockerFile {
    fn from(place: &DockerPlace) -> Self {
        let mount = |mount: &Mount| MountFile {
            path: mount.path.clone(),
            target: mount.target.clone(),
            writable: mount.is_writable,
        };
        Self {
            engine: place.engine.clone(),
            image: place.image.clone(),
            memory_mib: place.memory_mib,
            cpu_percent: place.cpu_percent,
            pids: place.pids,
            network: match &place.network {
                Network::On => NetworkFile::On,
                Network::Off => NetworkFile::Off,
                Network::Named(name) => NetworkFile::Named(name.clone()),
            },
            mounts: place.mounts.iter().map(mount).collect(),
            user: place.user.clone(),
            pass: PassFile {
                auth: place.pass.auth,
                git: place.pass.git,
                ssh_agent: place.pass.ssh_agent,
                variables: place.pass.variables.clone(),
            },
        }
    }
}

impl From<DockerFile> for DockerPlace {
    fn from(file: DockerFile) -> Self {
        let mount = |mount: MountFile| Mount { path: mount.path, target: mount.target, is_writable: mount.writable };
        let PassFile { auth, git, ssh_agent, variables } = file.pass;
        Self {
            engine: file.engine,
            image: file.image,
            memory_mib: file.memory_mib,
            cpu_percent: file.cpu_percent,
            pids: file.pids,
            network: match file.network {
                NetworkFile::On => Network::On,
                NetworkFile::Off => Network::Off,
                NetworkFile::Named(name) => Network::Named(name),
            },
            mounts: file.mounts.into_iter().map(mount).collect(),
            user: file.user,
            pass: Pass { auth, git, ssh_agent, variables },
        }
    }
}
