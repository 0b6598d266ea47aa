//! The cookies that say which session and which browser a request is of.

use crate::auth::session::{SESSION_SECONDS, token_hash};
use crate::http::state::App;
use axum::http::header::{COOKIE, HeaderMap, USER_AGENT};

/// How long a browser keeps the token by which it is known: as long as browsers keep any cookie.
const DEVICE_SECONDS: i64 = 400 * 24 * 3600;

/// A cookie of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// The session's token.
    Session,
    /// The token by which a browser is known after its sessions have ended.
    Device,
}

impl Cookie {
    /// Its name: `__Host-` binds it to this host and TLS; plain HTTP cannot carry it.
    fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-chitieu_session",
            (Self::Session, false) => "chitieu_session",
            (Self::Device, true) => "__Host-chitieu_device",
            (Self::Device, false) => "chitieu_device",
        }
    }

    /// The header that sets it; an empty token removes it.
    pub fn set(self, token: &str, secure: bool) -> String {
        let age = match self {
            _ if token.is_empty() => 0,
            Self::Session => SESSION_SECONDS,
            Self::Device => DEVICE_SECONDS,
        };
        let flag = if secure { "; Secure" } else { "" };
        format!("{}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{flag}", self.name(secure))
    }

    /// The token that a request carries.
    pub fn of(self, headers: &HeaderMap, secure: bool) -> Option<&str> {
        let name = self.name(secure);
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|v| v.to_str().ok())
            .flat_map(|v| v.split(';'))
            .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
            .filter(|token| !token.is_empty())
    }
}

/// The browser and the system that a request names, in a few words for the person whose sessions are listed. What is not
/// known is left out; nothing is decided by it.
pub fn device_name(headers: &HeaderMap) -> String {
    let agent = headers.get(USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    // The order matters: most name others beside themselves.
    let browsers = [
        ("Edg", "Edge"),
        ("coc_coc", "Cốc Cốc"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let found = |known: &[(&str, &'static str)]| {
        known.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| *name)
    };
    [found(&browsers), found(&systems)].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The hash of the session's token that a request carries.
pub fn session_of(headers: &HeaderMap, app: &App) -> Option<String> {
    Cookie::Session.of(headers, app.settings.secure_cookies).map(token_hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookies_are_bound_to_the_host_where_there_is_tls() {
        for (cookie, name) in [(Cookie::Session, "chitieu_session"), (Cookie::Device, "chitieu_device")] {
            let bound = cookie.set("abc", true);
            assert!(bound.starts_with(&format!("__Host-{name}=abc; Path=/; HttpOnly; SameSite=Strict")));
            assert!(bound.ends_with("; Secure"));
            assert!(cookie.set("abc", false).starts_with(&format!("{name}=abc; ")));
            assert!(!cookie.set("abc", false).contains("Secure"));
        }
    }

    #[test]
    fn a_browser_is_named_in_a_few_words() {
        let named = |agent: &'static str| {
            device_name(&HeaderMap::from_iter([(USER_AGENT, axum::http::HeaderValue::from_static(agent))]))
        };
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
        assert_eq!(named(chrome), "Chrome, Windows");
        assert_eq!(
            named("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            "Firefox, Linux"
        );
        assert_eq!(named("curl/8"), "");
    }
}
