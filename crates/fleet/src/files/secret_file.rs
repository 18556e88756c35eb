//! The secret of this state folder, `<state>/secret`: random, made once, for the user alone. What is derived from it may be shown to others.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::atomic::{self, Durability};

/// Its length in bytes.
const LENGTH: usize = 32;

/// The secret; made if there is none. Where it cannot be kept, it is another one each time.
pub(crate) fn read_or_make(state: &Path) -> Vec<u8> {
    let path = state.join("secret");
    let kept = kept(&path).map_or_else(|| make(&path), Ok);
    kept.unwrap_or_else(|error| {
        tracing::warn!(%error, path = %path.display(), "The secret of the state folder could not be kept");
        random()
    })
}

fn kept(path: &Path) -> Option<Vec<u8>> {
    fs::read(path).ok().filter(|secret| secret.len() == LENGTH)
}

fn make(path: &Path) -> io::Result<Vec<u8>> {
    let secret = random();
    if path.exists() {
        // It is no secret of ours any more.
        atomic::write(path, &secret, Durability::Synced)?;
        return Ok(secret);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // For the user alone: so temporary files are made.
    let mut file = tempfile::Builder::new().prefix(".portal-").tempfile_in(folder)?;
    file.write_all(&secret)?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(secret),
        // Another host was faster: its secret is the one.
        Err(error) => kept(path).ok_or(error.error),
    }
}

fn random() -> Vec<u8> {
    let mut secret = vec![0; LENGTH];
    getrandom::fill(&mut secret).expect("the operating system gives random bytes");
    secret
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{LENGTH, make, read_or_make};

    #[test]
    fn it_is_made_once_and_for_the_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let secret = read_or_make(&state);
        assert_eq!(secret.len(), LENGTH);
        assert_eq!(read_or_make(&state), secret);
        assert_ne!(read_or_make(&folder.path().join("other")), secret);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(state.join("secret")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::write(state.join("secret"), "half").unwrap();
        let another = read_or_make(&state);
        assert_eq!(another.len(), LENGTH);
        assert_eq!(read_or_make(&state), another);
    }

    #[test]
    fn of_two_that_make_it_at_once_both_have_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let all: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let one = || read_or_make(folder.path());
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(one)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(all.iter().all(|secret| *secret == all[0]));
    }

    #[test]
    fn where_nothing_can_be_written_it_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(make(&file.join("secret")).is_err());
        assert_ne!(read_or_make(&file), read_or_make(&file));
    }
}
