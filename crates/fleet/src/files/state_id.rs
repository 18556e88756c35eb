//! Which state folder this is: a random id in a file of it, so that two folders with the same path are told apart.
//!
//! The path alone says little: in two containers, or on two machines with one engine, it is often the same.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::atomic::{self, Durability};
use super::file_lock;

/// How many bytes of chance are in an id.
const BYTES: usize = 16;

/// The id of this state folder, made if it has none yet: the same for all hosts, even if two ask for the first time at once.
///
/// Blocks. An error: it could neither be read nor be made.
pub(crate) fn of(state: &Path) -> io::Result<String> {
    let path = path(state);
    if let Some(id) = read(&path)? {
        return Ok(id);
    }
    let _lock = file_lock::lock_beside(&path)?;
    // Another host may have made it while we waited.
    if let Some(id) = read(&path)? {
        return Ok(id);
    }
    let mut chance = [0_u8; BYTES];
    getrandom::fill(&mut chance).map_err(|error| io::Error::other(error.to_string()))?;
    let id = chance.iter().fold(String::new(), |id, byte| format!("{id}{byte:02x}"));
    atomic::write(&path, format!("{id}\n").as_bytes(), Durability::Synced)?;
    Ok(id)
}

fn path(state: &Path) -> PathBuf {
    state.join("state-id")
}

/// None: there is none, or what is there is no id.
fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read(path) {
        Ok(text) => {
            let text = String::from_utf8_lossy(&text).trim().to_owned();
            let is_id = text.len() == BYTES * 2 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            Ok(is_id.then_some(text))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{of, path};

    #[test]
    fn it_is_made_once_for_all_who_ask_at_once_and_for_the_user_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let asked: Vec<_> = (0..8)
            .map(|_| {
                let state = state.clone();
                std::thread::spawn(move || of(&state).unwrap())
            })
            .collect();
        let ids: BTreeSet<String> = asked.into_iter().map(|asked| asked.join().unwrap()).collect();
        assert_eq!(ids.len(), 1, "{ids:?}");
        assert_eq!(of(&state).unwrap(), *ids.first().unwrap());
        assert_eq!(path(&state).metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_ne!(of(&folder.path().join("other")).unwrap(), *ids.first().unwrap());
    }

    #[test]
    fn what_is_no_id_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "zz", "\u{0}\u{0}"] {
            std::fs::write(path(folder.path()), text).unwrap();
            let id = of(folder.path()).unwrap();
            assert_eq!(id.len(), 32, "{text:?}");
            assert_eq!(of(folder.path()).unwrap(), id);
        }
    }
}
