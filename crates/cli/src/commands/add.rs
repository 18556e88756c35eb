//! `portal add` and `portal unlock`.

use std::time::{Duration, SystemTime};

use bridge::is_unsafe;
use bridge::messages::{
    AddAddress, AddressFound, AddressView, CertificateProblemView, CertificateTrust, CertificateView, CheckAddress,
    InstanceRef, InstanceView, KeepPassword, Nothing, UnlockInstance,
};

use super::again::Again;
use crate::arguments::{Add, Keep, Unlock};
use crate::output::{Trouble, age, say, warn};
use crate::password;
use crate::portal::{Portal, absolute};

/// Adds the address of a server.
pub(crate) async fn add(options: Add) -> Result<(), Trouble> {
    let again = Again::to_add(&options);
    let request = request(options)?;
    let mut portal = Portal::open().await?;
    let said = match added(&mut portal, request, &again).await {
        Ok(instance) => {
            say(&format!("Added {} ({}): {}", instance.name, instance.id, instance.state.word()));
            Ok(())
        }
        Err(trouble) => Err(trouble),
    };
    portal.close().await;
    said
}

/// What is asked for. Reads the password.
fn request(options: Add) -> Result<AddAddress, Trouble> {
    let Add { url, name, user, password_stdin, keep, ca, trust, unencrypted } = options;
    let password = if password_stdin { Some(password::ask()?) } else { None };
    let keep = if password.is_some() { kept(keep) } else { KeepPassword::No };
    let ca = ca.map(|file| CertificateTrust::Ca { file: absolute(&file).unwrap_or(file).display().to_string() });
    let trust = ca.or(trust.map(|fingerprint| CertificateTrust::Pinned { fingerprint }));
    Ok(AddAddress { url, name, user, password, keep, trust, overhearing_accepted: unencrypted })
}

/// Looks at what answers at an address, and adds it unless its certificate is not trusted. What does not answer now is added:
/// it may be switched off.
async fn added(portal: &mut Portal, request: AddAddress, again: &Again) -> Result<InstanceView, Trouble> {
    let check = CheckAddress { url: request.url.clone(), trust: request.trust.clone() };
    let AddressView { url, is_overheard, found } = portal.ask("check_address", &check).await?;
    let mut is_locked = false;
    match found {
        AddressFound::Untrusted { certificate, reason } => {
            return Err(untrusted(&certificate, reason, again));
        }
        AddressFound::Open { version } => {
            warn(&format!("{url} lets in whoever asks: it has no password"));
            warn_of_old(&url, Some(&version));
        }
        AddressFound::Nothing { reason } => warn(&reason),
        AddressFound::Locked => is_locked = true,
    }
    if is_overheard {
        if request.password.is_some() && !request.overhearing_accepted {
            let trouble =
                Trouble::new(format!("The way to {url} is not encrypted: whoever carries the password can read it"));
            let hint = "Use `https://` or a tunnel, or say `--unencrypted` to send it all the same";
            return Err(trouble.hint(Some(hint.to_owned())));
        }
        warn(&format!("The way to {url} is not encrypted: whoever carries what is sent can read it"));
    }
    let added: InstanceRef = portal.ask("add_address", &request).await?;
    if is_locked && request.password.is_some() {
        // Without its password it did not say.
        let version = portal.version_of(&added.instance).await;
        warn_of_old(&url, version.as_deref());
    }
    portal.find(&added.instance).await
}

/// Says that a version is known to be unsafe, if it is.
pub(super) fn warn_of_old(what: &str, version: Option<&str>) {
    if let Some(version) = version.filter(|version| is_unsafe(version)) {
        warn(&format!(
            "{what} runs opencode {version}, which lets web pages run commands there (CVE-2026-22812); update it to 1.0.216 or later"
        ));
    }
}

/// Why a certificate is not trusted, and the command that trusts it.
pub(super) fn untrusted(certificate: &CertificateView, reason: String, again: &Again) -> Trouble {
    let mut lines = vec![
        format!("for:         {}", said(&certificate.subject)),
        format!("names:       {}", said(&certificate.names.join(", "))),
        format!("signed by:   {}", if certificate.is_self_signed { "itself" } else { said(&certificate.issuer) }),
        format!("holds from:  {}", moment(certificate.from_ms)),
        format!("until:       {}", moment(certificate.until_ms)),
        format!("SHA-256:     {}", certificate.fingerprint),
    ];
    if let CertificateProblemView::Changed { trusted } = &certificate.problem {
        lines.push(format!("trusted is:  {trusted}"));
    }
    let hint = format!(
        "Name who signed it with `--ca FILE`; or compare the SHA-256 with the server's own, and if it is the same: {}",
        again.trusting(&certificate.fingerprint)
    );
    Trouble::new(reason).lines(lines).hint(Some(hint))
}

/// A moment as far from now as it is.
fn moment(ms: Option<u64>) -> String {
    let Some(moment) = ms.and_then(|ms| SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(ms))) else {
        return "(not said)".to_owned();
    };
    match moment.elapsed() {
        Ok(ago) => format!("{} ago", age(ago)),
        Err(ahead) => format!("in {}", age(ahead.duration())),
    }
}

fn said(text: &str) -> &str {
    if text.is_empty() { "(nothing)" } else { text }
}

/// Gives the password of a locked instance.
pub(crate) async fn unlock(options: Unlock) -> Result<(), Trouble> {
    let Unlock { which, user, keep, unencrypted } = options;
    let mut portal = Portal::open().await?;
    let result = async {
        let instance = portal.find(&which.instance).await?;
        if instance.way.is_overheard && !unencrypted {
            let message =
                format!("The way to {} is not encrypted: whoever carries the password can read it", instance.name);
            let hint = "Use a tunnel, or say `--unencrypted` to send it all the same";
            return Err(Trouble::new(message).hint(Some(hint.to_owned())));
        }
        let password = password::ask()?;
        let (keep, overhearing_accepted) = (kept(keep), unencrypted);
        let request = UnlockInstance { instance: instance.id.clone(), user, password, keep, overhearing_accepted };
        let _: Nothing = portal.ask("unlock_instance", &request).await?;
        say(&format!("{} ({}) lets us in", instance.name, instance.id));
        // Behind its password it did not say before.
        let version = portal.version_of(&instance.id).await;
        warn_of_old(&instance.name, version.as_deref());
        Ok(())
    };
    let result = result.await;
    portal.close().await;
    result
}

pub(super) fn kept(keep: Keep) -> KeepPassword {
    match keep {
        Keep::Keyring => KeepPassword::Keyring,
        Keep::File => KeepPassword::File,
    }
}
