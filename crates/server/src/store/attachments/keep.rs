//! What an administrator sees of attachments and does with them: neither names nor anything of what is in them.

use super::upload::forget;
use super::{PURGED, QUARANTINED, STORED, Store};
use crate::clock::timestamp;
use crate::store::database::{Purpose, Row, Tx};
use crate::store::error::StoreError;
use crate::store::{json, unreadable};
use crate::values;
use chitieu_domain::ReporterId;
use chitieu_domain::attachment::ContentHash;
use chitieu_sync::api::attachments::{AttachmentActed, AttachmentsPage, ListedAttachment, MOST_LISTED};
use std::collections::HashMap;

/// What may be done with a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Custody {
    /// Out of sight; it may come back.
    Quarantine,
    /// Back in sight.
    Release,
    /// Its bytes go for good; that it was there stays.
    Purge,
}

impl Custody {
    fn id(self) -> &'static str {
        match self {
            Self::Quarantine => "quarantine",
            Self::Release => "release",
            Self::Purge => "purge",
        }
    }

    /// The state that it leads to, and those from which it does.
    fn path(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Quarantine => (QUARANTINED, &[STORED, QUARANTINED]),
            Self::Release => (STORED, &[STORED, QUARANTINED]),
            Self::Purge => (PURGED, &[STORED, QUARANTINED, PURGED, super::REFUSED]),
        }
    }
}

/// What became of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acted {
    /// It is so now.
    Done,
    /// There is no content of this name.
    Absent,
    /// It does not lead on from how the content stands.
    Barred,
}

/// A page that is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct List<'a> {
    /// Of this reporter alone.
    pub reporter: Option<&'a ReporterId>,
    /// Only what came before this one of the page before.
    pub before: Option<i64>,
}

impl Store {
    /// Those who hold a content.
    pub async fn attachment_holders(&self, sha256: ContentHash) -> Result<Vec<ReporterId>, StoreError> {
        let sql = "SELECT h.reporter FROM attachments a JOIN attachment_holders h ON h.attachment = a.nth \
                   WHERE a.sha256 = $1 ORDER BY h.reporter";
        let rows = self.database.fetch(sql, values![sha256.to_string()]).await?;
        rows.iter().map(|row| row.text("reporter")?.parse().map_err(unreadable)).collect()
    }

    /// Does something with a content, and keeps who did it, when and why. What is deleted on SQLite is overwritten in the file.
    pub async fn act_on_attachment(
        &self,
        sha256: ContentHash,
        act: Custody,
        (author, reason): (&str, &str),
    ) -> Result<Acted, StoreError> {
        let mut tx = self.database.begin(Purpose::Write).await?;
        let name = sha256.to_string();
        let sql = "SELECT a.nth, a.state FROM attachments a WHERE a.sha256 = $1 {lock a}";
        let rows = tx.fetch(sql, values![&name]).await?;
        let Some(row) = rows.first() else { return Ok(Acted::Absent) };
        let (nth, state) = (row.int("nth")?, row.text("state")?);
        let (to, from) = act.path();
        if !from.contains(&state.as_str()) {
            return Ok(Acted::Barred);
        }
        if act == Custody::Purge {
            purge(&mut tx, nth, &name).await?;
        }
        tx.execute("UPDATE attachments SET state = $1 WHERE nth = $2", values![to, nth]).await?;
        let sql =
            "INSERT INTO attachment_acts (attachment, act, author, at, reason) VALUES ($1, $2, $3, $4, $5)";
        tx.execute(sql, values![nth, act.id(), author, timestamp(), reason]).await?;
        tx.commit().await?;
        Ok(Acted::Done)
    }

    /// A page of contents, the newest first.
    pub async fn list_attachments(&self, list: List<'_>) -> Result<AttachmentsPage, StoreError> {
        let mut tx = self.database.begin(Purpose::Read).await?;
        let before = list.before.unwrap_or(i64::MAX);
        let of = list.reporter.map(ToString::to_string);
        let sql = "SELECT nth, sha256, state, media, bytes, received_at FROM attachments WHERE nth < $1 AND \
                   (CAST($2 AS TEXT) IS NULL OR nth IN (SELECT attachment FROM attachment_holders WHERE reporter = $2)) \
                   ORDER BY nth DESC LIMIT $3";
        let rows = tx.fetch(sql, values![before, of.clone(), MOST_LISTED as i64]).await?;
        let all = rows.iter().map(|row| row.int("nth")).collect::<Result<Vec<i64>, _>>()?;
        let mut holders: HashMap<i64, Vec<ReporterId>> = HashMap::new();
        let sql = "SELECT attachment, reporter FROM attachment_holders WHERE attachment IN {ints $1} ORDER BY reporter";
        for row in tx.fetch(sql, values![json(&all)?]).await? {
            let reporter = row.text("reporter")?;
            // Whoever asks for one reporter's is told of no other.
            if of.as_ref().is_none_or(|of| *of == reporter) {
                holders
                    .entry(row.int("attachment")?)
                    .or_default()
                    .push(reporter.parse().map_err(unreadable)?);
            }
        }
        let mut acts: HashMap<i64, Vec<AttachmentActed>> = HashMap::new();
        let sql = "SELECT attachment, act, author, at, reason FROM attachment_acts WHERE attachment IN {ints $1} ORDER BY nth";
        for row in tx.fetch(sql, values![json(&all)?]).await? {
            let (act, by) = (row.text("act")?, row.text("author")?);
            let acted = AttachmentActed { act, by, at: row.text("at")?, reason: row.text("reason")? };
            acts.entry(row.int("attachment")?).or_default().push(acted);
        }
        let mut listed = |row: &Row| {
            let nth = row.int("nth")?;
            Ok(ListedAttachment {
                sha256: row.text("sha256")?.parse().map_err(unreadable)?,
                reporters: holders.remove(&nth).unwrap_or_default(),
                bytes: row.int("bytes")? as u64,
                media: row.text("media")?,
                at: row.text("received_at")?,
                state: row.text("state")?,
                acts: acts.remove(&nth).unwrap_or_default(),
            })
        };
        let attachments = rows.iter().map(&mut listed).collect::<Result<Vec<_>, StoreError>>()?;
        let next = all.last().copied().filter(|_| all.len() == MOST_LISTED);
        Ok(AttachmentsPage { attachments, next })
    }
}

/// Deletes the bytes of a content, and what came of it in uploads that are under way.
async fn purge(tx: &mut Tx, nth: i64, name: &str) -> Result<(), StoreError> {
    tx.overwrite_deleted(true).await?;
    tx.execute("DELETE FROM attachment_parts WHERE attachment = $1", values![nth]).await?;
    tx.overwrite_deleted(false).await?;
    for row in tx.fetch("SELECT nth FROM uploads WHERE sha256 = $1", values![name]).await? {
        forget(tx, row.int("nth")?).await?;
    }
    Ok(())
}
