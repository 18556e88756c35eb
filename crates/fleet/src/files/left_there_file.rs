//! What may still run on other machines though no instance has it: `<state>/left-there.json`.
//!
//! It is ended when the machine is reached, by whichever host reaches it first.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::entries_file;
use crate::ssh::LeftThere;
use crate::{InstanceId, Port, ProcessElsewhere, Timestamp};

#[derive(Serialize, Deserialize)]
struct OneFile {
    name: String,
    host: String,
    directory: PathBuf,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    process: Option<ProcessFile>,
    #[serde(default)]
    since_ms: u64,
}

#[derive(Serialize, Deserialize)]
struct ProcessFile {
    pid: u32,
    started: String,
    port: u16,
}

/// All of it. Blocks. A file that cannot be understood tells of nothing.
pub(crate) fn read(state: &Path) -> BTreeMap<InstanceId, LeftThere> {
    // An id names files on the other machine.
    let known = |(id, left): (String, Value)| Some((InstanceId::given(&id)?, understood(left)?));
    entries_file::read(&path(state)).into_iter().filter_map(known).collect()
}

/// Adds what may be left of an instance, in the place of what was known of it. Blocks.
pub(crate) fn add(state: &Path, id: &InstanceId, left: &LeftThere) -> io::Result<()> {
    let LeftThere { name, host, directory, process, since } = left.clone();
    let process = process.map(|ProcessElsewhere { pid, started, port }| ProcessFile { pid, started, port: port.get() });
    let left = OneFile { name, host, directory, process, since_ms: since.0 };
    entries_file::set(&path(state), id.as_str(), &left)
}

/// Nothing of this is left any more; well if it is not in the file. What was added since stays. Blocks.
pub(crate) fn remove(state: &Path, id: &InstanceId, left: &LeftThere) -> io::Result<()> {
    let is_meant = |entry: &Value| understood(entry.clone()).as_ref() == Some(left);
    entries_file::remove_if(&path(state), id.as_str(), is_meant)
}

fn understood(left: Value) -> Option<LeftThere> {
    let OneFile { name, host, directory, process, since_ms } = serde_json::from_value(left).ok()?;
    let process = match process {
        Some(ProcessFile { pid, started, port }) => Some(ProcessElsewhere { pid, started, port: Port::new(port)? }),
        None => None,
    };
    Some(LeftThere { name, host, directory, process, since: Timestamp(since_ms) })
}

/// Where it is.
pub(crate) fn path(state: &Path) -> PathBuf {
    state.join("left-there.json")
}

#[cfg(test)]
mod tests {
    use super::{add, path, read, remove};
    use crate::ssh::LeftThere;
    use crate::{InstanceId, Port, ProcessElsewhere, Timestamp};

    fn left(process: Option<u32>) -> LeftThere {
        let port = Port::new(20_000).unwrap();
        LeftThere {
            name: "site".to_owned(),
            host: "me@build".to_owned(),
            directory: "/srv/site".into(),
            process: process.map(|pid| ProcessElsewhere { pid, started: "then".to_owned(), port }),
            since: Timestamp(5),
        }
    }

    #[test]
    fn it_keeps_what_is_added_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let id = InstanceId::from("aaaaaaaa");
        remove(&state, &id, &left(None)).unwrap();
        assert!(read(&state).is_empty() && !state.exists(), "nothing is written for nothing");
        add(&state, &id, &left(None)).unwrap();
        assert_eq!(read(&state), [(id.clone(), left(None))].into());
        // What somebody has added since is not over with what was there before.
        add(&state, &id, &left(Some(7))).unwrap();
        remove(&state, &id, &left(None)).unwrap();
        assert_eq!(read(&state), [(id.clone(), left(Some(7)))].into());
        remove(&state, &id, &left(Some(7))).unwrap();
        assert!(!path(&state).exists());
    }

    #[test]
    fn garbage_tells_of_nothing_and_a_newer_one_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let one = r#"{"name":"a","host":"b","directory":"/"}"#;
        for text in ["", "{", "[]", &format!(r#"{{"version":1,"instances":{{"../x":{one}}}}}"#)] {
            std::fs::write(path(folder.path()), text).unwrap();
            assert!(read(folder.path()).is_empty(), "{text}");
        }
        let newer = format!(r#"{{"version":2,"instances":{{"aaaaaaaa":{one}}}}}"#);
        std::fs::write(path(folder.path()), &newer).unwrap();
        assert!(add(folder.path(), &InstanceId::from("bbbbbbbb"), &left(None)).is_err());
        assert_eq!(std::fs::read_to_string(path(folder.path())).unwrap(), newer);
    }

    #[test]
    fn one_that_is_not_understood_takes_the_others_not_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let (good, bad) = (r#"{"name":"a","host":"b","directory":"/"}"#, r#"{"name":"a","host":7}"#);
        let text = format!(r#"{{"version":1,"instances":{{"aaaaaaaa":{good},"bbbbbbbb":{bad}}}}}"#);
        std::fs::write(path(folder.path()), text).unwrap();
        let ids = || read(folder.path()).into_keys().collect::<Vec<_>>();
        let (one, other) = (InstanceId::from("aaaaaaaa"), InstanceId::from("cccccccc"));
        assert_eq!(ids(), std::slice::from_ref(&one));
        add(folder.path(), &other, &left(Some(7))).unwrap();
        assert_eq!(ids(), [one, other]);
        assert!(std::fs::read_to_string(path(folder.path())).unwrap().contains("bbbbbbbb"), "what it says is kept");
    }
}
