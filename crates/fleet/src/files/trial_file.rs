//! The file beside each trial of an opencode: `<state>/trials/NAME/trial.json`. It says whose it is and what runs in it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use launch::ProcessIdentity;
use serde::{Deserialize, Serialize};

use super::atomic::{self, Durability};
use super::identity_file::IdentityFile;

const NAME: &str = "trial.json";

/// A trial that is under way, or whose host was killed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trial {
    /// Who tries it.
    pub(crate) host: ProcessIdentity,
    /// The server that is tried. None: it was not started yet.
    pub(crate) process: Option<ProcessIdentity>,
}

#[derive(Serialize, Deserialize)]
struct TrialFile {
    host: IdentityFile,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    process: Option<IdentityFile>,
}

/// Writes it into the folder of its trial. It tells of processes, which do not survive a loss of power.
pub(crate) fn write(folder: &Path, trial: &Trial) -> io::Result<()> {
    let file = TrialFile { host: (&trial.host).into(), process: trial.process.as_ref().map(IdentityFile::from) };
    let text = serde_json::to_vec(&file).map_err(io::Error::other)?;
    atomic::write(&folder.join(NAME), &text, Durability::Buffered)
}

/// The folders of trials whose host is gone, and the server in each of them, if it lives.
pub(crate) fn left_behind(folder: &Path) -> Vec<(PathBuf, Option<ProcessIdentity>)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let folders = entries.filter_map(|entry| Some(entry.ok()?.path()));
    folders
        .filter_map(|folder| {
            // Without a file that can be read it is being made, or nothing was started in it.
            let trial = read(&folder.join(NAME)).ok()?;
            (!trial.host.is_alive()).then(|| (folder, trial.process.filter(ProcessIdentity::is_alive)))
        })
        .collect()
}

fn read(path: &Path) -> io::Result<Trial> {
    let file: TrialFile = serde_json::from_slice(&fs::read(path)?).map_err(io::Error::other)?;
    Ok(Trial { host: file.host.into(), process: file.process.map(ProcessIdentity::from) })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use launch::ProcessIdentity;

    use super::{Trial, left_behind, write};

    #[test]
    fn only_what_has_lost_its_host_is_left_behind() {
        let trials = tempfile::tempdir().unwrap();
        let us = ProcessIdentity::observe(std::process::id()).unwrap();
        let gone = ProcessIdentity { started_at: us.started_at + 1, ..us.clone() };
        let put = |name: &str, host: &ProcessIdentity, process: Option<&ProcessIdentity>| {
            let folder = trials.path().join(name);
            fs::create_dir(&folder).unwrap();
            write(&folder, &Trial { host: host.clone(), process: process.cloned() }).unwrap();
            folder
        };
        put("under-way", &us, Some(&us));
        let alive = put("alive", &gone, Some(&us));
        let ended = put("ended", &gone, Some(&gone));
        let unstarted = put("unstarted", &gone, None);
        fs::create_dir(trials.path().join("empty")).unwrap();
        let mut left = left_behind(trials.path());
        left.sort_by(|one, other| one.0.cmp(&other.0));
        assert_eq!(left, [(alive, Some(us)), (ended, None), (unstarted, None)]);
        assert!(left_behind(&trials.path().join("none")).is_empty());
    }
}
