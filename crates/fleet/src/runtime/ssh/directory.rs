//! The lock of a directory of another machine: of all hosts of this user here, one at a time starts or ends something in it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::files::directory_lock::DirectoryLock;
use crate::runtime::context::Context;

/// How often it is looked whether it is free.
const LOOK: Duration = Duration::from_millis(20);

/// Waits for the lock of a directory there; none: another host has it all that time.
pub(super) async fn lock(
    context: &Context,
    host: &str,
    directory: &Path,
    patience: Duration,
) -> io::Result<Option<DirectoryLock>> {
    let began = Instant::now();
    let place = PathBuf::from(format!("ssh:{host}")).join(directory.strip_prefix("/").unwrap_or(directory));
    loop {
        let (locks, place) = (context.folders.locks(), place.clone());
        // The folder may be on another machine, which takes its time.
        let tried = tokio::task::spawn_blocking(move || DirectoryLock::try_take(&locks, &place));
        match tried.await.map_err(io::Error::other)?? {
            None if began.elapsed() < patience => tokio::time::sleep(LOOK).await,
            lock => return Ok(lock),
        }
    }
}
