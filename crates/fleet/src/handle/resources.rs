//! What instances use and what they write.

use std::path::PathBuf;

use launch::LogCursor;
use launch::log::{LogMatches, LogPage};

use super::Fleet;
use crate::resources::Resources;
use crate::runtime::{logs, measuring};
use crate::{FleetError, InstanceId, Owner};

/// Which part of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogPlace {
    /// Its last lines.
    End,
    /// What follows a place.
    After(LogCursor),
    /// What comes before a place.
    Before(LogCursor),
}

impl Fleet {
    /// What the process tree of an instance uses and has used.
    pub fn resources(&self, id: &InstanceId) -> Result<Resources, FleetError> {
        self.instance(id)?;
        Ok(self.runtime.measurements().of(id))
    }

    /// Ends one process below an instance's server, with what it has started; the server goes on. Only where the server is ours.
    pub async fn end_child(&self, id: &InstanceId, pid: u32, started_at: u64) -> Result<(), FleetError> {
        let instance = self.instance(id)?;
        let root =
            instance.process().filter(|_| instance.owner == Owner::Portal).ok_or_else(|| FleetError::NotNow {
                name: instance.name.clone(),
                state: if instance.owner == Owner::Portal { instance.state.word() } else { "not ours" },
                wanted: "rid of a process",
            })?;
        measuring::end_child(self.runtime.measurements(), &instance, root, pid, started_at).await
    }

    /// A page of an instance's output, over what was rotated too.
    pub async fn read_log(&self, id: &InstanceId, place: LogPlace, lines: usize) -> Result<LogPage, FleetError> {
        logs::read(self.instance(id)?.log.clone(), place, lines).await
    }

    /// Where a text is in an instance's output, newest first; its case and its colours do not count.
    pub async fn search_log(&self, id: &InstanceId, text: &str, limit: usize) -> Result<LogMatches, FleetError> {
        logs::search(self.instance(id)?.log.clone(), text.to_owned(), limit).await
    }

    /// Writes everything that is kept of an instance's output into the person's download folder. Gives the file.
    pub async fn save_log(&self, id: &InstanceId) -> Result<PathBuf, FleetError> {
        logs::save(self.folders(), &*self.instance(id)?).await
    }
}
