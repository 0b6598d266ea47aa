//! The link with which the first administrator makes an account of their own: printed by `chitieu init`, good once and for a
//! day.

use chitieu_widgets::Locale;

/// For how long a set-up link is good, in seconds.
pub const SET_UP_SECONDS: i64 = 24 * 3600;

/// The page that it leads to.
pub const PATH: &str = "/quan-tri/thiet-lap";

/// The address that `init` prints.
pub fn link(base: &str, token: &str, locale: Locale) -> String {
    let lang = if locale == Locale::Vi { String::new() } else { format!("&lang={}", locale.tag()) };
    format!("{}{PATH}?ma={token}{lang}", base.trim_end_matches('/'))
}
