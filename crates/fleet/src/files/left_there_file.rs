//! What may still run on other machines though no instance has it: `<state>/left-there.json`.
//!
//! It is ended when the machine is reached, by whichever host reaches it first.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::atomic::{self, Durability};
use super::file_lock;
use crate::InstanceId;
use crate::ssh::LeftThere;

/// The version of the file that we write. A newer one is left as it is.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct LeftThereFile {
    version: u32,
    #[serde(default)]
    instances: BTreeMap<String, OneFile>,
}

#[derive(Serialize, Deserialize)]
struct OneFile {
    name: String,
    host: String,
    directory: PathBuf,
}

/// All of it. Blocks. A file that cannot be understood tells of nothing.
pub(crate) fn read(state: &Path) -> BTreeMap<InstanceId, LeftThere> {
    let file = read_file(&path(state)).ok().flatten();
    let instances = file.map(|file| file.instances).unwrap_or_default();
    // An id names files on the other machine.
    let known = |(id, OneFile { name, host, directory }): (String, OneFile)| {
        Some((InstanceId::given(&id)?, LeftThere { name, host, directory }))
    };
    instances.into_iter().filter_map(known).collect()
}

/// Adds what may be left of an instance. Blocks.
pub(crate) fn add(state: &Path, id: &InstanceId, left: &LeftThere) -> io::Result<()> {
    change(state, |instances| {
        let LeftThere { name, host, directory } = left.clone();
        instances.insert(id.as_str().to_owned(), OneFile { name, host, directory });
    })
}

/// Nothing is left of it any more; well if it is not in the file. Blocks.
pub(crate) fn remove(state: &Path, id: &InstanceId) -> io::Result<()> {
    if !path(state).exists() {
        return Ok(());
    }
    change(state, |instances| {
        instances.remove(id.as_str());
    })
}

fn change(state: &Path, change: impl FnOnce(&mut BTreeMap<String, OneFile>)) -> io::Result<()> {
    let path = path(state);
    let _lock = file_lock::lock_beside(&path)?;
    // What cannot be understood is worth less than what is to be written now; what is newer than us is not ours to change.
    let mut instances = match read_file(&path)? {
        Some(file) if file.version > VERSION => {
            return Err(io::Error::other(format!("`{}` was written by a newer Portal", path.display())));
        }
        Some(file) => file.instances,
        None => BTreeMap::new(),
    };
    change(&mut instances);
    if instances.is_empty() {
        return super::well_if_gone(fs::remove_file(&path));
    }
    let text = serde_json::to_vec_pretty(&LeftThereFile { version: VERSION, instances }).map_err(io::Error::other)?;
    atomic::write(&path, &text, Durability::Synced)
}

fn path(state: &Path) -> PathBuf {
    state.join("left-there.json")
}

/// None: there is none, or nobody can understand it.
fn read_file(path: &Path) -> io::Result<Option<LeftThereFile>> {
    match fs::read(path) {
        Ok(text) => Ok(serde_json::from_slice(&text).ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::{add, path, read, remove};
    use crate::InstanceId;
    use crate::ssh::LeftThere;

    #[test]
    fn it_keeps_what_is_added_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let id = InstanceId::from("aaaaaaaa");
        remove(&state, &id).unwrap();
        assert!(read(&state).is_empty() && !state.exists(), "nothing is written for nothing");
        let left = LeftThere { name: "site".to_owned(), host: "me@build".to_owned(), directory: "/srv/site".into() };
        add(&state, &id, &left).unwrap();
        assert_eq!(read(&state), [(id.clone(), left)].into());
        remove(&state, &id).unwrap();
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
        let left = LeftThere { name: "a".to_owned(), host: "b".to_owned(), directory: "/".into() };
        assert!(add(folder.path(), &InstanceId::from("bbbbbbbb"), &left).is_err());
        assert_eq!(std::fs::read_to_string(path(folder.path())).unwrap(), newer);
    }
}
