//! What of this machine a container sees, and what no container may see.

use std::io;
use std::path::{Path, PathBuf};

use launch::docker::{CheckedMount, MountProblem, MountRequest, Protected, checked_mounts};

use super::super::context::Context;
use super::guarded::Guarded;
use super::plan;
use crate::{DockerPlace, Failure, FleetError, Folders, Mount, Place, Profile, ProfileError};

/// What the person's mounts would give away, asked before anything is made.
pub(crate) async fn check_mounts(context: &Context, profile: &Profile) -> Result<(), FleetError> {
    let Place::Docker(place) = profile.place.clone() else { return Ok(()) };
    let (folders, guarded) = (context.folders.clone(), Guarded::now(context).await);
    // A folder on a sleeping network share takes its time; no thread of the runtime waits for it.
    let checked = tokio::task::spawn_blocking(move || of_person(&place, &folders, &guarded));
    let checked = checked.await.map_err(|_| FleetError::Closed)?;
    checked.map(drop).map_err(|problem| ProfileError::Mount { problem: problem.to_string() }.into())
}

/// What the person chose, without the project.
fn of_person(place: &DockerPlace, folders: &Folders, guarded: &Guarded) -> Result<Vec<CheckedMount>, MountProblem> {
    let requests: Vec<MountRequest> = place.mounts.iter().map(|mount| request(mount, folders)).collect();
    checked_mounts(&requests, &protected(folders, guarded), canonical)
}

/// The project and what the person chose.
pub(super) fn mounts(
    directory: &Path,
    place: &DockerPlace,
    folders: &Folders,
    guarded: &Guarded,
) -> Result<Vec<CheckedMount>, MountProblem> {
    let project = MountRequest { path: directory.to_path_buf(), target: None, is_writable: true };
    let chosen = place.mounts.iter().map(|mount| request(mount, folders));
    let requests: Vec<MountRequest> = [project].into_iter().chain(chosen).collect();
    checked_mounts(&requests, &protected(folders, guarded), canonical)
}

/// A mount that cannot be, with what to do about it.
pub(super) fn failed(problem: &MountProblem) -> Failure {
    Failure {
        cause: problem.to_string(),
        hint: Some("Change the mounts of its profile, or choose another directory".to_owned()),
        last_lines: Vec::new(),
    }
}

fn canonical(path: &Path) -> io::Result<PathBuf> {
    std::fs::canonicalize(path)
}

fn protected(folders: &Folders, guarded: &Guarded) -> Protected {
    let Guarded { secrets, programs, sockets } = guarded.clone();
    // A program may be a link to where it really is.
    let real =
        programs.iter().filter_map(|folder| canonical(&folder.join("opencode")).ok()?.parent().map(Path::to_path_buf));
    Protected {
        home: folders.home.clone(),
        secrets,
        programs: real.collect::<Vec<_>>().into_iter().chain(programs).collect(),
        sockets,
        places: vec![plan::HOME.into(), plan::AGENT.into()],
    }
}

fn request(mount: &Mount, folders: &Folders) -> MountRequest {
    MountRequest {
        path: at_home(&mount.path, &folders.home),
        target: mount.target.clone(),
        is_writable: mount.is_writable,
    }
}

fn at_home(path: &Path, home: &Path) -> PathBuf {
    path.strip_prefix("~").map_or_else(|_| path.to_path_buf(), |rest| home.join(rest))
}
