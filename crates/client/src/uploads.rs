//! Files that are attached to a report and wait on the device until the server has them: how they are kept, cut into chunks,
//! and what of them is to be sent next.
//!
//! The server alone says how far an upload is, and is asked first each time: a device, a line or a server that stopped in the
//! middle loses nothing, and nothing is sent twice but the chunk that was under way.

use chitieu_domain::ReporterId;
use chitieu_domain::attachment::{CHUNK, ContentHash, MOST_BYTES, Refusal};
use chitieu_sync::StreamId;
use chitieu_sync::api::attachments::AttachmentStatus;
use chitieu_sync::entity::{EntityKey, task_evidence};
use serde::{Deserialize, Serialize};

/// The rows that tell of files, before their chunks in the order of keys.
pub const FILES: &str = "f|";

/// A file that waits, as its row says: the chunks are rows beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingFile {
    /// Whose report it belongs to.
    pub reporter: ReporterId,
    /// The entity's id: task, turn and content.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Why it will never be there, once the server has said so; the chunks are gone then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// How many times the server found that what came is not what the hash names, and it was sent anew.
    #[serde(default, skip_serializing_if = "is_none")]
    pub mismatches: u8,
    /// What keeps it from being sent now, by the server's last answer; not stored.
    #[serde(skip)]
    pub held_up: Option<HeldUp>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_none(count: &u8) -> bool {
    *count == 0
}

/// Why a server takes nothing of a file now. It stays on the device and is offered again after the next run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldUp {
    /// The person may not attach files to this unit's reports any more (403).
    NoRight,
    /// The server does not understand how it is sent (400, and whatever else it does not take): another release of the app may send it
    /// otherwise.
    NotTaken,
    /// The unit sends as much as may be under way at once (429): it goes on by itself.
    Crowded,
    /// The unit has stored as much this year as it may, or would (507 `quota_exceeded`): it goes on once there is room.
    Full,
}

impl HeldUp {
    /// What an answer with this HTTP status and code says of a file; nothing where it is an answer about the file, or the server or
    /// the line is in trouble and the same may succeed soon.
    pub fn of(status: u16, code: &str) -> Option<Self> {
        match status {
            // 507 is told of a full disk too, which says nothing of the unit.
            507 if code == QUOTA => Some(Self::Full),
            403 => Some(Self::NoRight),
            429 => Some(Self::Crowded),
            // 401: whoever signs in goes on. 408: the line was slow. 409: it goes on from elsewhere.
            401 | 408 | 409 => None,
            400..=499 => Some(Self::NotTaken),
            _ => None,
        }
    }
}

/// What is to be done about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Send what is from `skip` on in this chunk; it begins at `offset` in the file.
    Send {
        /// Which chunk, from 0.
        chunk: u64,
        /// Bytes of it that the server has.
        skip: usize,
        /// Bytes of the file that the server has.
        offset: u64,
    },
    /// What came was not what the hash names: somebody else sent other bytes, or the line changed some. The hash is of the whole, so
    /// nobody can say which part is wrong, and all is sent anew.
    Anew,
    /// The server has it: the device need not keep it.
    Done,
    /// The server will not have it, and why ([`chitieu_domain::attachment::Refusal`], or [`PURGED`]).
    Ended(String),
    /// The server takes nothing of it now, and why: the bytes stay.
    Wait(HeldUp),
    /// Nothing can be done about it by this program.
    Leave,
}

/// How often a file is sent anew: then the bytes on the device itself are not those of the hash.
const MOST_MISMATCHES: u8 = 2;

/// The code of a full quota, which says nothing of a content: nobody else may have the bytes, so they stay in any case.
const QUOTA: &str = "quota_exceeded";

/// An administrator has deleted it.
pub const PURGED: &str = "purged";

impl PendingFile {
    /// The content; none where the row is not one of ours.
    pub fn content(&self) -> Option<ContentHash> {
        task_evidence::place(&self.id).map(|(.., content)| content)
    }

    /// The attachment's entity.
    pub fn key(&self) -> EntityKey {
        EntityKey {
            stream: StreamId::Reporter(self.reporter.clone()),
            kind: task_evidence::ID.to_owned(),
            id: self.id.clone(),
        }
    }

    /// The key of its row. The same content attached to two turns is two files, and waits once for each.
    pub fn row(&self) -> String {
        format!("{FILES}{}|{}", self.reporter, self.id)
    }

    /// The key of a chunk's row.
    pub fn chunk_row(&self, chunk: u64) -> String {
        format!("c|{}|{}|{chunk:03}", self.reporter, self.id)
    }

    /// How many chunks it is cut into.
    pub fn chunks(&self) -> u64 {
        self.bytes.min(MOST_BYTES as u64).div_ceil(CHUNK as u64)
    }

    /// What is next, by what the server says of it.
    pub fn next(&self, status: &AttachmentStatus) -> Next {
        let from = |offset: u64| {
            let (chunk, skip) = (offset / CHUNK as u64, offset % CHUNK as u64);
            Next::Send { chunk, skip: skip as usize, offset }
        };
        match status {
            AttachmentStatus::Absent | AttachmentStatus::RefusedEarlier { .. } => from(0),
            AttachmentStatus::Partial { offset } if *offset < self.bytes => from(*offset),
            // It says that it has all and has not looked at it yet, or more than there is.
            // What is out of sight may come back, and another unit's is no reason to lose one's own.
            AttachmentStatus::Partial { .. } | AttachmentStatus::Quarantined | AttachmentStatus::Unknown => {
                Next::Leave
            }
            AttachmentStatus::Stored { .. } => Next::Done,
            AttachmentStatus::Refused { reason }
                if *reason == Refusal::HashMismatch.id() && self.mismatches < MOST_MISMATCHES =>
            {
                Next::Anew
            }
            // So says an older server.
            AttachmentStatus::Refused { reason } if reason == QUOTA => Next::Wait(HeldUp::Full),
            AttachmentStatus::Refused { reason } => Next::Ended(reason.clone()),
            AttachmentStatus::Purged => Next::Ended(PURGED.to_owned()),
        }
    }

    /// How many bytes of it the server has.
    pub fn sent(&self, status: &AttachmentStatus) -> u64 {
        match status {
            AttachmentStatus::Partial { offset } => (*offset).min(self.bytes),
            AttachmentStatus::Stored { .. } => self.bytes,
            _ => 0,
        }
    }
}

/// A part of a whole in hundredths, never more than it is.
pub fn percent(part: u64, whole: u64) -> u64 {
    part.saturating_mul(100).checked_div(whole).unwrap_or(0)
}

/// A file's name as it is kept: the last part of a path, without what would hide or turn round other text, at most as long as a
/// name may be; the ending stays. None where nothing is left of it.
pub fn file_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let clean: String = last.chars().filter(|c| !is_hidden(*c)).collect();
    let clean = clean.trim();
    let most = chitieu_domain::attachment::LONGEST_NAME;
    let length = clean.chars().count();
    if length <= most {
        return (!clean.is_empty()).then(|| clean.to_owned());
    }
    let ending =
        clean.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.chars().count() <= 8);
    let ending = ending.map(|ending| format!("….{ending}")).unwrap_or_default();
    let kept: String = clean.chars().take(most - ending.chars().count()).collect();
    Some(kept + &ending)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(bytes: u64) -> PendingFile {
        PendingFile {
            reporter: "police_commune:11977@2025-07-01".parse().expect("an id"),
            id: format!("I.2/2026-Q3/{}", "ab".repeat(32)),
            name: "biên bản.pdf".into(),
            bytes,
            ended: None,
            mismatches: 0,
            held_up: None,
        }
    }

    /// A server that takes chunks, forgets what was not durable when it stops, and may cut a chunk anywhere.
    fn send(file: &PendingFile, stops: &[(usize, usize)]) -> (u64, Vec<u64>) {
        let (mut has, mut sent, mut rounds) = (0_u64, Vec::new(), 0_usize);
        loop {
            let status = match has {
                0 => AttachmentStatus::Absent,
                all if all == file.bytes => AttachmentStatus::Stored {
                    bytes: all,
                    media: "pdf".into(),
                    stored_sha256: file.content().expect("a content"),
                },
                offset => AttachmentStatus::Partial { offset },
            };
            match file.next(&status) {
                Next::Send { chunk, skip, offset } => {
                    assert_eq!(chunk * CHUNK as u64 + skip as u64, offset);
                    assert!(chunk < file.chunks());
                    let length = (CHUNK as u64 - skip as u64).min(file.bytes - offset);
                    let cut = stops.iter().find(|(at, _)| *at == rounds).map(|(_, cut)| *cut as u64);
                    has = offset + cut.map_or(length, |cut| cut.min(length));
                    sent.push(chunk);
                    rounds += 1;
                }
                Next::Done => return (has, sent),
                other => panic!("{other:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_stops_in_the_middle_every_byte_arrives_and_only_what_was_under_way_is_sent_again(
            bytes in 1_u64..(MOST_BYTES as u64),
            stops in proptest::collection::vec((0_usize..90, 0_usize..CHUNK), 0..6),
        ) {
            let file = file(bytes);
            let (has, sent) = send(&file, &stops);
            prop_assert_eq!(has, bytes);
            prop_assert!(sent.len() as u64 <= file.chunks() + stops.len() as u64);
        }

        #[test]
        fn a_name_is_short_visible_and_without_a_path(name in ".{0,300}") {
            if let Some(kept) = file_name(&name) {
                prop_assert!(kept.chars().count() <= chitieu_domain::attachment::LONGEST_NAME);
                prop_assert!(!kept.contains(['/', '\\']) && !kept.chars().any(char::is_control) && !kept.trim().is_empty());
            }
        }
    }

    #[test]
    fn what_the_server_refuses_or_has_deleted_is_not_sent_again() {
        let file = file(300_000);
        let refused = AttachmentStatus::Refused { reason: "secret_mark".into() };
        assert_eq!(file.next(&refused), Next::Ended("secret_mark".into()));
        assert_eq!(file.next(&AttachmentStatus::Purged), Next::Ended(PURGED.into()));
        assert_eq!(file.next(&AttachmentStatus::Quarantined), Next::Leave, "it may come back");
        assert_eq!(file.next(&AttachmentStatus::Unknown), Next::Leave);
        assert_eq!(file.next(&AttachmentStatus::Partial { offset: 300_001 }), Next::Leave);
    }

    #[test]
    fn a_full_quota_keeps_the_bytes_whoever_tells_it() {
        let refused = AttachmentStatus::Refused { reason: Refusal::QuotaExceeded.id().into() };
        assert_eq!(file(300_000).next(&refused), Next::Wait(HeldUp::Full));
        assert_eq!(HeldUp::of(507, Refusal::QuotaExceeded.id()), Some(HeldUp::Full));
        assert_eq!(HeldUp::of(507, "database_full"), None, "which the unit can do nothing about");
    }

    #[test]
    fn what_earlier_rules_refused_is_sent_once_more() {
        let refused = AttachmentStatus::RefusedEarlier { reason: "unreadable".into() };
        assert_eq!(file(300_000).next(&refused), Next::Send { chunk: 0, skip: 0, offset: 0 });
    }

    #[test]
    fn what_came_damaged_is_sent_anew_and_not_for_ever() {
        let mut file = file(300_000);
        let damaged = AttachmentStatus::Refused { reason: "hash_mismatch".into() };
        for _ in 0..MOST_MISMATCHES {
            assert_eq!(file.next(&damaged), Next::Anew);
            file.mismatches += 1;
        }
        assert_eq!(file.next(&damaged), Next::Ended("hash_mismatch".into()));
        let stored = serde_json::to_string(&file).expect("JSON");
        assert_eq!(
            serde_json::from_str::<PendingFile>(&stored).expect("it reads").mismatches,
            MOST_MISMATCHES
        );
    }

    #[test]
    fn each_answer_that_takes_nothing_says_what_is_to_be_done() {
        let held: Vec<Option<HeldUp>> = [200, 400, 401, 403, 404, 408, 409, 413, 429, 500, 503]
            .map(|status| HeldUp::of(status, ""))
            .into();
        let (taken, right, later) = (Some(HeldUp::NotTaken), Some(HeldUp::NoRight), Some(HeldUp::Crowded));
        assert_eq!(held, [None, taken, None, right, taken, None, None, taken, later, None, None]);
        let row = serde_json::to_string(&PendingFile { held_up: later, ..file(1) }).expect("JSON");
        assert!(!row.contains("held") && !row.contains("mismatches"), "{row}");
    }

    #[test]
    fn a_long_name_keeps_its_ending_and_a_path_is_left_out() {
        let long = format!("C:\\Users\\an\\{}.docx", "biên bản ".repeat(40));
        let kept = file_name(&long).expect("a name");
        assert!(kept.starts_with("biên bản") && kept.ends_with("….docx"), "{kept}");
        assert_eq!(file_name("ảnh\u{202e}gpj.exe").as_deref(), Some("ảnhgpj.exe"));
        assert_eq!(file_name("../ "), None);
    }

    #[test]
    fn a_row_travels() {
        let one = file(8 << 20);
        let text = serde_json::to_string(&one).expect("JSON");
        assert_eq!(serde_json::from_str::<PendingFile>(&text).expect("it reads"), one);
        assert_eq!(one.chunks(), 32);
        assert!(one.row() < one.chunk_row(0) || one.row() > one.chunk_row(999), "never among the chunks");
        let half = one.sent(&AttachmentStatus::Partial { offset: 4 << 20 });
        assert_eq!((percent(half, one.bytes), percent(one.bytes - 1, one.bytes), percent(0, 0)), (50, 99, 0));
    }
}
