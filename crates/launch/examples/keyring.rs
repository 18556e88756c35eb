//! Asks the keyring of the environment that it is started with: `keyring FILE PATIENCE_MS get|set|set-with-file|forget ACCOUNT`.
//! A password to keep comes by standard input. Says in one line what came of it.
#![allow(clippy::print_stdout, reason = "it is there to print")]

use std::{env, error::Error, io, time::Duration};

use launch::keyring::{FileConsent, Keyring, KeyringError};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [file, patience, question, account] = arguments.as_slice() else {
        return Err("usage: keyring FILE PATIENCE_MS get|set|set-with-file|forget ACCOUNT".into());
    };
    let keyring = Keyring::new(file.into()).with_patience(Duration::from_millis(patience.parse()?));
    let set = async |consent| {
        let password = io::read_to_string(io::stdin()).unwrap_or_default();
        keyring.set(account, &password, consent).await.map(|kept| format!("kept in {kept:?}"))
    };
    let answer = match question.as_str() {
        "get" => keyring.get(account).await.map(|found| found.map_or("none".to_owned(), |it| format!("found {it}"))),
        "set" => set(FileConsent::NotGiven).await,
        "set-with-file" => set(FileConsent::Given).await,
        "forget" => keyring.forget(account).await.map(|()| "forgotten".to_owned()),
        other => return Err(format!("`{other}` is no question").into()),
    };
    match answer {
        Ok(answer) => println!("{answer}"),
        Err(error) => println!("{}: {error}", kind(&error)),
    }
    Ok(())
}

fn kind(error: &KeyringError) -> &'static str {
    match error {
        KeyringError::NoKeyring { .. } => "NoKeyring",
        KeyringError::Locked { .. } => "Locked",
        KeyringError::Refused { .. } => "Refused",
        KeyringError::NoAnswer { .. } => "NoAnswer",
        KeyringError::File { .. } => "File",
        KeyringError::Corrupt { .. } => "Corrupt",
    }
}
