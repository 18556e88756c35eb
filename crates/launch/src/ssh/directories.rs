//! Folders of a host.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use thiserror::Error;

use super::{Connection, Script, SshError, script::path_of};

/// The folders in a folder of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The whole path of the folder.
    pub folder: PathBuf,
    /// The names of the folders in it, sorted; those that are linked to, too.
    pub names: Vec<OsString>,
    /// Whether these are all.
    pub is_complete: bool,
}

/// Why a folder of a host cannot be worked in.
#[derive(Debug, Error)]
pub enum RemoteDirectoryError {
    /// Nothing is there.
    #[error("The folder `{}` does not exist on `{host}`; create it there or choose another one", .path.display())]
    Missing {
        /// The host.
        host: String,
        /// The path.
        path: PathBuf,
    },
    /// Something else is there.
    #[error("`{}` is a file on `{host}`; choose the folder that it is in", .path.display())]
    NotAFolder {
        /// The host.
        host: String,
        /// The path.
        path: PathBuf,
    },
    /// It may not be looked into.
    #[error("The folder `{}` cannot be read on `{host}`; change its permissions or choose another one", .path.display())]
    Unreadable {
        /// The host.
        host: String,
        /// The path.
        path: PathBuf,
    },
    /// The host cannot be asked.
    #[error(transparent)]
    Ssh(#[from] SshError),
}

/// How many names are listed.
const MOST: u32 = 2000;
const LIMIT: Duration = Duration::from_secs(20);
/// Stands for what was left out.
const MORE: &[u8] = b"//more";

impl Connection {
    /// Lists the folders in a folder; nothing or `~` is the home folder there.
    pub async fn list(&self, folder: &Path) -> Result<Listing, RemoteDirectoryError> {
        let text = [include_str!("scripts/directory.sh"), include_str!("scripts/list.sh")].concat();
        let script = Script::new(text).with("portal_directory", folder).with("portal_limit", MOST.to_string());
        let answer = self.run_well(&script, LIMIT).await?;
        let mut fields = answer.split(|byte| *byte == 0);
        let (Some(word), Some(path)) = (fields.next(), fields.next()) else {
            return Err(self.not_understood(&answer).into());
        };
        if word != b"folder" {
            return Err(self.fault(word, path_of(path)).unwrap_or_else(|| self.not_understood(&answer).into()));
        }
        let mut is_complete = true;
        let mut names = Vec::new();
        for name in fields.filter(|name| !name.is_empty()) {
            if name == MORE {
                is_complete = false;
            } else {
                names.push(path_of(name).into_os_string());
            }
        }
        names.sort();
        Ok(Listing { folder: path_of(path), names, is_complete })
    }

    /// The whole path of a folder there, if it can be worked in.
    pub async fn check_directory(&self, folder: &Path) -> Result<PathBuf, RemoteDirectoryError> {
        let text = [include_str!("scripts/directory.sh"), include_str!("scripts/list.sh")].concat();
        let script = Script::new(text).with("portal_directory", folder).with("portal_limit", "0");
        let answer = self.run_well(&script, LIMIT).await?;
        let mut fields = answer.split(|byte| *byte == 0);
        match (fields.next(), fields.next()) {
            (Some(b"folder"), Some(path)) => Ok(path_of(path)),
            (Some(word), Some(path)) => {
                Err(self.fault(word, path_of(path)).unwrap_or_else(|| self.not_understood(&answer).into()))
            }
            _ => Err(self.not_understood(&answer).into()),
        }
    }

    fn fault(&self, word: &[u8], path: PathBuf) -> Option<RemoteDirectoryError> {
        let host = self.host().to_owned();
        match word {
            b"missing" => Some(RemoteDirectoryError::Missing { host, path }),
            b"file" => Some(RemoteDirectoryError::NotAFolder { host, path }),
            b"unreadable" => Some(RemoteDirectoryError::Unreadable { host, path }),
            _ => None,
        }
    }
}
