//! Files that stand behind what is reported: what may be attached, told by content and never by name. The same checks run in
//! the app before anything is sent and on the server; the server looks deeper besides, since it may inflate and decode.
//!
//! Nothing here hashes, inflates or decodes: a file's hash comes from whoever computed it, and [`look`] goes by what stands
//! in the bytes as they are.

mod look;
mod media;
pub mod secrecy;
mod zip;

pub use look::look;
pub use media::MediaType;
pub use zip::{Listing, Member, is_active};

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Most bytes of a file.
pub const MOST_BYTES: usize = 20 * 1024 * 1024;
/// Most files of one report.
pub const MOST_PER_REPORT: usize = 10;
/// Most characters of a file's name.
pub const LONGEST_NAME: usize = 120;
/// Most bytes of all contents that a reporter stores in a calendar year, uploads under way among them. Each of the quarterly reports
/// of a commune's police has a few documents and photographs of some megabytes; this is several times as much, and bounds what
/// all units of a province can come to.
pub const MOST_STORED_PER_YEAR: u64 = 500 * 1024 * 1024;
/// The number of the rules by which the server examines contents, kept with each refusal. A release that takes what the one before
/// refused raises it: what was refused by earlier rules is then examined again when it is sent again.
pub const RULES: u32 = 2;
/// Most bytes that are sent at a time.
pub const CHUNK: usize = 256 * 1024;

/// What names a content: its SHA-256, written as 64 small hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentHash([u8; 32]);

/// Why a text is no hash of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hash of a content is 64 small hexadecimal digits")]
pub struct ContentHashError;

impl From<[u8; 32]> for ContentHash {
    /// Of a digest that somebody computed.
    fn from(digest: [u8; 32]) -> Self {
        Self(digest)
    }
}

impl FromStr for ContentHash {
    type Err = ContentHashError;
    fn from_str(text: &str) -> Result<Self, ContentHashError> {
        let digit = |b: u8| match b {
            b'0'..=b'9' => Ok(b - b'0'),
            b'a'..=b'f' => Ok(b - b'a' + 10),
            _ => Err(ContentHashError),
        };
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let mut digest = [0; 32];
        if pairs.len() != digest.len() || !rest.is_empty() {
            return Err(ContentHashError);
        }
        for (byte, [high, low]) in digest.iter_mut().zip(pairs) {
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        Ok(Self(digest))
    }
}

impl TryFrom<String> for ContentHash {
    type Error = ContentHashError;
    fn try_from(text: String) -> Result<Self, ContentHashError> {
        text.parse()
    }
}

impl From<ContentHash> for String {
    fn from(hash: ContentHash) -> Self {
        hash.to_string()
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Declares the refusals with their ids, which are frozen on the wire.
macro_rules! refusals {
    ($($(#[doc = $doc:literal])* $name:ident = $id:literal),* $(,)?) => {
        /// Why a file is not taken.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        pub enum Refusal { $($(#[doc = $doc])* #[error($id)] $name),* }

        impl Refusal {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name on the wire.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id),* }
            }
        }
    };
}

refusals! {
    /// More than [`MOST_BYTES`], or it would inflate to more than is looked at.
    TooLarge = "too_large",
    /// It has no byte.
    Empty = "empty",
    /// None of the types that are taken, whatever its name says.
    UnknownType = "unknown_type",
    /// It carries something that runs, opens or calls: a macro, a script, an embedded program or file, a link that loads.
    ActiveContent = "active_content",
    /// It bears a mark of state secrecy.
    SecretMark = "secret_mark",
    /// Damaged, protected by a password, or made so that nobody can look into it.
    Unreadable = "unreadable",
    /// What came is not what its hash names.
    HashMismatch = "hash_mismatch",
    /// The report has [`MOST_PER_REPORT`] already.
    TooMany = "too_many",
    /// An image without the person's word that it bears no mark of secrecy.
    Unconfirmed = "unconfirmed",
    /// Its examination took more memory or processor time than it may, or several times longer than the server waits.
    NotExamined = "not_examined",
    /// The reporter has stored [`MOST_STORED_PER_YEAR`] this year, or would.
    QuotaExceeded = "quota_exceeded",
}

impl Refusal {
    /// The refusal of this name; none of a later release's.
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|refusal| refusal.id() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_64_small_hexadecimal_digits_and_is_written_as_it_was_read() {
        let text = "0123456789abcdef".repeat(4);
        let hash: ContentHash = text.parse().expect("a hash");
        assert_eq!(hash.to_string(), text);
        assert_eq!(serde_json::to_string(&hash).expect("JSON"), format!("\"{text}\""));
        for wrong in
            ["", "0", &text[1..], &text.to_uppercase(), &format!("{text}0"), &"g".repeat(64), &"ă".repeat(32)]
        {
            assert_eq!(wrong.parse::<ContentHash>(), Err(ContentHashError), "{wrong}");
        }
    }

    #[test]
    fn what_is_known_by_an_id_is_found_by_it() {
        for refusal in Refusal::ALL {
            assert_eq!(Refusal::parse(refusal.id()), Some(*refusal));
        }
        for media in MediaType::ALL {
            assert_eq!(MediaType::parse(media.id()), Some(*media));
        }
        assert_eq!((Refusal::parse("of a later release"), MediaType::parse("svg")), (None, None));
    }
}
