//! The file that names what ran last: `<state>/last-fleet.json`. Written when the fleet ends with its instances, read once by whoever stays next.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::atomic::{self, Durability};
use crate::InstanceId;

const VERSION: u64 = 1;

#[derive(Default, Serialize, Deserialize)]
struct LastFleetFile {
    version: u64,
    instances: Vec<String>,
}

/// Adds these to what ran last.
pub(crate) fn add(path: &Path, ids: &[InstanceId]) -> io::Result<()> {
    let mut instances = read(path);
    for id in ids {
        if !instances.iter().any(|known| known == id.as_str()) {
            instances.push(id.as_str().to_owned());
        }
    }
    let text = serde_json::to_vec_pretty(&LastFleetFile { version: VERSION, instances }).map_err(io::Error::other)?;
    // The machine may be going down.
    atomic::write(path, &text, Durability::Synced)
}

/// Takes what ran last: of several hosts only one gets it.
pub(crate) fn claim(path: &Path) -> Vec<InstanceId> {
    let claimed = path.with_extension(format!("claimed-{}", std::process::id()));
    if fs::rename(path, &claimed).is_err() {
        // As a rule there is none.
        return Vec::new();
    }
    let instances = read(&claimed);
    if let Err(error) = fs::remove_file(&claimed) {
        tracing::warn!(%error, path = %claimed.display(), "What ran last was not forgotten");
    }
    instances.into_iter().map(InstanceId::from).collect()
}

/// One that makes no sense names nothing: nothing is lost by starting nothing.
fn read(path: &Path) -> Vec<String> {
    let read = fs::read(path).ok().and_then(|bytes| serde_json::from_slice::<LastFleetFile>(&bytes).ok());
    read.unwrap_or_default().instances
}

#[cfg(test)]
mod tests {
    use super::{add, claim};
    use crate::InstanceId;

    #[test]
    fn what_ran_last_is_given_to_one_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("last-fleet.json");
        assert!(claim(&path).is_empty());
        let ids = ["a", "b"].map(InstanceId::from);
        add(&path, &ids[..1]).unwrap();
        add(&path, &ids).unwrap();
        assert_eq!(claim(&path), ids);
        assert!(claim(&path).is_empty());
        std::fs::write(&path, "nonsense").unwrap();
        assert!(claim(&path).is_empty());
        assert_eq!(folder.path().read_dir().unwrap().count(), 0, "nothing is left");
    }
}
