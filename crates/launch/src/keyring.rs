//! Where the passwords of servers of others are kept: the platform's keyring, or a file that only the user may read.
//!
//! It knows accounts and passwords, not servers. The file comes into being only when the person has agreed to it.
//! Which keyring is there is the platform's business: on Linux that is the session bus that the environment names.

mod error;
mod file;
#[cfg(any(target_os = "macos", windows))]
#[path = "keyring/native.rs"]
mod platform;
#[cfg(all(unix, not(target_os = "macos")))]
#[path = "keyring/linux.rs"]
mod platform;

use std::{path::PathBuf, time::Duration};

pub use error::KeyringError;
use file::PasswordFile;

/// Under what name the platform's keyring shows our entries.
const SERVICE: &str = "opencode-portal";

/// A keyring that is locked asks for its own password in a window: time enough to type it, not enough to hang for ever.
const PATIENCE: Duration = Duration::from_secs(30);

/// Keeps passwords by account.
#[derive(Clone, Debug)]
pub struct Keyring {
    file: PasswordFile,
    patience: Duration,
}

/// Whether the person agreed that passwords may be kept in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileConsent {
    /// They did.
    Given,
    /// They did not, or were not asked yet.
    NotGiven,
}

/// Where a password went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Into the platform's keyring.
    Keyring,
    /// Into the file.
    File,
}

impl Keyring {
    /// With the file to use where the platform has no keyring. Touches nothing yet.
    pub fn new(file: PathBuf) -> Self {
        Self { file: PasswordFile::new(file), patience: PATIENCE }
    }

    /// With another limit than 30 s for an answer of the platform's keyring.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The password of an account; none when there is no keyring and no file either.
    ///
    /// The file goes first: what it holds is never older than what the keyring holds, because [`Self::set`] takes out of the file
    /// what the keyring took.
    pub async fn get(&self, account: &str) -> Result<Option<String>, KeyringError> {
        if let Some(password) = self.file.get(account).await? {
            return Ok(Some(password));
        }
        match self.ask(platform::get(SERVICE, account)).await {
            Err(KeyringError::NoKeyring { .. }) => Ok(None),
            answer => answer,
        }
    }

    /// Keeps a password, in place of the one before.
    ///
    /// Where the keyring does not take it, it goes into the file if the person agreed. If not, the error says what is wrong with
    /// the keyring, and the person can be asked.
    pub async fn set(&self, account: &str, password: &str, consent: FileConsent) -> Result<Kept, KeyringError> {
        match self.ask(platform::set(SERVICE, account, password)).await {
            Ok(()) => {
                self.file.forget(account).await?;
                Ok(Kept::Keyring)
            }
            Err(error) if consent == FileConsent::NotGiven => Err(error),
            Err(_) => {
                self.file.set(account, password).await?;
                Ok(Kept::File)
            }
        }
    }

    /// Keeps the password of one account for another one, too, where that one is kept. False: there is none.
    pub async fn copy(&self, from: &str, to: &str) -> Result<bool, KeyringError> {
        // What is in the file is there because the person agreed.
        let consent = if self.file.get(from).await?.is_some() { FileConsent::Given } else { FileConsent::NotGiven };
        match self.get(from).await? {
            Some(password) => self.set(to, &password, consent).await.map(|_| true),
            None => Ok(false),
        }
    }

    /// Takes an account out of the keyring and out of the file. That it is in neither is no error.
    pub async fn forget(&self, account: &str) -> Result<(), KeyringError> {
        self.file.forget(account).await?;
        match self.ask(platform::forget(SERVICE, account)).await {
            Err(KeyringError::NoKeyring { .. }) => Ok(()),
            answer => answer,
        }
    }

    async fn ask<T>(&self, question: impl Future<Output = Result<T, KeyringError>>) -> Result<T, KeyringError> {
        let too_late = || KeyringError::NoAnswer { seconds: self.patience.as_secs() };
        tokio::time::timeout(self.patience, question).await.unwrap_or_else(|_| Err(too_late()))
    }
}
