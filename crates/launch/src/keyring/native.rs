//! The keychain of macOS and the credential manager of Windows.

use keyring::{Entry, Error};

use super::KeyringError;

pub(super) async fn get(service: &str, account: &str) -> Result<Option<String>, KeyringError> {
    run(service, account, Entry::get_password).await
}

pub(super) async fn set(service: &str, account: &str, password: &str) -> Result<(), KeyringError> {
    let password = password.to_owned();
    run(service, account, move |entry| entry.set_password(&password)).await.map(|_| ())
}

pub(super) async fn forget(service: &str, account: &str) -> Result<(), KeyringError> {
    run(service, account, Entry::delete_credential).await.map(|_| ())
}

/// The platform's calls block, for as long as they ask the person: on a thread of their own. `None` when there is no such entry.
async fn run<T: Send + 'static>(
    service: &str,
    account: &str,
    work: impl FnOnce(&Entry) -> keyring::Result<T> + Send + 'static,
) -> Result<Option<T>, KeyringError> {
    let (service, account) = (service.to_owned(), account.to_owned());
    let answer = tokio::task::spawn_blocking(move || work(&Entry::new(&service, &account)?)).await;
    match answer.expect("the platform's keyring does not panic") {
        Ok(value) => Ok(Some(value)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(failure(&error)),
    }
}

fn failure(error: &Error) -> KeyringError {
    let reason = error.to_string();
    match error {
        Error::NoDefaultStore => KeyringError::NoKeyring { reason },
        Error::NoStorageAccess(_) => KeyringError::Locked { reason },
        // Their text could quote what they hold.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            KeyringError::Refused { reason: "the entry of this account is not text".to_owned() }
        }
        _ => KeyringError::Refused { reason },
    }
}
