//! The versions that lie side by side in our own folder.

use std::{
    cmp::Reverse,
    fs, io,
    path::{Path, PathBuf},
};

use super::{InstallError, UNFINISHED, program_in};

/// The versions that lie in our own folder, newest first, each with its program.
pub fn installed(data_folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(data_folder.join("opencode")).into_iter().flatten().flatten();
    let version = |entry: fs::DirEntry| {
        let version = entry.file_name().into_string().ok().filter(|name| order(name).is_some())?;
        Some((version, program_in(&entry.path())?))
    };
    let mut versions: Vec<(String, PathBuf)> = entries.filter_map(version).collect();
    versions.sort_by_key(|(version, _)| Reverse(order(version)));
    versions
}

/// Takes a version out of our own folder. One that is not there is well. Whether something runs it is for the caller to know.
pub fn remove(data_folder: &Path, version: &str) -> Result<(), InstallError> {
    let folder = data_folder.join("opencode");
    let error = |source| InstallError::Folder { folder: folder.clone(), source };
    if order(version).is_none() {
        return Err(error(io::Error::new(io::ErrorKind::InvalidInput, format!("`{version}` is no version"))));
    }
    // Out of sight first: half a version must never be taken for a whole one.
    let away = tempfile::Builder::new()
        .prefix(&format!("{UNFINISHED}{}-", std::process::id()))
        .tempdir_in(&folder)
        .map_err(error)?;
    match fs::rename(folder.join(version), away.path().join(version)) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(error(source)),
        _ => away.close().map_err(error),
    }
}

/// By which versions are ordered; none for what is no version. A version comes after its own previews.
pub(super) fn order(version: &str) -> Option<(Vec<u64>, bool, String)> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || ".-+".contains(letter);
    if !version.chars().all(is_plain) {
        return None;
    }
    let (numbers, preview) = version.split_once(['-', '+']).unwrap_or((version, ""));
    let numbers: Option<Vec<u64>> = numbers.split('.').map(|number| number.parse().ok()).collect();
    let numbers = numbers.filter(|numbers| numbers.len() >= 2)?;
    Some((numbers, preview.is_empty(), preview.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        let sorted = ["1.9.0", "1.10.0-beta.1", "1.10.0", "1.18.33", "2.0.0-next.1"];
        assert!(sorted.is_sorted_by(|older, newer| order(older) < order(newer)));
        for text in ["", "latest", "1", "..", "1.0/../..", "1..0", ".installing-1-x", "1.0 0", "-1.0"] {
            assert_eq!(order(text), None, "{text}");
        }
    }
}
