//! What a container of ours is to be like, by its profile. Pure but for the links of what is mounted.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use launch::Environment;
use launch::docker::{
    CheckedMount, ContainerEnvironment, ContainerName, ContainerPlan, Limits, MountProblem, MountRequest,
    NetworkChoice, PlannedPort, PlannedVolume, Protected, checked_mounts,
};
use opencode_api::Secret;

use super::super::roster::command;
use super::{
    DIRECTORY_LABEL, IMAGE_LABEL, INSIDE_PORT, INSTANCE_LABEL, NAME_LABEL, PLAN_LABEL, STATE_LABEL, VERSION_LABEL,
};
use crate::effect::LaunchPlan;
use crate::{DockerPlace, FleetError, Folders, InstanceId, LogLevel, Mount, Network, Place, Profile, ProfileError};

/// The network of those that reach nothing; made where it is needed.
pub(super) const NETWORK_OFF: &str = "opencode-portal-off";
/// The home folder in a container: all that opencode keeps is in the volume there.
pub(super) const HOME: &str = "/home/opencode";
/// Where the person's SSH agent is in a container.
const AGENT: &str = "/tmp/opencode-ssh-agent.sock";
/// How many processes and threads one may have that nothing is said of: enough for a build, too few to fill the machine.
const PIDS: u32 = 4096;
const MIB: u64 = 1 << 20;
const PASSWORD: &str = "OPENCODE_SERVER_PASSWORD";

/// What a plan is made from, beside the profile.
pub(super) struct Surroundings<'a> {
    pub(super) folders: &'a Folders,
    /// Of the person's login shell.
    pub(super) shell: &'a Environment,
    /// As whom it runs, `uid:gid`.
    pub(super) user: String,
    /// The image, by its id.
    pub(super) image: String,
    /// The image, as a person names it.
    pub(super) image_name: String,
    /// The opencode in it.
    pub(super) version: String,
    /// The engine's socket, if it has one.
    pub(super) socket: Option<PathBuf>,
    /// What opencode knows of model providers, if the person gives it.
    pub(super) auth: Option<String>,
    /// The name and address that git writes, if the person gives them.
    pub(super) git: Option<(String, String)>,
}

/// What a container of ours is to be like, with a password that was just made.
pub(super) fn plan(
    plan: &LaunchPlan,
    place: &DockerPlace,
    around: &Surroundings<'_>,
    password: &Secret,
) -> Result<ContainerPlan, MountProblem> {
    let mut mounts = mounts(&plan.directory, place, around)?;
    let mut environment = environment(plan, place, around);
    if let Some(agent) = agent(place, around.shell) {
        mounts.push(CheckedMount::of_ours(agent, AGENT.into()).writable());
        environment.set("SSH_AUTH_SOCK", AGENT);
    }
    let mut made = ContainerPlan {
        name: ContainerName::for_instance(&plan.name, plan.at.instance.as_str()),
        image: around.image.clone(),
        entrypoint: Some(vec!["opencode".to_owned()]),
        command: command(plan),
        working_directory: plan.directory.clone(),
        mounts,
        volumes: vec![PlannedVolume { name: volume_of(&plan.at.instance), target: HOME.into() }],
        port: Some(PlannedPort { inside: INSIDE_PORT, outside: plan.profile.port.map(|port| port.get()) }),
        environment,
        labels: BTreeMap::new(),
        user: Some(around.user.clone()),
        limits: Limits {
            memory_bytes: place.memory_mib.map(|mib| u64::from(mib) * MIB),
            nano_cpus: place.cpu_percent.map(|percent| u64::from(percent) * 10_000_000),
            pids: Some(place.pids.unwrap_or(PIDS)),
        },
        network: match &place.network {
            Network::On => NetworkChoice::On,
            Network::Off => NetworkChoice::Off,
            Network::Named(name) => NetworkChoice::Named(name.clone()),
        },
        grace: super::GRACE,
    };
    let hash = fingerprint(&made);
    made.labels = [
        (INSTANCE_LABEL, plan.at.instance.as_str().to_owned()),
        (STATE_LABEL, around.folders.state.to_string_lossy().into_owned()),
        (DIRECTORY_LABEL, plan.directory.to_string_lossy().into_owned()),
        (VERSION_LABEL, around.version.clone()),
        (PLAN_LABEL, hash),
        (NAME_LABEL, plan.name.clone()),
        (IMAGE_LABEL, around.image_name.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    // Last: it is another one each time, and no reason to make a container anew.
    made.environment.set(PASSWORD, password.expose());
    Ok(made)
}

/// The volume that keeps opencode's state of an instance.
pub(super) fn volume_of(id: &InstanceId) -> String {
    format!("opencode-portal-{id}")
}

/// What the person's mounts would give away, asked before anything is made.
pub(crate) async fn check_mounts(profile: &Profile, folders: &Folders) -> Result<(), FleetError> {
    let Place::Docker(place) = profile.place.clone() else { return Ok(()) };
    let folders = folders.clone();
    // A folder on a sleeping network share takes its time; no thread of the runtime waits for it.
    let checked = tokio::task::spawn_blocking(move || {
        checked_mounts(&requests(Path::new(""), &place, &folders), &protected(&folders, None), canonical)
    });
    let checked = checked.await.map_err(|_| FleetError::Closed)?;
    checked.map(drop).map_err(|problem| ProfileError::Mount { problem: problem.to_string() }.into())
}

fn mounts(directory: &Path, place: &DockerPlace, around: &Surroundings<'_>) -> Result<Vec<CheckedMount>, MountProblem> {
    let protected = protected(around.folders, around.socket.clone());
    checked_mounts(&requests(directory, place, around.folders), &protected, canonical)
}

fn canonical(path: &Path) -> io::Result<PathBuf> {
    std::fs::canonicalize(path)
}

fn protected(folders: &Folders, socket: Option<PathBuf>) -> Protected {
    Protected {
        home: folders.home.clone(),
        secrets: vec![folders.config.clone(), folders.state.clone(), folders.data.clone()],
        sockets: socket.into_iter().collect(),
    }
}

fn requests(directory: &Path, place: &DockerPlace, folders: &Folders) -> Vec<MountRequest> {
    let project = MountRequest { path: directory.to_path_buf(), target: None, is_writable: true };
    let mount = |mount: &Mount| MountRequest {
        path: at_home(&mount.path, &folders.home),
        target: mount.target.clone(),
        is_writable: mount.is_writable,
    };
    // A directory that does not exist is the profile's check of mounts alone.
    let project = Some(project).filter(|project| !project.path.as_os_str().is_empty());
    project.into_iter().chain(place.mounts.iter().map(mount)).collect()
}

fn at_home(path: &Path, home: &Path) -> PathBuf {
    path.strip_prefix("~").map_or_else(|_| path.to_path_buf(), |rest| home.join(rest))
}

fn agent(place: &DockerPlace, shell: &Environment) -> Option<PathBuf> {
    let socket = shell.get("SSH_AUTH_SOCK").filter(|_| place.pass.ssh_agent).map(PathBuf::from)?;
    socket.exists().then_some(socket)
}

fn command(plan: &LaunchPlan) -> Vec<String> {
    let level = match plan.profile.log_level {
        LogLevel::Debug => "DEBUG",
        LogLevel::Info => "INFO",
        LogLevel::Warn => "WARN",
        LogLevel::Error => "ERROR",
    };
    let port = INSIDE_PORT.to_string();
    // Everywhere in the container: outside it is published on loopback alone.
    let ours = ["serve", "--hostname", "0.0.0.0", "--port", &port, "--print-logs", "--log-level", level];
    ours.into_iter().map(str::to_owned).chain(plan.profile.arguments.iter().cloned()).collect()
}

fn environment(plan: &LaunchPlan, place: &DockerPlace, around: &Surroundings<'_>) -> ContainerEnvironment {
    let mut environment = ContainerEnvironment::default();
    for (name, value) in [("HOME", HOME), ("LANG", "C.UTF-8"), ("TERM", "xterm-256color")] {
        environment.set(name, value);
    }
    for (name, value) in command::OWN {
        environment.set(name, value);
    }
    let named = place.pass.variables.iter();
    for (name, value) in named.filter_map(|name| Some((name, around.shell.get(name)?.to_str()?))) {
        environment.set(name, value);
    }
    if let Some(auth) = &around.auth {
        environment.set("OPENCODE_AUTH_CONTENT", auth);
    }
    if let Some((name, address)) = &around.git {
        for role in ["AUTHOR", "COMMITTER"] {
            environment.set(format!("GIT_{role}_NAME"), name);
            environment.set(format!("GIT_{role}_EMAIL"), address);
        }
    }
    for (name, value) in plan.profile.environment.iter().chain(&plan.environment) {
        environment.set(name, value);
    }
    if let Some(config) = &plan.profile.config {
        let before = environment.get(command::CONFIG).map(str::to_owned);
        let config = before.map_or_else(|| config.clone(), |before| command::merged(&before, config));
        environment.set(command::CONFIG, config);
    }
    if let Some(permission) = &plan.profile.permission {
        environment.set("OPENCODE_PERMISSION", permission);
    }
    environment.set("OPENCODE_SERVER_USERNAME", "opencode");
    environment.set("OPENCODE_CLIENT", "portal");
    environment
}

/// What tells whether two plans make the same container, but for its name and its password.
fn fingerprint(plan: &ContainerPlan) -> String {
    let ContainerPlan { image, entrypoint, command, working_directory, mounts, volumes, port, environment, .. } = plan;
    let ContainerPlan { user, limits, network, grace, .. } = plan;
    let mounts: Vec<_> = mounts.iter().map(|mount| (mount.source(), mount.target(), mount.is_writable())).collect();
    let volumes: Vec<_> = volumes.iter().map(|volume| (&volume.name, &volume.target)).collect();
    let variables: Vec<_> = environment.iter().collect();
    let said = format!(
        "1 {image:?} {entrypoint:?} {command:?} {working_directory:?} {mounts:?} {volumes:?} {port:?} {variables:?} {user:?} {limits:?} {network:?} {:?}",
        Duration::as_millis(grace)
    );
    // FNV-1a, twice: the same in every version of this program, which the hashes of the standard library do not promise.
    let hash =
        |seed: u64| said.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{:016x}{:016x}", hash(0xcbf2_9ce4_8422_2325), hash(0x9e37_79b9_7f4a_7c15))
}
