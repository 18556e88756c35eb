//! One container in full.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::SystemTime,
};

use bollard::models::{ContainerInspectResponse, HostConfig, MountPoint};

use super::{
    ContainerEnvironment, ContainerState, Engine, Limits, NetworkChoice, PublishedPort,
    answer::time_of,
    engine::{gone_if_not_found, is_container},
    off::OFF,
    state::state_of,
};
use crate::LaunchError;

/// A container in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerDetails {
    /// Its id, in full.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The image it was made from, as it was named then.
    pub image: String,
    /// The id of that image.
    pub image_id: String,
    /// What it runs: the entry point with its arguments.
    pub command: Vec<String>,
    /// The folder that its command runs in.
    pub working_directory: PathBuf,
    /// Its user, as it was given: `uid:gid`, a name, or nothing for the image's.
    pub user: String,
    /// Its environment, with that of its image.
    pub environment: ContainerEnvironment,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// How it is.
    pub state: ContainerState,
    /// The process that it runs, by its number on the engine's machine; while it is up.
    pub pid: Option<u32>,
    /// When it was made.
    pub created: Option<SystemTime>,
    /// When it was started last.
    pub started: Option<SystemTime>,
    /// When it ended last.
    pub ended: Option<SystemTime>,
    /// Where its ports are published; nothing while it does not run.
    pub ports: Vec<PublishedPort>,
    /// The networks that it is in, with its address in each while it runs.
    pub networks: BTreeMap<String, Option<IpAddr>>,
    /// What is mounted into it.
    pub mounts: Vec<MountedAt>,
    /// What it can reach, as the plan that makes such a container says it.
    pub network: NetworkChoice,
    /// What it may use.
    pub limits: Limits,
    /// Its memory may not grow beyond so many bytes.
    pub memory_limit: Option<u64>,
    /// Whether its output is a terminal's, without a difference between output and errors.
    pub has_terminal: bool,
}

/// Something that is mounted into a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountedAt {
    /// What: a folder or file of the engine's machine; none for a volume and what else the engine keeps itself.
    pub source: Option<PathBuf>,
    /// The volume of that name.
    pub volume: Option<String>,
    /// Where it is inside.
    pub target: PathBuf,
    /// Whether the container may write there.
    pub is_writable: bool,
}

/// How a port of a container is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// It is published at this address.
    Published(SocketAddr),
    /// It is published nowhere; the container itself has this address, which only the engine's own machine reaches.
    Inside(SocketAddr),
}

impl ContainerDetails {
    /// How a port of it is reached now; none while it does not run or has no network.
    /// A port that is published for everybody is reached over loopback.
    pub fn reached(&self, port: u16) -> Option<Reached> {
        if let Some(published) = self.ports.iter().find(|published| published.inside == port) {
            let address = match published.address {
                IpAddr::V4(address) if address.is_unspecified() => IpAddr::from([127, 0, 0, 1]),
                IpAddr::V6(address) if address.is_unspecified() => IpAddr::from([127, 0, 0, 1]),
                address => address,
            };
            return Some(Reached::Published(SocketAddr::new(address, published.outside)));
        }
        let own = self.networks.values().flatten().next()?;
        Some(Reached::Inside(SocketAddr::new(*own, port)))
    }
}

impl Engine {
    /// The container in full.
    pub async fn inspect(&self, container: &str) -> Result<ContainerDetails, LaunchError> {
        if !is_container(container) {
            return Err(LaunchError::ContainerGone { container: container.to_owned() });
        }
        let answer = self
            .within(self.timeout, self.docker.inspect_container(container, None))
            .await
            .map_err(|error| gone_if_not_found(error, container))?;
        details_of(answer)
    }
}

fn details_of(answer: ContainerInspectResponse) -> Result<ContainerDetails, LaunchError> {
    let config = answer.config.unwrap_or_default();
    let settings = answer.network_settings.unwrap_or_default();
    let state = answer.state.unwrap_or_default();
    let host = answer.host_config.unwrap_or_default();
    let limits = limits_of(&host);
    let id = answer.id.filter(|id| !id.is_empty());
    let address = |text: Option<String>| text.and_then(|text| text.parse().ok());
    Ok(ContainerDetails {
        id: id.ok_or_else(|| LaunchError::EngineAnswer { source: "it names no id of the container".into() })?,
        name: answer.name.unwrap_or_default().trim_start_matches('/').to_owned(),
        image: config.image.unwrap_or_default(),
        image_id: answer.image.unwrap_or_default(),
        command: answer.path.into_iter().chain(answer.args.unwrap_or_default()).collect(),
        working_directory: config.working_dir.unwrap_or_default().into(),
        user: config.user.unwrap_or_default(),
        environment: ContainerEnvironment::of_lines(config.env.unwrap_or_default()),
        labels: config.labels.unwrap_or_default().into_iter().collect(),
        state: state_of(&state)?,
        pid: state.pid.and_then(|pid| u32::try_from(pid).ok()).filter(|pid| *pid > 0),
        created: answer.created.as_deref().and_then(time_of),
        started: state.started_at.as_deref().and_then(time_of),
        ended: state.finished_at.as_deref().and_then(time_of),
        ports: PublishedPort::of_map(settings.ports.unwrap_or_default()),
        networks: settings
            .networks
            .unwrap_or_default()
            .into_iter()
            .map(|(name, endpoint)| (name, address(endpoint.ip_address)))
            .collect(),
        mounts: answer.mounts.unwrap_or_default().into_iter().filter_map(MountedAt::of).collect(),
        network: network_of(host.network_mode.as_deref().unwrap_or_default()),
        limits,
        memory_limit: limits.memory_bytes,
        has_terminal: config.tty.unwrap_or_default(),
    })
}

fn limits_of(host: &HostConfig) -> Limits {
    // None, zero and less mean the same to engines.
    let limit = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0);
    Limits {
        memory_bytes: limit(host.memory),
        nano_cpus: limit(host.nano_cpus),
        pids: limit(host.pids_limit).map(|pids| u32::try_from(pids).unwrap_or(u32::MAX)),
    }
}

/// By the words that engines have for their usual network. A container without any reaches nothing either.
fn network_of(mode: &str) -> NetworkChoice {
    match mode {
        "" | "default" | "bridge" | "slirp4netns" | "pasta" => NetworkChoice::On,
        OFF | "none" => NetworkChoice::Off,
        other => NetworkChoice::Named(other.to_owned()),
    }
}

impl MountedAt {
    fn of(mount: MountPoint) -> Option<Self> {
        let is_bind = mount.typ.as_deref() == Some("bind");
        Some(Self {
            source: mount.source.filter(|_| is_bind).map(PathBuf::from),
            volume: mount.name.filter(|name| !is_bind && !name.is_empty()),
            target: mount.destination?.into(),
            is_writable: mount.rw.unwrap_or_default(),
        })
    }
}
