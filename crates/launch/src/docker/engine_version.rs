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
    /// Whether it keeps containers from files by `SELinux`: then they read nothing that is mounted unless that is ended for them.
    pub has_selinux: bool,
    /// The operating system of its containers, like `linux`.
    pub os: String,
    /// The architecture of its containers as images name it, like `amd64`.
    pub architecture: String,
    /// Whether it keeps containers in a virtual machine (Docker Desktop, Colima and such): then the addresses of containers are not ours.
    pub is_virtual: bool,
    /// The name of the machine that it runs on; empty if it does not say.
    pub machine: String,
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
        let machine = info.name.unwrap_or_default();
        let security = info.security_options.unwrap_or_default();
        Ok(EngineVersion {
            product: if is_podman { Product::Podman } else { Product::Docker },
            version: version.version.unwrap_or_default(),
            api: version.api_version.unwrap_or_default(),
            is_rootless: security.iter().any(|option| option.contains("rootless")),
            has_selinux: security.iter().any(|option| is_selinux(option)),
            os: version.os.unwrap_or_default(),
            architecture: version.arch.unwrap_or_default(),
            is_virtual: !cfg!(target_os = "linux") || is_virtual(&system, &machine, own_machine().as_deref()),
            machine,
        })
    }
}

/// Whether one of the engine's security options is `SELinux`: `name=selinux`, with what else is said of it after commas.
fn is_selinux(option: &str) -> bool {
    option.split(',').any(|word| word.trim() == "name=selinux")
}

/// The name of this machine, as engines tell theirs.
pub(super) fn own_machine() -> Option<String> {
    #[cfg(target_os = "linux")]
    let name = rustix::system::uname().nodename().to_str().ok().map(str::to_owned);
    // Elsewhere every engine is in a virtual machine, which has a name of its own.
    #[cfg(not(target_os = "linux"))]
    let name = None;
    name
}

/// Whether an engine has a virtual machine of its own on this one, by the names that such machines are given.
fn is_virtual(system: &str, machine: &str, own: Option<&str>) -> bool {
    let is_named = ["docker-desktop", "orbstack", "colima", "lima", "rancher-desktop"]
        .iter()
        .any(|name| machine.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')));
    system.contains("Desktop") || system.contains("OrbStack") || (is_named && own != Some(machine))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selinux_is_known_by_its_name() {
        for (option, expected) in [
            ("name=selinux", true),
            ("name=selinux,type=targeted", true),
            ("name=seccomp,profile=builtin", false),
            ("name=seccomp,profile=/etc/selinux/name=selinux.json", false),
            ("name=apparmor", false),
            ("", false),
        ] {
            assert_eq!(is_selinux(option), expected, "{option}");
        }
    }

    #[test]
    fn virtual_machines_are_known_by_their_names() {
        for (system, machine, expected) in [
            ("Docker Desktop", "docker-desktop", true),
            ("OrbStack", "orbstack", true),
            ("Ubuntu 24.04 LTS", "colima", true),
            ("Ubuntu 24.04 LTS", "colima-work", true),
            ("Alpine Linux v3.20", "lima-rancher-desktop", true),
            ("Debian GNU/Linux 12", "desk", false),
            ("Debian GNU/Linux 12", "limabean", false),
            ("Debian GNU/Linux 12", "lima-peru", false),
        ] {
            assert_eq!(is_virtual(system, machine, Some("lima-peru")), expected, "{system} {machine}");
        }
    }
}
