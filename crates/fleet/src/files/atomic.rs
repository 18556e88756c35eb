//! Writing a file so that it is whole at any moment: the old one or the new one, never half of one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Whether a write has to survive a loss of power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// It is on the disk when the write returns.
    Synced,
    /// It survives the end of this program. What it tells is worthless after a restart of the machine.
    Buffered,
}

/// Replaces a file in one step. The mode of an existing file is kept; a new one is for the user alone.
pub(crate) fn write(path: &Path, contents: &[u8], durability: Durability) -> io::Result<()> {
    // A link stays a link: what it points to is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = target.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut temporary = tempfile::Builder::new().prefix(".portal-").tempfile_in(folder)?;
    temporary.write_all(contents)?;
    if let Ok(metadata) = fs::metadata(&target) {
        temporary.as_file().set_permissions(metadata.permissions())?;
    }
    if durability == Durability::Synced {
        temporary.as_file().sync_all()?;
    }
    temporary.persist(&target).map_err(|error| error.error)?;
    if durability == Durability::Synced {
        // Not every file system lets a folder be synced; the file itself is safe.
        let _unsupported = File::open(folder).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

/// Keeps a copy of a file that we cannot read, under a name that no earlier copy has.
pub(crate) fn back_up_corrupt(path: &Path, now_ms: u64) -> io::Result<PathBuf> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut stamp = now_ms;
    loop {
        let copy = path.with_file_name(format!("{name}.corrupt-{stamp}"));
        if copy.exists() {
            stamp += 1;
            continue;
        }
        fs::copy(path, &copy)?;
        return Ok(copy);
    }
}

#[cfg(test)]
mod tests {
    use super::{Durability, back_up_corrupt, write};

    #[test]
    fn replaces_and_keeps_the_mode() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        write(&path, b"1", Durability::Synced).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        write(&path, b"2", Durability::Buffered).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"2");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(folder.path().read_dir().unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn keeps_every_corrupt_copy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, "{").unwrap();
        let first = back_up_corrupt(&path, 7).unwrap();
        let second = back_up_corrupt(&path, 7).unwrap();
        assert_ne!(first, second);
        assert_eq!(std::fs::read(second).unwrap(), b"{");
    }

    #[test]
    fn follows_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.json"), folder.path().join("link.json"));
        std::fs::write(&real, "1").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write(&link, b"2", Durability::Buffered).unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(&real).unwrap(), b"2");
    }
}
