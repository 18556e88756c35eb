//! The record files: `<state>/instances/ID.json`, one for each instance of ours.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use launch::ProcessIdentity;
use opencode_api::{Port, SessionId};
use serde::{Deserialize, Serialize};

use super::atomic::{self, Durability};
use super::identity_file::IdentityFile;
use crate::record::{Aftermath, Body, Life, Record, Running};
use crate::{InstanceId, ProcessElsewhere, Timestamp};

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct RecordFile {
    version: u32,
    id: String,
    name: String,
    directory: PathBuf,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    demo_port: Option<u16>,
    #[serde(flatten)]
    life: LifeFile,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    host: Option<IdentityFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_end: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    asleep: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    crashed: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    interrupted: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "life", rename_all = "snake_case")]
enum LifeFile {
    Ended,
    Intended {
        /// 0: not known yet.
        #[serde(default)]
        port: u16,
    },
    Runs {
        process: RunningFile,
    },
    Ending {
        process: RunningFile,
    },
}

#[derive(Serialize, Deserialize)]
struct RunningFile {
    #[serde(flatten)]
    body: BodyFile,
    #[serde(default = "loopback")]
    host: String,
    port: u16,
    since_ms: u64,
}

/// A process is written as it was before there were other places.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum BodyFile {
    Container { engine: String, container: String },
    Elsewhere { ssh: String, pid: u32, started: String },
    Process(IdentityFile),
}

/// Where everything was reached before records told.
fn loopback() -> String {
    "127.0.0.1".to_owned()
}

/// Where the record of an instance is.
pub(crate) fn path(folder: &Path, id: &InstanceId) -> PathBuf {
    folder.join(format!("{id}.json"))
}

/// Writes a record. It tells of processes, which do not survive a loss of power: no need to wait for the disk.
pub(crate) fn write(folder: &Path, record: &Record) -> io::Result<()> {
    let text = serde_json::to_vec_pretty(&RecordFile::from(record)).map_err(io::Error::other)?;
    atomic::write(&path(folder, &record.id), &text, Durability::Buffered)
}

/// Reads a record.
pub(crate) fn read(path: &Path) -> io::Result<Record> {
    let file: RecordFile = serde_json::from_slice(&fs::read(path)?).map_err(io::Error::other)?;
    if file.version > VERSION {
        return Err(io::Error::other("written by a newer version of Portal"));
    }
    Record::try_from(file).map_err(io::Error::other)
}

/// Removes a record; well if there is none.
pub(crate) fn remove(folder: &Path, id: &InstanceId) -> io::Result<()> {
    super::well_if_gone(fs::remove_file(path(folder, id)))
}

/// The records that can be read now.
pub(crate) fn read_all(folder: &Path) -> Vec<Record> {
    paths(folder).unwrap_or_default().iter().filter_map(|path| read(path).ok()).collect()
}

/// The record files that there are now, in the order of their names; none where there is no folder yet.
/// One that cannot be listed says nothing of what is in it.
pub(crate) fn paths(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    paths.retain(|path| {
        let is_being_written = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        path.extension().is_some_and(|extension| extension == "json") && !is_being_written
    });
    paths.sort();
    Ok(paths)
}

impl From<&Record> for RecordFile {
    fn from(record: &Record) -> Self {
        Self {
            version: VERSION,
            id: record.id.as_str().to_owned(),
            name: record.name.clone(),
            directory: record.directory.clone(),
            demo_port: record.demo.map(Port::get),
            life: match &record.life {
                Life::Ended => LifeFile::Ended,
                Life::Intended { port } => LifeFile::Intended { port: port.map_or(0, Port::get) },
                Life::Runs(running) => LifeFile::Runs { process: running.into() },
                Life::Ending(running) => LifeFile::Ending { process: running.into() },
            },
            host: record.host.as_ref().map(IdentityFile::from),
            last_end: record.last_end.clone(),
            asleep: record.after.is_asleep,
            crashed: record.after.is_crashed,
            interrupted: record.after.interrupted.iter().map(|session| session.as_str().to_owned()).collect(),
        }
    }
}

impl From<&Running> for RunningFile {
    fn from(running: &Running) -> Self {
        Self {
            body: match &running.body {
                Body::Process(identity) => BodyFile::Process(identity.into()),
                Body::Container { engine, id } => BodyFile::Container { engine: engine.clone(), container: id.clone() },
                Body::Elsewhere { host, process } => {
                    BodyFile::Elsewhere { ssh: host.clone(), pid: process.pid, started: process.started.clone() }
                }
            },
            host: running.host.clone(),
            port: running.port.get(),
            since_ms: running.since.as_ms(),
        }
    }
}

impl TryFrom<RunningFile> for Running {
    type Error = &'static str;

    fn try_from(file: RunningFile) -> Result<Self, Self::Error> {
        let port = Port::new(file.port).ok_or("the port is 0")?;
        let body = match file.body {
            BodyFile::Process(identity) => Body::Process(identity.into()),
            BodyFile::Container { engine, container } => Body::Container { engine, id: container },
            // Without its start it would be taken for any process of that number.
            BodyFile::Elsewhere { started, .. } if started.is_empty() => {
                return Err("the start of the process is missing");
            }
            BodyFile::Elsewhere { ssh, pid, started } => {
                Body::Elsewhere { host: ssh, process: ProcessElsewhere { pid, started, port } }
            }
        };
        Ok(Self { body, host: file.host, port, since: Timestamp(file.since_ms) })
    }
}

impl TryFrom<RecordFile> for Record {
    type Error = &'static str;

    fn try_from(file: RecordFile) -> Result<Self, Self::Error> {
        Ok(Self {
            id: InstanceId::from(file.id),
            name: file.name,
            directory: file.directory,
            demo: file.demo_port.and_then(Port::new),
            life: match file.life {
                LifeFile::Ended => Life::Ended,
                LifeFile::Intended { port } => Life::Intended { port: Port::new(port) },
                LifeFile::Runs { process } => Life::Runs(process.try_into()?),
                LifeFile::Ending { process } => Life::Ending(process.try_into()?),
            },
            host: file.host.map(ProcessIdentity::from),
            last_end: file.last_end,
            after: Aftermath {
                is_asleep: file.asleep,
                is_crashed: file.crashed,
                interrupted: file.interrupted.into_iter().map(SessionId::from).collect(),
                ended_there: None,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{path, paths, read, read_all, remove, write};
    use crate::record::{Aftermath, Body, Life, Record, Running};
    use crate::{InstanceId, Port, ProcessElsewhere, ProcessIdentity, Timestamp};

    fn record(life: Life) -> Record {
        Record {
            id: InstanceId::from("abcd1234"),
            name: "a b".to_owned(),
            directory: "/tmp/ü %".into(),
            demo: Port::new(4000),
            life,
            host: Some(ProcessIdentity { pid: 7, started_at: 8, executable: "/bin/portal".into() }),
            last_end: Some("exit code 1".to_owned()),
            after: Aftermath {
                is_asleep: true,
                is_crashed: true,
                interrupted: [crate::SessionId::from("ses_1")].into(),
                ended_there: None,
            },
        }
    }

    #[test]
    fn reads_what_it_writes() {
        let folder = tempfile::tempdir().unwrap();
        let port = Port::new(3100).unwrap();
        let running = |body| Running { body, host: "127.0.0.1".to_owned(), port, since: Timestamp(5) };
        let process = Body::Process(ProcessIdentity { pid: 2, started_at: 3, executable: "/bin/opencode".into() });
        let container = Body::Container { engine: "default".to_owned(), id: "0a1b".to_owned() };
        let there = ProcessElsewhere { pid: 9, started: "1234".to_owned(), port };
        let elsewhere = Body::Elsewhere { host: "me@build".to_owned(), process: there };
        let lives = [
            Life::Ended,
            Life::Intended { port: Some(port) },
            Life::Intended { port: None },
            Life::Runs(running(process.clone())),
            Life::Ending(running(process)),
            Life::Runs(running(container)),
            Life::Ending(running(elsewhere)),
        ];
        for life in lives {
            let written = record(life);
            write(folder.path(), &written).unwrap();
            assert_eq!(read(&path(folder.path(), &written.id)).unwrap(), written);
        }
        assert_eq!(read_all(folder.path()).len(), 1);
        remove(folder.path(), &InstanceId::from("abcd1234")).unwrap();
        remove(folder.path(), &InstanceId::from("abcd1234")).unwrap();
        assert!(paths(folder.path()).unwrap().is_empty());
    }

    #[test]
    fn garbage_is_an_error_and_no_panic() {
        let folder = tempfile::tempdir().unwrap();
        let no_start = r#"{"version":1,"id":"a","name":"a","directory":"/","life":"runs","process":{"ssh":"b","pid":9,"started":"","port":1,"since_ms":1}}"#;
        let no_process = r#"{"version":1,"id":"a","name":"a","directory":"/","life":"runs"}"#;
        for text in ["", "{", "[]", r#"{"version":99}"#, no_process, no_start] {
            let path = folder.path().join("x.json");
            std::fs::write(&path, text).unwrap();
            assert!(read(&path).is_err(), "{text}");
        }
    }

    #[test]
    fn no_folder_has_no_records_and_one_that_cannot_be_listed_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(paths(&folder.path().join("nowhere")).unwrap().is_empty());
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(paths(&file).is_err());
    }
}
