//! The HTTP client below a client: made at once for plain connections, and with the first request for encrypted ones.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::redirect;
use rustls::ClientConfig;
use tokio::sync::OnceCell;

use crate::{ApiError, Scheme, ServerAddress, tls};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);

/// The HTTP client below a client. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    http: Arc<OnceCell<reqwest::Client>>,
}

impl Transport {
    /// For the server there. Nothing is read and nothing is sent yet.
    pub(crate) fn of(address: &ServerAddress) -> Self {
        let http = match address.scheme {
            Scheme::Http => OnceCell::new_with(Some(build(address, tls::never()))),
            Scheme::Https => OnceCell::new(),
        };
        Self { http: Arc::new(http) }
    }

    /// The client. For an encrypted connection files are read first: one that was wrong is read again the next time.
    pub(crate) async fn http(&self, address: &ServerAddress) -> Result<&reqwest::Client, ApiError> {
        self.http
            .get_or_try_init(|| async {
                let trust = address.trust.clone();
                let config = tokio::task::spawn_blocking(move || tls::trusting(&trust)).await;
                Ok(build(address, config.unwrap_or_else(|_| Ok(tls::never()))?))
            })
            .await
    }
}

fn build(address: &ServerAddress, tls: ClientConfig) -> reqwest::Client {
    let mut headers = HeaderMap::new();
    if let Some(password) = &address.password {
        let credentials = STANDARD.encode(format!("{}:{}", address.user, password.expose()));
        let mut value = HeaderValue::try_from(format!("Basic {credentials}")).expect("base64 is a valid header");
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    // A proxy has no business between us and our own machine, and a redirect would carry the password away.
    reqwest::Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT)
        .default_headers(headers)
        .https_only(address.scheme == Scheme::Https)
        .tls_backend_preconfigured(tls)
        .build()
        .expect("a client with a TLS configuration of this library and no resolver settings can be built")
}
