//! Where the usual engine is, by its address alone.

use std::path::Path;

/// The address of the engine: what the user set (`DOCKER_HOST`), or else the first of the usual sockets that is there.
pub fn address(docker_host: Option<&str>, home: &Path, runtime_folder: Option<&Path>) -> String {
    if let Some(host) = docker_host.filter(|host| !host.is_empty()) {
        return host.to_owned();
    }
    let usual = [
        Some(Path::new("/var/run/docker.sock").to_owned()),
        runtime_folder.map(|folder| folder.join("docker.sock")),
        Some(home.join(".docker/run/docker.sock")),
    ];
    let found = usual.into_iter().flatten().find(|path| path.exists());
    format!("unix://{}", found.unwrap_or_else(|| "/var/run/docker.sock".into()).display())
}
