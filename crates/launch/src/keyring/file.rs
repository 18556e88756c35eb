//! The file for passwords: for the user alone, whole at any moment, and shared by programs that write at the same time.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use serde_json::{Map, Value, json};

use super::KeyringError;

/// Where the passwords are in the file.
const PASSWORDS: &str = "passwords";
/// What is written into a new file.
const VERSION: u32 = 1;

/// Passwords by account, as JSON. What else stands in the file is left there.
#[derive(Clone, Debug)]
pub(super) struct PasswordFile {
    path: PathBuf,
}

impl PasswordFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) async fn get(&self, account: &str) -> Result<Option<String>, KeyringError> {
        let (file, account) = (self.clone(), account.to_owned());
        run(move || {
            if !file.exists()? {
                return Ok(None);
            }
            let _alone = file.lock()?;
            Ok(file.read()?.get(PASSWORDS).and_then(|all| all.get(&account)?.as_str().map(str::to_owned)))
        })
        .await
    }

    pub(super) async fn set(&self, account: &str, password: &str) -> Result<(), KeyringError> {
        let (file, account, password) = (self.clone(), account.to_owned(), password.to_owned());
        run(move || {
            let folder = file.path.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(folder).map_err(|error| file.failure(error))?;
            let _alone = file.lock()?;
            let mut content = file.read()?;
            content.entry("version").or_insert(json!(VERSION));
            // `read` has seen to it that this is an object, where it is there.
            if let Some(all) = content.entry(PASSWORDS).or_insert_with(|| json!({})).as_object_mut() {
                all.insert(account, Value::String(password));
            }
            file.write(content)
        })
        .await
    }

    /// A file that is not there is not made for this.
    pub(super) async fn forget(&self, account: &str) -> Result<(), KeyringError> {
        let (file, account) = (self.clone(), account.to_owned());
        run(move || {
            if !file.exists()? {
                return Ok(());
            }
            let _alone = file.lock()?;
            let mut content = file.read()?;
            let all = content.get_mut(PASSWORDS).and_then(Value::as_object_mut);
            match all.and_then(|all| all.remove(&account)) {
                Some(_) => file.write(content),
                None => Ok(()),
            }
        })
        .await
    }

    fn exists(&self) -> Result<bool, KeyringError> {
        self.path.try_exists().map_err(|error| self.failure(error))
    }

    /// Waits until no other program reads or writes; until the result is dropped, none does.
    /// The lock has a file of its own, because the other one is replaced by each write.
    fn lock(&self) -> Result<File, KeyringError> {
        let mut name = self.path.clone().into_os_string();
        name.push(".lock");
        let lock = || {
            let file = File::options().create(true).append(true).open(&name)?;
            file.lock()?;
            Ok(file)
        };
        lock().map_err(|error| self.failure(error))
    }

    /// What is in the file, nothing when it is not there. Something else than what we write is put aside.
    fn read(&self) -> Result<Map<String, Value>, KeyringError> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Map::new()),
            Err(error) => return Err(self.failure(error)),
        };
        match serde_json::from_slice(&text) {
            Ok(Value::Object(content)) if content.get(PASSWORDS).is_none_or(Value::is_object) => Ok(content),
            // The reason is left out: it could quote the file.
            _ => Err(KeyringError::Corrupt { path: self.path.clone(), kept: self.put_aside()? }),
        }
    }

    /// Renames the file to a name that is not taken.
    fn put_aside(&self) -> Result<PathBuf, KeyringError> {
        let mut number = 1;
        loop {
            let mut name = self.path.clone().into_os_string();
            name.push(format!(".corrupt-{number}"));
            let kept = PathBuf::from(name);
            if !kept.try_exists().map_err(|error| self.failure(error))? {
                fs::rename(&self.path, &kept).map_err(|error| self.failure(error))?;
                return Ok(kept);
            }
            number += 1;
        }
    }

    fn write(&self, content: Map<String, Value>) -> Result<(), KeyringError> {
        let write = || {
            let folder = self.path.parent().unwrap_or(Path::new("."));
            // A new file each time, which only the user may read, whatever the mode of the one before.
            let mut temporary = tempfile::Builder::new().prefix(".portal-").tempfile_in(folder)?;
            temporary.write_all(&serde_json::to_vec_pretty(&Value::Object(content))?)?;
            temporary.as_file().sync_all()?;
            temporary.persist(&self.path)?;
            Ok(())
        };
        write().map_err(|error| self.failure(error))
    }

    fn failure(&self, source: io::Error) -> KeyringError {
        KeyringError::File { path: self.path.clone(), source }
    }
}

/// Files and locks block: off the threads that serve others.
async fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KeyringError> + Send + 'static,
) -> Result<T, KeyringError> {
    tokio::task::spawn_blocking(work).await.expect("reading and writing the file does not panic")
}

#[cfg(all(test, unix))]
mod tests;
