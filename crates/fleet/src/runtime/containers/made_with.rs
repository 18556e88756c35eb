//! With what a container of ours was made, as its engine tells it: for an instance whose profile is lost.
//!
//! What a person took from it (the network, memory, a place to write) it must not get by being made anew. Pure.

use std::path::Path;

use launch::docker::{ContainerDetails, MountedAt, NetworkChoice, own_image};

use super::super::roster::command;
use super::plan::{AGENT, HOME};
use super::{DIRECTORY_LABEL, IMAGE_LABEL, VERSION_LABEL};
use crate::{DockerPlace, Mount, Network, Pass, Place, Profile};

const MIB: u64 = 1 << 20;
/// So many billionths of a core are one percent of it.
const NANO_CPUS_A_PERCENT: u64 = 10_000_000;

/// The profile that makes such a container again. What no engine tells, as when it sleeps, is as it usually is.
pub(super) fn made_with(details: &ContainerDetails) -> Profile {
    let variable = |name: &str| details.environment.get(name).filter(|value| !value.is_empty()).map(str::to_owned);
    Profile {
        place: Place::Docker(place(details)),
        config: variable(command::CONFIG),
        permission: variable("OPENCODE_PERMISSION"),
        ..Profile::default()
    }
}

fn place(details: &ContainerDetails) -> DockerPlace {
    let limits = &details.limits;
    // More than these types hold is as good as no limit.
    let small = |value: u64| u32::try_from(value).ok();
    DockerPlace {
        engine: None,
        image: image(details),
        memory_mib: limits.memory_bytes.map(|bytes| bytes / MIB).and_then(small),
        cpu_percent: limits.nano_cpus.map(|cpus| cpus / NANO_CPUS_A_PERCENT).and_then(small),
        pids: limits.pids,
        network: match &details.network {
            NetworkChoice::On => Network::On,
            NetworkChoice::Off => Network::Off,
            NetworkChoice::Named(name) => Network::Named(name.clone()),
        },
        mounts: mounts(details),
        user: Some(details.user.clone()).filter(|user| !user.is_empty()),
        // What it was given of the person's is theirs to give again.
        pass: Pass::default(),
    }
}

/// The image as the person named it; none: ours.
fn image(details: &ContainerDetails) -> Option<String> {
    let named = details.labels.get(IMAGE_LABEL).unwrap_or(&details.image);
    let version = details.labels.get(VERSION_LABEL).map_or("", String::as_str);
    let is_ours = own_image(version).is_ok_and(|own| own.as_str() == named);
    Some(named.clone()).filter(|image| !is_ours && !image.is_empty())
}

/// What the person mounted: not the project, and nothing of ours.
fn mounts(details: &ContainerDetails) -> Vec<Mount> {
    let project = details.labels.get(DIRECTORY_LABEL).map_or(details.working_directory.as_path(), Path::new);
    let is_theirs = |target: &Path| ![project, Path::new(HOME), Path::new(AGENT)].contains(&target);
    let mount = |mount: &MountedAt| {
        let source = mount.source.clone()?;
        let target = Some(mount.target.clone()).filter(|target| *target != source);
        Some(Mount { path: source, target, is_writable: mount.is_writable })
    };
    details.mounts.iter().filter(|mount| is_theirs(&mount.target)).filter_map(mount).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use launch::docker::{
        ContainerDetails, ContainerEnvironment, ContainerState, Limits, MountedAt, NetworkChoice, own_image,
    };

    use super::made_with;
    use crate::{DockerPlace, Mount, Network, Place, Profile};

    fn mounted(source: &str, target: &str, is_writable: bool) -> MountedAt {
        MountedAt { source: Some(source.into()), volume: None, target: target.into(), is_writable }
    }

    fn details(image: &str) -> ContainerDetails {
        let mut environment = ContainerEnvironment::default();
        environment.set("OPENCODE_PERMISSION", r#"{"bash":"deny"}"#);
        environment.set("OPENCODE_AUTH_CONTENT", "{}");
        let labels = [
            ("org.opencode-portal.directory", "/srv/site"),
            ("org.opencode-portal.image", image),
            ("org.opencode-portal.version", "1.18.33"),
        ];
        let volume = MountedAt {
            source: None,
            volume: Some("v".to_owned()),
            target: "/home/opencode".into(),
            is_writable: true,
        };
        ContainerDetails {
            id: "a".to_owned(),
            name: "a".to_owned(),
            image: "sha256:1".to_owned(),
            image_id: "sha256:1".to_owned(),
            command: Vec::new(),
            working_directory: "/srv/site".into(),
            user: "1000:1000".to_owned(),
            environment,
            labels: labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            state: ContainerState::Created,
            pid: None,
            created: None,
            started: None,
            ended: None,
            ports: Vec::new(),
            networks: BTreeMap::new(),
            mounts: vec![
                mounted("/srv/site", "/srv/site", true),
                volume,
                mounted("/run/agent", "/tmp/opencode-ssh-agent.sock", true),
                mounted("/srv/docs", "/srv/docs", false),
                mounted("/srv/cache", "/cache", true),
            ],
            network: NetworkChoice::Off,
            limits: Limits { memory_bytes: Some(512 << 20), nano_cpus: Some(1_500_000_000), pids: Some(100) },
            memory_limit: Some(512 << 20),
            has_terminal: false,
        }
    }

    #[test]
    fn what_a_person_took_from_a_container_is_read_back_and_what_they_gave_it_is_not() {
        let mount = |path: &str, target: Option<&str>, is_writable| Mount {
            path: path.into(),
            target: target.map(PathBuf::from),
            is_writable,
        };
        let place = DockerPlace {
            memory_mib: Some(512),
            cpu_percent: Some(150),
            pids: Some(100),
            network: Network::Off,
            mounts: vec![mount("/srv/docs", None, false), mount("/srv/cache", Some("/cache"), true)],
            user: Some("1000:1000".to_owned()),
            ..DockerPlace::default()
        };
        let permission = Some(r#"{"bash":"deny"}"#.to_owned());
        let ours = own_image("1.18.33").unwrap();
        let expected = Profile { place: Place::Docker(place.clone()), permission, ..Profile::default() };
        assert_eq!(made_with(&details(ours.as_str())), expected);
        let place = Place::Docker(DockerPlace { image: Some("my/opencode:2".to_owned()), ..place });
        assert_eq!(made_with(&details("my/opencode:2")), Profile { place, ..expected });
    }
}
