//! From which address a request comes.
//!
//! Behind a proxy the peer is the proxy, and the last entry of `X-Forwarded-For` is whom it heard. Anybody may write that
//! header, so it is believed only where the server has a public address (`--public-url`), which says that a proxy stands
//! before it, and the peer is of this machine or of a private network. The server then should listen where the proxy alone
//! reaches it.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};

/// The other end of the connection, put to each request by whoever listens.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // A request that came over no connection is one of a test.
        Ok(parts.extensions.get().copied().unwrap_or(Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

impl Peer {
    /// True where this is the proxy.
    pub fn is_proxy(self, behind_proxy: bool) -> bool {
        behind_proxy
            && match self.0.to_canonical() {
                IpAddr::V4(four) => four.is_loopback() || four.is_private(),
                IpAddr::V6(six) => six.is_loopback() || six.is_unique_local(),
            }
    }

    /// The address that the request comes from.
    pub fn client(self, headers: &HeaderMap, behind_proxy: bool) -> IpAddr {
        let last =
            || headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?.rsplit(',').next();
        let forwarded = || last()?.trim().parse().ok();
        let told = if self.is_proxy(behind_proxy) { forwarded() } else { None };
        told.unwrap_or(self.0).to_canonical()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_proxy_heard_is_believed_and_what_others_write_is_not() {
        let headers = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().expect("a value"));
            }
            headers
        };
        let client = |peer: &str, lines: &[&'static str], behind_proxy| {
            let peer = Peer(peer.parse().expect("an address"));
            peer.client(&headers(lines), behind_proxy).to_string()
        };
        assert_eq!(
            client("127.0.0.1", &["1.1.1.1, 203.0.113.7"], true),
            "203.0.113.7",
            "the last is the proxy's"
        );
        assert_eq!(client("172.17.0.1", &["1.1.1.1", "203.0.113.7"], true), "203.0.113.7");
        assert_eq!(client("127.0.0.1", &["1.1.1.1"], false), "127.0.0.1", "no proxy stands before it");
        assert_eq!(client("203.0.113.9", &["1.1.1.1"], true), "203.0.113.9", "this is not the proxy");
        assert_eq!(client("127.0.0.1", &["unknown"], true), "127.0.0.1");
        assert_eq!(client("::ffff:10.0.0.2", &[], true), "10.0.0.2");
    }
}
