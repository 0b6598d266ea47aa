//! What happened to a thing: who did what when, on which machine, and what they were looking at.
//!
//! The server tells a history as [`Record`]s: the thing as it stood after each op that others could see, from the log of its
//! stream. [`told::entries`] says what each changed. The same records are kept on a device for its own things, so that a
//! history reads alike with a network and without.

pub mod told;

use crate::entity::EntityKey;
use crate::from_fields;
use crate::grants::Role;
use crate::message::{Event, EventBody};
use crate::op::{Base, cleaned};
use crate::replica::{CellKey, SubmissionKey};
use crate::stream::StreamId;
use chitieu_domain::ReporterId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Most records of one answer.
pub const MOST_RECORDS: usize = 200;
/// Most records of one page of the feed.
pub const MOST_FED: usize = 1_000;
/// How many records of a stream, the newest ones, a device that has none is told at least.
pub const FEW_KEPT: usize = 50;
/// How many, where it follows few streams.
pub const MOST_KEPT: usize = 10_000;
/// Most records that a device keeps: where there are more, it forgets all and begins with the newest ones.
pub const MOST_HERE: usize = 60_000;
/// Longest name of a device, in characters.
pub const LONGEST_NAME: usize = 40;

/// What a history is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// A cell, with the steps of the form that it is a figure of.
    Cell(CellKey, String),
    /// A submission.
    Submission(SubmissionKey),
    /// An entity.
    Entity(EntityKey),
}

impl Thing {
    /// In whose stream it is numbered.
    pub fn stream(&self) -> StreamId {
        match self {
            Self::Cell(cell, _) => cell.reporter.clone().into(),
            Self::Submission(of) => of.reporter.clone().into(),
            Self::Entity(of) => of.stream.clone(),
        }
    }

    /// True for an event that belongs to its history.
    pub fn has(&self, event: &Event) -> bool {
        let (what, stream) = (what(&event.body), self.stream());
        event.stream == stream && what.is_some_and(|what| self.whats().contains(&what))
    }

    /// The names, within its stream, of what its history is made of.
    pub fn whats(&self) -> Vec<String> {
        match self {
            Self::Cell(cell, form) => {
                let CellKey { period, element, .. } = cell;
                vec![format!("c|{period}|{element}"), format!("s|{period}|{form}")]
            }
            Self::Submission(of) => vec![format!("s|{}|{}", of.period, of.form)],
            Self::Entity(of) => vec![format!("e|{}|{}", of.kind, of.id)],
        }
    }
}

/// The name, within its stream, of what an event is about; none where it does not read here.
pub fn what(body: &EventBody) -> Option<String> {
    match body {
        EventBody::Cell { period, element, .. } => Some(format!("c|{period}|{element}")),
        EventBody::Submission { period, form, .. } => Some(format!("s|{period}|{form}")),
        EventBody::Entity { kind, id, .. } => Some(format!("e|{kind}|{id}")),
        EventBody::Unknown(_) => None,
    }
}

/// Who somebody is: as their account is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct By {
    /// The name shown.
    pub name: String,
    /// What they are here for; none where nothing is known of the account any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// An officer's reporter: the one whose thing it is, where it is theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub office: Option<ReporterId>,
}

from_fields!(By { name: need, role: maybe_word, office: maybe });

/// A thing as it stood after an op.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// The event's number in its stream: the order of everything that happened there.
    pub seq: u64,
    /// The thing, as a pull tells it.
    pub event: Event,
    /// The op that made it so. None where an older program recorded it and did not keep that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub op_id: Option<Uuid>,
    /// What its author was looking at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
    /// Why, in the author's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The machine, by the name that its person gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
}

from_fields!(Record {
    seq: need,
    event: demand,
    op_id: maybe,
    base: maybe,
    reason: maybe,
    device: maybe,
    by: maybe,
});

/// A page of a thing's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page {
    /// Newest first.
    pub records: Vec<Record>,
    /// `before` of the request for what is older; none at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    /// The server's time (RFC 3339).
    pub at: String,
}

from_fields!(Page { records: need, next: maybe, at: or_default });

/// `POST history/feed`: the histories of all that a person's device holds, stream by stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedRequest {
    /// The lifetime of the server's database that the places are of.
    #[serde(default)]
    pub epoch: u64,
    /// The rights that they are of, as the last page named them.
    #[serde(default)]
    pub mark: String,
    /// Up to which event of each stream the device has the records.
    #[serde(default)]
    pub places: BTreeMap<StreamId, u64>,
}

/// A page of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Feed {
    /// The lifetime of the server's database. Where it is another than the device named, what the device has is of a log
    /// that is gone, and this begins anew.
    pub epoch: u64,
    /// Names the person and what they may read. Where it is another than the device named, this begins anew too.
    pub mark: String,
    /// Oldest first within each stream. Those that do not read here are left out.
    pub records: Vec<Record>,
    /// Where to go on. A stream that is not named is not this person's any more.
    pub places: BTreeMap<StreamId, u64>,
    /// Streams of which what is older is not told here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cut: Vec<StreamId>,
    /// True while there is more.
    pub has_more: bool,
    /// The server's time (RFC 3339).
    pub at: String,
}

from_fields!(Feed {
    epoch: need,
    mark: or_default,
    records: need,
    places: need,
    cut: or_default,
    has_more: need,
    at: or_default,
});

/// A device's name as it is kept: one line without what turns the direction of a text, within [`LONGEST_NAME`]. Empty where
/// nothing is left.
pub fn device_name(text: &str) -> String {
    let line = cleaned(text).split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(LONGEST_NAME).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_s_name_is_one_short_line_without_marks() {
        assert_eq!(device_name("  Máy\n phòng\t2\u{202e} \u{7}"), "Máy phòng 2");
        assert_eq!(device_name(&"máy ".repeat(100)).chars().count(), 39);
        assert_eq!(device_name("\u{200e}\u{0}\n"), "");
    }
}
