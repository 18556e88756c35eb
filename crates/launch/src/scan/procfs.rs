//! Reading `/proc` with few and cheap calls. It knows files, not what they mean for us. Linux.

use std::{
    ffi::{OsStr, OsString},
    mem::MaybeUninit,
    os::{fd::OwnedFd, unix::ffi::OsStrExt},
    path::PathBuf,
};

use rustix::{
    fs::{AtFlags, CWD, Mode, OFlags, RawDir, openat, readlinkat_raw, statat},
    io::read,
};

/// A command line of this length is recognised by its beginning.
const LONGEST_COMMAND: usize = 16 * 1024;
/// As much as the kernel lets anybody have.
const LONGEST_ENVIRONMENT: usize = 4 * 1024 * 1024;
/// One read of the socket table gives at most that.
const CHUNK: usize = 64 * 1024;
/// The kernel gives no longer ones.
const LONGEST_LINK: usize = 4096;
const ENTRIES: usize = 32 * 1024;

/// The folder `/proc`, open.
#[derive(Debug)]
pub(super) struct Procfs {
    root: OwnedFd,
    buffer: Vec<u8>,
}

impl Procfs {
    pub(super) fn open() -> Option<Self> {
        Some(Self { root: folder(CWD, "/proc")?, buffer: vec![0; LONGEST_COMMAND] })
    }

    /// The processes that there are.
    pub(super) fn pids(&self) -> Vec<u32> {
        let mut pids = Vec::new();
        if let Some(entries) = folder(&self.root, ".") {
            names(&entries, |name| pids.extend(number(name)));
        }
        pids
    }

    /// The number that was given away last, to a process or a thread: while it stays, nobody has come.
    pub(super) fn last_number(&self) -> Option<u32> {
        let mut line = [0; 128];
        let length = read(self.file("loadavg")?, &mut line).ok()?;
        std::str::from_utf8(line.get(..length)?).ok()?.split_ascii_whitespace().nth(4)?.parse().ok()
    }

    /// The arguments, each ended by a zero byte; `None` where there are none (a kernel's thread, a zombie, one that is just being started).
    pub(super) fn command_line(&mut self, pid: u32) -> Option<&[u8]> {
        let file = self.file(&format!("{pid}/cmdline"))?;
        let length = read(file, &mut self.buffer).ok()?;
        self.buffer.get(..length).filter(|line| !line.is_empty())
    }

    /// The variables, each ended by a zero byte; `None` where they cannot be read (yet).
    pub(super) fn environment(&self, pid: u32) -> Option<Vec<u8>> {
        let file = self.file(&format!("{pid}/environ"))?;
        let mut whole = Vec::new();
        let mut chunk = vec![0; CHUNK];
        loop {
            let length = read(&file, &mut chunk).ok()?;
            whole.extend_from_slice(&chunk[..length]);
            if length == 0 || whole.len() > LONGEST_ENVIRONMENT {
                return Some(whole).filter(|whole| !whole.is_empty());
            }
        }
    }

    /// The file that it runs, as the kernel names it.
    pub(super) fn executable(&self, pid: u32) -> Option<OsString> {
        self.link(&format!("{pid}/exe"))
    }

    pub(super) fn current_folder(&self, pid: u32) -> Option<PathBuf> {
        self.link(&format!("{pid}/cwd")).map(PathBuf::from)
    }

    /// Names the namespace (`pid`, `net` …) that a process is in; `self` is one, too.
    pub(super) fn namespace(&self, process: &str, kind: &str) -> Option<OsString> {
        self.link(&format!("{process}/ns/{kind}"))
    }

    pub(super) fn owner(&self, pid: u32) -> Option<u32> {
        statat(&self.root, pid.to_string(), AtFlags::empty()).ok().map(|stat| stat.st_uid)
    }

    /// The inodes of its sockets.
    pub(super) fn sockets(&self, pid: u32) -> Vec<u64> {
        let mut inodes = Vec::new();
        let Some(descriptors) = folder(&self.root, &format!("{pid}/fd")) else { return inodes };
        // What is longer is cut, and is no socket.
        let mut buffer = [MaybeUninit::uninit(); 40];
        names(&descriptors, |name| {
            let Ok((target, _)) = readlinkat_raw(&descriptors, OsStr::from_bytes(name), &mut buffer) else { return };
            let inode = target.strip_prefix(b"socket:[").and_then(|rest| rest.strip_suffix(b"]"));
            inodes.extend(inode.and_then(|inode| std::str::from_utf8(inode).ok()?.parse::<u64>().ok()));
        });
        inodes
    }

    /// The beginning of a table of sockets of our network, up to the chunk that `suffices`.
    pub(super) fn socket_table(&self, name: &str, suffices: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        let mut table = Vec::new();
        let Some(file) = self.file(&format!("self/net/{name}")) else { return table };
        let mut chunk = vec![0; CHUNK];
        while let Ok(length @ 1..) = read(&file, &mut chunk) {
            table.extend_from_slice(&chunk[..length]);
            if suffices(&table) {
                break;
            }
        }
        table
    }

    fn file(&self, path: &str) -> Option<OwnedFd> {
        openat(&self.root, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()
    }

    fn link(&self, path: &str) -> Option<OsString> {
        let mut buffer = [MaybeUninit::uninit(); LONGEST_LINK];
        let (target, _) = readlinkat_raw(&self.root, path, &mut buffer).ok()?;
        Some(OsStr::from_bytes(target).to_owned())
    }
}

fn folder(at: impl std::os::fd::AsFd, path: &str) -> Option<OwnedFd> {
    openat(at, path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()
}

fn names(folder: &OwnedFd, mut each: impl FnMut(&[u8])) {
    let mut buffer = vec![MaybeUninit::uninit(); ENTRIES];
    let mut entries = RawDir::new(folder, &mut buffer);
    while let Some(Ok(entry)) = entries.next() {
        each(entry.file_name().to_bytes());
    }
}

fn number(name: &[u8]) -> Option<u32> {
    name.first()?.is_ascii_digit().then(|| std::str::from_utf8(name).ok()?.parse().ok()).flatten()
}
