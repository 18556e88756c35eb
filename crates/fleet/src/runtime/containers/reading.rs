//! What of an engine's containers concerns us, and what it means. Pure but for nothing: it only reads what the engine told.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use launch::docker::{ContainerDetails, ContainerState, ContainerSummary, Reached};

use super::plan::HOME;
use super::{DIRECTORY_LABEL, IMAGE_LABEL, INSIDE_PORT, INSTANCE_LABEL};
use crate::containers::{ContainerRef, ContainerSeen, Ended, Mark, Phase};
use crate::discovery::{Credentials, Endpoint};
use crate::{Port, Timestamp};

/// What an engine is to the containers that it tells of.
#[derive(Clone, Debug)]
pub(super) struct EngineFacts {
    pub(super) address: String,
    /// Whether the addresses of its containers lead anywhere from here.
    pub(super) is_here: bool,
}

/// Whether a container of somebody else runs an opencode server, as far as its list tells.
pub(super) fn is_server(summary: &ContainerSummary) -> bool {
    if summary.labels.contains_key(INSTANCE_LABEL) {
        // Of a host with another state folder.
        return true;
    }
    let image = summary.image.split(['@', ':']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    let words: Vec<&str> = summary.command.trim_matches('"').split_whitespace().collect();
    let is_program = |word: &&str| word.rsplit('/').next() == Some("opencode");
    let is_opencode = image.contains("opencode") || words.iter().take(3).any(is_program);
    let serves = words.iter().any(|word| matches!(*word, "serve" | "web")) || !summary.ports.is_empty();
    is_opencode && serves
}

/// What its details say.
pub(super) fn seen(
    details: &ContainerDetails,
    engine: &EngineFacts,
    mark: Option<Mark>,
    ended: Ended,
) -> ContainerSeen {
    let inside = inside_port(details, mark.is_some());
    ContainerSeen {
        container: container_of(details, engine, mark.is_some()),
        phase: match &details.state {
            ContainerState::Running => Phase::Running,
            ContainerState::Paused => Phase::Paused,
            ContainerState::Restarting | ContainerState::Removing | ContainerState::Gone => Phase::Between,
            ContainerState::Created => Phase::Made,
            ContainerState::Exited { .. } | ContainerState::Dead => Phase::Ended(Box::new(ended)),
        },
        mark,
        endpoint: endpoint(details, engine, inside),
        directory: directory(details),
        credentials: details
            .environment
            .get("OPENCODE_SERVER_PASSWORD")
            .filter(|password| !password.is_empty())
            .map(|password| Credentials::new(details.environment.get("OPENCODE_SERVER_USERNAME"), password)),
        started_at: details.started.map(timestamp),
        made_with: None,
    }
}

/// The container itself.
pub(super) fn container_of(details: &ContainerDetails, engine: &EngineFacts, is_ours: bool) -> ContainerRef {
    let home = details.mounts.iter().find(|mount| mount.target == Path::new(HOME));
    // Our images are made of an id; the label tells more to a person.
    let image = details.labels.get(IMAGE_LABEL).unwrap_or(&details.image);
    ContainerRef {
        engine: engine.address.clone(),
        id: details.id.clone(),
        name: Some(details.name.clone()).filter(|name| !name.is_empty()),
        image: Some(image.clone()).filter(|image| !image.is_empty()),
        volume: home.and_then(|mount| mount.volume.clone()).filter(|_| is_ours),
    }
}

pub(super) fn timestamp(time: SystemTime) -> Timestamp {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// The port that its server listens on inside: by its command, or the only one that is published.
fn inside_port(details: &ContainerDetails, is_ours: bool) -> u16 {
    if is_ours {
        return INSIDE_PORT;
    }
    let words = &details.command;
    let after = words.iter().position(|word| word == "--port").and_then(|place| words.get(place + 1));
    let joined = words.iter().find_map(|word| word.strip_prefix("--port="));
    let named = after.map(String::as_str).or(joined).and_then(|port| port.parse().ok()).filter(|port| *port != 0);
    let published = || details.ports.first().map(|port| port.inside);
    named.or_else(published).unwrap_or(INSIDE_PORT)
}

/// Where its server is reached from here.
pub(super) fn endpoint(details: &ContainerDetails, engine: &EngineFacts, inside: u16) -> Option<Endpoint> {
    if !details.state.is_up() {
        return None;
    }
    if details.networks.contains_key("host") && engine.is_here {
        return Some(Endpoint::new(&IpAddr::from(Ipv4Addr::LOCALHOST).to_string(), Port::new(inside)?));
    }
    let socket = match details.reached(inside)? {
        Reached::Published(socket) => socket,
        Reached::Inside(socket) if engine.is_here => socket,
        Reached::Inside(_) => return None,
    };
    Some(Endpoint::new(&socket.ip().to_string(), Port::new(socket.port())?))
}

/// What it serves, by its path on this machine.
fn directory(details: &ContainerDetails) -> Option<PathBuf> {
    if let Some(label) = details.labels.get(DIRECTORY_LABEL) {
        return Some(PathBuf::from(label));
    }
    let inside = &details.working_directory;
    let outside = details.mounts.iter().find_map(|mount| {
        let rest = inside.strip_prefix(&mount.target).ok()?;
        let source = mount.source.as_ref()?;
        Some(if rest.as_os_str().is_empty() { source.clone() } else { source.join(rest) })
    });
    outside.or_else(|| Some(inside.clone()).filter(|inside| inside.is_absolute()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::SystemTime;

    use launch::docker::{ContainerSummary, Phase};

    use super::is_server;

    fn summary(image: &str, command: &str) -> ContainerSummary {
        ContainerSummary {
            id: "a".to_owned(),
            name: "a".to_owned(),
            image: image.to_owned(),
            image_id: String::new(),
            command: command.to_owned(),
            labels: BTreeMap::new(),
            phase: Phase::Running,
            ports: Vec::new(),
            created: SystemTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_server_is_known_by_its_image_or_its_command() {
        for (image, command, expected) in [
            ("ghcr.io/anomalyco/opencode:1.1.3", "opencode serve --port 4096", true),
            ("ghcr.io/anomalyco/opencode", "/bin/sh", false),
            ("debian:12", "/usr/local/bin/opencode serve", true),
            ("debian:12", "opencode --version", false),
            ("my/opencode-portal@sha256:aa", "opencode web", true),
            ("nginx", "nginx serve", false),
        ] {
            assert_eq!(is_server(&summary(image, command)), expected, "{image} {command}");
        }
    }
}
