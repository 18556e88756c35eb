//! Encrypted connections: which certificates are taken, and what is said of those that are not.
//!
//! Owns everything about TLS; must not know what is asked over a connection.

use std::error::Error as _;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme};

use crate::{ApiError, Certificate, CertificateProblem, Fingerprint, Trust, UntrustedCertificate};

/// How long the system's certificates are believed to be the same: reading them takes some ten milliseconds.
const SYSTEM_READ_AGAIN: Duration = Duration::from_mins(5);

/// Who answers for a certificate, or why nobody can.
type Authority = Result<Arc<dyn ServerCertVerifier>, String>;

/// For connections that are never encrypted: building a client without one would read the system's certificates.
pub(crate) fn never() -> ClientConfig {
    static NEVER: OnceLock<ClientConfig> = OnceLock::new();
    NEVER.get_or_init(|| config(Judge { rule: Rule::Authority(Err("it was not asked for".to_owned())) })).clone()
}

/// For connections that are encrypted. Reads files.
pub(crate) fn trusting(trust: &Trust) -> Result<ClientConfig, ApiError> {
    let rule = match trust {
        Trust::System => Rule::Authority(system()),
        Trust::Ca(file) => Rule::Authority(Ok(authorities(file)?)),
        Trust::Pinned(pin) => Rule::Pin(*pin),
    };
    Ok(config(Judge { rule }))
}

/// The certificate that made a request fail, if one did.
pub(crate) fn untrusted_in(error: &reqwest::Error) -> Option<UntrustedCertificate> {
    match tls_error(error)? {
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(cause))) => {
            cause.downcast_ref::<UntrustedCertificate>().cloned()
        }
        _ => None,
    }
}

/// What TLS has against an answer, if it is that.
pub(crate) fn refusal_in(error: &reqwest::Error) -> Option<String> {
    match tls_error(error)? {
        rustls::Error::InvalidMessage(_) => Some("what answers there does not speak it; is it `http://`?".to_owned()),
        other => Some(other.to_string()),
    }
}

fn tls_error(error: &reqwest::Error) -> Option<&rustls::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        // An error of input or output hides what it was made of from its sources.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let found = inner.and_then(|inner| inner.downcast_ref()).or_else(|| error.downcast_ref::<rustls::Error>());
        if found.is_some() {
            return found;
        }
        cause = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    Arc::clone(PROVIDER.get_or_init(|| Arc::new(ring::default_provider())))
}

fn config(judge: Judge) -> ClientConfig {
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("the provider has cipher suites for both versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(judge))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A connection that is resumed shows no certificate, so that a changed one would not be seen.
    config.resumption = Resumption::disabled();
    config
}

/// What the system trusts: its own verifier, or on Linux its files (`SSL_CERT_FILE` and `SSL_CERT_DIR` are heeded).
fn system() -> Authority {
    static READ: Mutex<Option<(Instant, Authority)>> = Mutex::new(None);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((at, authority)) = &*read
        && at.elapsed() < SYSTEM_READ_AGAIN
    {
        return authority.clone();
    }
    let authority: Authority = match rustls_platform_verifier::Verifier::new(provider()) {
        Ok(verifier) => Ok(Arc::new(verifier)),
        // Where nobody is trusted a person can still look at the certificate.
        Err(error) => Err(format!("the system's certificates cannot be read ({error})")),
    };
    *read = Some((Instant::now(), authority.clone()));
    authority
}

/// The authorities in a file of a person's.
fn authorities(file: &Path) -> Result<Arc<dyn ServerCertVerifier>, ApiError> {
    let failed = |problem: String| ApiError::Authorities { file: file.to_path_buf(), problem };
    let bytes = std::fs::read(file).map_err(|error| failed(error.to_string()))?;
    let mut certificates = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        certificates.push(certificate.map_err(|error| failed(error.to_string()))?);
    }
    let mut roots = RootCertStore::empty();
    if certificates.is_empty() {
        // Without the text around it.
        certificates.push(CertificateDer::from(bytes));
    }
    let (known, _unknown) = roots.add_parsable_certificates(certificates);
    if known == 0 {
        return Err(failed("there is no certificate in it".to_owned()));
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build();
    Ok(verifier.map_err(|error| failed(error.to_string()))?)
}

/// Decides about certificates, and says of each that it refuses what it is.
#[derive(Debug)]
struct Judge {
    rule: Rule,
}

#[derive(Debug)]
enum Rule {
    Authority(Authority),
    Pin(Fingerprint),
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let problem = match &self.rule {
            Rule::Pin(pin) if *pin == Fingerprint::of(end_entity) => return Ok(ServerCertVerified::assertion()),
            Rule::Pin(trusted) => CertificateProblem::Changed { trusted: *trusted },
            Rule::Authority(Ok(authority)) => {
                match authority.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
                    Ok(verified) => return Ok(verified),
                    Err(error) => problem_of(error, server_name),
                }
            }
            Rule::Authority(Err(reason)) => CertificateProblem::Other { reason: reason.clone() },
        };
        let untrusted = UntrustedCertificate { certificate: Certificate::read(end_entity), problem };
        Err(rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(untrusted)))))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &provider().signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &provider().signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}

fn problem_of(error: rustls::Error, wanted: &ServerName<'_>) -> CertificateProblem {
    let rustls::Error::InvalidCertificate(error) = error else {
        return CertificateProblem::Other { reason: error.to_string() };
    };
    match error {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => CertificateProblem::UnknownIssuer,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateProblem::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => CertificateProblem::NotYetValid,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateProblem::WrongName { wanted: wanted.to_str().into_owned() }
        }
        other => CertificateProblem::Other { reason: other.to_string() },
    }
}
