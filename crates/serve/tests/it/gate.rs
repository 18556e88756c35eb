//! Who is let in.

use axum::body::Body;
use axum::http::header::{ACCEPT, AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::http::{Request, StatusCode};

use crate::setting::Setting;

#[tokio::test]
async fn without_the_token_nothing_is_given() {
    let setting = Setting::new().await;
    for (method, uri) in [
        ("POST", "/bridge/call/fleet"),
        ("GET", "/bridge/pushes?window=w"),
        ("GET", "/"),
        ("GET", "/x"),
        ("PUT", "/bridge/x"),
    ] {
        let answer = setting.send(Setting::stranger(method, uri), "{}").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {uri}");
        assert_eq!(answer.code(), "unauthorized");
    }
    for wrong in ["Bearer ", "Bearer x", "Basic x", "x"] {
        let request = Setting::stranger("GET", "/").header(AUTHORIZATION, wrong);
        assert_eq!(setting.send(request, Body::empty()).await.status, StatusCode::UNAUTHORIZED, "{wrong}");
    }
    setting.end().await;
}

#[tokio::test]
async fn a_person_without_the_token_sees_a_page_that_says_so() {
    let setting = Setting::new().await;
    let request = Setting::stranger("GET", "/").header(ACCEPT, "text/html,*/*");
    let answer = setting.send(request, Body::empty()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(String::from_utf8_lossy(&answer.body).contains("portal serve"));
    setting.end().await;
}

#[tokio::test]
async fn the_first_visit_turns_the_token_into_a_cookie() {
    let setting = Setting::new().await;
    let uri = format!("/?token={}", setting.token.expose());
    let answer = setting.send(Setting::stranger("GET", &uri), Body::empty()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/");
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    // Of the port, so that another one's cookie is not overwritten.
    assert!(cookie.starts_with("portal_4490="), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    let with_cookie = |uri: &str| Setting::stranger("GET", uri).header(COOKIE, format!("other=1; {pair}"));
    let answer = setting.send(with_cookie("/no-such-file"), Body::empty()).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let answer = setting.send(Setting::stranger("GET", "/?token=wrong"), Body::empty()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("set-cookie"), "");
    setting.end().await;
}

#[tokio::test]
async fn a_pass_lets_in_once() {
    let setting = Setting::new().await;
    let uri = format!("/?pass={}", setting.site.pass().expose());
    let answer = setting.send(Setting::stranger("GET", &uri), Body::empty()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.header("set-cookie").contains(setting.token.expose()));
    let again = setting.send(Setting::stranger("GET", &uri), Body::empty()).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
    setting.end().await;
}

#[tokio::test]
async fn a_visit_from_another_page_goes_on_by_a_page_of_ours() {
    let setting = Setting::new().await;
    let uri = format!("/?token={}", setting.token.expose());
    let request = Setting::stranger("GET", &uri).header("sec-fetch-site", "cross-site");
    let answer = setting.send(request, Body::empty()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("set-cookie").contains("SameSite=Strict"));
    assert!(String::from_utf8_lossy(&answer.body).contains("url=/"));
    setting.end().await;
}

#[tokio::test]
async fn only_loopback_names_are_hosts() {
    let setting = Setting::new().await;
    for (host, expected) in [
        ("127.0.0.1:4490", StatusCode::NOT_FOUND),
        ("localhost:1", StatusCode::NOT_FOUND),
        ("LOCALHOST", StatusCode::NOT_FOUND),
        ("[::1]:4490", StatusCode::NOT_FOUND),
        ("127.8.9.1", StatusCode::NOT_FOUND),
        ("evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("localhost.evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("127.0.0.1.evil.example:4490", StatusCode::MISDIRECTED_REQUEST),
        ("192.168.1.2:4490", StatusCode::MISDIRECTED_REQUEST),
        ("me@localhost", StatusCode::MISDIRECTED_REQUEST),
        ("", StatusCode::MISDIRECTED_REQUEST),
    ] {
        let bearer = format!("Bearer {}", setting.token.expose());
        let request = Request::builder().uri("/no-such-file").header(HOST, host).header(AUTHORIZATION, bearer);
        assert_eq!(setting.send(request, Body::empty()).await.status, expected, "`{host}`");
    }
    setting.end().await;
}

#[tokio::test]
async fn other_pages_are_refused_even_with_the_cookie() {
    let setting = Setting::new().await;
    for (origin, expected) in [
        ("http://127.0.0.1:4490", StatusCode::OK),
        ("http://127.0.0.1:3000", StatusCode::FORBIDDEN),
        ("http://localhost:4490", StatusCode::FORBIDDEN),
        ("https://127.0.0.1:4490", StatusCode::FORBIDDEN),
        ("http://evil.example", StatusCode::FORBIDDEN),
        ("null", StatusCode::FORBIDDEN),
    ] {
        let request = setting.call("fleet").header(ORIGIN, origin);
        let answer = setting.send(request, "{}").await;
        assert_eq!(answer.status, expected, "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
    for (site, expected) in [
        ("same-origin", StatusCode::OK),
        ("none", StatusCode::OK),
        ("same-site", StatusCode::FORBIDDEN),
        ("cross-site", StatusCode::FORBIDDEN),
    ] {
        let request = setting.call("fleet").header("sec-fetch-site", site);
        assert_eq!(setting.send(request, "{}").await.status, expected, "{site}");
    }
    setting.end().await;
}

#[tokio::test]
async fn every_answer_forbids_frames_and_foreign_scripts() {
    let setting = Setting::new().await;
    let answers = [
        setting.get("/").await,
        setting.get("/bridge/nothing").await,
        setting.send(setting.call("fleet"), "{}").await,
        setting.send(Setting::stranger("GET", "/"), Body::empty()).await,
    ];
    for answer in answers {
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-eval"), "{policy}");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
    setting.end().await;
}
