//! `portal add` and `portal unlock`.

use bridge::messages::{AddAddress, InstanceRef, KeepPassword, Nothing, UnlockInstance};

use crate::arguments::{Add, Keep, Unlock};
use crate::output::{Trouble, say};
use crate::password;
use crate::portal::Portal;

/// Adds the address of a server.
pub(crate) async fn add(options: Add) -> Result<(), Trouble> {
    let Add { url, name, user, password_stdin, keep } = options;
    let password = if password_stdin { Some(password::ask()?) } else { None };
    let keep = if password.is_some() { kept(keep) } else { KeepPassword::No };
    let mut portal = Portal::open().await?;
    let request = AddAddress { url, name, user, password, keep };
    let added: Result<InstanceRef, Trouble> = portal.ask("add_address", &request).await;
    let said = match added {
        Ok(added) => portal.find(&added.instance).await.map(|instance| {
            say(&format!("Added {} ({}): {}", instance.name, instance.id, instance.state.word()));
        }),
        Err(trouble) => Err(trouble),
    };
    portal.close().await;
    said
}

/// Gives the password of a locked instance.
pub(crate) async fn unlock(options: Unlock) -> Result<(), Trouble> {
    let Unlock { which, user, keep } = options;
    let mut portal = Portal::open().await?;
    let result = async {
        let instance = portal.find(&which.instance).await?;
        let password = password::ask()?;
        let request = UnlockInstance { instance: instance.id.clone(), user, password, keep: kept(keep) };
        let _: Nothing = portal.ask("unlock_instance", &request).await?;
        say(&format!("{} ({}) lets us in", instance.name, instance.id));
        Ok(())
    };
    let result = result.await;
    portal.close().await;
    result
}

fn kept(keep: Keep) -> KeepPassword {
    match keep {
        Keep::Keyring => KeepPassword::Keyring,
        Keep::File => KeepPassword::File,
    }
}
