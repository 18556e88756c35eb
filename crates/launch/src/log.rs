//! Log files: opened for append by who writes, read in pages, searched, saved, and rotated under the writer.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use crate::LaunchError;

mod ansi;
mod chain;
mod cursor;
mod keeper;
mod level;
mod numbers;
mod page;
mod rotate;
mod save;
mod search;

pub use cursor::{LogCursor, NoCursor};
pub use keeper::LogKeeper;
pub use level::LogLevel;
pub use page::{LogLine, LogPage, read, read_before};
pub use rotate::{begin, rotate};
pub use save::{SaveOver, save};
pub use search::{LogMatch, LogMatches, search};

/// The end of a log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogTail {
    /// Whole lines, oldest first, without their line breaks; bytes that are not UTF-8 are replaced.
    pub lines: Vec<String>,
    /// Whether the log has more before them.
    pub has_more: bool,
}

/// No tail reads more than this, however long the lines are.
const TAIL_BYTES: u64 = 1024 * 1024;

/// The last `lines` lines, read from the end. A log that is not there (yet) is empty.
pub fn tail(path: &Path, lines: usize) -> Result<LogTail, LaunchError> {
    match File::open(path) {
        Ok(file) => tail_of(file, lines).map_err(|source| LaunchError::Log { path: path.to_owned(), source }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(LogTail::default()),
        Err(source) => Err(LaunchError::Log { path: path.to_owned(), source }),
    }
}

fn tail_of(mut file: File, wanted: usize) -> io::Result<LogTail> {
    const BLOCK: u64 = 16 * 1024;
    let length = file.seek(SeekFrom::End(0))?;
    let mut from = length;
    let mut bytes: Vec<u8> = Vec::new();
    let mut breaks = 0;
    // One break more than lines: the last line usually ends in one.
    while from > 0 && length - from < TAIL_BYTES && breaks <= wanted {
        let step = BLOCK.min(from);
        from -= step;
        let mut block = vec![0; usize::try_from(step).expect("a block fits into memory")];
        file.seek(SeekFrom::Start(from))?;
        file.read_exact(&mut block)?;
        breaks += block.split(|byte| *byte == b'\n').count() - 1;
        block.append(&mut bytes);
        bytes = block;
    }
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    if bytes.is_empty() {
        return Ok(LogTail::default());
    }
    let all: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let first = all.len().saturating_sub(wanted);
    Ok(LogTail {
        lines: all[first..]
            .iter()
            .map(|line| String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned())
            .collect(),
        has_more: from > 0 || first > 0,
    })
}

/// Opens a log for a process to append to: every write lands at the end, also after a rotation. Only the user may read it.
pub(crate) fn open_for_append(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
