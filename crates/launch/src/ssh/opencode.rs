//! The opencode that a host has.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{Connection, Script, SshError, script::path_of};

/// The opencode that a host has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoteOpencode {
    /// This one works.
    Found {
        /// The program there.
        path: PathBuf,
        /// What it calls its version.
        version: String,
    },
    /// There is one, but it does not tell its version.
    Broken {
        /// The program there.
        path: PathBuf,
    },
    /// There is none, or not where it was said to be.
    Missing,
}

/// Two slow shells and an opencode that was never read from the disk before.
const LIMIT: Duration = Duration::from_mins(1);

impl Connection {
    /// Finds opencode there: on the `PATH` of the login shell, and where its installers put it; or only at `wanted`, a path there or a name.
    pub async fn find_opencode(&self, wanted: Option<&Path>) -> Result<RemoteOpencode, SshError> {
        let text = [include_str!("scripts/environment.sh"), include_str!("scripts/find.sh")].concat();
        let script = Script::new(text).with("portal_wanted", wanted.unwrap_or(Path::new("")));
        let answer = self.run_well(&script, LIMIT).await?;
        let fields: Vec<&[u8]> = answer.split(|byte| *byte == 0).collect();
        match *fields {
            [b"found", path, version, ..] => Ok(RemoteOpencode::Found {
                path: path_of(path),
                version: String::from_utf8_lossy(version).into_owned(),
            }),
            [b"broken", path, ..] => Ok(RemoteOpencode::Broken { path: path_of(path) }),
            [b"none", ..] => Ok(RemoteOpencode::Missing),
            _ => Err(self.not_understood(&answer)),
        }
    }

    pub(super) fn not_understood(&self, answer: &[u8]) -> SshError {
        let message = String::from_utf8_lossy(&answer[..answer.len().min(200)]).replace('\0', " ");
        SshError::Answer { host: self.host().to_owned(), message }
    }
}
