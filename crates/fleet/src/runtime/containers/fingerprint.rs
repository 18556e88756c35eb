//! What tells whether two plans make the same container.
//!
//! It stands in a label that everybody reads who may ask the engine, and is made of secrets as well: so it is keyed, and tells nothing without the key.

use std::time::Duration;

use launch::docker::ContainerPlan;
use ring::hmac;

use super::credentials::lasting;

/// A change of what is hashed, or of how, makes every container anew: then this is another one.
const SCHEME: u32 = 2;

/// The hash of everything that makes a container what it is, but for its name and its labels. The environment is without what is other at each start.
pub(super) fn fingerprint(plan: &ContainerPlan, auth: Option<&str>, key: &[u8]) -> String {
    let ContainerPlan { image, entrypoint, command, working_directory, mounts, volumes, port, environment, .. } = plan;
    let ContainerPlan { user, limits, network, grace, .. } = plan;
    let mounts: Vec<_> = mounts.iter().map(|mount| (mount.source(), mount.target(), mount.is_writable())).collect();
    let volumes: Vec<_> = volumes.iter().map(|volume| (&volume.name, &volume.target)).collect();
    let directory = working_directory.as_os_str().as_encoded_bytes();
    let variables: Vec<_> = environment.iter().collect();
    let said = format!(
        "{SCHEME} {image:?} {entrypoint:?} {command:?} {directory:?} {mounts:?} {volumes:?} {port:?} {variables:?} {user:?} {limits:?} {network:?} {:?} {:?}",
        Duration::as_millis(grace),
        auth.map(lasting)
    );
    let hash = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), said.as_bytes());
    hash.as_ref().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use launch::docker::{ContainerEnvironment, ContainerName, ContainerPlan, Limits, NetworkChoice};

    use super::fingerprint;

    fn plan() -> ContainerPlan {
        let mut environment = ContainerEnvironment::default();
        environment.set("KEY", "hunter2");
        ContainerPlan {
            name: ContainerName::from_text("a"),
            image: "sha256:a".to_owned(),
            entrypoint: None,
            command: vec!["serve".to_owned()],
            working_directory: "/srv/site".into(),
            mounts: Vec::new(),
            volumes: Vec::new(),
            port: None,
            environment,
            labels: BTreeMap::new(),
            user: None,
            limits: Limits { memory_bytes: None, nano_cpus: None, pids: None },
            network: NetworkChoice::On,
            grace: Duration::from_secs(5),
        }
    }

    const AUTH: &str = r#"{"a":{"type":"oauth","refresh":"r","access":"x","expires":1}}"#;

    fn check(change: impl FnOnce(&mut ContainerPlan), auth: Option<&str>, is_same: bool) {
        let mut changed = plan();
        change(&mut changed);
        let (before, after) = (fingerprint(&plan(), Some(AUTH), b"key"), fingerprint(&changed, auth, b"key"));
        assert_eq!(before == after, is_same, "{changed:?} {auth:?}");
    }

    #[test]
    fn what_makes_another_container() {
        check(|_| {}, Some(AUTH), true);
        check(|plan| plan.name = ContainerName::from_text("b"), Some(AUTH), true);
        check(|plan| plan.image = "sha256:b".to_owned(), Some(AUTH), false);
        check(|plan| plan.network = NetworkChoice::Off, Some(AUTH), false);
        check(|plan| plan.limits.pids = Some(5), Some(AUTH), false);
        check(|plan| plan.environment.set("KEY", "hunter3"), Some(AUTH), false);
        check(|plan| plan.user = Some("1:1".to_owned()), Some(AUTH), false);
        check(|_| {}, None, false);
        check(|_| {}, Some(&AUTH.replace("\"x\"", "\"y\"")), true);
        check(|_| {}, Some(&AUTH.replace("\"r\"", "\"s\"")), false);
    }

    #[test]
    fn it_is_hmac_sha256_and_nothing_without_its_key() {
        let (one, other) = (fingerprint(&plan(), None, b"key"), fingerprint(&plan(), None, b"other"));
        assert_eq!(one.len(), 64);
        assert!(one.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(one, other);
    }
}
