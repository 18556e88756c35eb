//! Ending servers that one of us has started and that belong to no instance any more.

use launch::ProcessIdentity;

use super::super::context::Context;
use super::super::launching::GRACE;
use super::super::roster::command::{INSTANCE_VARIABLE, STATE_VARIABLE};
use crate::InstanceId;
use crate::files::record_file;
use crate::record::Life;

/// Ends it, if it is what it was taken for: the process seen, with both marks, and with no record on disk that may mean it.
pub(super) async fn reap(context: Context, instance: InstanceId, identity: ProcessIdentity) {
    let (asked, of) = (instance.clone(), identity.clone());
    let (records, state) = (context.folders.records(), context.folders.state.clone());
    let checked = tokio::task::spawn_blocking(move || {
        let has_marks = launch::variable_of(&of, INSTANCE_VARIABLE).as_deref() == Some(asked.as_str())
            && launch::variable_of(&of, STATE_VARIABLE).is_some_and(|folder| *folder == *state.to_string_lossy());
        has_marks && !is_recorded(&record_file::path(&records, &asked), &of)
    });
    if !checked.await.unwrap_or(false) {
        return;
    }
    tracing::warn!(%instance, pid = identity.pid, "A server that belongs to no instance is ended");
    if let Err(error) = launch::stop(&identity, GRACE).await {
        tracing::warn!(%error, pid = identity.pid, "It could not be ended");
    }
}

/// Whether a record may mean this process. One that is not understood may.
fn is_recorded(path: &std::path::Path, identity: &ProcessIdentity) -> bool {
    match record_file::read(path) {
        Ok(record) => match &record.life {
            Life::Ended => false,
            Life::Intended { .. } => record.host.as_ref().is_some_and(ProcessIdentity::is_alive),
            Life::Runs(running) | Life::Ending(running) => running.identity.pid == identity.pid,
        },
        Err(_) => path.exists(),
    }
}
