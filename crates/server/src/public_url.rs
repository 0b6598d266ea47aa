//! Addresses that the configuration names: the one under which people reach the server, which decides what the session's
//! cookie may be and what is warned of, and the portals that may frame widgets.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

/// `https://HOST` or `http://HOST`, with a port where it is not the scheme's own: an origin as browsers write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    is_https: bool,
    /// Small letters; an IPv6 address without its brackets.
    host: String,
    port: Option<u16>,
}

/// It begins with neither `https://` nor `http://`, names no host, or says more than an origin does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("https://HOST or http://HOST, with :PORT where it has one, and nothing else")]
pub struct NotAnOrigin;

impl FromStr for Origin {
    type Err = NotAnOrigin;
    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let secure = text.strip_prefix("https://").map(|rest| (true, rest));
        let (is_https, rest) =
            secure.or_else(|| text.strip_prefix("http://").map(|rest| (false, rest))).ok_or(NotAnOrigin)?;
        let (host, port) = if let Some(six) = rest.strip_prefix('[') {
            let (host, port) = six.split_once(']').ok_or(NotAnOrigin)?;
            let host: Ipv6Addr = host.parse().map_err(|_| NotAnOrigin)?;
            (host.to_string(), port)
        } else {
            let (host, port) = rest.split_at(rest.find(':').unwrap_or(rest.len()));
            let word = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
            if host.is_empty() || !host.bytes().all(word) {
                return Err(NotAnOrigin);
            }
            (host.to_ascii_lowercase(), port)
        };
        let port = match port.strip_prefix(':') {
            Some(port) if port.bytes().all(|b| b.is_ascii_digit()) => {
                Some(port.parse::<u16>().map_err(|_| NotAnOrigin)?)
            }
            None if port.is_empty() => None,
            _ => return Err(NotAnOrigin),
        };
        let usual = if is_https { 443 } else { 80 };
        Ok(Self { is_https, host, port: port.filter(|port| *port != usual) })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_https { "https" } else { "http" };
        let host = &self.host;
        if host.contains(':') { write!(f, "{scheme}://[{host}]") } else { write!(f, "{scheme}://{host}") }?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// Under which address people reach the server: an origin, a slash behind it or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Origin);

impl FromStr for PublicUrl {
    type Err = NotAnOrigin;
    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        text.strip_suffix('/').unwrap_or(text).parse().map(Self)
    }
}

impl From<SocketAddr> for PublicUrl {
    /// What the server listens on is plain http.
    fn from(listen: SocketAddr) -> Self {
        Self(Origin { is_https: false, host: listen.ip().to_string(), port: Some(listen.port()) })
    }
}

impl PublicUrl {
    /// True where the cookie may be `__Host-` and Secure, and browsers are told to come over https alone.
    pub fn is_https(&self) -> bool {
        self.0.is_https
    }

    /// What the server's own pages say in `Origin`.
    pub fn origin(&self) -> String {
        self.0.to_string()
    }

    /// True where passwords and figures cross a network in the clear, and the app cannot open offline.
    pub fn is_exposed(&self) -> bool {
        let Origin { is_https, host, .. } = &self.0;
        let is_loopback = match host.parse::<IpAddr>() {
            Ok(ip) => ip.is_loopback(),
            Err(_) => host == "localhost" || host.ends_with(".localhost"),
        };
        !is_https && !is_loopback
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
    }

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for (text, origin) in [
            ("https://Portal.Example.GOV.vn", "https://portal.example.gov.vn"),
            ("https://portal.example.gov.vn:443", "https://portal.example.gov.vn"),
            ("http://portal.example.gov.vn:80", "http://portal.example.gov.vn"),
            ("http://portal.example.gov.vn:443", "http://portal.example.gov.vn:443"),
            ("http://[0:0::1]:8188", "http://[::1]:8188"),
        ] {
            assert_eq!(text.parse::<Origin>().map(|o| o.to_string()), Ok(origin.to_owned()));
        }
    }

    #[test]
    fn what_is_more_or_less_than_an_origin_is_none() {
        for text in [
            "",
            "*",
            "'self'",
            "https:",
            "https://",
            "http://:80",
            "chitieu.lan",
            "ftp://x",
            "data:",
            "https://*.example.vn",
            "https://portal.example.vn/",
            "https://portal.example.vn/widgets",
            "https://portal.example.vn?x",
            "https://portal.example.vn; script-src *",
            "https://portal.example.vn https://evil.example",
            "https://portal.example.vn,https://evil.example",
            "https://portal.example.vn\nx: y",
            "https://user@portal.example.vn",
            "https://portal.example.vn:",
            "https://portal.example.vn:+80",
            "https://portal.example.vn:99999",
            "https://cổng.vn",
            "https://[::1",
            "https://[x]",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(NotAnOrigin), "{text}");
        }
    }

    #[test]
    fn without_a_public_address_what_it_listens_on_decides() {
        let of = |listen: &str| PublicUrl::from(listen.parse::<SocketAddr>().expect("an address"));
        assert!(!of("127.0.0.1:8188").is_exposed() && !of("127.0.0.1:8188").is_https());
        assert!(of("0.0.0.0:8188").is_exposed() && !of("0.0.0.0:8188").is_https());
    }
}
