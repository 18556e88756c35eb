//! Which opencode is in which image, so that an image is tried once: by its id, which means its content.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::files::atomic::{self, Durability};

/// A file with more is begun anew.
const MOST: usize = 200;

/// Where it is kept.
fn path(state: &Path) -> PathBuf {
    state.join("images.json")
}

/// The version that was seen in this image.
pub(super) fn version_of(state: &Path, image: &str) -> Option<String> {
    read(state).remove(image)
}

/// Remembers what was seen.
pub(super) fn remember(state: &Path, image: &str, version: &str) {
    let mut seen = read(state);
    if seen.len() >= MOST {
        seen.clear();
    }
    seen.insert(image.to_owned(), version.to_owned());
    let text = serde_json::to_vec(&seen).unwrap_or_default();
    // What cannot be remembered is tried again the next time.
    if let Err(error) = atomic::write(&path(state), &text, Durability::Buffered) {
        tracing::debug!(%error, "What is in an image was not remembered");
    }
}

fn read(state: &Path) -> BTreeMap<String, String> {
    std::fs::read(path(state)).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{remember, version_of};

    #[test]
    fn what_was_seen_is_known_again_and_garbage_is_nothing() {
        let state = tempfile::tempdir().unwrap();
        assert_eq!(version_of(state.path(), "sha256:a"), None);
        remember(state.path(), "sha256:a", "1.18.33");
        remember(state.path(), "sha256:b", "1.19.0");
        assert_eq!(version_of(state.path(), "sha256:a").as_deref(), Some("1.18.33"));
        std::fs::write(super::path(state.path()), "{").unwrap();
        assert_eq!(version_of(state.path(), "sha256:a"), None);
    }
}
