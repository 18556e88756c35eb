//! Which folders of the machine a container may see.

use std::{
    io,
    path::{Component, Path, PathBuf},
};

use thiserror::Error;

use super::Protected;

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
    /// It is where every program keeps its sockets and files, or belongs to an agent with keys.
    #[error("`{}` is shared by all programs of this machine, which keep sockets and secrets there: choose a folder of your own inside it", .path.display())]
    Shared {
        /// What was to be mounted, links followed.
        path: PathBuf,
    },
    /// It is to be written, and is or holds what is run without being asked for, mostly at the next login.
    #[error("`{}` is or holds `{}`, which is run later on this machine, outside of every container: choose another folder, or let it be read only", .path.display(), .file.display())]
    RunLater {
        /// What was to be mounted, links followed.
        path: PathBuf,
        /// What is run.
        file: PathBuf,
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
    /// It is to be inside another folder that has no place for it.
    #[error("Nothing can be mounted at `{}` in a container because there is no `{}`: make that first, or choose another place", .target.display(), .place.display())]
    Nowhere {
        /// The place inside.
        target: PathBuf,
        /// That place, outside.
        place: PathBuf,
    },
    /// An engine takes only paths that are text.
    #[error("The path `{}` is not valid UTF-8, which container engines need: rename it", .path.display())]
    NotText {
        /// The path.
        path: PathBuf,
    },
}

/// Checks everything that a container is to see; `resolve` follows the links of a path (`std::fs::canonicalize`).
///
/// The first problem is told. Nothing is mounted by a path that was not resolved: a link could be changed later.
pub fn checked_mounts(
    requests: &[MountRequest],
    protected: &Protected,
    resolve: impl Fn(&Path) -> io::Result<PathBuf>,
) -> Result<Vec<CheckedMount>, MountProblem> {
    let all = protected.in_full(&resolve);
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
        if let Some(problem) = all.forbids(&path, request.is_writable) {
            return Err(problem);
        }
        if !protected.lets_put(target) {
            return Err(MountProblem::Target { target: target.clone() });
        }
        if checked.iter().any(|other| other.target == *target) {
            return Err(MountProblem::Twice { target: target.clone() });
        }
        checked.push(CheckedMount { source: path, target: target.clone(), is_writable: request.is_writable });
    }
    match nowhere(&checked, resolve) {
        Some(problem) => Err(problem),
        None => Ok(checked),
    }
}

/// A mount inside another one for which there is no place: the engine would make that, as root, in the person's folder.
fn nowhere(mounts: &[CheckedMount], resolve: impl Fn(&Path) -> io::Result<PathBuf>) -> Option<MountProblem> {
    let pairs = mounts.iter().flat_map(|outer| mounts.iter().map(move |inner| (outer, inner)));
    pairs.filter(|(outer, inner)| outer.target != inner.target).find_map(|(outer, inner)| {
        let place = outer.source.join(inner.target.strip_prefix(&outer.target).ok()?);
        resolve(&place).is_err().then(|| MountProblem::Nowhere { target: inner.target.clone(), place })
    })
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

#[cfg(test)]
#[path = "mounts_tests.rs"]
mod tests;
