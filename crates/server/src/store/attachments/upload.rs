//! Uploads: parts that come in order, each durable before it is answered, and what becomes of the whole.

use super::{Store, Upload, content, upload};
use crate::bytes::hex;
use crate::clock::told;
use crate::store::database::{Purpose, Tx};
use crate::store::error::StoreError;
use crate::store::streams::Streams;
use crate::values;
use chitieu_domain::ReporterId;
use chitieu_domain::attachment::{CHUNK, ContentHash, MOST_STORED_PER_YEAR, MediaType, RULES, Refusal};
use chitieu_sync::StreamId;
use chitieu_sync::api::attachments::AttachmentStatus;

/// Most uploads that a reporter has under way.
pub const MOST_OPEN: i64 = 10;
/// Most bytes that they come to once they are here.
pub const MOST_BYTES_OPEN: u64 = 100 * 1024 * 1024;
/// After so many seconds an upload that nobody goes on with is forgotten.
pub const LONGEST_WAIT: i64 = 7 * 24 * 3_600;

/// A part of a file.
#[derive(Debug, Clone, Copy)]
pub struct Chunk<'a> {
    /// For whom.
    pub reporter: &'a ReporterId,
    /// Of which content.
    pub sha256: ContentHash,
    /// Where it begins.
    pub offset: u64,
    /// How many bytes the whole has.
    pub total: u64,
    /// The bytes.
    pub body: &'a [u8],
    /// Seconds since 1970.
    pub now: i64,
    /// Most bytes that the reporter may have stored of this calendar year, with what is under way.
    pub most_stored: u64,
}

/// What became of a part.
#[derive(Debug, PartialEq, Eq)]
pub enum Put {
    /// It is here, or was.
    Kept(AttachmentStatus),
    /// All is here: somebody has to look at it.
    Whole,
    /// It does not go on from what is here.
    Elsewhere(AttachmentStatus),
    /// The reporter has as much under way as it may.
    Crowded,
    /// The reporter has stored as much this year as it may, or would.
    Full,
    /// It is none: empty, longer than the whole, or of another whole than the parts before it.
    Malformed,
}

/// What a content is put in its place by.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// The number of the rules that it was examined by.
    pub rules: u32,
    /// Most bytes that the reporter may have stored of a calendar year, with what is under way.
    pub most_stored: u64,
}

impl Default for Terms {
    /// Those of this release.
    fn default() -> Self {
        Self { rules: RULES, most_stored: MOST_STORED_PER_YEAR }
    }
}

/// What was found of a whole.
#[derive(Debug)]
pub enum Checked {
    /// It is taken, and this is given out.
    Taken {
        /// Its type.
        media: MediaType,
        /// What is given out.
        bytes: Vec<u8>,
        /// Its hash.
        stored_sha256: ContentHash,
    },
    /// It is not.
    Refused(Refusal),
}

impl Store {
    /// Keeps a part.
    pub async fn put_chunk(&self, chunk: &Chunk<'_>) -> Result<Put, StoreError> {
        let Chunk { reporter, sha256, offset, total, body, now, .. } = *chunk;
        let end = offset.saturating_add(body.len() as u64);
        if end > total {
            return Ok(Put::Malformed);
        }
        let mut tx = self.database.begin(Purpose::Write).await?;
        if let Some(status) = content(&mut tx, reporter, sha256).await?.and_then(|content| content.told()) {
            return Ok(Put::Kept(status));
        }
        let Some(open) = lock(&mut tx, reporter, sha256).await? else {
            if offset > 0 {
                return Ok(Put::Elsewhere(AttachmentStatus::Absent));
            }
            return begin(tx, chunk).await;
        };
        let here = AttachmentStatus::Partial { offset: open.received };
        if open.total != total {
            return Ok(Put::Malformed);
        }
        if end <= open.received {
            return Ok(if open.received == total { Put::Whole } else { Put::Kept(here) });
        }
        if offset != open.received {
            return Ok(Put::Elsewhere(here));
        }
        append(&mut tx, open.nth, offset, body).await?;
        let sql = "UPDATE uploads SET received = $1, touched_at = $2 WHERE nth = $3";
        tx.execute(sql, values![end as i64, now, open.nth]).await?;
        tx.commit().await?;
        let status = AttachmentStatus::Partial { offset: end };
        Ok(if end == total { Put::Whole } else { Put::Kept(status) })
    }

    /// The bytes of an upload that is whole; none where it is not, or not there.
    pub async fn whole_upload(
        &self,
        reporter: &ReporterId,
        sha256: ContentHash,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let mut tx = self.database.begin(Purpose::Read).await?;
        let open = upload(&mut tx, reporter, sha256).await?;
        let Some(open) = open.filter(|open| open.received == open.total) else { return Ok(None) };
        let sql = "SELECT body FROM upload_parts WHERE upload = $1 ORDER BY part";
        let rows = tx.fetch(sql, values![open.nth]).await?;
        let mut bytes = Vec::with_capacity(usize::try_from(open.total).unwrap_or(0));
        for row in &rows {
            bytes.extend(row.bytes("body")?);
        }
        Ok(Some(bytes))
    }

    /// Puts what was found of an upload in its place, by the terms of this release. What somebody else sent meanwhile stands, and is
    /// held besides. Where more is to be kept than was announced, and there is no room for it, the answer is
    /// [`Refusal::QuotaExceeded`], nothing is kept of that, and the upload stays as it was.
    pub async fn end_upload(
        &self,
        reporter: &ReporterId,
        sha256: ContentHash,
        checked: &Checked,
        at: &str,
    ) -> Result<AttachmentStatus, StoreError> {
        self.end_upload_by(Terms::default(), (reporter, sha256), checked, at).await
    }

    /// The same by other terms: for tests.
    pub async fn end_upload_by(
        &self,
        Terms { rules, most_stored }: Terms,
        (reporter, sha256): (&ReporterId, ContentHash),
        checked: &Checked,
        at: &str,
    ) -> Result<AttachmentStatus, StoreError> {
        let mut tx = self.database.begin(Purpose::Write).await?;
        if matches!(checked, Checked::Taken { .. }) {
            one_at_a_time(&mut tx, reporter).await?;
        }
        // Where it is not there any more, another request has ended it, or it was taken away.
        let Some(open) = lock(&mut tx, reporter, sha256).await? else {
            let told = content(&mut tx, reporter, sha256).await?.and_then(|content| content.told());
            return Ok(told.unwrap_or(AttachmentStatus::Absent));
        };
        forget(&mut tx, open.nth).await?;
        if let Checked::Refused(reason @ Refusal::HashMismatch) = checked {
            // It says nothing of what the hash names. Which of the parts is wrong nobody can tell: the hash is of the whole, and all of
            // them go.
            tx.commit().await?;
            return Ok(AttachmentStatus::Refused { reason: reason.id().to_owned() });
        }
        let (state, reason, media, stored, bytes) = match checked {
            Checked::Taken { media, bytes, stored_sha256 } => {
                (super::STORED, None, media.id(), stored_sha256.to_string(), &bytes[..])
            }
            Checked::Refused(reason) => {
                (super::REFUSED, Some(reason.id().to_owned()), "", String::new(), &[][..])
            }
        };
        let (name, name_of) = (sha256.to_string(), reporter.to_string());
        let size = if bytes.is_empty() { open.total as i64 } else { bytes.len() as i64 };
        // A picture that was made anew may be larger than what came, which alone was counted when the upload began.
        if size as u64 > open.total {
            let (_, under_way) = under_way(&mut tx, &name_of).await?;
            if stored_of_year(&mut tx, &name_of, at).await? + under_way + size as u64 > most_stored {
                // Without a commit the upload is there again.
                return Ok(AttachmentStatus::Refused { reason: Refusal::QuotaExceeded.id().to_owned() });
            }
        }
        // What earlier rules refused is no verdict any more. It has no parts.
        let sql = "INSERT INTO attachments (sha256, state, reason, media, bytes, stored_sha256, received_at, rules) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (sha256) DO UPDATE SET \
                   state = excluded.state, reason = excluded.reason, media = excluded.media, bytes = excluded.bytes, \
                   stored_sha256 = excluded.stored_sha256, received_at = excluded.received_at, rules = excluded.rules \
                   WHERE attachments.state = 'refused' AND attachments.rules < excluded.rules RETURNING nth";
        let values = values![&name, state, reason, media, size, stored, at, i64::from(rules)];
        let made = tx.fetch(sql, values).await?;
        if let Some(made) = made.first() {
            let nth = made.int("nth")?;
            for (part, body) in bytes.chunks(CHUNK).enumerate() {
                let sql = "INSERT INTO attachment_parts (attachment, part, body) VALUES ($1, $2, {bytes $3})";
                tx.execute(sql, values![nth, part as i64, hex(body)]).await?;
            }
        }
        let sql = "INSERT INTO attachment_holders (attachment, reporter) \
                   SELECT nth, $2 FROM attachments WHERE sha256 = $1 ON CONFLICT DO NOTHING";
        tx.execute(sql, values![&name, &name_of]).await?;
        let told = content(&mut tx, reporter, sha256).await?.and_then(|content| content.told());
        tx.commit().await?;
        Ok(told.unwrap_or(AttachmentStatus::Absent))
    }
}

/// The upload, which nobody else goes on with meanwhile.
async fn lock(tx: &mut Tx, reporter: &ReporterId, sha256: ContentHash) -> Result<Option<Upload>, StoreError> {
    let sql = "SELECT u.nth FROM uploads u WHERE u.reporter = $1 AND u.sha256 = $2 {lock u}";
    tx.fetch(sql, values![reporter.to_string(), sha256.to_string()]).await?;
    upload(tx, reporter, sha256).await
}

/// How many uploads a reporter has under way, and how many bytes they come to.
async fn under_way(tx: &mut Tx, reporter: &str) -> Result<(i64, u64), StoreError> {
    let sql = "SELECT COUNT(*) AS count, CAST(COALESCE(SUM(total), 0) AS BIGINT) AS bytes FROM uploads WHERE reporter = $1";
    let open = tx.fetch(sql, values![reporter]).await?;
    open.first().map_or(Ok((0, 0)), |row| Ok((row.int("count")?, row.int("bytes")? as u64)))
}

/// How many bytes a reporter has stored in the calendar year of this moment.
async fn stored_of_year(tx: &mut Tx, reporter: &str, at: &str) -> Result<u64, StoreError> {
    let sql = "SELECT CAST(COALESCE(SUM(a.bytes), 0) AS BIGINT) AS bytes \
               FROM attachment_holders h JOIN attachments a ON a.nth = h.attachment WHERE h.reporter = $1 \
               AND a.state IN ('stored', 'quarantined') AND substr(a.received_at, 1, 4) = $2";
    let year: String = at.chars().take(4).collect();
    let stored = tx.fetch(sql, values![reporter, year]).await?;
    stored.first().map_or(Ok(0), |row| Ok(row.int("bytes")? as u64))
}

/// Keeps others who begin or end an upload of this reporter waiting until this is done: what is counted over all of them is else counted
/// before either is there. The row of its stream is what stands for a reporter, and is locked before its uploads are.
async fn one_at_a_time(tx: &mut Tx, reporter: &ReporterId) -> Result<(), StoreError> {
    let stream = StreamId::Reporter(reporter.clone());
    Streams::default().make(tx, std::iter::once(&stream)).await
}

/// The first part of an upload.
async fn begin(mut tx: Tx, chunk: &Chunk<'_>) -> Result<Put, StoreError> {
    let Chunk { reporter, sha256, total, body, now, most_stored, .. } = *chunk;
    if body.is_empty() {
        return Ok(Put::Malformed);
    }
    one_at_a_time(&mut tx, reporter).await?;
    // In one order, so that two who forget the same wait for each other and not both.
    let sql = "SELECT nth FROM uploads WHERE touched_at < $1 ORDER BY nth";
    for row in tx.fetch(sql, values![now - LONGEST_WAIT]).await? {
        forget(&mut tx, row.int("nth")?).await?;
    }
    let reporter = reporter.to_string();
    // Nobody purges it from here on, or has: no upload begins that a purge has not seen. After the locks of uploads, as whoever ends one.
    tx.fetch("SELECT a.nth FROM attachments a WHERE a.sha256 = $1 {share a}", values![sha256.to_string()])
        .await?;
    if let Some(told) = content(&mut tx, chunk.reporter, sha256).await?.and_then(|content| content.told()) {
        return Ok(Put::Kept(told));
    }
    let (count, bytes) = under_way(&mut tx, &reporter).await?;
    if count >= MOST_OPEN || bytes + total > MOST_BYTES_OPEN {
        return Ok(Put::Crowded);
    }
    let stored = stored_of_year(&mut tx, &reporter, &told(now)).await?;
    if stored + bytes + total > most_stored {
        return Ok(Put::Full);
    }
    let received = body.len() as i64;
    let sql = "INSERT INTO uploads (reporter, sha256, total, received, touched_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (reporter, sha256) DO NOTHING RETURNING nth";
    let values = values![&reporter, sha256.to_string(), total as i64, received, now];
    let made = tx.fetch(sql, values).await?;
    let Some(made) = made.first() else {
        // Another device began it in this moment.
        let here = upload(&mut tx, chunk.reporter, sha256).await?.map_or(0, |open| open.received);
        return Ok(Put::Elsewhere(AttachmentStatus::Partial { offset: here }));
    };
    append(&mut tx, made.int("nth")?, 0, body).await?;
    tx.commit().await?;
    let status = AttachmentStatus::Partial { offset: received as u64 };
    Ok(if received as u64 == total { Put::Whole } else { Put::Kept(status) })
}

async fn append(tx: &mut Tx, upload: i64, offset: u64, body: &[u8]) -> Result<(), StoreError> {
    let sql = "INSERT INTO upload_parts (upload, part, body) VALUES ($1, $2, {bytes $3})";
    tx.execute(sql, values![upload, offset as i64, hex(body)]).await
}

/// Removes an upload with what came of it. What is refused for a mark of secrecy is not to stay readable in the file, nor what is
/// purged after it was kept.
pub(super) async fn forget(tx: &mut Tx, upload: i64) -> Result<(), StoreError> {
    tx.overwrite_deleted(true).await?;
    tx.execute("DELETE FROM upload_parts WHERE upload = $1", values![upload]).await?;
    tx.overwrite_deleted(false).await?;
    tx.execute("DELETE FROM uploads WHERE nth = $1", values![upload]).await
}
