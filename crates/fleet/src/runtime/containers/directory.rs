//! The lock of a directory for what is done to the containers of it: one host at a time starts or removes one.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::super::context::Context;
use crate::files::directory_lock::DirectoryLock;

/// How often it is looked whether it is free.
const LOOK: Duration = Duration::from_millis(50);

/// Waits for the lock of a directory; none: another host has it all that time.
pub(super) async fn lock(context: &Context, directory: &Path, patience: Duration) -> io::Result<Option<DirectoryLock>> {
    let began = Instant::now();
    // A process of the same directory is another instance.
    let place = directory.join("\u{1}docker");
    loop {
        let (folder, place) = (context.folders.locks(), place.clone());
        // A home folder may be far away and hang: no thread of the runtime waits for it.
        let tried = tokio::task::spawn_blocking(move || DirectoryLock::try_take(&folder, &place));
        match tried.await.map_err(io::Error::other)?? {
            None if began.elapsed() < patience => tokio::time::sleep(LOOK).await,
            lock => return Ok(lock),
        }
    }
}
