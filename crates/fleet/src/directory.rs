//! Paths of this machine as opencode is told of them.

use std::path::Path;

use opencode_api::Directory;

/// A path as opencode is told of it. What is not UTF-8 cannot be told; the nearest text is used, and the server answers about nothing.
pub(crate) fn directory_of(path: &Path) -> Directory {
    Directory::from_path(path).unwrap_or_else(|| Directory::new(path.to_string_lossy()))
}
