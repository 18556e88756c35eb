//! A POSIX shell script for a host: values are quoted into it, and it travels over standard input.

use std::{
    ffi::OsStr,
    fmt,
    path::{Path, PathBuf},
};

pub(super) use crate::shell_words::quoted;

/// A script. `Debug` does not show it: it may hold a secret.
#[derive(Clone)]
pub struct Script {
    values: Vec<u8>,
    text: Vec<u8>,
}

/// Written before everything that is meant for us: files of the login shell may print, too.
pub(super) const MARK: &str = "__portal_answers__";

impl Script {
    /// A script of this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self::of_bytes(text.into().into_bytes())
    }

    /// A script of this text, which may have any bytes in its quotes.
    pub(super) fn of_bytes(text: Vec<u8>) -> Self {
        Self { values: Vec::new(), text }
    }

    /// A variable for it, of any bytes but NUL.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.values.extend_from_slice(name.as_bytes());
        self.values.push(b'=');
        self.values.extend(quoted(bytes_of(value.as_ref())));
        self.values.push(b'\n');
        self
    }

    /// What a shell is to read.
    pub(super) fn bytes(&self) -> Vec<u8> {
        // One compound command: it is read whole before anything of it runs, so nothing that it starts can read the rest of it.
        let mut bytes = b"{\n".to_vec();
        bytes.extend_from_slice(&self.values);
        bytes.extend_from_slice(format!("printf '\\n%s\\n' {MARK}\n").as_bytes());
        bytes.extend_from_slice(&self.text);
        bytes.extend_from_slice(b"\nexit 0\n} </dev/null\n");
        bytes
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script").finish_non_exhaustive()
    }
}

/// What follows the mark.
pub(super) fn after_mark(output: &[u8]) -> Option<&[u8]> {
    let mark = format!("\n{MARK}\n");
    let at = output.windows(mark.len()).position(|window| window == mark.as_bytes())?;
    Some(&output[at + mark.len()..])
}

pub(super) fn bytes_of(text: &OsStr) -> &[u8] {
    #[cfg(unix)]
    return std::os::unix::ffi::OsStrExt::as_bytes(text);
    #[cfg(not(unix))]
    text.as_encoded_bytes()
}

pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    return Path::new(<OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes)).to_owned();
    #[cfg(not(unix))]
    Path::new(&*String::from_utf8_lossy(bytes)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_printed_before_does_not_count() {
        assert_eq!(after_mark(b"hello\n\n__portal_answers__\nmine"), Some(&b"mine"[..]));
        assert_eq!(after_mark(b"hello"), None);
    }

    #[test]
    fn a_script_is_not_shown() {
        let shown = format!("{:?}", Script::new("x").with("password", "hunter2"));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
