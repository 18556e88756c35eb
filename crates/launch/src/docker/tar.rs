//! The little of the tar format that engines want files in.

/// What engines count and pad in.
const BLOCK: usize = 512;

/// Who owns an entry of an archive, and what they may do with it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owned {
    pub uid: u32,
    pub gid: u32,
    pub mode: u32,
}

/// An archive that grows entry by entry.
#[derive(Debug, Default)]
pub(super) struct Archive(Vec<u8>);

impl Archive {
    /// Adds a file. The name may have 99 letters.
    pub fn file(mut self, name: &str, owned: Owned, content: &[u8]) -> Self {
        self.0.extend(header(name, owned, content.len(), b'0'));
        self.0.extend(content);
        self.0.resize(self.0.len().next_multiple_of(BLOCK), 0);
        self
    }

    /// Adds a folder. The name may have 98 letters.
    pub fn folder(mut self, name: &str, owned: Owned) -> Self {
        self.0.extend(header(&format!("{}/", name.trim_end_matches('/')), owned, 0, b'5'));
        self
    }

    /// The bytes of the whole archive.
    pub fn finish(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 2 * BLOCK, 0);
        self.0
    }
}

/// The content of the first file in an archive.
pub(super) fn first_file(archive: &[u8]) -> Option<&[u8]> {
    let mut rest = archive;
    loop {
        let header = rest.get(..BLOCK)?;
        let digits = std::str::from_utf8(&header[124..136]).ok()?;
        let size = usize::from_str_radix(digits.trim_matches(['\0', ' ']), 8).ok()?;
        let content = rest.get(BLOCK..)?;
        if matches!(header[156], b'0' | 0) {
            return content.get(..size);
        }
        rest = content.get(size.next_multiple_of(BLOCK)..)?;
    }
}

fn header(name: &str, owned: Owned, size: usize, kind: u8) -> [u8; BLOCK] {
    let mut header = [0; BLOCK];
    let mut put = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
    put(0, &name.as_bytes()[..name.len().min(99)]);
    put(100, format!("{:07o}", owned.mode).as_bytes());
    // Numbers that seven octal digits cannot hold have no owner here; no system gives such to a person.
    put(108, format!("{:07o}", owned.uid & 0o7_777_777).as_bytes());
    put(116, format!("{:07o}", owned.gid & 0o7_777_777).as_bytes());
    put(124, format!("{size:011o}").as_bytes());
    put(136, b"00000000000");
    put(148, b"        ");
    put(156, &[kind]);
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    header
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn tar_itself_reads_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let owned = Owned { uid: 1000, gid: 1001, mode: 0o640 };
        let archive = Archive::default()
            .folder("etc", Owned { mode: 0o755, ..owned })
            .file("etc/passwd", owned, b"root:x:0:0\n")
            .finish();
        let path = folder.path().join("x.tar");
        std::fs::write(&path, &archive).unwrap();
        let listed = Command::new("tar").arg("--numeric-owner").arg("-tvf").arg(&path).output().unwrap();
        let listed = String::from_utf8(listed.stdout).unwrap();
        assert!(listed.contains("drwxr-xr-x 1000/1001") && listed.contains("-rw-r----- 1000/1001"), "{listed}");
        assert!(listed.contains("11 ") && listed.contains("etc/passwd"), "{listed}");
        assert_eq!(first_file(&archive), Some(b"root:x:0:0\n".as_slice()));
    }

    #[test]
    fn an_archive_that_was_cut_gives_nothing() {
        let owned = Owned { uid: 0, gid: 0, mode: 0o644 };
        let archive = Archive::default().file("a", owned, &[b'x'; 600]).finish();
        for length in [0, 100, 511, 512, 1000] {
            assert_eq!(first_file(&archive[..length]), None, "{length}");
        }
        assert_eq!(first_file(&[0xff; 600]), None);
    }
}
