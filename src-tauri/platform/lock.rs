//! The lock that says that an app runs on a state folder. Held as long as the process lives, whatever ends it.

use std::fs::{File, TryLockError};
use std::path::Path;

/// The lock, while it is held.
#[derive(Debug)]
pub struct StateLock(#[expect(dead_code, reason = "held, not read")] File);

impl StateLock {
    /// Takes the lock of this state folder; none: another app has it.
    pub fn take(state: &Path) -> std::io::Result<Option<Self>> {
        std::fs::create_dir_all(state)?;
        let file = File::options().create(true).truncate(false).write(true).open(state.join("app.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_app_has_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let first = StateLock::take(folder.path()).unwrap();
        assert!(first.is_some());
        assert!(StateLock::take(folder.path()).unwrap().is_none());
        drop(first);
        assert!(StateLock::take(folder.path()).unwrap().is_some());
    }
}
