//! Certificates and what is trusted, as a window shows and says it.

use fleet::{AddressCheck, AddressFound, CertificateProblem, Instance, Scheme, Trust, UntrustedCertificate};

use super::path_text;
use crate::Failure;
use crate::convert::invalid;
use crate::messages::{self, AddressView, CertificateProblemView, CertificateTrust, CertificateView, WayView};

pub(crate) fn certificate_view(untrusted: &UntrustedCertificate) -> CertificateView {
    let certificate = &untrusted.certificate;
    CertificateView {
        fingerprint: certificate.fingerprint.to_string(),
        subject: certificate.subject.clone(),
        issuer: certificate.issuer.clone(),
        is_self_signed: certificate.is_self_signed,
        names: certificate.names.clone(),
        from_ms: certificate.from_ms,
        until_ms: certificate.until_ms,
        problem: match &untrusted.problem {
            CertificateProblem::UnknownIssuer => CertificateProblemView::UnknownIssuer,
            CertificateProblem::Expired => CertificateProblemView::Expired,
            CertificateProblem::NotYetValid => CertificateProblemView::NotYetValid,
            CertificateProblem::WrongName { wanted } => CertificateProblemView::WrongName { wanted: wanted.clone() },
            CertificateProblem::Changed { trusted } => CertificateProblemView::Changed { trusted: trusted.to_string() },
            CertificateProblem::Other { reason } => CertificateProblemView::Other { reason: reason.clone() },
        },
    }
}

pub(crate) fn way_view(instance: &Instance) -> WayView {
    let trust = (instance.way.scheme == Scheme::Https).then(|| trust_view(&instance.way.trust));
    WayView { url: instance.url(), is_overheard: instance.is_overheard(), trust }
}

pub(crate) fn trust_view(trust: &Trust) -> CertificateTrust {
    match trust {
        Trust::System => CertificateTrust::System,
        Trust::Ca(file) => CertificateTrust::Ca { file: path_text(file) },
        Trust::Pinned(fingerprint) => CertificateTrust::Pinned { fingerprint: fingerprint.to_string() },
    }
}

pub(crate) fn address_view(check: AddressCheck) -> AddressView {
    let AddressCheck { url, is_overheard, found } = check;
    let found = match found {
        AddressFound::Open { version } => messages::AddressFound::Open { version },
        AddressFound::Locked => messages::AddressFound::Locked,
        AddressFound::Untrusted(untrusted) => {
            let reason = format!("The certificate of `{url}` {untrusted}");
            messages::AddressFound::Untrusted { certificate: certificate_view(&untrusted), reason }
        }
        AddressFound::Nothing { error } => messages::AddressFound::Nothing { reason: error.to_string() },
    };
    AddressView { url, is_overheard, found }
}

pub(crate) fn trust_of(trust: CertificateTrust) -> Result<Trust, Failure> {
    Ok(match trust {
        CertificateTrust::System => Trust::System,
        CertificateTrust::Ca { file } => Trust::Ca(file.trim().into()),
        CertificateTrust::Pinned { fingerprint } => {
            Trust::Pinned(fingerprint.parse().map_err(|error: fleet::NoFingerprint| invalid(error.to_string()))?)
        }
    })
}
