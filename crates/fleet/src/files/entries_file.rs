//! A file in the state folder with something for each of several instances: `{"version": 1, "instances": {ID: …}}`.
//!
//! It knows nothing of what is said of an instance. What it does not understand of one takes the others not with it, and stays.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::atomic::{self, Durability};
use super::file_lock;

/// The version of the file that we write. A newer one is left as it is.
const VERSION: u32 = 1;

/// What is said of each, by id.
pub(super) type Entries = BTreeMap<String, Value>;

#[derive(Serialize, Deserialize)]
struct EntriesFile {
    version: u32,
    #[serde(default)]
    instances: Entries,
}

/// All of it. Blocks. A file that cannot be understood tells of nothing.
pub(super) fn read(path: &Path) -> Entries {
    read_file(path).ok().flatten().map(|file| file.instances).unwrap_or_default()
}

/// Sets what is said of one instance. Blocks.
pub(super) fn set(path: &Path, id: &str, entry: &impl Serialize) -> io::Result<()> {
    let entry = serde_json::to_value(entry).map_err(io::Error::other)?;
    change(path, |entries| {
        entries.insert(id.to_owned(), entry);
    })
}

/// Takes one away if what is said of it is what was meant; well if it is not in the file. Blocks. For nothing, nothing is written.
pub(super) fn remove_if(path: &Path, id: &str, is_meant: impl FnOnce(&Value) -> bool) -> io::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    change(path, |entries| {
        if entries.get(id).is_some_and(is_meant) {
            entries.remove(id);
        }
    })
}

fn change(path: &Path, change: impl FnOnce(&mut Entries)) -> io::Result<()> {
    let _lock = file_lock::lock_beside(path)?;
    // What cannot be understood is worth less than what is to be written now; what is newer than us is not ours to change.
    let mut instances = match read_file(path)? {
        Some(file) if file.version > VERSION => {
            return Err(io::Error::other(format!("`{}` was written by a newer Portal", path.display())));
        }
        Some(file) => file.instances,
        None => Entries::new(),
    };
    change(&mut instances);
    if instances.is_empty() {
        return super::well_if_gone(fs::remove_file(path));
    }
    let text = serde_json::to_vec_pretty(&EntriesFile { version: VERSION, instances }).map_err(io::Error::other)?;
    atomic::write(path, &text, Durability::Synced)
}

/// None: there is none, or nobody can understand it.
fn read_file(path: &Path) -> io::Result<Option<EntriesFile>> {
    match fs::read(path) {
        Ok(text) => Ok(serde_json::from_slice(&text).ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
