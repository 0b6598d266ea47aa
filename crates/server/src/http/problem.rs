//! Error answers: `application/problem+json` with a stable code and both languages.
//!
//! The one place where what the layers below refuse becomes an answer. What went wrong inside is logged, never told.

use crate::auth::accounts::WeakPassword;
use crate::auth::hashing::HashingError;
use crate::auth::sign_in::SignInError;
use crate::store::error::{StoreError, Trouble};
use crate::store::pull::PullError;
use crate::store::push::PushError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chitieu_sync::message::Problem as Body;
use chitieu_widgets::{Locale, t};
use std::sync::Arc;

/// What a request may fail with.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// No session, or it has run out.
    #[error("not signed in")]
    NotSignedIn,
    /// User name or password is wrong.
    #[error("wrong user name or password")]
    WrongPassword,
    /// The account may not sign in any more.
    #[error("the account is disabled")]
    Disabled,
    /// The password was chosen by somebody else: its person has to choose another one first.
    #[error("the password must be changed")]
    MustChange,
    /// The new password is not taken.
    #[error("the new password is {0}")]
    WeakPassword(WeakPassword),
    /// The address is there, and not for this method.
    #[error("method not allowed")]
    NotAllowed,
    /// Too many tries were wrong; for how many seconds no other is taken.
    #[error("too many tries")]
    TooManyTries(i64),
    /// More sign in at this moment than can be looked at.
    #[error("too many sign-ins at once")]
    TooManySignIns,
    /// The request's body did not come in time.
    #[error("the request came too slowly")]
    TooSlow,
    /// Signed in, but not entitled.
    #[error("forbidden")]
    Forbidden,
    /// There is nothing of this name.
    #[error("not found")]
    NotFound,
    /// The request does not read; the text says where.
    #[error("bad request: {0}")]
    BadRequest(String),
    /// So much of this person's was rejected today that the next that would be is not recorded; told to a device that
    /// does not read `deferred`.
    #[error("too many ops were refused today")]
    TooManyRefused,
    /// The reporter has as many files under way as it may.
    #[error("too many uploads under way")]
    TooManyUploads,
    /// The reporter has stored as many bytes of files this year as it may, or would. It says nothing of the content, which stays with
    /// whoever sends it.
    #[error("the reporter's quota of files is used up")]
    QuotaExceeded,
    /// What is to be done with a file does not lead on from how it stands.
    #[error("the attachment stands otherwise")]
    AttachmentBarred,
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
    /// The store failed: the database is in trouble, or the fault is ours.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Arc<StoreError>> for Problem {
    /// What was told to all who waited for it.
    fn from(error: Arc<StoreError>) -> Self {
        Self::Store(StoreError::clone(&error))
    }
}

impl From<PullError> for Problem {
    fn from(error: PullError) -> Self {
        match error {
            PullError::CursorGone => Self::CursorGone,
            PullError::Store(error) => Self::Store(error),
        }
    }
}

impl From<PushError> for Problem {
    fn from(error: PushError) -> Self {
        match error {
            PushError::DeviceCloned => Self::DeviceCloned,
            PushError::TooManyRefused => Self::TooManyRefused,
            PushError::Store(error) => Self::Store(error),
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::TooManyTries(seconds) => Self::TooManyTries(seconds),
            SignInError::WrongPassword => Self::WrongPassword,
            SignInError::Disabled => Self::Disabled,
            SignInError::Ended => Self::NotSignedIn,
            SignInError::Hashing(HashingError::Crowded) => Self::TooManySignIns,
            SignInError::Hashing(HashingError::Panicked(said)) => Self::Panicked(said),
            SignInError::Store(error) => Self::Store(error),
        }
    }
}

/// Rides on the answer of a refused request, for the log: its stable code.
#[derive(Debug, Clone, Copy)]
pub struct Refusal(pub &'static str);

/// Characters of a request that its refusal repeats.
const REPEATED: usize = 200;

/// A text of both languages.
type Text = fn(Locale) -> &'static str;

fn unavailable(code: &'static str, text: Text) -> (StatusCode, &'static str, Text) {
    (StatusCode::SERVICE_UNAVAILABLE, code, text)
}

impl Problem {
    fn trouble(&self) -> Option<Trouble> {
        if let Self::Store(error) = self { error.trouble() } else { None }
    }

    /// After how many seconds it is worth another try: what passes by itself soon, what somebody has to mend later.
    fn retry_after(&self) -> Option<i64> {
        match self {
            Self::TooManyTries(seconds) => Some((*seconds).max(1)),
            Self::TooManySignIns => Some(5),
            Self::TooManyRefused => Some(3_600),
            _ => self.trouble().map(|trouble| match trouble {
                Trouble::Busy => 5,
                Trouble::Gone => 10,
                Trouble::Full | Trouble::ReadOnly => 60,
            }),
        }
    }

    fn kind(&self) -> (StatusCode, &'static str, Text) {
        match self {
            Self::NotSignedIn => (StatusCode::UNAUTHORIZED, "not_signed_in", t::problem::not_signed_in),
            Self::WrongPassword => (StatusCode::UNAUTHORIZED, "wrong_password", t::problem::wrong_password),
            Self::Disabled => (StatusCode::FORBIDDEN, "account_disabled", t::problem::account_disabled),
            Self::MustChange => {
                (StatusCode::FORBIDDEN, "must_change_password", t::problem::must_change_password)
            }
            Self::WeakPassword(why) => {
                let (code, text): (_, Text) = match why {
                    WeakPassword::Short => ("password_short", t::problem::password_short),
                    WeakPassword::Long => ("password_long", t::problem::password_long),
                    WeakPassword::IsName => ("password_is_name", t::problem::password_is_name),
                    WeakPassword::Same => ("password_same", t::problem::password_same),
                };
                (StatusCode::UNPROCESSABLE_ENTITY, code, text)
            }
            Self::TooManyTries(_) => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many_tries", t::problem::too_many_tries)
            }
            Self::TooManyRefused => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many_refused", t::problem::too_many_refused)
            }
            Self::TooManyUploads => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many_uploads", t::problem::too_many_uploads)
            }
            Self::QuotaExceeded => {
                (StatusCode::INSUFFICIENT_STORAGE, "quota_exceeded", t::problem::quota_exceeded)
            }
            Self::AttachmentBarred => {
                (StatusCode::CONFLICT, "attachment_barred", t::problem::attachment_barred)
            }
            Self::TooManySignIns => {
                (StatusCode::SERVICE_UNAVAILABLE, "too_many_sign_ins", t::problem::too_many_sign_ins)
            }
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "too_slow", t::problem::too_slow),
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
            Self::Panicked(_) | Self::Store(_) => match self.trouble() {
                None => (StatusCode::INTERNAL_SERVER_ERROR, "internal", t::problem::internal),
                Some(Trouble::Full) => {
                    (StatusCode::INSUFFICIENT_STORAGE, "database_full", t::problem::database_full)
                }
                Some(Trouble::Busy) => unavailable("database_busy", t::problem::database_busy),
                Some(Trouble::ReadOnly) => unavailable("database_read_only", t::problem::database_read_only),
                Some(Trouble::Gone) => unavailable("database_gone", t::problem::database_gone),
            },
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
        // Whose quota is used up has no server in trouble, though HTTP counts it so.
        let is_trouble = status.is_server_error() && !matches!(self, Self::QuotaExceeded);
        if is_trouble {
            tracing::error!(error = %self, code, "request failed");
        }
        let retry_after = self.retry_after();
        let body = Body { status: status.as_u16(), code: code.into(), title, title_en };
        let json = serde_json::to_string(&body).expect("a problem has only string keys");
        let kind = HeaderValue::from_static("application/problem+json");
        let headers =
            [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
        let mut response = (status, headers, json).into_response();
        if !is_trouble {
            response.extensions_mut().insert(Refusal(code));
        }
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
