//! The records as they are saved, for the thread that writes our files. One that could not be written is kept and tried again:
//! without it another host does not know whose the process is. Must not know what follows from a record.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use launch::ProcessIdentity;

use super::watching::{Stamp, stamp};
use crate::InstanceId;
use crate::files::record_file;
use crate::record::{Body, Life, Record, Running};

/// The records as they are saved.
pub(super) struct SavedRecords {
    folder: PathBuf,
    /// Those that could not be written yet; of several of one instance the last.
    waiting: BTreeMap<InstanceId, Waiting>,
}

struct Waiting {
    record: Box<Record>,
    /// The file that it could not replace; none: it could not even be looked at.
    before: Option<Stamp>,
}

impl SavedRecords {
    /// In this folder.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, waiting: BTreeMap::new() }
    }

    /// Whether some could not be written yet.
    pub(super) fn are_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Writes a record, or keeps it for later.
    pub(super) fn write(&mut self, record: Box<Record>) -> io::Result<()> {
        let result =
            if is_outdated(&self.folder, &record) { Ok(()) } else { record_file::write(&self.folder, &record) };
        if result.is_ok() {
            self.waiting.remove(&record.id);
        } else {
            let before = look_at(&record_file::path(&self.folder, &record.id));
            self.waiting.insert(record.id.clone(), Waiting { record, before });
        }
        result
    }

    /// Writes what could not be written. Well if nothing is left.
    pub(super) fn try_again(&mut self) -> io::Result<()> {
        let mut result = Ok(());
        for (id, waiting) in std::mem::take(&mut self.waiting) {
            let now = look_at(&record_file::path(&self.folder, &id));
            // Another host knows more by now.
            let is_replaced = matches!((waiting.before, now), (Some(before), Some(now)) if before != now);
            if !is_replaced && let Err(error) = self.write(waiting.record) {
                result = Err(error);
            }
        }
        result
    }

    /// Removes a record.
    pub(super) fn remove(&mut self, id: &InstanceId) -> io::Result<()> {
        self.waiting.remove(id);
        record_file::remove(&self.folder, id)
    }
}

fn look_at(path: &Path) -> Option<Stamp> {
    match path.try_exists() {
        Ok(_) => Some(stamp(path)),
        Err(_) => None,
    }
}

/// Whether a record that says "ended" comes too late: another host has started the instance anew meanwhile.
fn is_outdated(records: &Path, record: &Record) -> bool {
    if !matches!(record.life, Life::Ended) {
        return false;
    }
    let on_disk = record_file::read(&record_file::path(records, &record.id));
    on_disk.is_ok_and(|on_disk| match &on_disk.life {
        Life::Runs(Running { body: Body::Process(identity), .. }) => identity.is_alive(),
        // Nobody looks at another machine for this. But who has seen one process end says nothing of another one.
        Life::Runs(Running { body: Body::Elsewhere { process, .. }, .. })
        | Life::Ending(Running { body: Body::Elsewhere { process, .. }, .. }) => {
            record.after.ended_there.as_ref() != Some(process)
        }
        // Only its own host says that an intention is over.
        Life::Intended { .. } => {
            let is_ours = on_disk.host.as_ref().is_some_and(|host| host.pid == std::process::id());
            !is_ours && on_disk.host.as_ref().is_some_and(ProcessIdentity::is_alive)
        }
        Life::Runs(_) | Life::Ending(_) | Life::Ended => false,
    })
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::SavedRecords;
    use crate::files::record_file;
    use crate::record::{Aftermath, Body, Life, Record, Running};
    use crate::{InstanceId, Port, ProcessElsewhere, Timestamp};

    fn record(id: &str, name: &str) -> Box<Record> {
        Box::new(Record {
            id: InstanceId::from(id),
            name: name.to_owned(),
            directory: "/srv/site".into(),
            demo: None,
            life: Life::Ended,
            host: None,
            last_end: None,
            after: Aftermath::default(),
        })
    }

    fn names(folder: &Path) -> Vec<String> {
        record_file::read_all(folder).into_iter().map(|record| record.name).collect()
    }

    /// Records whose folder cannot be made, whoever asks: a file is in its place.
    fn blocked() -> (tempfile::TempDir, PathBuf, SavedRecords) {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("instances");
        std::fs::write(&folder, "").unwrap();
        (root, folder.clone(), SavedRecords::new(folder))
    }

    #[test]
    fn what_could_not_be_written_is_tried_again_and_the_last_counts() {
        let (_root, folder, mut saved) = blocked();
        for (id, name) in [("aaaaaaaa", "old"), ("bbbbbbbb", "gone"), ("aaaaaaaa", "new")] {
            assert!(saved.write(record(id, name)).is_err());
        }
        assert!(saved.try_again().is_err());
        assert!(saved.are_waiting());
        // It was forgotten meanwhile.
        let _fails = saved.remove(&InstanceId::from("bbbbbbbb"));
        std::fs::remove_file(&folder).unwrap();
        saved.try_again().unwrap();
        assert!(!saved.are_waiting());
        assert_eq!(names(&folder), ["new"]);
    }

    #[test]
    fn what_another_host_has_written_since_is_left() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("instances");
        let mut saved = SavedRecords::new(folder.clone());
        // A folder in the place of the file cannot be replaced.
        let file = record_file::path(&folder, &InstanceId::from("aaaaaaaa"));
        std::fs::create_dir_all(file.join("x")).unwrap();
        assert!(saved.write(record("aaaaaaaa", "ours")).is_err());
        std::fs::remove_dir_all(&file).unwrap();
        record_file::write(&folder, &record("aaaaaaaa", "theirs")).unwrap();
        saved.try_again().unwrap();
        assert!(!saved.are_waiting());
        assert_eq!(names(&folder), ["theirs"]);
    }

    fn there(pid: u32) -> ProcessElsewhere {
        ProcessElsewhere { pid, started: "then".to_owned(), port: Port::new(20_000).unwrap() }
    }

    fn running(body: Body) -> Running {
        Running { body, host: "127.0.0.1".to_owned(), port: Port::new(20_000).unwrap(), since: Timestamp(1) }
    }

    #[test]
    fn an_end_on_another_machine_is_written_over_the_process_that_ended_and_over_no_other() {
        let on_machine = |pid| running(Body::Elsewhere { host: "build".to_owned(), process: there(pid) });
        let container = running(Body::Container { engine: "default".to_owned(), id: "0a1b".to_owned() });
        for (on_disk, is_kept) in [
            (Life::Runs(on_machine(7)), false),
            (Life::Ending(on_machine(7)), false),
            (Life::Runs(on_machine(8)), true),
            (Life::Ending(on_machine(8)), true),
            (Life::Runs(container), false),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let before = Record { life: on_disk, ..*record("aaaaaaaa", "theirs") };
            record_file::write(folder.path(), &before).unwrap();
            let after = Aftermath { ended_there: Some(there(7)), ..Aftermath::default() };
            let ended = Box::new(Record { after, ..*record("aaaaaaaa", "ours") });
            SavedRecords::new(folder.path().to_owned()).write(ended).unwrap();
            assert_eq!(names(folder.path()) == ["theirs"], is_kept, "{:?}", before.life);
        }
    }
}
