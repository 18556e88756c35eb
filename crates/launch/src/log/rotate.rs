//! Moving what a log holds out of the way of its writer.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    path::Path,
    time::Duration,
};

use super::{
    numbers::{Held, rotated},
    open_for_append,
};
use crate::LaunchError;

/// No older content that is kept is longer than this; of a longer one the end is kept.
const LONGEST_KEPT: u64 = 16 * 1024 * 1024;
/// How many older contents are kept at the most, and how long all of them may be, if they are more than the number that is to be kept.
const MOST_SMALL: usize = 9;
const SMALL: u64 = 1024 * 1024;
/// How long the beginning of a log waits for those who read it: a search takes 2 s at the most.
const PATIENCE: Duration = Duration::from_secs(3);
/// How much of what is written during the copy it goes on with. A writer that is faster must not be followed for ever.
const CATCHING_UP: u64 = 2 * 1024 * 1024;

/// When the log is longer than `max_bytes`, moves its content to `PATH.1` (and that to `PATH.2`, up to `keep`) and empties it. Says whether it did.
///
/// The content is copied and the file truncated, because the process that writes it holds it open.
/// What it writes between the last copied byte and the truncation is lost: microseconds.
/// Nothing is moved while somebody reads it.
pub fn rotate(path: &Path, max_bytes: u64, keep: usize) -> Result<bool, LaunchError> {
    rotate_file(path, max_bytes, keep, End::AsItIs).map_err(|source| LaunchError::Log { path: path.to_owned(), source })
}

/// Begins an empty log for a process that is about to be started; what the one before wrote moves to `PATH.1`.
///
/// More than `keep` older contents are kept as long as they are small: a few starts that failed must not push out why the first one ended.
pub fn begin(path: &Path, keep: usize) -> Result<(), LaunchError> {
    rotate_file(path, 0, keep, End::OfLine)
        .map(drop)
        .map_err(|source| LaunchError::Log { path: path.to_owned(), source })
}

/// How a moved content ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The rest of its last line may come in the live file.
    AsItIs,
    /// With a line break: whoever wrote it will write no more.
    OfLine,
}

fn rotate_file(path: &Path, max_bytes: u64, keep: usize, end: End) -> io::Result<bool> {
    let mut log = match OpenOptions::new().read(true).write(true).open(path) {
        Ok(log) => log,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    if log.metadata()?.len() <= max_bytes {
        return Ok(false);
    }
    let patience = match end {
        // There is another chance in a moment.
        End::AsItIs => Duration::ZERO,
        End::OfLine => PATIENCE,
    };
    let Some(mut held) = Held::to_move(path, patience)? else { return Ok(false) };
    // Another host may have been faster.
    let length = log.metadata()?.len();
    if length <= max_bytes {
        return Ok(false);
    }
    let is_whole = length <= LONGEST_KEPT;
    let older = held.numbers.rotated.len();
    let kept = match end {
        End::AsItIs => keep,
        End::OfLine => keep.max(1 + small(path, older, length)),
    };
    if kept > 0 {
        copy(&mut log, path, end).or_else(|error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                // The oldest has to make room.
                fs::remove_file(rotated(path, older.max(1))).map_err(|_| error)?;
                copy(&mut log, path, end)
            }
            _ => Err(error),
        })?;
        for at in (0..=older).rev() {
            match fs::rename(rotated(path, at), rotated(path, at + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        for at in kept + 1..=older + 1 {
            let _gone = fs::remove_file(rotated(path, at));
        }
    }
    let numbers = held.numbers.clone().after_rotation(kept, is_whole);
    held.write(numbers)?;
    log.set_len(0)?;
    Ok(true)
}

/// How many of the older contents are small enough to be kept beside a new one of this length.
fn small(path: &Path, older: usize, length: u64) -> usize {
    let mut all = length;
    let fits = |at: &usize| {
        all += rotated(path, *at).metadata().map_or(0, |metadata| metadata.len());
        all <= SMALL
    };
    (1..=older.min(MOST_SMALL - 1)).take_while(fits).count()
}

/// Copies the log into the place of the next older content.
fn copy(log: &mut File, path: &Path, end: End) -> io::Result<()> {
    let target = rotated(path, 0);
    let copied = copy_to(log, &target, end);
    if copied.is_err() {
        // Half a copy would be taken for a whole one; on a full disk it also holds what is needed.
        let _gone = fs::remove_file(&target);
    }
    copied
}

fn copy_to(log: &mut File, target: &Path, end: End) -> io::Result<()> {
    let _gone = fs::remove_file(target);
    let mut copy = open_for_append(target)?;
    let length = log.seek(SeekFrom::End(0))?;
    log.seek(SeekFrom::Start(0))?;
    if length > LONGEST_KEPT {
        let left_out = skip_to_end(log, length)?;
        leave_out(&mut copy, left_out)?;
    }
    let most = length + CATCHING_UP;
    loop {
        let from = log.stream_position()?;
        let to = log.metadata()?.len();
        if io::copy(&mut Read::by_ref(log).take(to.min(most).saturating_sub(from)), &mut copy)? == 0 {
            if to > most {
                copy.write_all(b"\n")?;
                leave_out(&mut copy, to - most)?;
            }
            break;
        }
    }
    if end == End::OfLine && !ends_in_line_break(log)? {
        copy.write_all(b"\n")?;
    }
    Ok(())
}

fn leave_out(copy: &mut File, bytes: u64) -> io::Result<()> {
    writeln!(copy, "[{bytes} bytes are left out here: the output came faster than it can be kept]")
}

/// Goes to the first line of the last part that is kept. Gives how much lies before it.
fn skip_to_end(log: &mut File, length: u64) -> io::Result<u64> {
    const LONGEST_LINE: u64 = 64 * 1024;
    let from = length - LONGEST_KEPT / 2;
    log.seek(SeekFrom::Start(from))?;
    let mut line = Vec::new();
    let read = BufReader::new(Read::by_ref(log).take(LONGEST_LINE)).read_until(b'\n', &mut line)?;
    let from = if line.last() == Some(&b'\n') { from + read as u64 } else { from };
    log.seek(SeekFrom::Start(from))
}

fn ends_in_line_break(log: &mut File) -> io::Result<bool> {
    let mut last = [0];
    log.seek(SeekFrom::End(-1))?;
    log.read_exact(&mut last)?;
    Ok(last == *b"\n")
}
