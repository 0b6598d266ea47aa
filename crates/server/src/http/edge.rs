//! What every request passes on its way in and every answer on its way out, whoever makes it: the check of where it
//! comes from, its id, the log, and one set of security headers.

use crate::http::client_address::Peer;
use crate::http::problem::{Problem, Refusal};
use crate::http::state::App;
use crate::services::context::Settings;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

/// The header in which an answer names its request, as the log does.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// For an answer that says nothing of its own: it may load, run, and be framed by nothing.
const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A year, after which browsers would ask over plain http again.
const HSTS: &str = "max-age=31536000";

/// What no page of ours asks for.
const FEATURES: &str = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

/// Characters of a path or address in the log.
const SHOWN: usize = 200;

/// See the module. It lies outside of everything else, so that nothing is answered without it.
pub async fn edge(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = request_id();
    let span = span(&id, &request);
    let answer = async {
        let response = if is_foreign(&app.settings, &request) {
            Problem::CrossSite.into_response()
        } else {
            next.run(request).await
        };
        if let Some(Refusal(code)) = response.extensions().get() {
            tracing::warn!(status = response.status().as_u16(), code, "refused");
        }
        response
    };
    let mut response = answer.instrument(span).await;
    seal(response.headers_mut(), app.settings.secure_cookies);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// An id of our own: one that was sent could be anything, or another request's.
#[expect(clippy::disallowed_methods, reason = "the server's edge: randomness enters here")]
fn request_id() -> String {
    let id = uuid::Uuid::new_v4().simple().to_string();
    id[..16].to_owned()
}

/// Without the query, which may say what is looked for, and at the highest level, so that no filter takes it away.
fn span(id: &str, request: &Request) -> tracing::Span {
    let cut = |text: &str| text.chars().take(SHOWN).collect::<String>();
    let from = request.extensions().get().map(|Peer(from)| *from);
    let forwarded =
        request.headers().get("x-forwarded-for").map(|v| cut(&String::from_utf8_lossy(v.as_bytes())));
    tracing::error_span!(
        "request",
        id,
        method = cut(request.method().as_str()),
        path = cut(request.uri().path()),
        from = from.map(tracing::field::display),
        forwarded,
        who = tracing::field::Empty,
    )
}

/// True for what changes something and was sent by another site's page. Browsers name the page's origin in whatever
/// is not a GET, and most say `Sec-Fetch-Site` too; what says neither is no browser and has no cookie that was not
/// given to it.
fn is_foreign(settings: &Settings, request: &Request) -> bool {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return false;
    }
    let text =
        |name: HeaderName| request.headers().get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let site = text(HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return true;
    }
    let Some(origin) = text(header::ORIGIN) else { return false };
    match &settings.origin {
        Some(own) => origin != own,
        // Nobody said under which address people come: a proxy may have put another host in its place, and then only
        // the browser's own word counts.
        None if site.is_some() => false,
        None => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_none() || host != text(header::HOST)
        }
    }
}

/// Puts the security headers on. A policy that the answer has of its own stands.
fn seal(headers: &mut HeaderMap, is_https: bool) {
    let mut put = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    put(header::CONTENT_SECURITY_POLICY, NOTHING);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::REFERRER_POLICY, "same-origin");
    put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    put(HeaderName::from_static("permissions-policy"), FEATURES);
    put(header::CACHE_CONTROL, "no-store");
    if is_https {
        put(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    // Browsers that know no `frame-ancestors` know this; it has no word for certain portals alone.
    let policy = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
    if policy.is_some_and(|policy| policy.contains("frame-ancestors 'none'")) {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn is_refused(own: Option<&str>, method: &str, headers: &[(&str, &str)]) -> bool {
        let settings = Settings { origin: own.map(str::to_owned), ..Settings::default() };
        let mut request =
            Request::builder().method(method).uri("/api/v1/sync/push").header("host", "10.0.0.5:8188");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        is_foreign(&settings, &request.body(Body::empty()).expect("a request"))
    }

    #[test]
    fn what_changes_something_comes_from_our_own_pages_or_from_no_browser() {
        let own = Some("https://chitieu.example.gov.vn");
        let (here, there) =
            (("origin", "https://chitieu.example.gov.vn"), ("origin", "https://evil.example"));
        let (same, cross) = (("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site"));
        for (headers, refused) in [
            (&[][..], false),
            (&[here], false),
            (&[here, same], false),
            (&[same], false),
            (&[there], true),
            (&[there, same], true),
            (&[here, cross], true),
            (&[cross], true),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("origin", "null")], true),
            (&[("origin", "http://chitieu.example.gov.vn")], true),
            (&[("origin", "https://chitieu.example.gov.vn:8443")], true),
            (&[("origin", "https://chitieu.example.gov.vn.evil.example")], true),
            (&[("origin", "https://10.0.0.5:8188")], true),
        ] {
            for method in ["POST", "DELETE", "PUT", "PATCH", "OPTIONS", "WHATEVER"] {
                assert_eq!(is_refused(own, method, headers), refused, "{method} {headers:?}");
            }
            assert!(!is_refused(own, "GET", headers) && !is_refused(own, "HEAD", headers));
        }
    }

    #[test]
    fn without_a_public_address_the_browsers_word_or_the_host_decides() {
        for (headers, refused) in [
            (&[][..], false),
            (&[("origin", "http://10.0.0.5:8188")], false),
            // Behind a proxy that speaks https and leaves the host as it is.
            (&[("origin", "https://10.0.0.5:8188")], false),
            // Behind one that does not.
            (&[("origin", "https://chitieu.example.gov.vn"), ("sec-fetch-site", "same-origin")], false),
            (&[("origin", "https://chitieu.example.gov.vn")], true),
            (&[("origin", "null")], true),
            (&[("origin", "http://10.0.0.5:9999")], true),
        ] {
            assert_eq!(is_refused(None, "POST", headers), refused, "{headers:?}");
        }
    }
}
