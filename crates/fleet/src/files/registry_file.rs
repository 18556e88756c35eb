//! The shared registry file. Entries and fields that we do not know stay as they are, in their order.

use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use super::atomic::{self, Durability};
use super::registry_lock::{LockError, Patience, RegistryLock};
use crate::discovery::{Endpoint, Found};
use crate::registry::{DockerEntry, Entry};
use crate::{InstanceId, Port, Source, Timestamp};

/// What can go wrong with the registry. The start of an instance goes on all the same.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RegistryError {
    /// Its lock was not got.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// It cannot be read.
    #[error("Could not read `{}`: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    /// Somebody has made it read-only.
    #[error("`{}` is read-only", path.display())]
    ReadOnly { path: PathBuf },
    /// It cannot be written.
    #[error("Could not write `{}`: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// One change of the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RegistryChange {
    /// Put our entry in, or correct it.
    Put(Box<Entry>),
    /// Take our entry out, if it is still about this process.
    Remove { id: InstanceId, pid: u32 },
}

/// What a change came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// It is in the file.
    Done,
    /// It is, and what was there before made no sense; it was kept under this name.
    AfterBackup(PathBuf),
}

/// Makes one change, under the lock. Blocks up to the patience given.
pub(crate) fn change(
    path: &Path,
    change: &RegistryChange,
    patience: Patience,
    now_ms: u64,
) -> Result<Written, RegistryError> {
    let _lock = RegistryLock::take(path, patience)?;
    let (mut document, written) = match read(path)? {
        Contents::Document(document) => (document, Written::Done),
        Contents::Nothing => (Map::new(), Written::Done),
        Contents::Corrupt => {
            // Without its copy the file is not replaced.
            let copy = atomic::back_up_corrupt(path, now_ms)
                .map_err(|source| RegistryError::Write { path: path.to_path_buf(), source })?;
            (Map::new(), Written::AfterBackup(copy))
        }
    };
    if !apply(&mut document, change) {
        return Ok(written);
    }
    if fs::metadata(path).is_ok_and(|metadata| metadata.permissions().readonly()) {
        return Err(RegistryError::ReadOnly { path: path.to_path_buf() });
    }
    let failed = |source| RegistryError::Write { path: path.to_path_buf(), source };
    let text = serde_json::to_vec_pretty(&document).map_err(|error| failed(io::Error::other(error)))?;
    atomic::write(path, &text, Durability::Synced).map_err(failed)?;
    Ok(written)
}

/// The containers of other programs. Entries that make no sense are left out, and left alone.
pub(crate) fn docker_entries(path: &Path) -> Result<Vec<DockerEntry>, RegistryError> {
    Ok(match read(path)? {
        Contents::Document(document) => entries(&document).iter().filter_map(docker_entry).collect(),
        Contents::Nothing | Contents::Corrupt => Vec::new(),
    })
}

/// The processes of other programs, and ours, as the file has them. Entries that make no sense are left out, and left alone.
pub(crate) fn process_entries(path: &Path) -> Result<Vec<Found>, RegistryError> {
    Ok(match read(path)? {
        Contents::Document(document) => {
            let own = launch::own_addresses();
            entries(&document).iter().filter_map(|entry| process_entry(entry, &own)).collect()
        }
        Contents::Nothing | Contents::Corrupt => Vec::new(),
    })
}

/// Whether what is in the file makes no sense.
pub(crate) fn is_corrupt(path: &Path) -> bool {
    matches!(read(path), Ok(Contents::Corrupt))
}

enum Contents {
    Document(Map<String, Value>),
    Nothing,
    Corrupt,
}

fn read(path: &Path) -> Result<Contents, RegistryError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Contents::Nothing),
        Err(source) => return Err(RegistryError::Read { path: path.to_path_buf(), source }),
    };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Contents::Nothing);
    }
    Ok(match serde_json::from_slice(&bytes) {
        Ok(Value::Object(document)) if document.get("instances").is_none_or(Value::is_array) => {
            Contents::Document(document)
        }
        _ => Contents::Corrupt,
    })
}

fn entries(document: &Map<String, Value>) -> &[Value] {
    document.get("instances").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// False: the document is as it should be already.
fn apply(document: &mut Map<String, Value>, change: &RegistryChange) -> bool {
    let instances = document.entry("instances").or_insert_with(|| Value::Array(Vec::new()));
    let Value::Array(instances) = instances else { return false };
    let has_id = |value: &Value, id: &InstanceId| value.get("id").and_then(Value::as_str) == Some(id.as_str());
    match change {
        RegistryChange::Put(entry) => {
            let fields = fields(entry);
            let known = instances.iter_mut().find(|value| has_id(value, &entry.id));
            if let Some(Value::Object(known)) = known {
                let before = known.clone();
                known.extend(fields);
                *known != before
            } else {
                instances.push(Value::Object(fields));
                true
            }
        }
        RegistryChange::Remove { id, pid } => {
            let before = instances.len();
            instances.retain(|value| {
                !(has_id(value, id) && value.get("opencodePid").and_then(Value::as_u64) == Some(u64::from(*pid)))
            });
            instances.len() != before
        }
    }
}

fn fields(entry: &Entry) -> Map<String, Value> {
    let fields = json!({
        "id": entry.id.as_str(),
        "name": entry.name,
        "directory": entry.directory.to_string_lossy(),
        "port": null,
        "opencodePort": entry.port.get(),
        "hostname": "127.0.0.1",
        "opencodePid": entry.pid,
        "webPid": null,
        "startedAt": iso8601(entry.started_at),
        "instanceType": "process",
        "containerId": null,
    });
    match fields {
        Value::Object(fields) => fields,
        _ => unreachable!("an object literal is an object"),
    }
}

/// As the other programs write it: UTC, with milliseconds.
fn iso8601(moment: Timestamp) -> String {
    const FORMAT: &[time::format_description::BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(moment.as_ms()) * 1_000_000)
        .ok()
        .and_then(|moment| moment.format(FORMAT).ok())
        .unwrap_or_default()
}

fn process_entry(value: &Value, own: &[IpAddr]) -> Option<Found> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if text("instanceType") == Some("docker") {
        return None;
    }
    let number = |name: &str| value.get(name).and_then(Value::as_u64);
    let port = number("opencodePort").and_then(|port| Port::new(u16::try_from(port).ok()?));
    let pid = number("opencodePid").and_then(|pid| u32::try_from(pid).ok()).filter(|pid| *pid > 1);
    if port.is_none() && pid.is_none() {
        return None;
    }
    Some(Found {
        endpoint: port.map(|port| Endpoint::new(text("hostname").unwrap_or_default(), port).among(own)),
        pid,
        id: text("id").and_then(InstanceId::given),
        name: text("name").map(str::to_owned),
        directory: text("directory").map(PathBuf::from),
        started_at: text("startedAt").and_then(moment),
        ..Found::by(Source::Registry)
    })
}

fn moment(text: &str) -> Option<Timestamp> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    u64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok().map(Timestamp)
}

fn docker_entry(value: &Value) -> Option<DockerEntry> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if text("instanceType") != Some("docker") {
        return None;
    }
    let directory = PathBuf::from(text("directory")?);
    let last = || directory.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = text("name").map(str::to_owned).or_else(last).unwrap_or_else(|| "opencode".to_owned());
    let host = match text("hostname") {
        None | Some("0.0.0.0" | "::" | "localhost") => "127.0.0.1",
        Some(host) => host,
    };
    let started = text("startedAt").and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    Some(DockerEntry {
        id: InstanceId::from(text("id")?),
        name,
        host: host.to_owned(),
        port: value.get("opencodePort").and_then(Value::as_u64).and_then(|port| Port::new(u16::try_from(port).ok()?)),
        container: text("containerId")?.to_owned(),
        started_at: started
            .and_then(|moment| u64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok())
            .map(Timestamp),
        directory,
    })
}

#[cfg(test)]
mod tests;
