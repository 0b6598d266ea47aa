//! Files that stand behind reports: uploads under way, contents, who holds them, and what administrators did with them.
//!
//! Bytes are in the database, in parts, so that a backup has them and both databases keep them alike. A content is kept once;
//! whoever wants to hold it sends it whole all the same, since knowing a hash must give nobody another unit's file.

mod keep;
mod upload;

pub use keep::{Acted, Custody, List};
pub use upload::{Checked, Chunk, LONGEST_WAIT, MOST_BYTES_OPEN, MOST_OPEN, Put, Terms};

use super::database::{Purpose, Row, Tx};
use super::error::StoreError;
use super::page::entity_row;
use super::{Store, unreadable};
use crate::values;
use chitieu_domain::ReporterId;
use chitieu_domain::attachment::{CHUNK, ContentHash, MediaType, RULES};
use chitieu_sync::api::attachments::AttachmentStatus;
use chitieu_sync::entity::{Entity, task_evidence};

/// A content as it stands.
struct Content {
    nth: i64,
    state: String,
    status: AttachmentStatus,
    media: String,
    rules: i64,
    is_held: bool,
}

/// A content that is given out.
#[derive(Debug, Clone, Copy)]
pub struct Given {
    nth: i64,
    /// Its type.
    pub media: MediaType,
    /// How many bytes it has.
    pub bytes: u64,
}

impl Given {
    /// How many parts it has ([`Store::attachment_part`]).
    pub fn parts(&self) -> u64 {
        self.bytes.div_ceil(CHUNK as u64)
    }
}

/// An upload under way.
struct Upload {
    nth: i64,
    total: u64,
    received: u64,
}

impl Store {
    /// How a content stands for a reporter; true besides where all of it came and nobody has looked at it yet.
    pub async fn attachment_status(
        &self,
        reporter: &ReporterId,
        sha256: ContentHash,
    ) -> Result<(AttachmentStatus, bool), StoreError> {
        let mut tx = self.database.begin(Purpose::Read).await?;
        let content = content(&mut tx, reporter, sha256).await?;
        if let Some(status) = content.as_ref().and_then(Content::told) {
            return Ok((status, false));
        }
        Ok(if let Some(upload) = upload(&mut tx, reporter, sha256).await? {
            (AttachmentStatus::Partial { offset: upload.received }, upload.received == upload.total)
        } else {
            let earlier = content.as_ref().and_then(Content::refused_earlier);
            (earlier.unwrap_or(AttachmentStatus::Absent), false)
        })
    }

    /// A content, for those who may read what this reporter holds; none where it holds none of this name, or it is not given
    /// out.
    pub async fn attachment(
        &self,
        reporter: &ReporterId,
        sha256: ContentHash,
    ) -> Result<Option<Given>, StoreError> {
        let mut tx = self.database.begin(Purpose::Read).await?;
        let content = content(&mut tx, reporter, sha256).await?;
        let Some(content) = content.filter(|content| content.is_held && content.state == STORED) else {
            return Ok(None);
        };
        let media = MediaType::parse(&content.media);
        let media = media.ok_or_else(|| StoreError::Unreadable(format!("the type {}", content.media)))?;
        let AttachmentStatus::Stored { bytes, .. } = content.status else { return Ok(None) };
        Ok(Some(Given { nth: content.nth, media, bytes }))
    }

    /// A part of a content, from 0: so that nobody who takes it slowly keeps the whole in memory.
    ///
    /// # Errors
    /// It is not given out any more, and the part is as if it had never been there.
    pub async fn attachment_part(&self, given: &Given, part: u64) -> Result<Vec<u8>, StoreError> {
        let sql = "SELECT p.body FROM attachment_parts p JOIN attachments a ON a.nth = p.attachment \
                   WHERE p.attachment = $1 AND p.part = $2 AND a.state = $3";
        let rows = self.database.fetch(sql, values![given.nth, part as i64, STORED]).await?;
        let gone = || StoreError::Unreadable("a part of an attachment that was taken away".to_owned());
        rows.first().ok_or_else(gone)?.bytes("body")
    }

    /// What a content is called where it stands behind a report of this reporter: by whoever attached it last, where somebody has
    /// not taken it out.
    pub async fn attachment_name(
        &self,
        reporter: &ReporterId,
        sha256: ContentHash,
    ) -> Result<Option<String>, StoreError> {
        let sql = "SELECT s.reporter, n.kind, n.id, n.rev, n.state, n.branches, n.author, n.received_at \
                   FROM entities n JOIN streams s ON s.id = n.stream \
                   WHERE s.reporter = $1 AND n.kind = $2 AND n.id LIKE $3 ORDER BY n.rev DESC";
        let values = values![reporter.to_string(), task_evidence::ID, format!("%/{sha256}")];
        let mut out = None;
        for row in &self.database.fetch(sql, values).await? {
            let (_, told) = entity_row(row)?;
            let Some(entity) = Entity::read(&told) else { continue };
            let name = entity.value::<String>(task_evidence::NAME);
            if task_evidence::is_there(&entity) {
                return Ok(name);
            }
            out = out.or(name);
        }
        Ok(out)
    }
}

const STORED: &str = "stored";
const REFUSED: &str = "refused";
const QUARANTINED: &str = "quarantined";
const PURGED: &str = "purged";

impl Content {
    /// What its reporter is told of it. What another one sent is as if it were not there; what was taken away is told to
    /// everybody, so that it is not sent once more. What earlier rules refused is as if it were not there, so that it may be
    /// ([`Self::refused_earlier`]).
    fn told(&self) -> Option<AttachmentStatus> {
        if self.is_refused_earlier() {
            return None;
        }
        let is_away = self.state == QUARANTINED || self.state == PURGED;
        (self.is_held || is_away).then(|| self.status.clone())
    }

    fn is_refused_earlier(&self) -> bool {
        self.state == REFUSED && self.rules < i64::from(RULES)
    }

    /// What its reporter is told of it where earlier rules refused it: a state of its own, since a device deletes what is refused, and
    /// this it is to send once more.
    fn refused_earlier(&self) -> Option<AttachmentStatus> {
        match &self.status {
            AttachmentStatus::Refused { reason } if self.is_held && self.is_refused_earlier() => {
                Some(AttachmentStatus::RefusedEarlier { reason: reason.clone() })
            }
            _ => None,
        }
    }
}

fn status(row: &Row) -> Result<AttachmentStatus, StoreError> {
    Ok(match row.text("state")?.as_str() {
        STORED => AttachmentStatus::Stored {
            bytes: row.int("bytes")? as u64,
            media: row.text("media")?,
            stored_sha256: row.text("stored_sha256")?.parse().map_err(unreadable)?,
        },
        REFUSED => AttachmentStatus::Refused { reason: row.text("reason")? },
        QUARANTINED => AttachmentStatus::Quarantined,
        PURGED => AttachmentStatus::Purged,
        _ => AttachmentStatus::Unknown,
    })
}

async fn content(
    tx: &mut Tx,
    reporter: &ReporterId,
    sha256: ContentHash,
) -> Result<Option<Content>, StoreError> {
    let sql = "SELECT a.nth, a.state, a.reason, a.media, a.bytes, a.stored_sha256, a.rules, h.reporter \
               FROM attachments a LEFT JOIN attachment_holders h ON h.attachment = a.nth AND h.reporter = $2 \
               WHERE a.sha256 = $1";
    let rows = tx.fetch(sql, values![sha256.to_string(), reporter.to_string()]).await?;
    let read = |row: &Row| {
        Ok(Content {
            nth: row.int("nth")?,
            state: row.text("state")?,
            status: status(row)?,
            media: row.text("media")?,
            rules: row.int("rules")?,
            is_held: row.maybe_text("reporter")?.is_some(),
        })
    };
    rows.first().map(read).transpose()
}

async fn upload(
    tx: &mut Tx,
    reporter: &ReporterId,
    sha256: ContentHash,
) -> Result<Option<Upload>, StoreError> {
    let sql = "SELECT nth, total, received FROM uploads WHERE reporter = $1 AND sha256 = $2";
    let rows = tx.fetch(sql, values![reporter.to_string(), sha256.to_string()]).await?;
    let read = |row: &Row| {
        let (total, received) = (row.int("total")? as u64, row.int("received")? as u64);
        Ok(Upload { nth: row.int("nth")?, total, received })
    };
    rows.first().map(read).transpose()
}
