//! Who is let in.
//!
//! The server listens on loopback, but any page in a browser of this machine can make requests to it.
//! So: the `Host` must be a loopback name (else a foreign name was bound to our address), an `Origin` must be ours, and the token must be shown, in a header or in the cookie that the first visit sets.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, AUTHORIZATION, CACHE_CONTROL, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use bridge::Code;

use crate::Site;
use crate::answer::{Refusal, protect};

/// What a browser says of where a request comes from; nothing else can say it for a page.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets a request through, or answers it.
pub(crate) async fn gate(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let mut response = match examine(&site, &request) {
        Ok(Verdict::Welcome) => next.run(request).await,
        // A browser that was sent here by another page would leave a strict cookie out after a redirect, but not when our own page goes on.
        Ok(Verdict::TakeCookie(cookie)) if request.headers().get(FETCH_SITE).is_some_and(|site| site != "none") => {
            ([(SET_COOKIE, cookie), (CACHE_CONTROL, "no-store".to_owned())], Html(GO_ON_PAGE)).into_response()
        }
        Ok(Verdict::TakeCookie(cookie)) => (
            StatusCode::SEE_OTHER,
            [(LOCATION, "/".to_owned()), (SET_COOKIE, cookie), (CACHE_CONTROL, "no-store".to_owned())],
        )
            .into_response(),
        Err(refusal) if refusal.status() == StatusCode::UNAUTHORIZED && wants_page(&request) => {
            (StatusCode::UNAUTHORIZED, [(CACHE_CONTROL, "no-store")], Html(LOCKED_PAGE)).into_response()
        }
        Err(refusal) => refusal.into_response(),
    };
    protect(response.headers_mut());
    response
}

enum Verdict {
    Welcome,
    /// The first visit: the token moves from the address into a cookie.
    TakeCookie(String),
}

fn examine(site: &Site, request: &Request) -> Result<Verdict, Refusal> {
    let headers = request.headers();
    let authority = authority(request).ok_or_else(|| {
        Refusal::new(StatusCode::MISDIRECTED_REQUEST, Code::Invalid, "The `Host` is not a name of this machine")
    })?;
    if !is_ours(headers, &authority, is_bridge(request.uri())) {
        return Err(Refusal::new(StatusCode::FORBIDDEN, Code::Unauthorized, "Requests of other pages are not taken"));
    }
    let cookie_name = cookie_name(&authority);
    if request.uri().path() == "/"
        && request.method() == Method::GET
        && let Some((name, key)) = key(request.uri())
    {
        let fits = if name == "pass" { site.takes_pass(key) } else { site.token.is(key) };
        return if fits {
            let token = site.token.expose();
            // Another program on another port of this machine has a cookie of its own.
            Ok(Verdict::TakeCookie(format!(
                "{cookie_name}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000"
            )))
        } else {
            Err(Refusal::unauthorized())
        };
    }
    let shows_token = bearer(headers).is_some_and(|token| site.token.is(token))
        || cookies(headers, &cookie_name).any(|token| site.token.is(token));
    if shows_token { Ok(Verdict::Welcome) } else { Err(Refusal::unauthorized()) }
}

/// The authority that was asked, if it is a loopback name.
fn authority(request: &Request) -> Option<Authority> {
    let text = match request.headers().get(HOST) {
        Some(host) => host.to_str().ok()?,
        None => request.uri().authority()?.as_str(),
    };
    let authority: Authority = text.parse().ok()?;
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let is_loopback = host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    // `user@host` is no `Host`.
    (is_loopback && !text.contains('@')).then_some(authority)
}

/// Whether the request comes from our own pages, or from no page at all.
fn is_ours(headers: &HeaderMap, authority: &Authority, is_bridge: bool) -> bool {
    let origin_fits = headers.get_all(ORIGIN).iter().all(|origin| {
        let own = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://"));
        own.is_some_and(|own| own.eq_ignore_ascii_case(authority.as_str()))
    });
    // A link to our first page may be anywhere; the operations are for our own pages.
    let site_fits =
        headers.get_all(FETCH_SITE).iter().all(|site| !is_bridge || site == "same-origin" || site == "none");
    origin_fits && site_fits
}

fn is_bridge(uri: &Uri) -> bool {
    uri.path().starts_with("/bridge/")
}

fn cookie_name(authority: &Authority) -> String {
    format!("portal_{}", authority.port_u16().unwrap_or(80))
}

/// The token or the pass in an address.
fn key(uri: &Uri) -> Option<(&str, &str)> {
    let mut pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| matches!(*name, "token" | "pass"))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(move |pair| {
        let (of, value) = pair.trim().split_once('=')?;
        (of == name).then_some(value)
    })
}

fn wants_page(request: &Request) -> bool {
    let accepts = |line: &axum::http::HeaderValue| line.to_str().is_ok_and(|line| line.contains("text/html"));
    !is_bridge(request.uri()) && request.headers().get_all(ACCEPT).iter().any(accepts)
}

/// Goes on to the UI with the cookie that came with it.
const GO_ON_PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>OpenCode Portal</title>\
<meta http-equiv=\"refresh\" content=\"0;url=/\"><a href=\"/\">Go on</a>";

/// Shown to a person who comes without the token.
const LOCKED_PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>OpenCode Portal</title>\
<meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:32em;margin:20vh auto;padding:0 1em}</style>\
<h1>This page needs its token</h1>\
<p>Open the whole address that <code>portal serve</code> printed, with <code>?token=</code> in it.</p>";
