//! The archives that engines want files in, and give them in.

use std::io::{self, Read};

use tar::{Builder, EntryType, Header};

/// Who owns an entry of an archive, and what they may do with it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owned {
    pub uid: u32,
    pub gid: u32,
    pub mode: u32,
}

/// An archive that grows entry by entry.
pub(super) struct Archive(Builder<Vec<u8>>);

impl Archive {
    pub fn new() -> Self {
        Self(Builder::new(Vec::new()))
    }

    /// Adds a file. Its name is relative and has no `..`.
    pub fn file(&mut self, name: &str, owned: Owned, content: &[u8]) -> io::Result<()> {
        self.add(EntryType::Regular, name, owned, content)
    }

    /// Adds a folder. Its name is relative and has no `..`.
    pub fn folder(&mut self, name: &str, owned: Owned) -> io::Result<()> {
        self.add(EntryType::Directory, &format!("{}/", name.trim_end_matches('/')), owned, &[])
    }

    /// The bytes of the whole archive.
    pub fn finish(self) -> io::Result<Vec<u8>> {
        self.0.into_inner()
    }

    fn add(&mut self, kind: EntryType, name: &str, owned: Owned, content: &[u8]) -> io::Result<()> {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_uid(owned.uid.into());
        header.set_gid(owned.gid.into());
        header.set_mode(owned.mode);
        header.set_mtime(0);
        header.set_size(content.len() as u64);
        self.0.append_data(&mut header, name, content)
    }
}

/// The content of the first file in an archive; none if there is none, or not all of it.
pub(super) fn first_file(archive: &[u8]) -> Option<Vec<u8>> {
    for entry in tar::Archive::new(archive).entries().ok()? {
        let mut entry = entry.ok()?;
        if entry.header().entry_type().is_file() {
            let mut content = Vec::new();
            entry.read_to_end(&mut content).ok()?;
            return (content.len() as u64 == entry.size()).then_some(content);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn tar_itself_reads_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        // Directories of companies give numbers that old archives have no room for.
        let owned = Owned { uid: 1000, gid: 1001, mode: 0o640 };
        let far = Owned { uid: 3_000_000_000, gid: 2_500_000_000, mode: 0o700 };
        let long = format!("home/{}/state", "x".repeat(150));
        let mut archive = Archive::new();
        archive.folder("etc", Owned { mode: 0o755, ..owned }).unwrap();
        archive.folder(&long, far).unwrap();
        archive.file("etc/passwd", owned, b"root:x:0:0\n").unwrap();
        assert!(archive.file("../passwd", owned, b"").is_err(), "nothing gets out of where it is unpacked");
        let archive = archive.finish().unwrap();
        let path = folder.path().join("x.tar");
        std::fs::write(&path, &archive).unwrap();
        let listed = Command::new("tar").arg("--numeric-owner").arg("-tvf").arg(&path).output().unwrap();
        let listed = String::from_utf8(listed.stdout).unwrap();
        assert!(listed.contains("drwxr-xr-x 1000/1001") && listed.contains("-rw-r----- 1000/1001"), "{listed}");
        assert!(listed.contains("11 ") && listed.contains("etc/passwd"), "{listed}");
        assert!(listed.contains("drwx------ 3000000000/2500000000") && listed.contains(&long), "{listed}");
        assert_eq!(first_file(&archive).as_deref(), Some(b"root:x:0:0\n".as_slice()));
    }

    #[test]
    fn an_archive_that_was_cut_gives_nothing() {
        let owned = Owned { uid: 0, gid: 0, mode: 0o644 };
        let mut archive = Archive::new();
        archive.file("a", owned, &[b'x'; 600]).unwrap();
        let archive = archive.finish().unwrap();
        for length in [0, 100, 511, 512, 1000] {
            assert_eq!(first_file(&archive[..length]), None, "{length}");
        }
        assert_eq!(first_file(&[0xff; 600]), None);
    }
}
