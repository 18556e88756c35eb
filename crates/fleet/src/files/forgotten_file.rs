//! The instances that were forgotten while their container engine could not be asked: `<state>/forgotten.json`.
//!
//! What they left at the engine is removed when it is seen again, by whichever host sees it first.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::entries_file;
use crate::{InstanceId, Timestamp};

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
    let known = |(id, left): (String, Value)| {
        // What names no engine could be removed at the wrong one.
        let LeftFile { engine, directory, since_ms, with_data } = serde_json::from_value(left).ok()?;
        // An id is a label of a container, and part of the name of a volume.
        Some((InstanceId::given(&id)?, Left { engine, directory, since: Timestamp(since_ms), with_data }))
    };
    entries_file::read(&path(state)).into_iter().filter_map(known).collect()
}

/// Adds one. Blocks.
pub(crate) fn add(state: &Path, id: &InstanceId, left: &Left) -> io::Result<()> {
    let Left { engine, directory, since, with_data } = left.clone();
    entries_file::set(&path(state), id.as_str(), &LeftFile { engine, directory, since_ms: since.0, with_data })
}

/// Nothing is left of it any more; well if it is not in the file. Blocks.
pub(crate) fn remove(state: &Path, id: &InstanceId) -> io::Result<()> {
    entries_file::remove_if(&path(state), id.as_str(), |_| true)
}

fn path(state: &Path) -> PathBuf {
    state.join("forgotten.json")
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
