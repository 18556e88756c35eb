//! Making a person at home in a container: an account for their number, and volumes that belong to them.

use std::{
    io,
    path::{Path, PathBuf},
};

use bollard::{
    body_full,
    query_parameters::{DownloadFromContainerOptionsBuilder, UploadToContainerOptionsBuilder},
};
use futures_util::StreamExt;

use super::{
    ContainerPlan, Engine,
    archive::{Archive, Owned, first_file},
};
use crate::LaunchError;

const PASSWD: &str = "/etc/passwd";
/// No list of accounts is larger; an image may hold anything.
const LARGEST: usize = 1 << 20;

impl Engine {
    /// Writes what the plan's user needs into a container that has not been started yet.
    ///
    /// Without an account, ssh and other programs refuse to work; and a new volume belongs to root.
    pub(super) async fn settle(&self, container: &str, plan: &ContainerPlan) -> Result<(), LaunchError> {
        let Some((uid, gid)) = plan.user.as_deref().and_then(numbers) else { return Ok(()) };
        let home = plan.environment.get("HOME").map_or_else(|| plan.working_directory.clone(), PathBuf::from);
        let accounts = match self.file_of(container, PASSWD).await? {
            FileOf::Content(content) => Some(content),
            FileOf::Nothing => None,
            FileOf::TooLarge => {
                return Err(LaunchError::ImageAccounts { image: plan.image.clone(), limit: LARGEST });
            }
        };
        let volumes: Vec<String> = plan.volumes.iter().filter_map(|volume| below_root(&volume.target)).collect();
        let archive = belongings(&volumes, accounts.as_deref(), (uid, gid), &home)
            .map_err(|source| LaunchError::EngineAnswer { source: source.into() })?;
        let options = UploadToContainerOptionsBuilder::new().path("/").build();
        let call = self.docker.upload_to_container(container, Some(options), body_full(archive.into()));
        self.on(container, self.timeout, call).await
    }

    /// A file of a container.
    async fn file_of(&self, container: &str, path: &str) -> Result<FileOf, LaunchError> {
        let options = DownloadFromContainerOptionsBuilder::new().path(path).build();
        let mut pieces = Box::pin(self.docker.download_from_container(container, Some(options)));
        let call = async {
            let mut all = Vec::new();
            while let Some(piece) = pieces.next().await {
                all.extend_from_slice(&piece?);
                if all.len() > LARGEST {
                    return Ok(None);
                }
            }
            Ok(Some(all))
        };
        match self.on(container, self.timeout, call).await {
            Ok(Some(archive)) => Ok(first_file(&archive).map_or(FileOf::Nothing, FileOf::Content)),
            Ok(None) => Ok(FileOf::TooLarge),
            Err(LaunchError::EngineRefused { status: 404, .. }) => Ok(FileOf::Nothing),
            Err(error) => Err(error),
        }
    }
}

/// A file of a container.
enum FileOf {
    Content(Vec<u8>),
    Nothing,
    TooLarge,
}

/// What is unpacked into a container: the folders of its volumes, and the accounts with one for its user.
fn belongings(volumes: &[String], accounts: Option<&[u8]>, (uid, gid): (u32, u32), home: &Path) -> io::Result<Vec<u8>> {
    let mut archive = Archive::new();
    for volume in volumes {
        archive.folder(volume, Owned { uid, gid, mode: 0o700 })?;
    }
    if accounts.is_none() {
        // A folder that an archive does not name is made so that nobody can enter it.
        archive.folder("etc", Owned { uid: 0, gid: 0, mode: 0o755 })?;
    }
    if let Some(accounts) = with_account(accounts.unwrap_or_default(), uid, gid, home) {
        archive.file(&PASSWD[1..], Owned { uid: 0, gid: 0, mode: 0o644 }, &accounts)?;
    }
    archive.finish()
}

/// The list of accounts with one for `uid`; none if it has one already.
fn with_account(accounts: &[u8], uid: u32, gid: u32, home: &Path) -> Option<Vec<u8>> {
    let number = uid.to_string();
    let lines = || accounts.split(|byte| *byte == b'\n');
    let field = |line: &[u8], index: usize| line.split(|byte| *byte == b':').nth(index).map(<[u8]>::to_vec);
    if lines().any(|line| field(line, 2).is_some_and(|other| other == number.as_bytes())) {
        return None;
    }
    let is_taken = |name: &str| lines().any(|line| field(line, 0).is_some_and(|other| other == name.as_bytes()));
    let name = if is_taken("opencode") { format!("opencode{uid}") } else { "opencode".to_owned() };
    let mut with: Vec<u8> = accounts.to_vec();
    if !with.is_empty() && !with.ends_with(b"\n") {
        with.push(b'\n');
    }
    // A colon or a line's end cannot be written there.
    let home = home.to_str().filter(|home| !home.contains([':', '\n'])).unwrap_or("/");
    with.extend(format!("{name}:x:{uid}:{gid}::{home}:/bin/sh\n").into_bytes());
    Some(with)
}

/// The numbers of a user that is given as `uid:gid`.
fn numbers(user: &str) -> Option<(u32, u32)> {
    let (uid, gid) = user.split_once(':')?;
    Some((uid.parse().ok()?, gid.parse().ok()?))
}

fn below_root(path: &Path) -> Option<String> {
    path.strip_prefix("/").ok()?.to_str().filter(|name| !name.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accounts: &str, expected: Option<&str>) {
        let with = with_account(accounts.as_bytes(), 1000, 100, Path::new("/home/a"));
        assert_eq!(with.map(|with| String::from_utf8(with).unwrap()).as_deref(), expected, "{accounts}");
    }

    #[test]
    fn the_person_gets_an_account() {
        check("", Some("opencode:x:1000:100::/home/a:/bin/sh\n"));
        check("root:x:0:0::/:/bin/sh", Some("root:x:0:0::/:/bin/sh\nopencode:x:1000:100::/home/a:/bin/sh\n"));
        check("opencode:x:7:7::/:\n", Some("opencode:x:7:7::/:\nopencode1000:x:1000:100::/home/a:/bin/sh\n"));
        check("node:x:1000:1000::/home/node:/bin/sh\n", None);
    }
}
