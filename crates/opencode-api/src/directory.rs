//! The directory that a request is about.

use std::fmt;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is in the header: the characters that no decoder touches.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'/');

/// An absolute path on the server's machine. Without one, a server answers about its own directory,
/// with empty lists rather than with an error, so every operation of this crate takes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Directory(String);

impl Directory {
    /// Header that names the directory.
    pub(crate) const HEADER: &'static str = "x-opencode-directory";

    /// The directory with this path.
    pub fn new(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    /// The directory with this path; none if it is not UTF-8, which opencode cannot be told about.
    pub fn from_path(path: &Path) -> Option<Self> {
        path.to_str().map(Self::new)
    }

    /// The path as opencode writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The header's value. The server decodes it once more than HTTP asks for, so `%` has to be encoded here.
    pub(crate) fn header_value(&self) -> String {
        utf8_percent_encode(&self.0, KEPT).to_string()
    }
}

impl fmt::Display for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Directory;

    #[test]
    fn is_encoded_once() {
        let cases = [
            ("/home/me/project", "/home/me/project"),
            ("/tmp/pro%41 ü x", "/tmp/pro%2541%20%C3%BC%20x"),
            ("/a+b&c?d#e", "/a%2Bb%26c%3Fd%23e"),
        ];
        for (path, header) in cases {
            assert_eq!(Directory::new(path).header_value(), header);
        }
    }
}
