//! The history files: `<data>/history/ID.jsonl`, one line for each change of an instance's state, bounded.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::atomic::{self, Durability};
use crate::supervision::HistoryEntry;
use crate::{InstanceId, Timestamp};

/// How many lines more than are kept there may be before a file is cut.
const SLACK: usize = 100;
/// The histories of instances that are unknown are kept that long.
const UNKNOWN: Duration = Duration::from_hours(30 * 24);

#[derive(Serialize, Deserialize)]
struct Line {
    at_ms: u64,
    state: String,
    reason: String,
}

fn path(folder: &Path, id: &InstanceId) -> PathBuf {
    folder.join(format!("{id}.jsonl"))
}

/// Adds an entry. One that only repeats the last, because another host of this user has seen the same, is left out;
/// `is_found` is one that says how it was before we came.
pub(crate) fn add(folder: &Path, id: &InstanceId, entry: &HistoryEntry, is_found: bool) -> io::Result<()> {
    let path = path(folder, id);
    let text = read_text(&path)?;
    let last = text.lines().next_back().and_then(parse);
    if last.is_some_and(|last| last.state == entry.state && (is_found || last.reason == entry.reason)) {
        return Ok(());
    }
    let line = Line { at_ms: entry.at.as_ms(), state: entry.state.clone(), reason: entry.reason.clone() };
    let mut line = serde_json::to_string(&line).map_err(io::Error::other)?;
    line.push('\n');
    let count = text.lines().count();
    if count >= HistoryEntry::KEPT + SLACK {
        let kept = text.lines().skip(count + 1 - HistoryEntry::KEPT);
        let whole: String = kept.flat_map(|line| [line, "\n"]).chain([line.as_str()]).collect();
        return atomic::write(&path, whole.as_bytes(), Durability::Buffered);
    }
    fs::create_dir_all(folder)?;
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path)?;
    // Half a line of an earlier crash must not spoil this one.
    if !text.is_empty() && !text.ends_with('\n') {
        line.insert(0, '\n');
    }
    file.write_all(line.as_bytes())
}

/// The history of an instance, newest first. Lines that make no sense are left out.
pub(crate) fn read(folder: &Path, id: &InstanceId) -> io::Result<Vec<HistoryEntry>> {
    let text = read_text(&path(folder, id))?;
    Ok(text.lines().rev().filter_map(parse).take(HistoryEntry::KEPT).collect())
}

/// Removes the history of an instance; well if there is none.
pub(crate) fn remove(folder: &Path, id: &InstanceId) -> io::Result<()> {
    super::well_if_gone(fs::remove_file(path(folder, id)))
}

/// Removes what was written long ago about instances that nobody knows any more.
pub(crate) fn prune(folder: &Path, is_known: impl Fn(&InstanceId) -> bool, now: SystemTime) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let Some(id) = path.file_stem().map(|stem| InstanceId::from(stem.to_string_lossy().into_owned())) else {
            continue;
        };
        let age = entry.metadata().and_then(|metadata| metadata.modified()).ok();
        let is_old = age.and_then(|modified| now.duration_since(modified).ok()).is_some_and(|age| age > UNKNOWN);
        if is_old && !is_known(&id) {
            let _gone = fs::remove_file(path);
        }
    }
}

fn read_text(path: &Path) -> io::Result<String> {
    match fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error),
    }
}

fn parse(line: &str) -> Option<HistoryEntry> {
    let line: Line = serde_json::from_str(line).ok()?;
    Some(HistoryEntry { at: Timestamp(line.at_ms), state: line.state, reason: line.reason })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::{add, path, prune, read, remove};
    use crate::supervision::HistoryEntry;
    use crate::{InstanceId, Timestamp};

    fn entry(at: u64, state: &str) -> HistoryEntry {
        HistoryEntry { at: Timestamp(at), state: state.to_owned(), reason: format!("because \"{at}\"\n") }
    }

    #[test]
    fn is_newest_first_bounded_and_survives_half_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let (folder, id) = (folder.path().join("history"), InstanceId::from("abcd1234"));
        assert!(read(&folder, &id).unwrap().is_empty());
        for number in 0..1_300 {
            add(&folder, &id, &entry(number, if number % 2 == 0 { "ready" } else { "stopped" }), false).unwrap();
        }
        let read_back = read(&folder, &id).unwrap();
        assert_eq!(read_back.len(), HistoryEntry::KEPT);
        assert_eq!(read_back[0], entry(1_299, "stopped"));
        assert!(std::fs::read_to_string(path(&folder, &id)).unwrap().lines().count() <= 600);
        let mut text = std::fs::read(path(&folder, &id)).unwrap();
        text.extend_from_slice(b"{\"at_ms\":\xff");
        std::fs::write(path(&folder, &id), text).unwrap();
        add(&folder, &id, &entry(1_300, "ready"), false).unwrap();
        assert_eq!(read(&folder, &id).unwrap()[..2], [entry(1_300, "ready"), entry(1_299, "stopped")]);
        remove(&folder, &id).unwrap();
        remove(&folder, &id).unwrap();
        assert!(read(&folder, &id).unwrap().is_empty());
    }

    #[test]
    fn what_another_host_has_written_is_not_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let id = InstanceId::from("abcd1234");
        let ready = HistoryEntry { reason: "It answers".to_owned(), ..entry(1, "ready") };
        add(folder.path(), &id, &ready, false).unwrap();
        add(folder.path(), &id, &HistoryEntry { at: Timestamp(2), ..ready.clone() }, false).unwrap();
        add(folder.path(), &id, &entry(3, "ready"), true).unwrap();
        assert_eq!(read(folder.path(), &id).unwrap(), [ready]);
        add(folder.path(), &id, &entry(4, "ready"), false).unwrap();
        assert_eq!(read(folder.path(), &id).unwrap().len(), 2, "another reason is another entry");
    }

    #[test]
    fn what_is_old_and_unknown_goes() {
        let folder = tempfile::tempdir().unwrap();
        for id in ["known", "unknown"] {
            add(folder.path(), &InstanceId::from(id), &entry(1, "ready"), false).unwrap();
        }
        let left = || std::fs::read_dir(folder.path()).unwrap().count();
        prune(folder.path(), |id| id.as_str() == "known", SystemTime::now());
        assert_eq!(left(), 2);
        prune(folder.path(), |id| id.as_str() == "known", SystemTime::now() + Duration::from_hours(31 * 24));
        assert_eq!(left(), 1);
    }
}
