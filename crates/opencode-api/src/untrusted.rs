//! A certificate that is not trusted, and what is wrong with it.

use std::fmt;

use crate::{Certificate, Fingerprint};

/// A certificate that is not trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UntrustedCertificate {
    /// What it says of itself.
    pub certificate: Certificate,
    /// What is wrong with it.
    pub problem: CertificateProblem,
}

/// What is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateProblem {
    /// Who signed it is not known.
    UnknownIssuer,
    /// It held until some time ago.
    Expired,
    /// It does not hold yet.
    NotYetValid,
    /// It is for other names.
    WrongName {
        /// The name that it would have to be for.
        wanted: String,
    },
    /// A person trusts another one there, and it must not be taken for that.
    Changed {
        /// The one that is trusted.
        trusted: Fingerprint,
    },
    /// Anything else.
    Other {
        /// In the words of the library.
        reason: String,
    },
}

/// What is wrong, as the end of a sentence that begins with the certificate.
impl fmt::Display for UntrustedCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Certificate { issuer, names, is_self_signed, .. } = &self.certificate;
        match &self.problem {
            CertificateProblem::UnknownIssuer if *is_self_signed => f.write_str("is signed by nobody but itself"),
            CertificateProblem::UnknownIssuer if issuer.is_empty() => f.write_str("is signed by nobody who is trusted"),
            CertificateProblem::UnknownIssuer => write!(f, "is signed by `{issuer}`, who is not trusted"),
            CertificateProblem::Expired => f.write_str("has expired"),
            CertificateProblem::NotYetValid => f.write_str("does not hold yet; is the clock of this machine right?"),
            CertificateProblem::WrongName { wanted } if names.is_empty() => {
                write!(f, "is for no name, so not for `{wanted}`")
            }
            CertificateProblem::WrongName { wanted } => write!(f, "is for `{}`, not for `{wanted}`", names.join(", ")),
            CertificateProblem::Changed { .. } => f.write_str("is not the one that was trusted: it has changed"),
            CertificateProblem::Other { reason } => write!(f, "cannot be used: {reason}"),
        }
    }
}

/// It travels from the handshake to the request through the errors of the libraries.
impl std::error::Error for UntrustedCertificate {}
