//! The lock of the shared registry, as the other programs take it: a file that exists while somebody writes, with the writer's process id in it.
//!
//! The others never take a lock away whose file is empty or whose process id was reused; we do, by its age, because otherwise nobody could write again. Only a lock that is still ours is released.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use launch::ProcessIdentity;

/// How long we wait at most, and how long between looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    pub(crate) longest: Duration,
    pub(crate) first_pause: Duration,
    pub(crate) last_pause: Duration,
}

impl Patience {
    /// What the other programs do.
    pub(crate) const USUAL: Self = Self {
        longest: Duration::from_secs(30),
        first_pause: Duration::from_millis(50),
        last_pause: Duration::from_millis(250),
    };
}

/// A lock without a process id in it is being written, for this long at most.
const WRITING: Duration = Duration::from_secs(2);
/// Nobody needs longer than this for one change of a small file.
const ABANDONED: Duration = Duration::from_mins(1);

/// The lock, held. Dropping releases it.
#[derive(Debug)]
pub(crate) struct RegistryLock {
    path: PathBuf,
    content: String,
}

/// Why the lock was not got.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LockError {
    /// Somebody else holds it.
    #[error("Another program (process {holder}) has held `{}` for {} s", path.display(), waited.as_secs())]
    Busy { path: PathBuf, holder: String, waited: Duration },
    /// It cannot be made.
    #[error("Could not create `{}`", path.display())]
    Create {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl RegistryLock {
    /// Takes the lock of this registry. Blocks.
    pub(crate) fn take(registry: &Path, patience: Patience) -> Result<Self, LockError> {
        let path = path_of(registry);
        let content = std::process::id().to_string();
        let began = std::time::Instant::now();
        let mut pause = patience.first_pause;
        loop {
            match create(&path, &content) {
                Ok(()) => return Ok(Self { path, content }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(source) => return Err(LockError::Create { path, source }),
            }
            let holder = fs::read_to_string(&path).unwrap_or_default();
            if is_stale(&holder, age(&path)) {
                steal(&path, &holder);
                continue;
            }
            if began.elapsed() >= patience.longest {
                return Err(LockError::Busy { path, holder: holder.trim().to_owned(), waited: patience.longest });
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(patience.last_pause);
        }
    }
}

impl Drop for RegistryLock {
    fn drop(&mut self) {
        // If somebody took it away from us, it is not ours to remove.
        if fs::read_to_string(&self.path).is_ok_and(|content| content == self.content) {
            let _gone = fs::remove_file(&self.path);
        }
    }
}

fn path_of(registry: &Path) -> PathBuf {
    let mut name = registry.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

fn create(path: &Path, content: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = file.write_all(content.as_bytes());
    if written.is_err() {
        // On a full disk an empty lock would stop everybody.
        let _gone = fs::remove_file(path);
    }
    written
}

/// How long ago the file was written; none if it is gone, or the clock was set back.
fn age(path: &Path) -> Option<Duration> {
    let written = fs::metadata(path).ok()?.modified().ok()?;
    SystemTime::now().duration_since(written).ok()
}

/// Whether nobody holds a lock with this content any more.
fn is_stale(holder: &str, age: Option<Duration>) -> bool {
    let is_older_than = |limit: Duration| age.is_some_and(|age| age > limit);
    match holder.trim().parse::<u32>() {
        Ok(pid) => pid <= 1 || is_dead(pid) || is_older_than(ABANDONED),
        Err(_) => is_older_than(WRITING),
    }
}

/// Whether no process has this number. One that we may not look at lives.
fn is_dead(pid: u32) -> bool {
    if ProcessIdentity::observe(pid).is_some() {
        return false;
    }
    let in_proc = Path::new("/proc").join(pid.to_string());
    if cfg!(target_os = "linux") {
        // What is there and cannot be observed is a zombie or another user's.
        !in_proc.exists() || is_zombie(&in_proc)
    } else {
        true
    }
}

fn is_zombie(in_proc: &Path) -> bool {
    let stat = fs::read_to_string(in_proc.join("stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with(['Z', 'X']))
}

/// Takes a stale lock away: first under another name, so that of two who do it at once only one does.
fn steal(path: &Path, judged: &str) {
    let aside = path.with_extension(format!("lock.stale-{}-{:?}", std::process::id(), std::thread::current().id()));
    if fs::rename(path, &aside).is_err() {
        return;
    }
    let taken = fs::read_to_string(&aside).unwrap_or_default();
    if taken != judged {
        // Somebody stole it before us and has made a new one, which we took: give it back.
        let _made_again = fs::hard_link(&aside, path);
    }
    let _gone = fs::remove_file(&aside);
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;
    use std::time::{Duration, SystemTime};

    use super::{LockError, Patience, RegistryLock};

    const SHORT: Patience = Patience {
        longest: Duration::from_millis(120),
        first_pause: Duration::from_millis(5),
        last_pause: Duration::from_millis(20),
    };

    fn world() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let registry = folder.path().join(".portal.json");
        let lock = folder.path().join(".portal.json.lock");
        (folder, registry, lock)
    }

    fn dead_pid() -> u32 {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pid = child.id();
        child.wait().unwrap();
        pid
    }

    #[test]
    fn holds_our_pid_and_goes_away() {
        let (_folder, registry, lock) = world();
        let held = RegistryLock::take(&registry, SHORT).unwrap();
        assert_eq!(fs::read_to_string(&lock).unwrap(), std::process::id().to_string());
        drop(held);
        assert!(!lock.exists());
    }

    #[test]
    fn a_living_holder_is_waited_for() {
        let (_folder, registry, lock) = world();
        // Our parent lives as long as this test.
        fs::write(&lock, std::os::unix::process::parent_id().to_string()).unwrap();
        assert!(matches!(RegistryLock::take(&registry, SHORT), Err(LockError::Busy { .. })));
        assert!(lock.exists(), "a lock of the living is never taken away");
    }

    #[test]
    fn a_dead_holder_is_not() {
        let (_folder, registry, lock) = world();
        fs::write(&lock, dead_pid().to_string()).unwrap();
        let held = RegistryLock::take(&registry, SHORT).unwrap();
        drop(held);
        assert!(!lock.exists());
    }

    #[test]
    fn an_empty_lock_is_stolen_by_age() {
        let (_folder, registry, lock) = world();
        fs::write(&lock, "").unwrap();
        assert!(matches!(RegistryLock::take(&registry, SHORT), Err(LockError::Busy { .. })));
        let file = fs::File::options().write(true).open(&lock).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(5)).unwrap();
        assert!(RegistryLock::take(&registry, SHORT).is_ok());
    }

    #[test]
    fn only_our_own_is_released() {
        let (_folder, registry, lock) = world();
        let held = RegistryLock::take(&registry, SHORT).unwrap();
        fs::write(&lock, "1234567").unwrap();
        drop(held);
        assert!(lock.exists());
    }
}
