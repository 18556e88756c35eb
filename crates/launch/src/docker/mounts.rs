//! Which folders of the machine a container may see.

use std::{
    io,
    path::{Component, Path, PathBuf},
};

use thiserror::Error;

/// A folder or file that somebody wants a container to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountRequest {
    /// Which one.
    pub path: PathBuf,
    /// Where it is to be inside; at the same path if nothing is said.
    pub target: Option<PathBuf>,
    /// Whether the container may write there.
    pub is_writable: bool,
}

/// A folder or file that a container may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedMount {
    pub(super) source: PathBuf,
    pub(super) target: PathBuf,
    pub(super) is_writable: bool,
}

/// What no container may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protected {
    /// The person's home folder: what is in it may be mounted, itself and what it is in may not.
    pub home: PathBuf,
    /// Folders and files with secrets, beside the usual ones of the home folder.
    pub secrets: Vec<PathBuf>,
    /// Sockets of engines: whoever reaches one is root on the engine's machine.
    pub sockets: Vec<PathBuf>,
}

/// Why a folder or file cannot be mounted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MountProblem {
    /// The path is not absolute, or contains `..`.
    #[error("`{}` is not an absolute path without `..`", .path.display())]
    NotAbsolute {
        /// The path.
        path: PathBuf,
    },
    /// There is nothing, or it cannot be looked at.
    #[error("`{}` cannot be mounted because it cannot be opened: {reason}", .path.display())]
    Missing {
        /// The path.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// It is the home folder, or holds it.
    #[error("`{}` is your home folder or holds it, with all its secrets: choose a folder inside it", .path.display())]
    Home {
        /// What was to be mounted, links followed.
        path: PathBuf,
    },
    /// It is or holds secrets, or is part of them.
    #[error("`{}` gives away the secrets in `{}`: choose another folder", .path.display(), .secret.display())]
    Secret {
        /// What was to be mounted, links followed.
        path: PathBuf,
        /// The secrets.
        secret: PathBuf,
    },
    /// It is or holds the socket of an engine.
    #[error("`{}` gives away the container engine's socket `{}`, and so the whole machine: choose another folder", .path.display(), .socket.display())]
    Socket {
        /// What was to be mounted, links followed.
        path: PathBuf,
        /// The socket.
        socket: PathBuf,
    },
    /// It belongs to the system, or holds what does.
    #[error("`{}` belongs to the system or holds `{}`: choose another folder", .path.display(), .system.display())]
    System {
        /// What was to be mounted, links followed.
        path: PathBuf,
        /// The system's folder.
        system: PathBuf,
    },
    /// The container needs that place for itself.
    #[error("Nothing can be mounted at `{}` in a container: choose another place", .target.display())]
    Target {
        /// The place inside.
        target: PathBuf,
    },
    /// Two things are to be at the same place.
    #[error("Two folders are to be mounted at `{}`: give one of them another place", .target.display())]
    Twice {
        /// The place inside.
        target: PathBuf,
    },
    /// An engine takes only paths that are text.
    #[error("The path `{}` is not valid UTF-8, which container engines need: rename it", .path.display())]
    NotText {
        /// The path.
        path: PathBuf,
    },
}

/// Folders with secrets in the home folder.
const SECRETS: [&str; 32] = [
    ".ssh",
    ".gnupg",
    ".aws",
    ".azure",
    ".kube",
    ".docker",
    ".config/gcloud",
    ".config/gh",
    ".config/hub",
    ".config/op",
    ".config/containers",
    ".config/rclone",
    ".config/sops",
    ".config/doctl",
    ".config/google-chrome",
    ".config/chromium",
    ".mozilla",
    ".password-store",
    ".local/share/keyrings",
    ".local/share/opencode",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".git-credentials",
    ".config/git/credentials",
    ".cargo/credentials.toml",
    ".terraform.d",
    ".vault-token",
    "Library/Keychains",
    "Library/Application Support",
    "AppData",
];

/// Folders of the system. Nothing of them, in them or above them is mounted.
const SYSTEM: [&str; 24] = [
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib32",
    "/lib64",
    "/proc",
    "/run",
    "/sbin",
    "/sys",
    "/usr",
    "/var/run",
    "/var/lib/docker",
    "/var/lib/containerd",
    "/var/lib/containers",
    "/System",
    "/Library",
    "/private/etc",
    "/private/var/run",
    "/private/var/db",
    "C:\\Windows",
    "C:\\Program Files",
    "C:\\ProgramData",
];

/// Sockets of engines where they usually are.
const SOCKETS: [&str; 3] = ["/var/run/docker.sock", "/run/docker.sock", "/run/podman/podman.sock"];

/// Where a container's own system is.
const TARGETS: [&str; 3] = ["/proc", "/sys", "/dev"];

/// Checks everything that a container is to see; `resolve` follows the links of a path (`std::fs::canonicalize`).
///
/// The first problem is told. Nothing is mounted by a path that was not resolved: a link could be changed later.
pub fn checked_mounts(
    requests: &[MountRequest],
    protected: &Protected,
    resolve: impl Fn(&Path) -> io::Result<PathBuf>,
) -> Result<Vec<CheckedMount>, MountProblem> {
    // What is protected may be reached over links as well; what does not exist protects its name.
    let both = |path: PathBuf| {
        let resolved = resolve(&path).ok().filter(|resolved| *resolved != path);
        resolved.into_iter().chain([path])
    };
    let home: Vec<PathBuf> = both(protected.home.clone()).collect();
    let secrets: Vec<PathBuf> = SECRETS
        .iter()
        .map(|name| protected.home.join(name))
        .chain(protected.secrets.iter().cloned())
        .flat_map(both)
        .collect();
    let sockets: Vec<PathBuf> =
        SOCKETS.iter().map(PathBuf::from).chain(protected.sockets.iter().cloned()).flat_map(both).collect();

    let mut checked: Vec<CheckedMount> = Vec::new();
    for request in requests {
        let target = request.target.as_ref().unwrap_or(&request.path);
        for path in [&request.path, target] {
            if !is_plain(path) {
                return Err(MountProblem::NotAbsolute { path: path.clone() });
            }
            if path.to_str().is_none() {
                return Err(MountProblem::NotText { path: path.clone() });
            }
        }
        let path = resolve(&request.path)
            .map_err(|error| MountProblem::Missing { path: request.path.clone(), reason: error.to_string() })?;
        if path.to_str().is_none() {
            return Err(MountProblem::NotText { path });
        }
        if let Some(problem) = forbidden(&path, &home, &secrets, &sockets) {
            return Err(problem);
        }
        if target.parent().is_none() || TARGETS.iter().any(|place| target.starts_with(place)) {
            return Err(MountProblem::Target { target: target.clone() });
        }
        if checked.iter().any(|other| other.target == *target) {
            return Err(MountProblem::Twice { target: target.clone() });
        }
        checked.push(CheckedMount { source: path, target: target.clone(), is_writable: request.is_writable });
    }
    Ok(checked)
}

impl CheckedMount {
    /// Something that we give to a container ourselves, like a single file that the person agreed to; nothing is checked.
    pub fn of_ours(source: PathBuf, target: PathBuf) -> Self {
        Self { source, target, is_writable: false }
    }

    /// The same, writable: for sockets.
    #[must_use]
    pub fn writable(self) -> Self {
        Self { is_writable: true, ..self }
    }

    /// What is mounted, links followed.
    pub fn source(&self) -> &Path {
        &self.source
    }

    /// Where it is inside.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Whether the container may write there.
    pub fn is_writable(&self) -> bool {
        self.is_writable
    }
}

fn is_plain(path: &Path) -> bool {
    path.is_absolute() && !path.components().any(|part| matches!(part, Component::ParentDir | Component::CurDir))
}

fn forbidden(path: &Path, home: &[PathBuf], secrets: &[PathBuf], sockets: &[PathBuf]) -> Option<MountProblem> {
    let path = path.to_owned();
    if home.iter().any(|home| home.starts_with(&path)) {
        return Some(MountProblem::Home { path });
    }
    if let Some(socket) = sockets.iter().find(|socket| socket.starts_with(&path)) {
        return Some(MountProblem::Socket { socket: socket.clone(), path });
    }
    if let Some(secret) = secrets.iter().find(|secret| secret.starts_with(&path) || path.starts_with(secret)) {
        return Some(MountProblem::Secret { secret: secret.clone(), path });
    }
    let system = SYSTEM.iter().map(Path::new).find(|system| system.starts_with(&path) || path.starts_with(system))?;
    // A home folder below one of these (`/var/lib/person`, `/usr/home/person`) is the person's all the same.
    let is_theirs = home.iter().any(|home| path.starts_with(home));
    (!is_theirs).then(|| MountProblem::System { system: system.to_owned(), path })
}

#[cfg(test)]
#[path = "mounts_tests.rs"]
mod tests;
