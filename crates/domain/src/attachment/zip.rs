//! The table of contents of a packed file, read without unpacking anything, and what its names give away.

use super::{MediaType, Refusal};
use crate::search::lowered;

/// Most members of a packed file.
const MOST_MEMBERS: usize = 5_000;
/// A table of contents ends with this, at most a comment before the file's end.
const END: [u8; 4] = *b"PK\x05\x06";
/// One entry of it.
const ENTRY: [u8; 4] = *b"PK\x01\x02";
/// What stands before each member.
const LOCAL: [u8; 4] = *b"PK\x03\x04";

/// A member of a packed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name, as it stands there.
    pub name: String,
    /// Bytes once it is unpacked, as the table says.
    pub size: u64,
}

/// The members of a packed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// In the table's order.
    pub members: Vec<Member>,
    /// What a file of LibreOffice says of itself.
    mimetype: Option<String>,
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let part = bytes.get(at..at.checked_add(N)?)?;
    Some(part.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    number::<2>(bytes, at).map(|n| n as usize)
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    number::<4>(bytes, at).map(|n| n as usize)
}

impl Listing {
    /// Reads the table of contents. What is locked, has names that lead elsewhere or is damaged is unreadable.
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        Self::parse(bytes).ok_or(Refusal::Unreadable)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let tail = bytes.len().saturating_sub(22 + 0xffff);
        let end = tail + bytes.get(tail..)?.windows(4).rposition(|four| four == END)?;
        let (count, mut at) = (short(bytes, end + 10)?, long(bytes, end + 16)?);
        if count > MOST_MEMBERS {
            return None;
        }
        let mut members = Vec::with_capacity(count);
        for _ in 0..count {
            if bytes.get(at..at.checked_add(4)?)? != ENTRY || short(bytes, at + 8)? & 1 != 0 {
                return None;
            }
            let (name, extra, comment) =
                (short(bytes, at + 28)?, short(bytes, at + 30)?, short(bytes, at + 32)?);
            let size = number::<4>(bytes, at + 24)?;
            let text = bytes.get(at + 46..at + 46 + name)?;
            let text = String::from_utf8_lossy(text).into_owned();
            let leads_out =
                text.starts_with('/') || text.contains('\\') || text.split('/').any(|part| part == "..");
            if leads_out || text.contains('\0') {
                return None;
            }
            members.push(Member { name: text, size });
            at += 46 + name + extra + comment;
        }
        Some(Self { members, mimetype: mimetype(bytes) })
    }

    /// The type that the names show.
    pub fn media(&self) -> Result<MediaType, Refusal> {
        let has = |name: &str| self.members.iter().any(|member| member.name == name);
        if let Some(said) = &self.mimetype {
            let known = [MediaType::Odt, MediaType::Ods].into_iter().find(|media| media.mime() == said);
            return known.filter(|_| has("content.xml")).ok_or(Refusal::UnknownType);
        }
        if !has("[Content_Types].xml") {
            return Err(Refusal::UnknownType);
        }
        let main = [
            ("word/document.xml", MediaType::Docx),
            ("xl/workbook.xml", MediaType::Xlsx),
            ("ppt/presentation.xml", MediaType::Pptx),
        ];
        let mut kinds = main.into_iter().filter(|(name, _)| has(name)).map(|(_, media)| media);
        match (kinds.next(), kinds.next()) {
            (Some(media), None) => Ok(media),
            _ => Err(Refusal::UnknownType),
        }
    }

    /// True where a name shows that something in it runs.
    pub fn is_active(&self) -> bool {
        self.members.iter().any(|member| is_active(&member.name))
    }
}

/// The first member of a file of LibreOffice, which is never packed.
fn mimetype(bytes: &[u8]) -> Option<String> {
    const NAME: &[u8] = b"mimetype";
    let is_first = bytes.get(..4)? == LOCAL && bytes.get(30..30 + NAME.len())? == NAME;
    if !is_first || short(bytes, 26)? != NAME.len() || short(bytes, 8)? != 0 {
        return None;
    }
    let from = 30 + NAME.len() + short(bytes, 28)?;
    let said = bytes.get(from..from.checked_add(long(bytes, 18)?)?)?;
    String::from_utf8(said.to_vec()).ok()
}

/// True where a member of this name runs something, or is a file of another program. Tables behind a chart are none: they are
/// looked into as the file itself.
pub fn is_active(name: &str) -> bool {
    let name = lowered(name);
    let is_below = |folder: &str| name.starts_with(folder) || name.contains(&format!("/{folder}"));
    let is_table =
        ["xlsx", "docx", "pptx"].iter().any(|end| name.rsplit_once('.').is_some_and(|(_, e)| e == *end));
    // A program's own object of a file of LibreOffice has neither a folder nor an ending.
    let is_object = name.starts_with("object ") && !name.contains('/');
    ["vbaproject.bin", "vbadata.xml", "vbaprojectsignature.bin"].iter().any(|end| name.ends_with(end))
        || is_below("activex/")
        || is_below("macrosheets/")
        || (is_below("embeddings/") && !is_table && !name.ends_with('/'))
        || is_below("externallinks/")
        || name.starts_with("basic/")
        || name.starts_with("scripts/")
        || is_object
}
