//! The UI's files.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::ACCEPT_ENCODING;

use crate::setting::Setting;

#[tokio::test]
async fn the_first_page_is_the_ui_and_is_never_kept_by_a_browser() {
    let setting = Setting::new().await;
    let answer = setting.get("/").await;
    assert_eq!(answer.status, StatusCode::OK, "ui/dist has an index.html");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-cache");
    setting.end().await;
}

#[tokio::test]
async fn large_files_of_the_ui_are_compressed_for_who_takes_it() {
    let setting = Setting::new().await;
    let plain = setting.get("/index.html").await;
    let request = setting.request("GET", "/index.html").header(ACCEPT_ENCODING, "gzip");
    let packed = setting.send(request, Body::empty()).await;
    assert_eq!(plain.header("content-encoding"), "");
    if plain.body.len() > 1_024 {
        assert_eq!(packed.header("content-encoding"), "gzip");
        assert!(packed.body.len() < plain.body.len());
    }
    setting.end().await;
}

#[tokio::test]
async fn a_missing_file_is_no_page() {
    let setting = Setting::new().await;
    let answer = setting.get("/assets/no-such-file.js").await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_FOUND, "not_found"));
    setting.end().await;
}
