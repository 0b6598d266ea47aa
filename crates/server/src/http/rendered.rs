//! One answer, made once and sent many times: packed in each coding, with its tag and headers.

use crate::http::coding::Coding;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// For how long a public answer may be used: ten seconds unasked, five minutes while it is asked for anew, and a week
/// while the server does not answer. A corrected figure is not seen later than that.
pub const PUBLIC: &str = "public, max-age=10, stale-while-revalidate=300, stale-if-error=604800";

/// See the module.
pub struct Rendered {
    status: StatusCode,
    /// In the order of [`Coding::ALL`].
    forms: [(HeaderMap, Bytes); 3],
}

impl Rendered {
    /// Packs a body; `headers` go out with each of its forms.
    pub fn new(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let digest: String = Sha256::digest(body).iter().take(12).map(|b| format!("{b:02x}")).collect();
        let forms = Coding::ALL.map(|coding| {
            let mut headers = headers.clone();
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
            // Another coding is another sequence of bytes, thus another strong tag (RFC 9110, 8.8.3).
            let tag =
                coding.name().map_or_else(|| format!("\"{digest}\""), |name| format!("\"{digest}-{name}\""));
            if let Ok(tag) = HeaderValue::from_str(&tag) {
                headers.insert(header::ETAG, tag);
            }
            if let Some(name) = coding.name() {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
            }
            (headers, Bytes::from(coding.pack(body)))
        });
        Self { status, forms }
    }

    /// What it occupies in memory, about: the bodies, and three sets of headers.
    pub fn weight(&self) -> usize {
        self.forms.iter().map(|(_, body)| body.len() + 1_200).sum()
    }

    /// The answer to a request with these headers.
    pub fn answer(&self, asked: &HeaderMap) -> Response {
        let tightest =
            Coding::ALL.into_iter().zip(&self.forms).rev().find(|(coding, _)| coding.is_accepted(asked));
        let (headers, body) = tightest.map_or(&self.forms[0], |(_, form)| form);
        let is_known = self.status == StatusCode::OK && self.is_known(asked);
        let mut response = if is_known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = Response::new(body.clone().into());
            *response.status_mut() = self.status;
            response
        };
        *response.headers_mut() = headers.clone();
        response
    }

    /// True where the asker has it already, in whichever coding.
    fn is_known(&self, asked: &HeaderMap) -> bool {
        let Some(tags) = asked.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()) else {
            return false;
        };
        tags.split(',').map(|tag| tag.trim().trim_start_matches("W/")).any(|tag| {
            tag == "*"
                || self
                    .forms
                    .iter()
                    .any(|(headers, _)| headers.get(header::ETAG).is_some_and(|own| own == tag))
        })
    }
}

/// The headers of something that exactly these portals may frame.
pub fn framed(kind: &'static str, ancestors: &[String]) -> HeaderMap {
    let ancestors = if ancestors.is_empty() { "'none'".to_owned() } else { ancestors.join(" ") };
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors {ancestors}"
    );
    // A configured origin that is no header value frames nothing.
    let policy = HeaderValue::from_str(&policy)
        .unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static(PUBLIC)),
        (header::CONTENT_SECURITY_POLICY, policy),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
    ])
}
