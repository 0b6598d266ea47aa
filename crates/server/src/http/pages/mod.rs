//! The pages that the server makes itself: plain HTML, no script. All are below one reserved prefix, which the app's worker
//! leaves to the server.

pub mod set_up;

use super::embed::draw;
use super::rendered::{Rendered, framed};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use std::sync::OnceLock;

/// An honest page of the server's own; nothing of the app is behind it.
pub fn no_page(headers: &HeaderMap) -> Response {
    static PAGE: OnceLock<Rendered> = OnceLock::new();
    let page = PAGE.get_or_init(|| {
        let mut headers = framed("text/html; charset=utf-8", &[]);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Rendered::new(StatusCode::NOT_FOUND, &headers, draw::no_page(set_up::STYLE).as_bytes())
    });
    page.answer(headers)
}
