//! Error answers: `application/problem+json` with a stable code and both languages.
//!
//! What went wrong inside is logged, never told.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chitieu_sync::message::Problem as Body;
use chitieu_widgets::{Locale, t};

/// What a request may fail with.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// No session, or it has run out.
    #[error("not signed in")]
    NotSignedIn,
    /// User name or password is wrong.
    #[error("wrong user name or password")]
    WrongPassword,
    /// Too many tries.
    #[error("too many tries")]
    TooMany,
    /// The address is there, and not for this method.
    #[error("method not allowed")]
    NotAllowed,
    /// Signed in, but not entitled.
    #[error("forbidden")]
    Forbidden,
    /// There is nothing of this name.
    #[error("not found")]
    NotFound,
    /// The request does not read; the text says where.
    #[error("bad request: {0}")]
    BadRequest(String),
    /// More than the limits allow.
    #[error("too large")]
    TooLarge,
    /// The ops are of another person than the session.
    #[error("the ops are another person's")]
    OtherAuthor,
    /// Two devices count the same numbers.
    #[error("this device's database was copied")]
    DeviceCloned,
    /// The cursor is of another lifetime or scope of reading.
    #[error("the cursor is gone")]
    CursorGone,
    /// The request changes something and came from another site.
    #[error("cross-site request")]
    CrossSite,
    /// A handler stopped in the middle; what it said is logged.
    #[error("a handler panicked: {0}")]
    Panicked(String),
    /// Ours.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
    /// Ours, told to all who waited for the same.
    #[error(transparent)]
    Shared(#[from] std::sync::Arc<sqlx::Error>),
}

/// Rides on the answer of a refused request, for the log: its stable code.
#[derive(Debug, Clone, Copy)]
pub struct Refusal(pub &'static str);

/// Characters of a request that its refusal repeats.
const REPEATED: usize = 200;

/// A text of both languages.
type Text = fn(Locale) -> &'static str;

impl Problem {
    fn kind(&self) -> (StatusCode, &'static str, Text) {
        match self {
            Self::NotSignedIn => (StatusCode::UNAUTHORIZED, "not_signed_in", t::problem::not_signed_in),
            Self::WrongPassword => (StatusCode::UNAUTHORIZED, "wrong_password", t::problem::wrong_password),
            Self::TooMany => (StatusCode::TOO_MANY_REQUESTS, "too_many_tries", t::problem::too_many_tries),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden", t::problem::forbidden),
            Self::NotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", t::problem::not_allowed)
            }
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", t::problem::not_found),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", t::problem::too_large),
            Self::OtherAuthor => (StatusCode::CONFLICT, "other_author", t::problem::other_author),
            Self::DeviceCloned => (StatusCode::CONFLICT, "device_cloned", t::problem::device_cloned),
            Self::CursorGone => (StatusCode::GONE, "cursor_gone", t::problem::cursor_gone),
            Self::CrossSite => (StatusCode::FORBIDDEN, "cross_site", t::problem::cross_site),
            Self::Panicked(_) | Self::Store(_) | Self::Shared(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", t::problem::internal)
            }
            // Its text is made with the detail.
            Self::BadRequest(_) => (StatusCode::BAD_REQUEST, "bad_request", |_| ""),
        }
    }

    fn describe(&self) -> (StatusCode, &'static str, String, String) {
        let (status, code, text) = self.kind();
        let say = |locale| match self {
            Self::BadRequest(detail) => {
                let cut = detail.char_indices().nth(REPEATED).map_or(&**detail, |(end, _)| &detail[..end]);
                t::problem::bad_request(locale, cut)
            }
            _ => text(locale).to_owned(),
        };
        (status, code, say(Locale::Vi), say(Locale::En))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code, title, title_en) = self.describe();
        if status.is_server_error() {
            tracing::error!(error = %self, code, "request failed");
        }
        let body = Body { status: status.as_u16(), code: code.into(), title, title_en };
        let json = serde_json::to_string(&body).expect("a problem has only string keys");
        let kind = HeaderValue::from_static("application/problem+json");
        let headers =
            [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
        let mut response = (status, headers, json).into_response();
        if !status.is_server_error() {
            response.extensions_mut().insert(Refusal(code));
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}
