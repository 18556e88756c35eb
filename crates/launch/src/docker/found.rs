//! Which engines there may be: what the person set, Docker's contexts, and the usual sockets.

use std::{
    fs,
    path::{Path, PathBuf},
};

use thiserror::Error;

use super::{TlsFiles, context};
use crate::{Environment, LaunchError};

/// How an engine was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// By `DOCKER_HOST`, or Podman's `CONTAINER_HOST`.
    Variable,
    /// By a context of Docker's.
    Context,
    /// By its socket, in a usual place.
    Socket,
    /// A person gave its address.
    Address,
}

/// An engine that may be there. Whether it answers shows only when it is connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineFound {
    /// The name by which it is chosen: that of its context, or of what usually listens there.
    pub name: String,
    /// Other names of the same engine.
    pub other_names: Vec<String>,
    /// Where it is.
    pub address: String,
    /// The certificates for it, if it is reached over TLS.
    pub tls: Option<TlsFiles>,
    /// How it was found.
    pub origin: Origin,
    /// Whether Docker's own command would take it.
    pub is_usual: bool,
    /// Why it cannot be used.
    pub problem: Option<EngineProblem>,
}

/// Why an engine cannot be used at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EngineProblem {
    /// It is reached over SSH.
    #[error(
        "`{address}` leads over SSH to another machine, which cannot see the folders of this one: start opencode over there, over SSH, or choose an engine of this machine"
    )]
    Ssh {
        /// Its address.
        address: String,
    },
    /// Its certificate is not to be checked.
    #[error(
        "Its certificate is not to be checked (`{setting}`), which is not supported: set it up with a certificate authority"
    )]
    Unchecked {
        /// What says so.
        setting: &'static str,
    },
    /// A file for TLS is missing.
    #[error("The file `{}` is missing that its TLS needs", .path.display())]
    TlsFileMissing {
        /// The file.
        path: PathBuf,
    },
    /// There is no context of that name.
    #[error("Docker has no context `{name}`: `docker context ls` lists those it has")]
    NoSuchContext {
        /// The name, from `DOCKER_CONTEXT` or Docker's configuration.
        name: String,
    },
}

/// Every engine that may be there, the usual one first. `environment` is the person's, `home` their home folder.
pub fn engines(environment: &Environment, home: &Path) -> Vec<EngineFound> {
    engines_below(Path::new("/"), environment, home)
}

/// The engine that a person chose, by a name or an address; the usual one if they chose none.
pub fn choose(found: &[EngineFound], chosen: Option<&str>) -> Result<EngineFound, LaunchError> {
    let Some(chosen) = chosen.filter(|name| !name.is_empty()) else {
        return found.iter().find(|engine| engine.is_usual).cloned().ok_or(LaunchError::NoEngine);
    };
    let is_it = |engine: &&EngineFound| {
        engine.name == chosen || engine.address == chosen || engine.other_names.iter().any(|name| name == chosen)
    };
    if let Some(engine) = found.iter().find(is_it) {
        return Ok(engine.clone());
    }
    if chosen.contains("://") {
        return Ok(EngineFound::new(chosen, chosen, Origin::Address));
    }
    let known = found.iter().map(|engine| engine.name.as_str()).collect::<Vec<_>>().join(", ");
    Err(LaunchError::EngineUnknown { name: chosen.to_owned(), known })
}

/// The sockets of all these engines, whether they can be used or not: whoever reaches one is root on that engine's machine.
pub fn sockets(found: &[EngineFound]) -> Vec<PathBuf> {
    found.iter().filter_map(EngineFound::socket).collect()
}

impl EngineFound {
    /// Its socket, if it listens on one.
    pub fn socket(&self) -> Option<PathBuf> {
        self.address.strip_prefix("unix://").filter(|path| !path.is_empty()).map(PathBuf::from)
    }

    pub(super) fn new(name: &str, address: &str, origin: Origin) -> Self {
        let problem = address.starts_with("ssh://").then(|| EngineProblem::Ssh { address: address.to_owned() });
        Self {
            name: name.to_owned(),
            other_names: Vec::new(),
            address: address.to_owned(),
            tls: None,
            origin,
            is_usual: false,
            problem,
        }
    }

    pub(super) fn with_tls(mut self, tls: TlsFiles) -> Self {
        if let Some(path) = tls.missing() {
            self.problem.get_or_insert(EngineProblem::TlsFileMissing { path: path.to_owned() });
        }
        self.tls = Some(tls);
        self
    }
}

/// As [`engines`], with the sockets of the system below another root.
fn engines_below(root: &Path, environment: &Environment, home: &Path) -> Vec<EngineFound> {
    let text = |name: &str| {
        environment.get(name).map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
    };
    let config = text("DOCKER_CONFIG").map_or_else(|| home.join(".docker"), PathBuf::from);

    let mut found = Vec::new();
    if let Some(host) = text("DOCKER_HOST") {
        let mut engine = EngineFound::new("DOCKER_HOST", &with_scheme(&host), Origin::Variable);
        if text("DOCKER_TLS_VERIFY").is_some() && !engine.address.starts_with("unix://") {
            let folder = text("DOCKER_CERT_PATH").map_or_else(|| config.clone(), PathBuf::from);
            engine = engine.with_tls(TlsFiles::in_folder(&folder));
        } else if text("DOCKER_TLS").is_some() {
            engine.problem = Some(EngineProblem::Unchecked { setting: "DOCKER_TLS" });
        }
        engine.is_usual = true;
        found.push(engine);
    }
    let current = text("DOCKER_CONTEXT").or_else(|| context::current(&config)).filter(|name| name != "default");
    found.extend(context::contexts(&config));
    if let (Some(name), None) = (current, found.first().filter(|engine| engine.is_usual)) {
        if let Some(engine) = found.iter_mut().find(|engine| engine.name == name) {
            engine.is_usual = true;
        } else {
            let mut missing = EngineFound::new(&name, "", Origin::Context);
            missing.problem = Some(EngineProblem::NoSuchContext { name });
            missing.is_usual = true;
            found.push(missing);
        }
    }
    let folder = |name: &str| text(name).map(PathBuf::from);
    let configs = folder("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
    let mut sockets = usual_sockets(root, home, &configs, folder("XDG_RUNTIME_DIR").as_deref());
    let data = folder("XDG_DATA_HOME").unwrap_or_else(|| home.join(".local/share"));
    sockets.extend(podman_machines(&data, [folder("XDG_RUNTIME_DIR"), folder("TMPDIR")].into_iter().flatten()));
    for (name, path) in sockets {
        if path.exists() {
            found.push(EngineFound::new(&name, &format!("unix://{}", path.display()), Origin::Socket));
        }
    }
    #[cfg(windows)]
    for (name, pipe) in [("default", "docker_engine"), ("podman-machine-default", "podman-machine-default")] {
        if Path::new(&format!(r"\\.\pipe\{pipe}")).exists() {
            found.push(EngineFound::new(name, &format!("npipe:////./pipe/{pipe}"), Origin::Socket));
        }
    }
    // Last, so that an engine that is known by a better name keeps it. Docker's own command does not read this variable.
    if let Some(host) = text("CONTAINER_HOST") {
        found.push(EngineFound::new("CONTAINER_HOST", &with_scheme(&host), Origin::Variable));
    }

    if !found.iter().any(|engine| engine.is_usual)
        && let Some(first) =
            found.iter_mut().find(|engine| engine.origin != Origin::Context && engine.problem.is_none())
    {
        first.is_usual = true;
    }
    found.sort_by_key(|engine| !engine.is_usual);
    each_once(found)
}

/// Where engines usually listen, the commonest first.
fn usual_sockets(root: &Path, home: &Path, configs: &Path, runtime: Option<&Path>) -> Vec<(String, PathBuf)> {
    let mut sockets = vec![("default".to_owned(), root.join("var/run/docker.sock"))];
    let mut add = |name: &str, path: PathBuf| sockets.push((name.to_owned(), path));
    if let Some(runtime) = runtime {
        add("rootless", runtime.join("docker.sock"));
    }
    add("docker-desktop", home.join(".docker/run/docker.sock"));
    add("docker-desktop", home.join(".docker/desktop/docker.sock"));
    add("orbstack", home.join(".orbstack/run/docker.sock"));
    for folder in [home.join(".colima"), configs.join("colima")] {
        for profile in children(&folder) {
            let name = profile.file_name().unwrap_or_default().to_string_lossy();
            let name = if name == "default" { "colima".to_owned() } else { format!("colima-{name}") };
            add(&name, profile.join("docker.sock"));
        }
    }
    if let Some(runtime) = runtime {
        add("podman", runtime.join("podman/podman.sock"));
    }
    add("podman-system", root.join("run/podman/podman.sock"));
    sockets
}

/// Where Podman's machines listen on this machine: `podman machine` makes a socket for each, where that is depends on its version.
fn podman_machines(data: &Path, temporary: impl Iterator<Item = PathBuf>) -> Vec<(String, PathBuf)> {
    let named = |machine: &str| {
        if machine.starts_with("podman") { machine.to_owned() } else { format!("podman-{machine}") }
    };
    let mut sockets = Vec::new();
    for folder in temporary {
        for path in children(&folder.join("podman")) {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            if let Some(machine) = file.strip_suffix("-api.sock") {
                sockets.push((named(machine), path.clone()));
            }
        }
    }
    let old = data.join("containers/podman/machine");
    sockets.push(("podman-machine".to_owned(), old.join("podman.sock")));
    for path in children(&old) {
        let machine = named(&path.file_name().unwrap_or_default().to_string_lossy());
        sockets.push((machine, path.join("podman.sock")));
    }
    sockets
}

/// What is in a folder, by name; nothing if it cannot be read.
fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut children: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    children.sort();
    children
}

/// An address without a scheme, as some set it: a path or a host with a port.
fn with_scheme(host: &str) -> String {
    match host {
        _ if host.contains("://") => host.to_owned(),
        _ if host.starts_with('/') => format!("unix://{host}"),
        _ => format!("tcp://{host}"),
    }
}

/// Keeps the first of all entries that mean the same engine, and gives it the names of the others.
fn each_once(found: Vec<EngineFound>) -> Vec<EngineFound> {
    let mut kept: Vec<EngineFound> = Vec::new();
    for engine in found {
        let same = |other: &&mut EngineFound| {
            meant(&other.address) == meant(&engine.address) && other.tls == engine.tls && !engine.address.is_empty()
        };
        match kept.iter_mut().find(same) {
            Some(first) if first.name != engine.name && !first.other_names.contains(&engine.name) => {
                first.other_names.push(engine.name);
            }
            Some(_) => {}
            None => kept.push(engine),
        }
    }
    kept
}

/// An address with its socket's links followed: `/var/run` is one to `/run`.
fn meant(address: &str) -> String {
    let socket = address.strip_prefix("unix://").and_then(|path| fs::canonicalize(path).ok());
    socket.map_or_else(|| address.to_owned(), |path| format!("unix://{}", path.display()))
}

#[cfg(test)]
#[path = "found_tests.rs"]
mod tests;
