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
use chitieu_sync::api::attachments::{
    AttachmentActed, AttachmentPlace, AttachmentsPage, ListedAttachment, MOST_LISTED, MOST_TOLD,
};
use chitieu_sync::entity::task_evidence;
use std::collections::{HashMap, HashSet};

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
    /// Others hold it too.
    NotTheirs,
    /// It does not lead on from how the content stands.
    Barred,
}

/// A page that is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct List<'a> {
    /// Of these reporters alone.
    pub reporters: Option<&'a [String]>,
    /// In this state alone, as [`ListedAttachment::state`] says it.
    pub state: Option<&'a str>,
    /// Only what came before this one of the page before.
    pub before: Option<i64>,
    /// How many at most, and never more than [`MOST_LISTED`].
    pub limit: Option<usize>,
}

impl Store {
    /// Does something with a content, and keeps who did it, when and why, where `may` says so of those who hold it then. What is
    /// deleted on SQLite is overwritten in the file.
    pub async fn act_on_attachment(
        &self,
        sha256: ContentHash,
        act: Custody,
        (author, reason): (&str, &str),
        may: &(dyn Fn(&[ReporterId]) -> bool + Sync),
    ) -> Result<Acted, StoreError> {
        let name = sha256.to_string();
        loop {
            let mut tx = self.database.begin(Purpose::Write).await?;
            let is_purged = act == Custody::Purge;
            // Uploads before contents: whoever ends an upload locks its row and then that of the content.
            let uploads = if is_purged { lock_uploads(&mut tx, &name).await? } else { Vec::new() };
            let sql = "SELECT a.nth, a.state FROM attachments a WHERE a.sha256 = $1 {lock a}";
            let rows = tx.fetch(sql, values![&name]).await?;
            let Some(row) = rows.first() else { return Ok(Acted::Absent) };
            let (nth, state) = (row.int("nth")?, row.text("state")?);
            // One that began before the content was locked is locked in another try: here it would be the wrong way round.
            if is_purged && uploads_of(&mut tx, &name).await? != uploads {
                // Nothing is written yet: it lets go of the locks.
                tx.commit().await?;
                continue;
            }
            // From here on nobody else comes to hold it.
            if !may(&holders_of(&mut tx, nth).await?) {
                return Ok(Acted::NotTheirs);
            }
            let (to, from) = act.path();
            if !from.contains(&state.as_str()) {
                return Ok(Acted::Barred);
            }
            if is_purged {
                purge(&mut tx, nth, &uploads).await?;
            }
            tx.execute("UPDATE attachments SET state = $1 WHERE nth = $2", values![to, nth]).await?;
            let sql = "INSERT INTO attachment_acts (attachment, act, author, at, reason) VALUES ($1, $2, $3, $4, $5)";
            tx.execute(sql, values![nth, act.id(), author, timestamp(), reason]).await?;
            tx.commit().await?;
            return Ok(Acted::Done);
        }
    }

    /// A page of contents, the newest first.
    pub async fn list_attachments(&self, list: List<'_>) -> Result<AttachmentsPage, StoreError> {
        let mut tx = self.database.begin(Purpose::Read).await?;
        let before = list.before.unwrap_or(i64::MAX);
        let limit = list.limit.unwrap_or(MOST_LISTED).clamp(1, MOST_LISTED);
        let of = list.reporters.map(|all| json(&all)).transpose()?;
        let sql = "SELECT nth, sha256, state, media, bytes, received_at FROM attachments WHERE nth < $1 AND \
                   (CAST($2 AS TEXT) IS NULL OR state = $2) AND (CAST($3 AS TEXT) IS NULL OR nth IN \
                   (SELECT attachment FROM attachment_holders WHERE reporter IN {list $3})) ORDER BY nth DESC LIMIT $4";
        let rows =
            tx.fetch(sql, values![before, list.state.map(str::to_owned), of.clone(), limit as i64]).await?;
        let all = rows.iter().map(|row| row.int("nth")).collect::<Result<Vec<i64>, _>>()?;
        // Whoever asks for some reporters' is told of no other.
        let asked: Option<HashSet<&str>> = list.reporters.map(|all| all.iter().map(String::as_str).collect());
        let is_asked = |reporter: &str| asked.as_ref().is_none_or(|asked| asked.contains(reporter));
        let mut holders: HashMap<i64, Vec<ReporterId>> = HashMap::new();
        let mut others = HashSet::new();
        let sql = "SELECT attachment, reporter FROM attachment_holders WHERE attachment IN {ints $1} ORDER BY reporter";
        for row in tx.fetch(sql, values![json(&all)?]).await? {
            let (nth, reporter) = (row.int("attachment")?, row.text("reporter")?);
            if is_asked(&reporter) {
                let own = holders.entry(nth).or_default();
                if own.len() < MOST_TOLD {
                    own.push(reporter.parse().map_err(unreadable)?);
                }
            } else {
                others.insert(nth);
            }
        }
        let hashes = rows.iter().map(|row| row.text("sha256")).collect::<Result<Vec<_>, _>>()?;
        let mut places = places(&mut tx, &hashes, of).await?;
        let mut acts = acts(&mut tx, &all).await?;
        let mut listed = |row: &Row| {
            let (nth, sha256) = (row.int("nth")?, row.text("sha256")?);
            let mut acts = acts.remove(&nth).unwrap_or_default();
            if others.contains(&nth) {
                // Who keeps the accounts of those others, and what they wrote, is told to nobody else.
                for done in &mut acts {
                    (done.by, done.reason) = (String::new(), String::new());
                }
            }
            Ok(ListedAttachment {
                reporters: holders.remove(&nth).unwrap_or_default(),
                others: others.contains(&nth),
                places: places.remove(&sha256).unwrap_or_default(),
                sha256: sha256.parse().map_err(unreadable)?,
                bytes: row.int("bytes")? as u64,
                media: row.text("media")?,
                at: row.text("received_at")?,
                state: row.text("state")?,
                acts,
            })
        };
        let attachments = rows.iter().map(&mut listed).collect::<Result<Vec<_>, StoreError>>()?;
        let next = all.last().copied().filter(|_| all.len() == limit);
        Ok(AttachmentsPage { attachments, next })
    }
}

/// Behind which reports contents stand, by content: of these reporters alone, where some are named. An index finds them by the end of
/// an attachment's id, which is the content's hash.
async fn places(
    tx: &mut Tx,
    hashes: &[String],
    of: Option<String>,
) -> Result<HashMap<String, Vec<AttachmentPlace>>, StoreError> {
    let sql = "SELECT found.id, found.reporter FROM (SELECT n.id, s.reporter, ROW_NUMBER() OVER \
               (PARTITION BY substr(n.id, length(n.id) - 63) ORDER BY n.nth DESC) AS place \
               FROM entities n JOIN streams s ON s.id = n.stream WHERE n.kind = 'task_evidence' \
               AND substr(n.id, length(n.id) - 63) IN {list $1} AND n.rev > 0 \
               AND (CAST($2 AS TEXT) IS NULL OR s.reporter IN {list $2})) AS found \
               WHERE found.place <= $3 ORDER BY found.place";
    let mut places: HashMap<String, Vec<AttachmentPlace>> = HashMap::new();
    for row in tx.fetch(sql, values![json(&hashes)?, of, MOST_TOLD as i64]).await? {
        let id = row.text("id")?;
        let Some((task, turn, content)) = task_evidence::place(&id) else { continue };
        let reporter = row.text("reporter")?.parse().map_err(unreadable)?;
        let place = AttachmentPlace { reporter, task: task.to_owned(), turn: turn.to_string() };
        places.entry(content.to_string()).or_default().push(place);
    }
    Ok(places)
}

/// What was done last with contents, by content.
async fn acts(tx: &mut Tx, all: &[i64]) -> Result<HashMap<i64, Vec<AttachmentActed>>, StoreError> {
    let sql = "SELECT done.attachment, done.act, done.author, done.at, done.reason FROM (SELECT c.*, ROW_NUMBER() OVER \
               (PARTITION BY c.attachment ORDER BY c.nth DESC) AS place FROM attachment_acts c \
               WHERE c.attachment IN {ints $1}) AS done WHERE done.place <= $2 ORDER BY done.nth";
    let mut acts: HashMap<i64, Vec<AttachmentActed>> = HashMap::new();
    for row in tx.fetch(sql, values![json(&all)?, MOST_TOLD as i64]).await? {
        let (act, by) = (row.text("act")?, row.text("author")?);
        let acted = AttachmentActed { act, by, at: row.text("at")?, reason: row.text("reason")? };
        acts.entry(row.int("attachment")?).or_default().push(acted);
    }
    Ok(acts)
}

/// Those who hold a content.
async fn holders_of(tx: &mut Tx, nth: i64) -> Result<Vec<ReporterId>, StoreError> {
    let sql = "SELECT reporter FROM attachment_holders WHERE attachment = $1 ORDER BY reporter";
    let rows = tx.fetch(sql, values![nth]).await?;
    rows.iter().map(|row| row.text("reporter")?.parse().map_err(unreadable)).collect()
}

/// The uploads of a content as they are now.
async fn uploads_of(tx: &mut Tx, name: &str) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT nth FROM uploads WHERE sha256 = $1 ORDER BY nth";
    tx.fetch(sql, values![name]).await?.iter().map(|row| row.int("nth")).collect()
}

/// The uploads of a content, which nobody goes on with or ends meanwhile: in the order in which others lock several.
async fn lock_uploads(tx: &mut Tx, name: &str) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT u.nth FROM uploads u WHERE u.sha256 = $1 ORDER BY u.nth {lock u}";
    tx.fetch(sql, values![name]).await?.iter().map(|row| row.int("nth")).collect()
}

/// Deletes the bytes of a content, and what came of it in uploads that are under way.
async fn purge(tx: &mut Tx, nth: i64, uploads: &[i64]) -> Result<(), StoreError> {
    tx.overwrite_deleted(true).await?;
    tx.execute("DELETE FROM attachment_parts WHERE attachment = $1", values![nth]).await?;
    tx.overwrite_deleted(false).await?;
    for upload in uploads {
        forget(tx, *upload).await?;
    }
    Ok(())
}
