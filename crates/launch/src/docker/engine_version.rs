//! What kind of engine it is.

use super::Engine;
use crate::LaunchError;

/// The oldest interface that we speak, 1.41: that of Docker 20.10.
pub(super) const OLDEST_API: u32 = 41;

/// Who made the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Product {
    /// Docker, or what is built from it.
    Docker,
    /// Podman.
    Podman,
}

/// What an engine says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineVersion {
    /// Who made it.
    pub product: Product,
    /// Its version, like `20.10.24`.
    pub version: String,
    /// The version of its interface, like `1.41`.
    pub api: String,
    /// Whether it runs without being root: then root inside is the person outside.
    pub is_rootless: bool,
    /// The operating system of its containers, like `linux`.
    pub os: String,
    /// The architecture of its containers as images name it, like `amd64`.
    pub architecture: String,
    /// Whether it keeps containers in a virtual machine (Docker Desktop, Colima and such): then the addresses of containers are not ours.
    pub is_virtual: bool,
}

impl EngineVersion {
    /// The `uid:gid` that a container's process must have so that its files belong to the person outside.
    pub fn user_for(&self, uid: u32, gid: u32) -> String {
        if self.is_rootless { "0:0".to_owned() } else { format!("{uid}:{gid}") }
    }
}

impl Engine {
    /// What kind of engine it is.
    pub async fn version(&self) -> Result<EngineVersion, LaunchError> {
        let version = self.within(self.timeout, self.docker.version()).await?;
        let info = self.within(self.timeout, self.docker.info()).await?;
        let components = version.components.unwrap_or_default();
        let is_podman = components.iter().any(|component| component.name.contains("Podman"));
        let system = info.operating_system.unwrap_or_default();
        Ok(EngineVersion {
            product: if is_podman { Product::Podman } else { Product::Docker },
            version: version.version.unwrap_or_default(),
            api: version.api_version.unwrap_or_default(),
            is_rootless: info.security_options.unwrap_or_default().iter().any(|option| option.contains("rootless")),
            os: version.os.unwrap_or_default(),
            architecture: version.arch.unwrap_or_default(),
            is_virtual: system.contains("Desktop") || system.contains("OrbStack") || !cfg!(target_os = "linux"),
        })
    }
}
