//! Making a person at home in a container: an account for their number, and volumes that belong to them.

use std::path::{Path, PathBuf};

use bollard::{
    body_full,
    query_parameters::{DownloadFromContainerOptionsBuilder, UploadToContainerOptionsBuilder},
};
use futures_util::TryStreamExt;

use super::{
    ContainerPlan, Engine,
    tar::{Archive, Owned, first_file},
};
use crate::LaunchError;

const PASSWD: &str = "/etc/passwd";

impl Engine {
    /// Writes what the plan's user needs into a container that has not been started yet.
    ///
    /// Without an account, ssh and other programs refuse to work; and a new volume belongs to root.
    pub(super) async fn settle(&self, container: &str, plan: &ContainerPlan) -> Result<(), LaunchError> {
        let Some((uid, gid)) = plan.user.as_deref().and_then(numbers) else { return Ok(()) };
        let mut archive = Archive::default();
        for volume in &plan.volumes {
            if let Some(name) = below_root(&volume.target) {
                archive = archive.folder(&name, Owned { uid, gid, mode: 0o700 });
            }
        }
        let home = plan.environment.get("HOME").map_or_else(|| plan.working_directory.clone(), PathBuf::from);
        let accounts = self.file_of(container, PASSWD).await?;
        if accounts.is_none() {
            // A folder that an archive does not name is made so that nobody can enter it.
            archive = archive.folder("etc", Owned { uid: 0, gid: 0, mode: 0o755 });
        }
        let accounts = accounts.unwrap_or_default();
        if let Some(accounts) = with_account(&accounts, uid, gid, &home) {
            archive = archive.file(&PASSWD[1..], Owned { uid: 0, gid: 0, mode: 0o644 }, &accounts);
        }
        let options = UploadToContainerOptionsBuilder::new().path("/").build();
        let call = self.docker.upload_to_container(container, Some(options), body_full(archive.finish().into()));
        self.on(container, self.timeout, call).await
    }

    /// A file of a container; none if it has none there.
    async fn file_of(&self, container: &str, path: &str) -> Result<Option<Vec<u8>>, LaunchError> {
        let options = DownloadFromContainerOptionsBuilder::new().path(path).build();
        let call = self.docker.download_from_container(container, Some(options)).try_fold(
            Vec::new(),
            async |mut all: Vec<u8>, piece| {
                all.extend_from_slice(&piece);
                Ok(all)
            },
        );
        match self.on(container, self.timeout, call).await {
            Ok(archive) => Ok(first_file(&archive).map(<[u8]>::to_vec)),
            Err(LaunchError::EngineRefused { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
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
