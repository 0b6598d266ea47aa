//! Files that stand behind reports: how far an upload is, and what an administrator is told and does.

use crate::fields::{Fields, within};
use crate::from_fields;
use chitieu_domain::ReporterId;
use chitieu_domain::attachment::ContentHash;
use serde::{Deserialize, Deserializer, Serialize};

/// Most characters of the reason of an administrator's act.
pub const LONGEST_REASON: usize = 500;
/// Most attachments of a page.
pub const MOST_LISTED: usize = 100;
/// Most places that are told of one of them, the newest, and most of what was done with it, the latest.
pub const MOST_TOLD: usize = 20;

/// How a content stands for a reporter. The answer to `GET attachments/{reporter}/{sha256}/status`, and to each chunk that is
/// `PUT` to `attachments/{reporter}/{sha256}?offset=N&total=M`: with 409 where the chunk does not go on from what is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AttachmentStatus {
    /// Nothing of it is here. An upload begins at 0.
    Absent,
    /// An upload goes on from here.
    Partial {
        /// How many bytes are here, for good.
        offset: u64,
    },
    /// It is here.
    Stored {
        /// Bytes of what is given out.
        bytes: u64,
        /// Its type ([`chitieu_domain::attachment::MediaType`]) as it is given out.
        media: String,
        /// Names what is given out: of a picture, which is made anew, another than what was sent.
        stored_sha256: ContentHash,
    },
    /// It is not taken, and would not be if it were sent again.
    Refused {
        /// Why ([`chitieu_domain::attachment::Refusal`]).
        reason: String,
    },
    /// Earlier rules refused it, and nobody has sent it since. Whoever has it may send it from 0, to be examined by those of now.
    RefusedEarlier {
        /// Why it was.
        reason: String,
    },
    /// An administrator has taken it out of sight. It may come back.
    Quarantined,
    /// An administrator has deleted it for good.
    Purged,
    /// Something of a later release.
    Unknown,
}

impl<'de> Deserialize<'de> for AttachmentStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not generic, and not derived: what reads a tagged enum of any shape is several kilobytes.
        fn read(fields: &Fields<'_>) -> serde_json::Result<AttachmentStatus> {
            let state: String = fields.need("state");
            let read = match state.as_str() {
                "absent" => AttachmentStatus::Absent,
                "partial" => AttachmentStatus::Partial { offset: fields.need("offset") },
                "stored" => AttachmentStatus::Stored {
                    bytes: fields.need("bytes"),
                    media: fields.need("media"),
                    stored_sha256: fields.demand("stored_sha256")?,
                },
                "refused" => AttachmentStatus::Refused { reason: fields.need("reason") },
                "refused_earlier" => AttachmentStatus::RefusedEarlier { reason: fields.need("reason") },
                "quarantined" => AttachmentStatus::Quarantined,
                "purged" => AttachmentStatus::Purged,
                _ => AttachmentStatus::Unknown,
            };
            fields.end(read)
        }
        read(&Fields::deserialize(deserializer)?).map_err(within)
    }
}

/// `POST attachments/{sha256}/quarantine`, `/release` and `/purge`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentAct {
    /// Why; kept with who and when.
    pub reason: String,
}

/// One of a page of `GET attachments`, for administrators: neither its name nor anything of what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedAttachment {
    /// What was sent.
    pub sha256: ContentHash,
    /// Who attached it, of those that were asked about.
    pub reporters: Vec<ReporterId>,
    /// Others attached it too: only who keeps their accounts as well may act on it.
    pub others: bool,
    /// Behind which reports of those it stands, or stood: at most [`MOST_TOLD`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<AttachmentPlace>,
    /// Bytes of what is given out; of what is purged, what they were.
    pub bytes: u64,
    /// Its type.
    pub media: String,
    /// When it came (RFC 3339).
    pub at: String,
    /// `stored`, `refused`, `quarantined` or `purged`, as in [`AttachmentStatus`].
    pub state: String,
    /// What was done with it, oldest first: the last [`MOST_TOLD`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<AttachmentActed>,
}

/// A turn of a task behind whose report an attachment stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttachmentPlace {
    /// Whose report.
    pub reporter: ReporterId,
    /// The task's id.
    pub task: String,
    /// The turn ([`chitieu_domain::task::Occurrence`]).
    pub turn: String,
}

/// What an administrator did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttachmentActed {
    /// `quarantine`, `release` or `purge`.
    pub act: String,
    /// By whom: a user name.
    pub by: String,
    /// When (RFC 3339).
    pub at: String,
    /// Why.
    pub reason: String,
}

/// A page of `GET attachments?scope=UNIT&state=…&before=…&limit=…`, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttachmentsPage {
    /// At most [`MOST_LISTED`].
    pub attachments: Vec<ListedAttachment>,
    /// `before` of the next request; none at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

from_fields!(ListedAttachment {
    sha256: demand,
    reporters: need,
    others: or_default,
    places: or_default,
    bytes: need,
    media: need,
    at: need,
    state: need,
    acts: or_default,
});
from_fields!(AttachmentPlace { reporter: demand, task: need, turn: need });
from_fields!(AttachmentActed { act: need, by: need, at: need, reason: need });
from_fields!(AttachmentsPage { attachments: need, next: maybe });
