//! Which content of a log lies in which of its files, and who may move it.
//!
//! Each content that the live file ever held has a number. The numbers of what is kept are in a small file beside the log,
//! which is also what readers and rotations lock, so that no reader sees half a rotation.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How often it is looked whether others are done.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// The numbers of what is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbers {
    /// Of what the live file holds.
    pub(super) live: u64,
    /// Of what `PATH.1`, `PATH.2` and so on hold.
    pub(super) rotated: Vec<u64>,
}

impl Numbers {
    /// Of a log whose numbers were never written, or are lost: counted from what is there.
    pub(super) fn counted(path: &Path) -> Self {
        let count = (1..=9).take_while(|at| rotated(path, *at).exists()).count() as u64;
        Self { live: count, rotated: (0..count).rev().collect() }
    }

    fn parse(text: &str) -> Option<Self> {
        let numbers: Option<Vec<u64>> = text.strip_suffix('\n')?.split(' ').map(|word| word.parse().ok()).collect();
        let (live, rotated) = numbers?.split_first().map(|(live, rotated)| (*live, rotated.to_vec()))?;
        let is_falling = std::iter::once(&live).chain(&rotated).is_sorted_by(|newer, older| newer > older);
        is_falling.then_some(Self { live, rotated })
    }

    fn text(&self) -> String {
        let words: Vec<String> = [self.live].iter().chain(&self.rotated).map(u64::to_string).collect();
        format!("{}\n", words.join(" "))
    }

    /// After the live content has moved to `PATH.1`, and what no more than `keep` places have room for is gone.
    /// `is_whole`: or else it is a new content, because places in the old one mean nothing in it.
    pub(super) fn after_rotation(mut self, keep: usize, is_whole: bool) -> Self {
        let moved = if is_whole { self.live } else { self.live + 1 };
        self.rotated.insert(0, moved);
        self.rotated.truncate(keep);
        Self { live: moved + 1, rotated: self.rotated }
    }
}

/// The right to read a log, or to move it: ends when dropped.
pub(super) struct Held {
    /// None: the numbers cannot be kept here; then nothing is locked.
    file: Option<File>,
    pub(super) numbers: Numbers,
}

impl Held {
    /// To read. Waits until a rotation that is under way is over.
    pub(super) fn to_read(path: &Path) -> Self {
        let file = open(path).ok().filter(|file| file.lock_shared().is_ok());
        Self::with(file, path)
    }

    /// To move what it holds; none if others read it or move it for longer than that.
    pub(super) fn to_move(path: &Path, patience: Duration) -> io::Result<Option<Self>> {
        let file = open(path)?;
        let began = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self::with(Some(file), path))),
                Err(TryLockError::WouldBlock) if began.elapsed() >= patience => return Ok(None),
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK_EVERY),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    fn with(mut file: Option<File>, path: &Path) -> Self {
        let mut text = String::new();
        if let Some(file) = &mut file {
            // What cannot be read is as good as lost.
            let _read = file.read_to_string(&mut text);
        }
        let numbers = Numbers::parse(&text).unwrap_or_else(|| Numbers::counted(path));
        Self { file, numbers }
    }

    /// Writes the numbers down.
    pub(super) fn write(&mut self, numbers: Numbers) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(numbers.text().as_bytes())?;
        }
        self.numbers = numbers;
        Ok(())
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(with_ending(path, ".numbers"))
}

/// The path of an older content; 0 is where the next one is being copied to.
pub(super) fn rotated(path: &Path, at: usize) -> PathBuf {
    with_ending(path, &format!(".{at}"))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_a_line_of_text() {
        for numbers in [Numbers { live: 0, rotated: vec![] }, Numbers { live: 12, rotated: vec![11, 9] }] {
            assert_eq!(Numbers::parse(&numbers.text()), Some(numbers));
        }
        for text in ["", "\n", "1", "1 2\n", "3 3\n", "x\n", "2 -1\n", "5 4\n3\n"] {
            assert_eq!(Numbers::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_rotation_counts_up_and_forgets_the_oldest() {
        let at = |live, rotated: &[u64]| Numbers { live, rotated: rotated.to_vec() };
        assert_eq!(at(0, &[]).after_rotation(2, true), at(1, &[0]));
        assert_eq!(at(1, &[0]).after_rotation(2, true), at(2, &[1, 0]));
        assert_eq!(at(2, &[1, 0]).after_rotation(2, false), at(4, &[3, 1]), "a cut content is another one");
        assert_eq!(at(2, &[1, 0]).after_rotation(0, true), at(3, &[]));
    }
}
