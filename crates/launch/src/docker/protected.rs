//! What of a machine no container may see, and where in a container nothing may be put.

use std::path::{Path, PathBuf};

use super::{
    MountProblem,
    sensitive::{RUN_LATER, SECRETS},
};

/// What no container may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protected {
    /// The person's home folder: what is in it may be mounted, itself and what it is in may not.
    pub home: PathBuf,
    /// Folders and files with secrets, beside the usual ones of the home folder.
    pub secrets: Vec<PathBuf>,
    /// Folders that this machine looks for programs in, beside the usual ones of the home folder: they may be seen, not changed.
    pub programs: Vec<PathBuf>,
    /// Sockets of engines, of all that were found: whoever reaches one is root on that engine's machine.
    pub sockets: Vec<PathBuf>,
    /// Places inside that we use ourselves, like the home folder there: nothing is mounted at them or above them.
    pub places: Vec<PathBuf>,
}

/// Folders of the system. Nothing of them, in them or above them is mounted.
const SYSTEM: [&str; 26] = [
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
    "/tmp/.X11-unix",
    "/tmp/.ICE-unix",
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

/// Where every program leaves its sockets, those of agents with keys among them.
const TEMPORARY: [&str; 4] = ["/tmp", "/var/tmp", "/private/tmp", "/private/var/tmp"];
/// What an agent with keys calls the folder of its socket there, and we that of a connection to another machine.
const AGENT: &str = "ssh-";

/// Sockets of engines where they usually are.
const SOCKETS: [&str; 3] = ["/var/run/docker.sock", "/run/docker.sock", "/run/podman/podman.sock"];

/// Where the kernel of a container is.
const KERNEL: [&str; 3] = ["/proc", "/sys", "/dev"];
/// What a container cannot do without: the system of its image, and the accounts, which we write. Something may be put into these.
const NEEDED: [&str; 15] = [
    "/etc",
    "/etc/passwd",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/usr",
    "/usr/bin",
    "/usr/sbin",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local",
    "/usr/local/bin",
];

impl Protected {
    /// The same, with all that the lists here name, and what each of them leads to.
    /// What is protected may be reached over links as well; what does not exist protects its name.
    pub(super) fn in_full(&self, resolve: impl Fn(&Path) -> std::io::Result<PathBuf>) -> InFull {
        let both = |path: PathBuf| {
            let resolved = resolve(&path).ok().filter(|resolved| *resolved != path);
            resolved.into_iter().chain([path])
        };
        let at_home = |name: &&str| self.home.join(name);
        InFull {
            home: both(self.home.clone()).collect(),
            secrets: SECRETS.iter().map(at_home).chain(self.secrets.iter().cloned()).flat_map(both).collect(),
            run_later: RUN_LATER.iter().map(at_home).flat_map(both).collect(),
            programs: self.programs.iter().cloned().flat_map(both).collect(),
            sockets: SOCKETS.iter().map(PathBuf::from).chain(self.sockets.iter().cloned()).flat_map(both).collect(),
            temporary: TEMPORARY.iter().map(PathBuf::from).flat_map(both).collect(),
        }
    }

    /// Whether something can be mounted at this place inside.
    pub(super) fn lets_put(&self, target: &Path) -> bool {
        let is_ours = self.places.iter().any(|place| place.starts_with(target));
        let is_needed = NEEDED.iter().any(|place| Path::new(place).starts_with(target));
        target.parent().is_some() && !is_ours && !is_needed && !KERNEL.iter().any(|place| target.starts_with(place))
    }
}

/// All that no container may see.
pub(super) struct InFull {
    home: Vec<PathBuf>,
    secrets: Vec<PathBuf>,
    run_later: Vec<PathBuf>,
    programs: Vec<PathBuf>,
    sockets: Vec<PathBuf>,
    temporary: Vec<PathBuf>,
}

impl InFull {
    /// Why a folder or file, with its links followed, may not be seen, or changed if that is wanted.
    pub fn forbids(&self, path: &Path, is_writable: bool) -> Option<MountProblem> {
        let path = path.to_owned();
        let is_part = |other: &&PathBuf| other.starts_with(&path) || path.starts_with(other);
        if self.home.iter().any(|home| home.starts_with(&path)) {
            return Some(MountProblem::Home { path });
        }
        if let Some(socket) = self.sockets.iter().find(|socket| socket.starts_with(&path)) {
            return Some(MountProblem::Socket { socket: socket.clone(), path });
        }
        if let Some(secret) = self.secrets.iter().find(is_part) {
            return Some(MountProblem::Secret { secret: secret.clone(), path });
        }
        if self.temporary.iter().any(|folder| shares(folder, &path)) {
            return Some(MountProblem::Shared { path });
        }
        if let Some(file) = self.run_later.iter().filter(|_| is_writable).find(is_part) {
            return Some(MountProblem::RunLater { file: file.clone(), path });
        }
        // A program is looked up in such a folder itself, not in folders below it.
        let is_looked_up = |folder: &&PathBuf| {
            folder.starts_with(&path) || (path.parent() == Some(folder.as_path()) && !path.is_dir())
        };
        if let Some(folder) = self.programs.iter().filter(|_| is_writable).find(is_looked_up) {
            return Some(MountProblem::RunLater { file: folder.clone(), path });
        }
        let is_part = |system: &&Path| system.starts_with(&path) || path.starts_with(system);
        let system = SYSTEM.iter().map(Path::new).find(is_part)?;
        // A home folder below one of these (`/var/lib/person`, `/usr/home/person`) is the person's all the same.
        let is_theirs = self.home.iter().any(|home| path.starts_with(home));
        (!is_theirs).then(|| MountProblem::System { system: system.to_owned(), path })
    }
}

/// Whether that is the folder for everything temporary, or what an agent with keys has there.
fn shares(temporary: &Path, path: &Path) -> bool {
    let Ok(rest) = path.strip_prefix(temporary) else { return temporary.starts_with(path) };
    let first = rest.components().next().map(|name| name.as_os_str().to_string_lossy());
    first.is_none_or(|first| first.starts_with(AGENT))
}
