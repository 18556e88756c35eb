//! Certificates for tests, good ones and bad ones.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::World;

/// A certificate and its key, as a server shows them.
#[derive(Debug)]
pub struct TlsIdentity {
    certificate: CertificateDer<'static>,
    pem: String,
    key: Vec<u8>,
}

/// Somebody who signs certificates.
pub struct TlsAuthority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl TlsIdentity {
    /// Signed by nobody but itself, for these names and addresses.
    pub fn self_signed(names: &[&str]) -> Self {
        let key = KeyPair::generate().expect("a key");
        let certificate = params(names).self_signed(&key).expect("a certificate");
        Self { pem: certificate.pem(), certificate: certificate.into(), key: key.serialize_der() }
    }

    /// The certificate as a file.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The certificate as it goes over the wire.
    pub fn der(&self) -> &[u8] {
        &self.certificate
    }

    pub(crate) fn server_config(&self) -> Arc<ServerConfig> {
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key.clone()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has cipher suites")
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], key)
            .expect("the key is the certificate's");
        Arc::new(config)
    }
}

impl TlsAuthority {
    /// A new one.
    pub fn new(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = params(&[]);
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// Signs a certificate for these names and addresses.
    pub fn signs(&self, names: &[&str]) -> TlsIdentity {
        self.signed(&params(names))
    }

    /// Signs one that held until some years ago.
    pub fn signs_expired(&self, names: &[&str]) -> TlsIdentity {
        let mut params = params(names);
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 2, 29);
        self.signed(&params)
    }

    /// Signs one that does not hold yet.
    pub fn signs_for_later(&self, names: &[&str]) -> TlsIdentity {
        let mut params = params(names);
        params.not_before = date_time_ymd(2999, 1, 1);
        params.not_after = date_time_ymd(3000, 1, 1);
        self.signed(&params)
    }

    fn signed(&self, params: &CertificateParams) -> TlsIdentity {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        TlsIdentity { pem: certificate.pem(), certificate: certificate.into(), key: key.serialize_der() }
    }

    /// Its own certificate in a file of the world, with a text before it as such files have.
    pub fn file(&self, world: &World, name: &str) -> PathBuf {
        let mut text = format!("# {name}\n");
        let _never_fails = write!(text, "{}", self.pem);
        world.write(name, &text)
    }
}

fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names.clone()).expect("names for certificates");
    params.distinguished_name = rcgen::DistinguishedName::new();
    if let Some(name) = names.first() {
        params.distinguished_name.push(DnType::CommonName, name.as_str());
        params.distinguished_name.push(DnType::OrganizationName, "A test");
    }
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2199, 1, 1);
    params
}
