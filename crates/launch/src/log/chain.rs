//! A log with its rotated files, as one text from the oldest byte that is kept to the newest.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
    time::Duration,
};

use super::{
    LogCursor,
    numbers::{Held, rotated},
};

/// A writer that has paused so long in the midst of a line will not go on with it soon.
const PAUSE: Duration = Duration::from_secs(1);

/// A log with its rotated files. Nothing is rotated as long as it lives.
pub(super) struct Chain {
    /// Oldest first; the live one is the last.
    contents: Vec<Content>,
    live: u64,
    is_quiet: bool,
    _held: Option<Held>,
}

/// What one file holds.
struct Content {
    number: u64,
    file: File,
    /// Where it begins in the whole.
    start: u64,
    length: u64,
}

impl Content {
    fn end(&self) -> u64 {
        self.start + self.length
    }
}

impl Chain {
    /// Opens what is there. A log that is not there is empty.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        // For a log that was never there no numbers are to be written.
        let is_there = path.exists() || rotated(path, 1).exists();
        if !is_there {
            return Ok(Self { contents: Vec::new(), live: 0, is_quiet: true, _held: None });
        }
        let held = Held::to_read(path);
        let older = held.numbers.rotated.iter().enumerate().rev();
        let files = older.map(|(at, number)| (*number, rotated(path, at + 1)));
        let live = held.numbers.live;
        let mut contents: Vec<Content> = Vec::new();
        let mut is_quiet = true;
        for (number, path) in files.chain([(live, path.to_owned())]) {
            let file = match File::open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let metadata = file.metadata()?;
            is_quiet = metadata.modified().ok().and_then(|at| at.elapsed().ok()).is_none_or(|age| age >= PAUSE);
            let start = contents.last().map_or(0, Content::end);
            contents.push(Content { number, file, start, length: metadata.len() });
        }
        Ok(Self { contents, live, is_quiet, _held: Some(held) })
    }

    /// Where it ends.
    pub(super) fn end(&self) -> u64 {
        self.contents.last().map_or(0, Content::end)
    }

    /// Whether nothing was written for a moment.
    pub(super) fn is_quiet(&self) -> bool {
        self.is_quiet
    }

    /// Where a place is now, and whether what followed it is gone.
    pub(super) fn locate(&self, cursor: &LogCursor) -> (u64, bool) {
        if let Some(content) = self.contents.iter().find(|content| content.number == cursor.rotation) {
            if cursor.offset <= content.length {
                return (content.start + cursor.offset, false);
            }
            // The last bytes before a rotation may be lost. A live file that is shorter than it was has been emptied by somebody else.
            return if content.number == self.live { (content.start, true) } else { (content.end(), false) };
        }
        if cursor.rotation == self.live {
            return (self.end(), false);
        }
        let next = self.contents.iter().find(|content| content.number > cursor.rotation);
        (next.map_or(0, |content| content.start), true)
    }

    /// The place that stays right.
    pub(super) fn cursor(&self, at: u64) -> LogCursor {
        let content = self.contents.iter().rev().find(|content| content.start <= at);
        content.map_or(LogCursor { rotation: self.live, offset: 0 }, |content| LogCursor {
            rotation: content.number,
            offset: at - content.start,
        })
    }

    /// The bytes from a place on, as many as there are up to `most`.
    pub(super) fn read(&self, from: u64, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let to = self.end().min(from.saturating_add(most));
        for content in self.contents.iter().filter(|content| content.end() > from && content.start < to) {
            let at = from.max(content.start);
            let wanted = content.end().min(to) - at;
            let mut file = &content.file;
            file.seek(SeekFrom::Start(at - content.start))?;
            let read = file.take(wanted).read_to_end(&mut bytes)?;
            if (read as u64) < wanted {
                // Emptied by somebody who does not ask.
                break;
            }
        }
        Ok(bytes)
    }
}
