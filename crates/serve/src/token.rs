//! The token that whoever wants in must show.

use std::fmt;
use std::fs::{self, OpenOptions, Permissions};
use std::hint::black_box;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A random text that opens the door. Prints as `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// The file of the token cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("The token file `{path}` cannot be read or written")]
pub struct TokenError {
    /// Which file.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

impl Token {
    const BYTES: usize = 32;

    /// A new token.
    pub fn random() -> Self {
        let mut bytes = [0_u8; Self::BYTES];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
        Self(digits.map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])).collect())
    }

    /// The token kept in that file, readable for its owner alone; a new one when there is none, or when others could have read it.
    pub fn kept_in(path: &Path) -> Result<Self, TokenError> {
        let failed = |source| TokenError { path: path.to_path_buf(), source };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        // Several programs may start at once: whoever makes the file first decides, so a second round finds it.
        for _ in 0..8 {
            if let Some(token) = read(path).map_err(failed)? {
                return Ok(token);
            }
            match write(path) {
                Ok(token) => return Ok(token),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Err(failed(io::Error::other("it changes all the time")))
    }

    /// The token as text, for whoever may see it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether that is the token. Takes as long for a nearly right one as for any other.
    pub fn is(&self, text: &str) -> bool {
        let (ours, theirs) = (self.0.as_bytes(), text.as_bytes());
        let difference = ours.iter().zip(theirs).fold(0_u8, |sum, (one, other)| black_box(sum | (one ^ other)));
        ours.len() == theirs.len() && difference == 0
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_one = text.len() == Self::BYTES * 2 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_one.then(|| Self(text.to_owned()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(***)")
    }
}

/// The token in a file; none when there is no file, or when it had to go because it is no secret or no token.
fn read(path: &Path) -> io::Result<Option<Token>> {
    let mut file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let is_secret = file.metadata()?.permissions().mode().trailing_zeros() >= 6;
    let mut text = String::new();
    let token = file.read_to_string(&mut text).ok().and_then(|_| Token::parse(&text));
    match token {
        Some(token) if is_secret => Ok(Some(token)),
        _ => {
            fs::remove_file(path)?;
            Ok(None)
        }
    }
}

/// Writes a new token as a new file, whole from its first moment.
fn write(path: &Path) -> io::Result<Token> {
    let token = Token::random();
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", &Token::random().0[..8]));
    let beside = path.with_file_name(name);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    let written = file
        .set_permissions(Permissions::from_mode(0o600))
        .and_then(|()| file.write_all(token.0.as_bytes()))
        .and_then(|()| file.sync_all())
        // A link fails where a file is already, unlike a rename.
        .and_then(|()| fs::hard_link(&beside, path));
    fs::remove_file(&beside)?;
    written.map(|()| token)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::Token;

    #[test]
    fn it_stays_the_same_and_is_readable_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/token");
        let token = Token::kept_in(&path).unwrap();
        assert_eq!(Token::kept_in(&path).unwrap(), token);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn one_that_others_could_read_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let token = Token::kept_in(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert_ne!(Token::kept_in(&path).unwrap(), token);
    }

    #[test]
    fn garbage_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        for garbage in [b"".as_slice(), b"short", b"\xff\xfe", &[b'x'; 64]] {
            fs::write(&path, garbage).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            let token = Token::kept_in(&path).unwrap();
            assert_eq!(Token::kept_in(&path).unwrap(), token);
        }
    }

    #[test]
    fn many_that_start_at_once_agree() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let tokens: BTreeSet<String> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(|| Token::kept_in(&path).unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap().expose().to_owned()).collect()
        });
        assert_eq!(tokens.len(), 1);
    }

    #[test]
    fn only_the_whole_token_is_the_token() {
        let token = Token::random();
        assert!(token.is(token.expose()));
        assert!(!token.is(""));
        assert!(!token.is(&token.expose()[1..]));
        assert!(!token.is(&format!("{}0", token.expose())));
        assert!(!token.is(Token::random().expose()));
        assert_eq!(format!("{token:?}"), "Token(***)");
    }
}
