//! What there is to choose from on other machines, before anything runs there.

use std::path::PathBuf;

use launch::ssh::{RemoteOpencode, SshHost};

use super::Lines;
use crate::FleetError;

/// A host of `~/.ssh/config`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostThere {
    /// Its name, as `ssh` takes it.
    pub name: String,
    /// Where it is, when that is written beside it.
    pub address: Option<String>,
}

/// The directories below one of another machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryThere {
    /// Its absolute path there.
    pub path: PathBuf,
    /// Names of the directories in it, without hidden ones.
    pub directories: Vec<String>,
    /// Whether there are more.
    pub is_cut: bool,
    /// The version of opencode there; none: there is none that works.
    pub opencode: Option<String>,
}

/// The hosts that `ssh` knows by name.
pub(crate) async fn hosts(lines: &Lines) -> Vec<HostThere> {
    let home = lines.folders().home.clone();
    let read = tokio::task::spawn_blocking(move || launch::ssh::hosts(&home)).await;
    let host = |SshHost { name, address, .. }| HostThere { name, address };
    read.unwrap_or_default().into_iter().map(host).collect()
}

/// The directories below one of another machine, and which opencode is there.
pub(crate) async fn list_directory(lines: &Lines, host: &str, path: &str) -> Result<DirectoryThere, FleetError> {
    let connection = lines.connect_asking(host).await?;
    lines.linger(connection.clone());
    let (listing, opencode) = tokio::join!(connection.list(path.as_ref()), lines.opencode(&connection));
    let listing = listing?;
    let version = match opencode? {
        RemoteOpencode::Found { version, .. } => Some(version),
        RemoteOpencode::Broken { .. } | RemoteOpencode::Missing => None,
    };
    let names = listing.names.into_iter().filter_map(|name| name.into_string().ok());
    Ok(DirectoryThere {
        path: listing.folder,
        directories: names.filter(|name| !name.starts_with('.')).collect(),
        is_cut: !listing.is_complete,
        opencode: version,
    })
}

/// The whole path of a directory of another machine, if it can be worked in.
pub(crate) async fn check_directory(lines: &Lines, host: &str, path: &str) -> Result<PathBuf, FleetError> {
    let connection = lines.connect_asking(host).await?;
    lines.linger(connection.clone());
    Ok(connection.check_directory(path.as_ref()).await?)
}
