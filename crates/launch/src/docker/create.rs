//! Making a container as a plan says.

use std::{collections::HashMap, path::Path};

use bollard::{
    models::{
        ContainerCreateBody, HostConfig, HostConfigLogConfig, Mount, MountBindOptions, MountBindOptionsPropagationEnum,
        MountType, MountVolumeOptions, PortBinding,
    },
    query_parameters::CreateContainerOptionsBuilder,
};

use super::{ContainerPlan, Engine, EngineVersion, NetworkChoice, off::OFF};
use crate::LaunchError;

/// Who is asked for names where there is no network: nobody, the container itself. An engine that has nothing to ask takes its machine's
/// resolver, and older ones ask that from the machine where it is on loopback (CVE-2024-29018): then names would lead out.
const NOWHERE: &str = "127.0.0.1";
/// The engine keeps so much of a container's output; what it has said is in our own log as well.
const KEPT_OUTPUT: [(&str, &str); 2] = [("max-size", "16m"), ("max-file", "2")];

impl Engine {
    /// Makes a container as the plan says, without starting it, and gives its id. If anything of it fails nothing is left.
    pub async fn create(&self, plan: &ContainerPlan) -> Result<String, LaunchError> {
        let version = self.version().await?;
        self.check_fit(&version, &plan.network)?;
        match &plan.network {
            NetworkChoice::On => {}
            NetworkChoice::Off => self.make_network_off(&version.product).await?,
            NetworkChoice::Named(network) => self.check_network(network).await?,
        }
        let options = CreateContainerOptionsBuilder::new().name(plan.name.as_str()).build();
        let created =
            self.within(self.timeout, self.docker.create_container(Some(options), body(plan, &version))).await;
        let id = created.map_err(|error| not_created(error, plan))?.id;
        let mut unfinished = Throwaway::new(self, &id);
        self.settle(&id, plan).await?;
        unfinished.keep();
        Ok(id)
    }
}

/// A container that is removed again unless it is kept, even when whoever made it does not wait any longer.
#[derive(Debug)]
pub(super) struct Throwaway {
    engine: Engine,
    id: Option<String>,
}

impl Throwaway {
    pub fn new(engine: &Engine, id: &str) -> Self {
        Self { engine: engine.clone(), id: Some(id.to_owned()) }
    }

    pub fn keep(&mut self) {
        self.id = None;
    }

    /// Removes it now.
    pub async fn remove(mut self) -> Result<(), LaunchError> {
        let Some(id) = self.id.take() else { return Ok(()) };
        self.engine.remove(&id).await
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        if let (Some(id), Ok(runtime)) = (self.id.take(), tokio::runtime::Handle::try_current()) {
            let engine = self.engine.clone();
            runtime.spawn(async move {
                if let Err(error) = engine.remove(&id).await {
                    tracing::warn!(%error, container = id, "a container that was not kept could not be removed");
                }
            });
        }
    }
}

fn body(plan: &ContainerPlan, version: &EngineVersion) -> ContainerCreateBody {
    let port = plan.port.map(|port| (format!("{}/tcp", port.inside), port.outside));
    let binding = |outside: Option<u16>| PortBinding {
        host_ip: Some("127.0.0.1".to_owned()),
        host_port: Some(outside.map(|port| port.to_string()).unwrap_or_default()),
    };
    let labels: HashMap<String, String> = plan.labels.clone().into_iter().collect();
    ContainerCreateBody {
        image: Some(plan.image.clone()),
        entrypoint: plan.entrypoint.clone(),
        cmd: Some(plan.command.clone()),
        working_dir: Some(text(&plan.working_directory)),
        env: Some(plan.environment.lines()),
        labels: Some(labels.clone()),
        user: plan.user.clone(),
        exposed_ports: port.clone().map(|(name, _)| vec![name]),
        stop_signal: Some("SIGTERM".to_owned()),
        stop_timeout: Some(i64::try_from(plan.grace.as_secs()).unwrap_or(i64::MAX)),
        host_config: Some(HostConfig {
            init: Some(true),
            cap_drop: Some(vec!["ALL".to_owned()]),
            security_opt: Some(security(version)),
            memory: plan.limits.memory_bytes.map(signed),
            // As much as the memory alone: none of it may be swapped out.
            memory_swap: plan.limits.memory_bytes.map(signed),
            nano_cpus: plan.limits.nano_cpus.map(signed),
            pids_limit: plan.limits.pids.map(i64::from),
            network_mode: match &plan.network {
                NetworkChoice::On => None,
                NetworkChoice::Off => Some(OFF.to_owned()),
                NetworkChoice::Named(name) => Some(name.clone()),
            },
            dns: (plan.network == NetworkChoice::Off).then(|| vec![NOWHERE.to_owned()]),
            port_bindings: port.map(|(name, outside)| HashMap::from([(name, Some(vec![binding(outside)]))])),
            mounts: Some(mounts(plan, &labels)),
            log_config: Some(HostConfigLogConfig {
                typ: Some("json-file".to_owned()),
                config: Some(KEPT_OUTPUT.map(|(name, value)| (name.to_owned(), value.to_owned())).into()),
            }),
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    }
}

/// What keeps a container from becoming more than it is.
fn security(version: &EngineVersion) -> Vec<String> {
    let mut options = vec!["no-new-privileges".to_owned()];
    // SELinux lets containers read nothing that is not labelled for them. Labels of the project's own files would outlast the
    // container and shut out others, so this one goes without: what it may read is what is mounted.
    if version.has_selinux {
        options.push("label=disable".to_owned());
    }
    options
}

fn mounts(plan: &ContainerPlan, labels: &HashMap<String, String>) -> Vec<Mount> {
    let folders = plan.mounts.iter().map(|mount| Mount {
        typ: Some(MountType::BIND),
        source: Some(text(mount.source())),
        target: Some(text(mount.target())),
        read_only: Some(!mount.is_writable()),
        bind_options: Some(MountBindOptions {
            propagation: Some(MountBindOptionsPropagationEnum::RPRIVATE),
            ..MountBindOptions::default()
        }),
        ..Mount::default()
    });
    let volumes = plan.volumes.iter().map(|volume| Mount {
        typ: Some(MountType::VOLUME),
        source: Some(volume.name.clone()),
        target: Some(text(&volume.target)),
        volume_options: Some(MountVolumeOptions { labels: Some(labels.clone()), ..MountVolumeOptions::default() }),
        ..Mount::default()
    });
    folders.chain(volumes).collect()
}

/// Checked mounts are text, and so are our own places inside.
fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn not_created(error: LaunchError, plan: &ContainerPlan) -> LaunchError {
    let LaunchError::EngineRefused { status, message } = error else { return error };
    let lower = message.to_ascii_lowercase();
    match status {
        404 if lower.contains("image") => LaunchError::ImageMissing { image: plan.image.clone() },
        409 => LaunchError::ContainerNameTaken { name: plan.name.to_string() },
        _ if lower.contains("bind source path does not exist") || lower.contains("mounts denied") => {
            LaunchError::DirectoryNotShared { message }
        }
        _ => match &plan.network {
            NetworkChoice::Named(network) if lower.contains("network") => {
                LaunchError::NetworkMissing { network: network.clone() }
            }
            _ => LaunchError::EngineRefused { status, message },
        },
    }
}
