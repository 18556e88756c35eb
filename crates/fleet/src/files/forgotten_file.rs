//! The instances that were forgotten while their container engine could not be asked: `<state>/forgotten.json`.
//!
//! What they left at the engine is removed when it is seen again, by whichever host sees it first.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::atomic::{self, Durability};
use super::file_lock;
use crate::{InstanceId, Timestamp};

/// The version of the file that we write. A newer one is left as it is.
const VERSION: u32 = 1;

/// What is left of an instance that was forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    /// The address of the engine that has it; of one that nobody could find, the name that its profile gives it.
    pub(crate) engine: String,
    /// What it served: whoever starts or removes something there holds its lock.
    pub(crate) directory: PathBuf,
    /// Since when it is forgotten.
    pub(crate) since: Timestamp,
    /// Whether its volume is to be removed with the container.
    pub(crate) with_data: bool,
}

#[derive(Serialize, Deserialize)]
struct ForgottenFile {
    version: u32,
    #[serde(default)]
    instances: BTreeMap<String, Value>,
}

#[derive(Serialize, Deserialize)]
struct LeftFile {
    engine: String,
    directory: PathBuf,
    #[serde(default)]
    since_ms: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    with_data: bool,
}

/// All of them. Blocks. A file that cannot be understood tells of none.
pub(crate) fn read(state: &Path) -> BTreeMap<InstanceId, Left> {
    let file = read_file(&path(state)).ok().flatten();
    let instances = file.map(|file| file.instances).unwrap_or_default();
    let known = |(id, left): (String, Value)| {
        // What names no engine could be removed at the wrong one.
        let LeftFile { engine, directory, since_ms, with_data } = serde_json::from_value(left).ok()?;
        // An id is a label of a container, and part of the name of a volume.
        Some((InstanceId::given(&id)?, Left { engine, directory, since: Timestamp(since_ms), with_data }))
    };
    instances.into_iter().filter_map(known).collect()
}

/// Adds one. Blocks.
pub(crate) fn add(state: &Path, id: &InstanceId, left: &Left) -> io::Result<()> {
    let Left { engine, directory, since, with_data } = left.clone();
    let left = serde_json::to_value(LeftFile { engine, directory, since_ms: since.0, with_data });
    let left = left.map_err(io::Error::other)?;
    change(state, |instances| {
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

fn change(state: &Path, change: impl FnOnce(&mut BTreeMap<String, Value>)) -> io::Result<()> {
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
    use crate::{InstanceId, Timestamp};

    fn left(with_data: bool) -> Left {
        let (engine, directory) = ("unix:///e".to_owned(), "/srv/site".into());
        Left { engine, directory, since: Timestamp(1), with_data }
    }

    #[test]
    fn it_keeps_what_is_added_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        assert!(read(&state).is_empty());
        let (one, other) = (InstanceId::from("aaaaaaaa"), InstanceId::from("bbbbbbbb"));
        remove(&state, &one).unwrap();
        assert!(!state.exists(), "nothing is written for nothing");
        add(&state, &one, &left(true)).unwrap();
        add(&state, &other, &left(false)).unwrap();
        assert_eq!(read(&state), [(one.clone(), left(true)), (other.clone(), left(false))].into());
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
        let named = r#"{"version":1,"instances":{"../x":{"engine":"e","directory":"/a"}}}"#;
        // One without its engine could be removed at the wrong one.
        let nowhere = r#"{"version":1,"instances":{"bbbbbbbb":{"directory":"/a"}}}"#;
        for text in ["", "{", "[]", named, nowhere] {
            std::fs::write(path(folder.path()), text).unwrap();
            assert!(read(folder.path()).is_empty(), "{text}");
        }
        add(folder.path(), &id, &left(false)).unwrap();
        assert_eq!(read(folder.path()).len(), 1);
        let newer = r#"{"version":2,"instances":{"aaaaaaaa":{"engine":"e"}}}"#;
        std::fs::write(path(folder.path()), newer).unwrap();
        assert!(add(folder.path(), &id, &left(false)).is_err());
        assert_eq!(std::fs::read_to_string(path(folder.path())).unwrap(), newer);
    }
}
