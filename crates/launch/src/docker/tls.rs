//! The certificates for an engine that is reached over TLS.

use std::path::{Path, PathBuf};

use bollard::{API_DEFAULT_VERSION, Docker, errors::Error};

/// The certificates for an engine, as Docker keeps them: the authority that signed the engine's, and our own with its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TlsFiles {
    /// The certificates of the authority.
    pub ca: PathBuf,
    /// Our own certificate.
    pub certificate: PathBuf,
    /// The key of our own certificate.
    pub key: PathBuf,
}

impl TlsFiles {
    /// The files of a folder, by the names that Docker gives them.
    pub fn in_folder(folder: &Path) -> Self {
        Self { ca: folder.join("ca.pem"), certificate: folder.join("cert.pem"), key: folder.join("key.pem") }
    }

    /// The first of them that is not there.
    pub(super) fn missing(&self) -> Option<&Path> {
        [&self.ca, &self.certificate, &self.key].into_iter().map(PathBuf::as_path).find(|path| !path.is_file())
    }

    pub(super) fn connect(&self, address: &str, seconds: u64) -> Result<Docker, Error> {
        // Other crates may have chosen a provider for the whole process, or may bring a second one; then there is no default.
        let _chosen = rustls::crypto::ring::default_provider().install_default();
        Docker::connect_with_ssl(address, &self.key, &self.certificate, &self.ca, seconds, API_DEFAULT_VERSION)
    }
}
