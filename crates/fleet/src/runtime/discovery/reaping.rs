//! Ending servers that one of us has started and that belong to no instance any more.

use std::path::Path;

use launch::ProcessIdentity;

use super::super::context::Context;
use super::super::launching::GRACE;
use super::super::roster::command::{HOST_VARIABLE, INSTANCE_VARIABLE, STATE_VARIABLE, host_of_mark};
use crate::InstanceId;
use crate::files::record_file;
use crate::record::Life;

/// Ends it, if it is what it was taken for: the process seen, with both marks, nobody's who lives, and with no record on disk that may mean it.
pub(super) async fn reap(context: Context, instance: InstanceId, identity: ProcessIdentity) {
    let (asked, of) = (instance.clone(), identity.clone());
    let (records, state) = (context.folders.records(), context.folders.state.clone());
    let checked = tokio::task::spawn_blocking(move || {
        let has_marks = launch::variable_of(&of, INSTANCE_VARIABLE).as_deref() == Some(asked.as_str())
            && launch::variable_of(&of, STATE_VARIABLE).is_some_and(|folder| *folder == *state.to_string_lossy());
        let host = launch::variable_of(&of, HOST_VARIABLE);
        has_marks && !may_be_known(host.as_deref(), &records, &asked, &of)
    });
    if !checked.await.unwrap_or(false) {
        return;
    }
    tracing::warn!(%instance, pid = identity.pid, "A server that belongs to no instance is ended");
    if let Err(error) = launch::stop(&identity, GRACE).await {
        tracing::warn!(%error, pid = identity.pid, "It could not be ended");
    }
}

/// Whether somebody may know whose it is: the host that started it, whose record may not have reached the disk, or a record.
fn may_be_known(host: Option<&str>, records: &Path, instance: &InstanceId, identity: &ProcessIdentity) -> bool {
    // A folder that cannot be read tells of nobody.
    host_may_live(host)
        || std::fs::read_dir(records).is_err()
        || is_recorded(&record_file::path(records, instance), identity)
}

/// Whether the host that started it may live, by what it was marked with. One that is not understood may; earlier versions left no mark.
fn host_may_live(mark: Option<&str>) -> bool {
    let mark = mark.filter(|mark| !mark.is_empty());
    mark.is_some_and(|mark| host_of_mark(mark).is_none_or(|host| host.after_exec().is_some()))
}

/// Whether a record may mean this process. One that is not understood may.
fn is_recorded(path: &Path, identity: &ProcessIdentity) -> bool {
    match record_file::read(path) {
        Ok(record) => match &record.life {
            Life::Ended => false,
            Life::Intended { .. } => record.host.as_ref().is_some_and(ProcessIdentity::is_alive),
            Life::Runs(running) | Life::Ending(running) => {
                running.process().is_some_and(|process| process.pid == identity.pid)
            }
        },
        Err(_) => path.try_exists().unwrap_or(true),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use launch::ProcessIdentity;

    use super::super::super::roster::command::host_mark;
    use super::{host_may_live, may_be_known};
    use crate::files::record_file;
    use crate::record::{Aftermath, Body, Life, Record, Running};
    use crate::{InstanceId, Port, Timestamp};

    fn us() -> ProcessIdentity {
        ProcessIdentity::observe(std::process::id()).unwrap()
    }

    #[test]
    fn a_host_is_alive_until_its_number_is_nobodys_or_another_ones() {
        let us = us();
        let successor = ProcessIdentity { started_at: us.started_at + 1, ..us.clone() };
        for (mark, expected) in [
            (None, false),
            (Some(String::new()), false),
            (Some(host_mark(&us)), true),
            (Some(host_mark(&successor)), false),
            (Some("what a later version writes".to_owned()), true),
        ] {
            assert_eq!(host_may_live(mark.as_deref()), expected, "{mark:?}");
        }
    }

    #[test]
    fn a_server_is_known_by_its_record_and_while_records_cannot_be_read() {
        let root = tempfile::tempdir().unwrap();
        let (folder, id) = (root.path().join("instances"), InstanceId::from("aaaaaaaa"));
        let server = ProcessIdentity { pid: 77, started_at: 1, executable: "/bin/opencode".into() };
        let is_known = |host: Option<&str>, folder: &Path| may_be_known(host, folder, &id, &server);
        assert!(is_known(None, &folder), "there is no folder to read");
        std::fs::create_dir(&folder).unwrap();
        assert!(!is_known(None, &folder));
        assert!(is_known(Some(&host_mark(&us())), &folder), "its record may not have been written");
        let port = Port::new(3100).unwrap();
        let runs = |pid| {
            let identity = ProcessIdentity { pid, ..server.clone() };
            Life::Runs(Running {
                body: Body::Process(identity),
                host: "127.0.0.1".to_owned(),
                port,
                since: Timestamp(1),
            })
        };
        let dead = ProcessIdentity { started_at: us().started_at + 1, ..us() };
        for (life, host, expected) in [
            (Life::Ended, us(), false),
            (Life::Intended { port: Some(port) }, us(), true),
            (Life::Intended { port: Some(port) }, dead.clone(), false),
            (runs(77), dead.clone(), true),
            (runs(78), dead, false),
        ] {
            let record = Record {
                id: id.clone(),
                name: "a".to_owned(),
                directory: "/srv/site".into(),
                demo: None,
                life: life.clone(),
                host: Some(host),
                last_end: None,
                after: Aftermath::default(),
            };
            record_file::write(&folder, &record).unwrap();
            assert_eq!(is_known(None, &folder), expected, "{life:?}");
        }
        std::fs::write(record_file::path(&folder, &id), "{").unwrap();
        assert!(is_known(None, &folder), "it is not understood");
    }
}
