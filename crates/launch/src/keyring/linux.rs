//! The Secret Service of the session bus: GNOME's keyring, the wallet of KDE and others.
//!
//! Every question has a connection of its own. When it is given up on, the connection closes and the keyring takes its window away.

use std::collections::HashMap;

use secret_service::{Collection, EncryptionType, Error, Item, SecretService};

use super::KeyringError;

/// What marks an entry as the one of this account.
fn attributes<'a>(service: &'a str, account: &'a str) -> HashMap<&'a str, &'a str> {
    HashMap::from([("service", service), ("username", account)])
}

pub(super) async fn get(service: &str, account: &str) -> Result<Option<String>, KeyringError> {
    let keyring = connect().await?;
    let found = items(&keyring, service, account).await?;
    let Some(item) = found.first() else {
        return Ok(None);
    };
    let secret = item.get_secret().await.map_err(failure)?;
    String::from_utf8(secret)
        .map(Some)
        .map_err(|_| KeyringError::Refused { reason: "the entry of this account is not text".to_owned() })
}

pub(super) async fn set(service: &str, account: &str, password: &str) -> Result<(), KeyringError> {
    let keyring = connect().await?;
    let found = items(&keyring, service, account).await?;
    if found.is_empty() {
        let label = format!("OpenCode Portal: {account}");
        let collection = default_collection(&keyring).await?;
        let attributes = attributes(service, account);
        collection.create_item(&label, attributes, password.as_bytes(), true, "text/plain").await.map_err(failure)?;
    }
    // More than one is there when another program made a copy: none may keep the password before.
    for item in &found {
        item.set_secret(password.as_bytes(), "text/plain").await.map_err(failure)?;
    }
    Ok(())
}

pub(super) async fn forget(service: &str, account: &str) -> Result<(), KeyringError> {
    let keyring = connect().await?;
    for item in &items(&keyring, service, account).await? {
        item.delete().await.map_err(failure)?;
    }
    Ok(())
}

async fn connect() -> Result<SecretService<'static>, KeyringError> {
    // Whatever prevents the very first step, there is no keyring that could be used.
    let none = |error: Error| KeyringError::NoKeyring { reason: error.to_string() };
    SecretService::connect(EncryptionType::Dh).await.map_err(none)
}

/// The entries of an account, unlocked.
async fn items<'a>(
    keyring: &'a SecretService<'_>,
    service: &str,
    account: &str,
) -> Result<Vec<Item<'a>>, KeyringError> {
    let mut found = keyring.search_items(attributes(service, account)).await.map_err(failure)?;
    if !found.locked.is_empty() {
        keyring.unlock_all(&found.locked.iter().collect::<Vec<_>>()).await.map_err(failure)?;
    }
    found.unlocked.append(&mut found.locked);
    Ok(found.unlocked)
}

/// Where new entries go. A user who never had a keyring is asked by the keyring itself to make one.
async fn default_collection<'a>(keyring: &'a SecretService<'_>) -> Result<Collection<'a>, KeyringError> {
    let collection = match keyring.get_default_collection().await {
        Err(Error::NoResult) => keyring.create_collection("Default keyring", "default").await,
        other => other,
    };
    let collection = collection.map_err(failure)?;
    if collection.is_locked().await.map_err(failure)? {
        collection.unlock().await.map_err(failure)?;
    }
    Ok(collection)
}

fn failure(error: Error) -> KeyringError {
    match error {
        Error::Locked => KeyringError::Locked { reason: "it was not unlocked".to_owned() },
        Error::Prompt => KeyringError::Locked { reason: "its question for a password was dismissed".to_owned() },
        Error::PromptDisconnected => {
            KeyringError::Locked { reason: "it went away while it asked for a password".to_owned() }
        }
        Error::Unavailable => KeyringError::NoKeyring { reason: error.to_string() },
        other => KeyringError::Refused { reason: other.to_string() },
    }
}
