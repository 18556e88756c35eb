//! A lock between the hosts of one user, for one small file that they change: a file beside it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// How long another host may take for a change of its own. It takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is tried meanwhile.
const AGAIN: Duration = Duration::from_millis(5);

/// Takes the lock of this file, which need not exist; dropping it gives it back. Blocks. An error of kind `WouldBlock`: another host
/// holds it for longer than a change takes.
pub(super) fn lock_beside(path: &Path) -> io::Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let beside = PathBuf::from(name);
    if let Some(folder) = beside.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(beside)?;
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if began.elapsed() < PATIENCE => thread::sleep(AGAIN),
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::new(io::ErrorKind::WouldBlock, "another Portal is changing it"));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}
