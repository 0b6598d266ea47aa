//! How a body is packed for the line: what a request accepts, and the packing.

use axum::http::{HeaderMap, header};
use std::io::Write as _;

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// As it is.
    Plain,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
}

impl Coding {
    /// All of them, the tightest last.
    pub const ALL: [Self; 3] = [Self::Plain, Self::Gzip, Self::Brotli];

    /// As in `Content-Encoding`; none where the body is as it is.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }

    /// True where a request takes it.
    pub fn is_accepted(self, asked: &HeaderMap) -> bool {
        let Some(name) = self.name() else { return true };
        let offered = asked.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or("");
        offered.split(',').any(|part| {
            let mut bits = part.split(';');
            bits.next().is_some_and(|coding| coding.trim() == name)
                && !bits.any(|q| q.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32)))
        })
    }

    /// Packs a body; an empty one where memory cannot be written, which does not happen.
    pub fn pack(self, body: &[u8]) -> Vec<u8> {
        match self {
            Self::Plain => body.to_vec(),
            Self::Gzip => {
                let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
                out.write_all(body).and_then(|()| out.finish()).unwrap_or_default()
            }
            Self::Brotli => {
                let mut out = Vec::new();
                let quality = brotli::enc::BrotliEncoderParams { quality: QUALITY, ..<_>::default() };
                brotli::BrotliCompress(&mut &*body, &mut out, &quality).map_or_else(|_| Vec::new(), |_| out)
            }
        }
    }
}

/// Of brotli, up to 11.
const QUALITY: i32 = 9;
