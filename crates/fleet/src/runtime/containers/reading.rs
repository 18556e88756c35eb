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
    let serving = serving(summary.command.split_whitespace());
    let serves = serving.is_some() || !summary.ports.is_empty();
    serving == Some(Serving::Opencode) || (is_opencode(&summary.image) && serves)
}

/// What a command that serves is a command of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Serving {
    Opencode,
    /// An image has more than its command says.
    Something,
}

/// Whether the words of a command are those of something that serves. It may be in a shell's words, or behind others.
fn serving<'a>(words: impl Iterator<Item = &'a str>) -> Option<Serving> {
    let mut serving = Serving::Something;
    for word in words {
        let word = word.trim_matches(['"', '\'', ';', '&', '|', '(', ')']);
        if matches!(word, "serve" | "web") {
            return Some(serving);
        }
        let program = word.rsplit('/').next().unwrap_or_default().split('@').next().unwrap_or_default();
        if matches!(program, "opencode" | "opencode-ai") {
            serving = Serving::Opencode;
        }
    }
    None
}

/// Whether an image is one of opencode, by its name.
fn is_opencode(image: &str) -> bool {
    // A registry may have a port in front of it.
    let last = image.rsplit('/').next().unwrap_or_default();
    last.split(['@', ':']).next().unwrap_or_default().contains("opencode")
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
        serves: match serving(details.command.iter().flat_map(|word| word.split_whitespace())) {
            Some(Serving::Opencode) => true,
            Some(Serving::Something) => is_opencode(&details.image),
            None => false,
        },
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
            // As an engine lists a command with words that have spaces in them.
            ("debian:12", "sh -c 'opencode serve --port 4096'", true),
            ("debian:12", "\"/bin/sh -c 'cd /srv && exec opencode serve; true'\"", true),
            ("debian:12", "tini -- gosu dev env A=1 /usr/bin/opencode web", true),
            ("node:22", "npx -y opencode-ai@latest serve", true),
            ("debian:12", "sh -c 'make serve && opencode run'", false),
            ("localhost:5000/opencode:1", "web", true),
            ("my/opencode", "sh -c 'sleep 1'", false),
        ] {
            assert_eq!(is_server(&summary(image, command)), expected, "{image} {command}");
        }
    }
}
