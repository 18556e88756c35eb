//! How a request of any kind is sent, and what its answer is taken for.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;

use super::{Client, malformed};
use crate::refusal::{error_of, refused_configuration};
use crate::{ApiError, Directory, Method, tls};

/// The largest body passed on.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

impl Client {
    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, String)],
        directory: Option<&Directory>,
        body: Option<Bytes>,
    ) -> Result<T, ApiError> {
        let response = self.send(method, path, query, directory, body).await?;
        let response = self.successful(path, response).await?;
        let body = self.body(path, response).await?;
        serde_json::from_slice(&body).map_err(|error| malformed(path, &error.to_string()))
    }

    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, String)],
        directory: Option<&Directory>,
        body: Option<Bytes>,
    ) -> Result<Response, ApiError> {
        let origin = self.origin.as_ref().ok_or_else(|| malformed(path, "the server's address is not one"))?;
        let below = self.address.base.join(origin, path);
        let mut url = below.ok_or_else(|| malformed(path, "it leads out of what the server serves"))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut request = self.transport.http(&self.address).await?.request(http_method(method), url);
        if let Some(directory) = directory {
            let is_about_sessions = path == "/session";
            let value = if is_about_sessions { directory.session_header_value() } else { directory.header_value() };
            request = request.header(Directory::HEADER, value);
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        request.send().await.map_err(|error| self.unreachable(error))
    }

    /// Gives the response back if it is a success, or else reads what went wrong.
    pub(super) async fn successful(&self, path: &str, response: Response) -> Result<Response, ApiError> {
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        if status.is_redirection() {
            let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("somewhere else");
            let to = to.strip_suffix(path).unwrap_or(to).chars().take(200).collect();
            return Err(ApiError::Moved { address: self.address.to_string(), to });
        }
        if status == StatusCode::UNAUTHORIZED {
            return Err(ApiError::Unauthorized { address: self.address.to_string() });
        }
        let body = self.body(path, response).await?;
        if let Some(refused) = refused_configuration(&body) {
            return Err(refused);
        }
        let (code, message) = error_of(&body);
        let path = path.to_owned();
        Err(if status == StatusCode::NOT_FOUND {
            ApiError::NotFound { path, code, message }
        } else {
            ApiError::Refused { path, status: status.as_u16(), code, message }
        })
    }

    pub(super) async fn body(&self, path: &str, mut response: Response) -> Result<Bytes, ApiError> {
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.unreachable(error))? {
            if body.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(ApiError::NotForwardable { path: path.to_owned(), problem: "it is too large".to_owned() });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    pub(super) async fn within<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        tokio::time::timeout(limit, work)
            .await
            .unwrap_or_else(|_| Err(ApiError::Timeout { address: self.address.to_string(), waited: limit }))
    }

    fn unreachable(&self, error: reqwest::Error) -> ApiError {
        let address = self.address.to_string();
        if let Some(untrusted) = tls::untrusted_in(&error) {
            return ApiError::Certificate { address, untrusted: Box::new(untrusted) };
        }
        match tls::refusal_in(&error) {
            Some(problem) => ApiError::Encryption { address, problem },
            None => ApiError::Unreachable { address, source: Arc::new(error.without_url()) },
        }
    }
}

fn http_method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}
