//! The directory that a request is about.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stays as it is in the header: the characters that no decoder touches.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

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

    /// The header's value where sessions are made and listed. The server stores what it reads there with a
    /// session, and decodes it once more whenever it works in that session: `pro%41` would become `proA`.
    /// So the stored path has to be an encoded one wherever that makes a difference.
    /// Not needed any more when opencode stops decoding stored paths.
    pub(crate) fn session_header_value(&self) -> String {
        let stored = if decoded(&self.0) == self.0 { self.0.clone() } else { self.0.replace('%', "%25") };
        utf8_percent_encode(&stored, KEPT).to_string()
    }

    /// The directory in which the server works for a session that is stored with `path`.
    pub(crate) fn of_stored(path: &str) -> Self {
        Self(decoded(path).into_owned())
    }
}

/// As JavaScript's `decodeURIComponent` does it; what that refuses stays as it is.
fn decoded(path: &str) -> Cow<'_, str> {
    let is_escape = |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    if path.split('%').skip(1).all(is_escape) {
        percent_decode_str(path).decode_utf8().unwrap_or(Cow::Borrowed(path))
    } else {
        Cow::Borrowed(path)
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
    #[test]
    fn is_stored_so_that_decoding_gives_it_back() {
        let cases = [
            ("/home/me/project", "/home/me/project"),
            ("/tmp/100% done", "/tmp/100%25%20done"),
            ("/tmp/pro%41 ü", "/tmp/pro%252541%20%C3%BC"),
            ("/tmp/a%41 100%", "/tmp/a%2541%20100%25"),
            ("/tmp/%ff", "/tmp/%25ff"),
        ];
        for (path, header) in cases {
            let directory = Directory::new(path);
            assert_eq!(directory.session_header_value(), header);
            let stored = super::decoded(header).into_owned();
            assert_eq!(Directory::of_stored(&stored), directory);
        }
    }
}
