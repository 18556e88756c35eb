//! The instances that were forgotten while their container engine could not be asked: `<state>/forgotten.json`.
//!
//! What they left at the engine is removed when it is seen again, by whichever host sees it first.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::atomic::{self, Durability};
use super::file_lock;
use crate::InstanceId;

/// The version of the file that we write. A newer one is left as it is.
const VERSION: u32 = 1;

/// What is left of an instance that was forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Left {
    /// The engine that has it, by its address or as a profile names it; none: the usual one.
    pub(crate) engine: Option<String>,
    /// Whether its volume is to be removed with the container.
    pub(crate) with_data: bool,
}

#[derive(Serialize, Deserialize)]
struct ForgottenFile {
    version: u32,
    #[serde(default)]
    instances: BTreeMap<String, LeftFile>,
}

#[derive(Serialize, Deserialize)]
struct LeftFile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    engine: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    with_data: bool,
}

/// All of them. Blocks. A file that cannot be understood tells of none.
pub(crate) fn read(state: &Path) -> BTreeMap<InstanceId, Left> {
    let file = read_file(&path(state)).ok().flatten();
    let instances = file.map(|file| file.instances).unwrap_or_default();
    // An id is a label of a container, and part of the name of a volume.
    let known = |(id, left): (String, LeftFile)| {
        Some((InstanceId::given(&id)?, Left { engine: left.engine, with_data: left.with_data }))
    };
    instances.into_iter().filter_map(known).collect()
}

/// Adds one. Blocks.
pub(crate) fn add(state: &Path, id: &InstanceId, left: &Left) -> io::Result<()> {
    change(state, |instances| {
        let left = LeftFile { engine: left.engine.clone(), with_data: left.with_data };
        instances.insert(id.as_str().to_owned(), left);
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

fn change(state: &Path, change: impl FnOnce(&mut BTreeMap<String, LeftFile>)) -> io::Result<()> {
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
    let text = serde_json::to_vec_pretty(&ForgottenFile { version: VERSION, instances }).map_err(io::Error::other)?;
    atomic::write(&path, &text, Durability::Synced)
}

fn path(state: &Path) -> PathBuf {
    state.join("forgotten.json")
}

/// None: there is none, or nobody can understand it.
fn read_file(path: &Path) -> io::Result<Option<ForgottenFile>> {
    match fs::read(path) {
        Ok(text) => Ok(serde_json::from_slice(&text).ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::{Left, add, path, read, remove};
    use crate::InstanceId;

    #[test]
    fn it_keeps_what_is_added_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        assert!(read(&state).is_empty());
        let (one, other) = (InstanceId::from("aaaaaaaa"), InstanceId::from("bbbbbbbb"));
        remove(&state, &one).unwrap();
        assert!(!state.exists(), "nothing is written for nothing");
        let left = Left { engine: Some("unix:///e".to_owned()), with_data: true };
        add(&state, &one, &left).unwrap();
        add(&state, &other, &Left::default()).unwrap();
        assert_eq!(read(&state), [(one.clone(), left), (other.clone(), Left::default())].into());
        remove(&state, &one).unwrap();
        remove(&state, &one).unwrap();
        assert_eq!(read(&state).into_keys().collect::<Vec<_>>(), std::slice::from_ref(&other));
        remove(&state, &other).unwrap();
        assert!(!path(&state).exists());
    }

    #[test]
    fn garbage_tells_of_none_and_a_newer_one_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let id = InstanceId::from("aaaaaaaa");
        for text in ["", "{", "[]", r#"{"version":1,"instances":{"../x":{}}}"#] {
            std::fs::write(path(folder.path()), text).unwrap();
            assert!(read(folder.path()).is_empty(), "{text}");
        }
        add(folder.path(), &id, &Left::default()).unwrap();
        assert_eq!(read(folder.path()).len(), 1);
        let newer = r#"{"version":2,"instances":{"aaaaaaaa":{"engine":"e"}}}"#;
        std::fs::write(path(folder.path()), newer).unwrap();
        assert!(add(folder.path(), &id, &Left::default()).is_err());
        assert_eq!(std::fs::read_to_string(path(folder.path())).unwrap(), newer);
    }
}
