//! Error answers: `application/problem+json` with a stable code and both languages.
//!
//! What went wrong inside is logged, never told.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chitieu_sync::message::Problem as Body;

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
    /// Ours.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
}

impl Problem {
    fn describe(&self) -> (StatusCode, &'static str, String, String) {
        let fixed = |status, code, vi: &str, en: &str| (status, code, vi.to_owned(), en.to_owned());
        match self {
            Self::NotSignedIn => fixed(
                StatusCode::UNAUTHORIZED,
                "not_signed_in",
                "Phiên làm việc đã hết, hãy đăng nhập lại. Số liệu trên máy vẫn còn.",
                "Your session has ended; sign in again. Figures on this device are kept.",
            ),
            Self::WrongPassword => fixed(
                StatusCode::UNAUTHORIZED,
                "wrong_password",
                "Tên đăng nhập hoặc mật khẩu không đúng.",
                "The user name or password is wrong.",
            ),
            Self::TooMany => fixed(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_tries",
                "Sai nhiều lần liên tiếp, hãy thử lại sau một phút.",
                "Too many tries; try again in a minute.",
            ),
            Self::Forbidden => fixed(
                StatusCode::FORBIDDEN,
                "forbidden",
                "Tài khoản không có quyền này.",
                "You may not do this.",
            ),
            Self::NotFound => {
                fixed(StatusCode::NOT_FOUND, "not_found", "Không tìm thấy.", "There is nothing of this name.")
            }
            Self::BadRequest(detail) => (
                StatusCode::BAD_REQUEST,
                "bad_request",
                format!("Yêu cầu không đọc được: {detail}"),
                format!("The request does not read: {detail}"),
            ),
            Self::TooLarge => fixed(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                "Gói gửi quá lớn, hãy chia nhỏ.",
                "The request is too large; split it.",
            ),
            Self::OtherAuthor => fixed(
                StatusCode::CONFLICT,
                "other_author",
                "Có thay đổi của người khác trong gói gửi; không ghi nhận gì.",
                "The ops are another person's; nothing was recorded.",
            ),
            Self::DeviceCloned => fixed(
                StatusCode::CONFLICT,
                "device_cloned",
                "Dữ liệu của máy này đã bị sao chép sang máy khác.",
                "This device's database was copied to another.",
            ),
            Self::CursorGone => fixed(
                StatusCode::GONE,
                "cursor_gone",
                "Cần tải lại dữ liệu từ đầu. Số liệu chưa gửi vẫn còn.",
                "Start over with a snapshot. Unsent figures are kept.",
            ),
            Self::CrossSite => fixed(
                StatusCode::FORBIDDEN,
                "cross_site",
                "Yêu cầu đến từ trang khác.",
                "The request came from another site.",
            ),
            Self::Store(_) => fixed(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Máy chủ gặp lỗi, hãy thử lại.",
                "The server failed; try again.",
            ),
        }
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
        (
            status,
            [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))],
            json,
        )
            .into_response()
    }
}
