//! Under which address people reach the server: it decides what the session's cookie may be, and what is warned of.

use std::net::{IpAddr, SocketAddr};

/// `https://HOST` or `http://HOST`, with a port where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    is_https: bool,
    host: String,
}

/// It begins with neither `https://` nor `http://`, or names no host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("https://HOST or http://HOST")]
pub struct NotAnAddress;

impl std::str::FromStr for PublicUrl {
    type Err = NotAnAddress;
    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let secure = text.strip_prefix("https://").map(|rest| (true, rest));
        let (is_https, rest) =
            secure.or_else(|| text.strip_prefix("http://").map(|rest| (false, rest))).ok_or(NotAnAddress)?;
        let host = rest.split('/').next().unwrap_or_default();
        let host = match host.strip_prefix('[') {
            Some(six) => six.split(']').next().unwrap_or_default(),
            None => host.split(':').next().unwrap_or_default(),
        };
        if host.is_empty() {
            return Err(NotAnAddress);
        }
        Ok(Self { is_https, host: host.to_owned() })
    }
}

impl From<SocketAddr> for PublicUrl {
    /// What the server listens on is plain http.
    fn from(listen: SocketAddr) -> Self {
        Self { is_https: false, host: listen.ip().to_string() }
    }
}

impl PublicUrl {
    /// True where the cookie may be `__Host-` and Secure.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// True where passwords and figures cross a network in the clear, and the app cannot open offline.
    pub fn is_exposed(&self) -> bool {
        let is_loopback = match self.host.parse::<IpAddr>() {
            Ok(ip) => ip.is_loopback(),
            Err(_) => self.host == "localhost" || self.host.ends_with(".localhost"),
        };
        !self.is_https && !is_loopback
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_secure_and_http_is_exposed_off_loopback() {
        for (text, is_https, is_exposed) in [
            ("https://chitieu.example.gov.vn", true, false),
            ("https://10.0.0.5:8443/", true, false),
            ("http://10.0.0.5:8188", false, true),
            ("http://chitieu.lan", false, true),
            ("http://localhost:8188", false, false),
            ("http://127.0.0.1:8188", false, false),
            ("http://[::1]:8188", false, false),
        ] {
            let url: PublicUrl = text.parse().expect("an address");
            assert_eq!((url.is_https(), url.is_exposed()), (is_https, is_exposed), "{text}");
        }
        for text in ["", "chitieu.lan", "ftp://x", "https://", "http://:80"] {
            assert_eq!(text.parse::<PublicUrl>(), Err(NotAnAddress), "{text}");
        }
    }

    #[test]
    fn without_a_public_address_what_it_listens_on_decides() {
        let of = |listen: &str| PublicUrl::from(listen.parse::<SocketAddr>().expect("an address"));
        assert!(!of("127.0.0.1:8188").is_exposed() && !of("127.0.0.1:8188").is_https());
        assert!(of("0.0.0.0:8188").is_exposed() && !of("0.0.0.0:8188").is_https());
    }
}
