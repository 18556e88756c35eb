//! One lock for each directory, held while an instance is being started in it: two hosts of the same user never both start one.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// The lock of a directory. Released when dropped, also when the program is killed.
#[derive(Debug)]
pub(crate) struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    /// Takes the lock, if nobody has it.
    pub(crate) fn try_take(folder: &Path, directory: &Path) -> io::Result<Option<Self>> {
        fs::create_dir_all(folder)?;
        let path = folder.join(format!("{:016x}.lock", fingerprint(directory)));
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// FNV-1a: the same in every version of this program, which the hashes of the standard library do not promise.
fn fingerprint(directory: &Path) -> u64 {
    directory
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::DirectoryLock;

    #[test]
    fn is_held_by_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let held = DirectoryLock::try_take(folder.path(), Path::new("/a")).unwrap();
        assert!(held.is_some());
        assert!(DirectoryLock::try_take(folder.path(), Path::new("/a")).unwrap().is_none());
        assert!(DirectoryLock::try_take(folder.path(), Path::new("/b")).unwrap().is_some());
        drop(held);
        assert!(DirectoryLock::try_take(folder.path(), Path::new("/a")).unwrap().is_some());
    }
}
