//! Whether a folder that somebody named can be worked in.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use thiserror::Error;

/// Why a folder cannot be worked in. The messages are for the person who named it.
#[derive(Debug, Error)]
pub enum DirectoryError {
    /// Nothing was named.
    #[error("No folder was given; choose one to work in")]
    Empty,
    /// Not a whole path.
    #[error("`{text}` is not a whole path; write it from the root on, or from your home folder on with `~/`")]
    Relative {
        /// What was given.
        text: String,
    },
    /// The home folder of somebody else, by name.
    #[error("`{text}` names another user's home folder; write the whole path")]
    OtherHome {
        /// What was given.
        text: String,
    },
    /// A character that no server can be asked about.
    #[error("The path contains {what}; rename the folder or choose another one")]
    BadCharacter {
        /// Which one, in words.
        what: &'static str,
    },
    /// Nothing is there.
    #[error("The folder `{}` does not exist; create it or choose another one", .path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// Something else is there.
    #[error("`{}` is a file; choose the folder that it is in", .path.display())]
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// It may not be looked into.
    #[error("The folder `{}` cannot be read; change its permissions or choose another one", .path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// The folder that the text means, if it can be worked in: whole, without a trailing slash, symbolic links kept as they were written.
pub fn check_directory(text: &str, home: &Path) -> Result<PathBuf, DirectoryError> {
    let path = meant_path(text, home)?;
    let metadata = fs::metadata(&path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => DirectoryError::Missing { path: path.clone() },
        io::ErrorKind::NotADirectory => DirectoryError::NotAFolder { path: file_on_the_way(&path) },
        _ => DirectoryError::Unreadable { path: path.clone(), source },
    })?;
    if !metadata.is_dir() {
        return Err(DirectoryError::NotAFolder { path });
    }
    can_be_worked_in(&path).map_err(|source| DirectoryError::Unreadable { path: path.clone(), source })?;
    Ok(path)
}

fn meant_path(text: &str, home: &Path) -> Result<PathBuf, DirectoryError> {
    if text.trim().is_empty() {
        return Err(DirectoryError::Empty);
    }
    if text.contains('\0') {
        return Err(DirectoryError::BadCharacter { what: "a zero byte" });
    }
    if text.contains(['\n', '\r']) {
        return Err(DirectoryError::BadCharacter { what: "a line break" });
    }
    let path = match text.strip_prefix('~') {
        Some("") => home.to_owned(),
        Some(rest) if rest.starts_with('/') => home.join(rest.trim_start_matches('/')),
        // A folder may be called `~x`, but then it is named with what it is in.
        Some(_) => return Err(DirectoryError::OtherHome { text: text.to_owned() }),
        None => PathBuf::from(text),
    };
    if !path.is_absolute() {
        return Err(DirectoryError::Relative { text: text.to_owned() });
    }
    // Only the system can say what `..` after a symbolic link means.
    let path = if path.components().any(|component| component == Component::ParentDir) {
        fs::canonicalize(&path).unwrap_or(path)
    } else {
        path
    };
    Ok(path.components().collect())
}

/// The part of the path that is a file although something follows it.
fn file_on_the_way(path: &Path) -> PathBuf {
    path.ancestors().find(|ancestor| ancestor.is_file()).unwrap_or(path).to_owned()
}

fn can_be_worked_in(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    rustix::fs::access(path, rustix::fs::Access::READ_OK | rustix::fs::Access::EXEC_OK)?;
    fs::read_dir(path).map(drop)
}
