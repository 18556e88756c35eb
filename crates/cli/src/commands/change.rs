//! `portal change`.

use bridge::messages::{
    AddedAddressView, AddressFound, AddressView, CertificateTrust, ChangeAddress, CheckAddress, InstanceRef,
    KeepPassword,
};

use super::add::{kept, untrusted, warn_of_old};
use super::again::Again;
use crate::arguments::Change;
use crate::output::{Trouble, say, warn};
use crate::password;
use crate::portal::{Portal, absolute};

/// Changes the address of an instance that was added by it, or how its server lets us in.
pub(crate) async fn run(options: Change) -> Result<(), Trouble> {
    let mut portal = Portal::open().await?;
    let changed = change(&mut portal, options).await;
    portal.close().await;
    changed
}

async fn change(portal: &mut Portal, options: Change) -> Result<(), Trouble> {
    let instance = portal.find(&options.which.instance).await?;
    let again = Again::to_change(&instance.id, &options);
    let Change { which: _, url, user, password_stdin, keep, ca, trust, system_certificates, unencrypted } = options;
    let before: AddedAddressView = portal.ask("added_address", &InstanceRef { instance: instance.id.clone() }).await?;
    let url = url.unwrap_or_else(|| before.url.clone());
    let ca = ca.map(|file| CertificateTrust::Ca { file: absolute(&file).unwrap_or(file).display().to_string() });
    let given = ca.or(trust.map(|fingerprint| CertificateTrust::Pinned { fingerprint }));
    let trust = given.or(system_certificates.then_some(CertificateTrust::System));
    // What is not typed stays; nothing is to be trusted where no certificate is shown.
    let is_encrypted = url.trim().to_ascii_lowercase().starts_with("https://");
    let trust = trust.or(is_encrypted.then_some(before.trust));

    let check = CheckAddress { url: url.clone(), trust: trust.clone() };
    let AddressView { url: written, is_overheard, found } = portal.ask("check_address", &check).await?;
    match found {
        AddressFound::Untrusted { certificate, reason } => {
            return Err(untrusted(&certificate, reason, &again));
        }
        AddressFound::Open { version } => {
            warn(&format!("{written} lets in whoever asks: it has no password"));
            warn_of_old(&written, Some(&version));
        }
        AddressFound::Nothing { reason } => warn(&reason),
        AddressFound::Locked => {}
    }
    if is_overheard {
        let has_password = password_stdin || before.user.is_some() || instance.is_secured == Some(true);
        if has_password && !unencrypted {
            let trouble = format!("The way to {written} is not encrypted: whoever carries the password can read it");
            let hint = "Use `https://` or a tunnel, or say `--unencrypted` to send it all the same";
            return Err(Trouble::new(trouble).hint(Some(hint.to_owned())));
        }
        warn(&format!("The way to {written} is not encrypted: whoever carries what is sent can read it"));
    }
    let password = if password_stdin { Some(password::ask()?) } else { None };
    let keep = if password.is_some() { kept(keep) } else { KeepPassword::No };
    let (instance, overhearing_accepted) = (instance.id, unencrypted);
    let request = ChangeAddress { instance, url, user, password, keep, trust, overhearing_accepted };
    let changed: InstanceRef = portal.ask("change_address", &request).await?;
    let instance = portal.settled(&changed.instance).await?;
    say(&format!("Changed {} ({}): {}", instance.name, instance.id, instance.state.word()));
    Ok(())
}
