//! What a container of ours is to be like, by its profile.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use launch::docker::{
    CheckedMount, ContainerEnvironment, ContainerName, ContainerPlan, EngineVersion, Limits, MountProblem,
    NetworkChoice, PlannedPort, PlannedVolume,
};
use opencode_api::{Port, Secret};

use super::super::roster::command;
use super::credentials::Given;
use super::fingerprint::fingerprint;
use super::guarded::Guarded;
use super::image::Usable;
use super::ours::Ours;
use super::{
    DIRECTORY_LABEL, IMAGE_LABEL, INSIDE_PORT, INSTANCE_LABEL, NAME_LABEL, PLAN_LABEL, VERSION_LABEL, mounting,
};
use crate::effect::LaunchPlan;
use crate::files::secret_file;
use crate::{DockerPlace, Folders, InstanceId, LogLevel, Network};

/// The home folder in a container: all that opencode keeps is in the volume there.
pub(super) const HOME: &str = "/home/opencode";
/// Where the person's SSH agent is in a container.
pub(super) const AGENT: &str = "/tmp/opencode-ssh-agent.sock";
/// How many processes and threads one may have that nothing is said of: enough for a build, too few to fill the machine.
const PIDS: u32 = 4096;
const MIB: u64 = 1 << 20;
const PASSWORD: &str = "OPENCODE_SERVER_PASSWORD";
/// What opencode takes in the place of its `auth.json`.
const AUTH: &str = "OPENCODE_AUTH_CONTENT";

/// What a plan is made from, beside the profile.
pub(super) struct Surroundings {
    pub(super) folders: Arc<Folders>,
    /// What marks it as ours.
    pub(super) ours: Ours,
    /// The engine that is to make it.
    pub(super) version: EngineVersion,
    pub(super) image: Usable,
    /// What no container gets of this machine.
    pub(super) guarded: Guarded,
    /// What of the person's it gets.
    pub(super) given: Given,
}

/// What a container of ours is to be like, with a password that was just made. Blocks: it looks at what is mounted.
pub(super) fn plan(
    plan: &LaunchPlan,
    place: &DockerPlace,
    around: &Surroundings,
    password: &Secret,
) -> Result<ContainerPlan, MountProblem> {
    let mut mounts = mounting::mounts(&plan.directory, place, &around.folders, &around.guarded)?;
    let mut environment = environment(plan, around);
    if let Some(agent) = &around.given.agent {
        mounts.push(CheckedMount::of_ours(agent.clone(), AGENT.into()).writable());
        environment.set("SSH_AUTH_SOCK", AGENT);
    }
    let mut made = ContainerPlan {
        name: ContainerName::for_instance(&plan.name, plan.at.instance.as_str()),
        image: around.image.id.clone(),
        entrypoint: Some(vec!["opencode".to_owned()]),
        command: command(plan),
        working_directory: plan.directory.clone(),
        mounts,
        volumes: vec![PlannedVolume { name: volume_of(&plan.at.instance), target: HOME.into() }],
        port: Some(PlannedPort { inside: INSIDE_PORT, outside: plan.profile.port.map(Port::get) }),
        environment,
        labels: BTreeMap::new(),
        user: Some(user(place, around)),
        limits: Limits {
            memory_bytes: place.memory_mib.map(|mib| u64::from(mib) * MIB),
            nano_cpus: place.cpu_percent.map(|percent| u64::from(percent) * 10_000_000),
            pids: Some(place.pids.unwrap_or(PIDS)),
        },
        network: network_of(place),
        grace: super::GRACE,
    };
    let key = secret_file::read_or_make(&around.folders.state);
    let hash = fingerprint(&made, around.given.auth.as_deref(), &key);
    made.labels = [
        (INSTANCE_LABEL, plan.at.instance.as_str().to_owned()),
        (DIRECTORY_LABEL, plan.directory.to_string_lossy().into_owned()),
        (VERSION_LABEL, around.image.version.clone()),
        (PLAN_LABEL, hash),
        (NAME_LABEL, plan.name.clone()),
        (IMAGE_LABEL, around.image.name.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .chain(around.ours.labels())
    .collect();
    // After the hash: these are others each time, and no reason to make a container anew.
    if let Some(auth) = &around.given.auth {
        made.environment.set(AUTH, auth);
    }
    made.environment.set(PASSWORD, password.expose());
    Ok(made)
}

/// What it reaches.
pub(super) fn network_of(place: &DockerPlace) -> NetworkChoice {
    match &place.network {
        Network::On => NetworkChoice::On,
        Network::Off => NetworkChoice::Off,
        Network::Named(name) => NetworkChoice::Named(name.clone()),
    }
}

/// As whom it runs, so that what it writes belongs to the person.
fn user(place: &DockerPlace, around: &Surroundings) -> String {
    place.user.clone().unwrap_or_else(|| {
        let (uid, gid) = owner(&around.folders.state);
        around.version.user_for(uid, gid)
    })
}

/// Our state folder belongs to us.
#[cfg(unix)]
fn owner(folder: &Path) -> (u32, u32) {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(folder).map_or((1000, 1000), |metadata| (metadata.uid(), metadata.gid()))
}

#[cfg(not(unix))]
fn owner(_: &Path) -> (u32, u32) {
    // The engine's own machine maps all that is shared to the person.
    (1000, 1000)
}

/// The volume that keeps opencode's state of an instance.
pub(super) fn volume_of(id: &InstanceId) -> String {
    format!("opencode-portal-{id}")
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

fn environment(plan: &LaunchPlan, around: &Surroundings) -> ContainerEnvironment {
    let mut environment = ContainerEnvironment::default();
    for (name, value) in [("HOME", HOME), ("LANG", "C.UTF-8"), ("TERM", "xterm-256color")] {
        environment.set(name, value);
    }
    for (name, value) in command::OWN {
        environment.set(name, value);
    }
    for (name, value) in &around.given.variables {
        environment.set(name, value);
    }
    if let Some(git) = &around.given.git {
        for role in ["AUTHOR", "COMMITTER"] {
            environment.set(format!("GIT_{role}_NAME"), &git.name);
            environment.set(format!("GIT_{role}_EMAIL"), &git.email);
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
        environment.set("OPENCODE_PERMISSION", command::rules(permission));
    }
    environment.set("OPENCODE_SERVER_USERNAME", "opencode");
    environment.set("OPENCODE_CLIENT", "portal");
    environment
}
