//! What travels: push and pull, and the events of a stream.

mod wire;

use crate::entity::Told;
use crate::fields::Fields;
use crate::from_fields;
use crate::kinds::{self, Kinds};
use crate::op::Op;
use crate::outcome::wire::OutcomeWire;
use crate::outcome::{Branch, Head, Outcome};
use crate::stream::StreamId;
use crate::submission::State;
use chitieu_domain::PeriodId;
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use uuid::Uuid;
use wire::EventWire;

/// The protocol that this program speaks. A server says the oldest that may still edit; an older one may send what
/// it holds and no more.
pub const CLIENT: u32 = 1;
/// Most ops in one push.
pub const MOST_OPS: usize = 500;
/// Most bytes of one push, unpacked.
pub const MOST_BYTES: usize = 1024 * 1024;
/// Most events of one pull.
pub const MOST_EVENTS: usize = 5_000;

/// `POST sync/push`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushRequest {
    /// In `device_seq` order.
    pub ops: Vec<Op>,
    /// Where the device stands in the server's streams: a server that has forgotten what it told by then was put back
    /// from a copy, and must know so before it judges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// One result an op, in the same order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PushResponse {
    /// Lifetime of the database that recorded them.
    pub epoch: u64,
    /// Results.
    pub results: Vec<OpResult>,
    /// The server's time (RFC 3339); empty from a server that does not tell it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub at: String,
}

/// What became of one op.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "OutcomeWire", into = "OutcomeWire")]
pub struct OpResult {
    /// Which.
    pub op_id: Uuid,
    /// What.
    pub outcome: Outcome,
}

/// `POST sync/pull`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequest {
    /// Where the device stands; none: from the start.
    pub cursor: Option<String>,
    /// Most events wanted.
    pub limit: Option<usize>,
    /// The device, to learn up to where its ops are recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<Uuid>,
    /// Whose replica this is: where the session is another person's by now, nothing is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Ops of this device that were held when it last heard of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Uuid>,
    /// What the device reads; none: figures and submissions. The server tells nothing else, and remembers it in the
    /// cursor: a device that asks for more than its cursor was told of starts over with a snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kinds: Option<Kinds>,
}

/// A page of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PullResponse {
    /// Lifetime of the server's database.
    pub epoch: u64,
    /// Events; each carries the whole present state of what it is about, so repeating one changes nothing.
    pub events: Vec<Event>,
    /// True for a page of what stands now, false for one of the log. When the last page of a snapshot is
    /// here, whatever it did not name is gone from what the device follows.
    pub is_snapshot: bool,
    /// Where to go on.
    pub next_cursor: String,
    /// True while there is more.
    pub has_more: bool,
    /// Every op of the device up to this one is recorded.
    pub ack_device_seq: u64,
    /// What became of ops that were held.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub late: Vec<OpResult>,
    /// The server's time (RFC 3339); empty from a server that does not tell it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub at: String,
}

/// A change in a stream.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "EventWire")]
pub struct Event {
    /// Which stream.
    pub stream: StreamId,
    /// What.
    pub body: EventBody,
}

impl Event {
    /// One that this program does not read, as its JSON. Whose it is is not known either.
    pub fn unknown(text: &str) -> Self {
        Self { stream: StreamId::Plan, body: EventBody::Unknown(text.into()) }
    }

    /// The name of its kind; empty for one that this program does not read.
    pub fn kind(&self) -> &str {
        match &self.body {
            EventBody::Cell { .. } => kinds::FIGURE,
            EventBody::Submission { .. } => kinds::SUBMISSION,
            EventBody::Entity { kind, .. } => kind,
            EventBody::Unknown(_) => "",
        }
    }
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventBody {
    /// A cell, as it stands.
    Cell {
        /// Of which period.
        period: PeriodId,
        /// Element.
        element: String,
        /// Value in force.
        head: Option<Head>,
        /// Contested values, the newest [`crate::judge::MOST_BRANCHES`].
        branches: Vec<Branch>,
        /// How many older ones there are besides; `GET branches` tells them.
        more: u64,
    },
    /// A submission, as it stands.
    Submission {
        /// Of which period.
        period: PeriodId,
        /// Form.
        form: String,
        /// State and revision.
        standing: SubmissionStanding,
    },
    /// An entity, as it stands.
    Entity {
        /// Its kind, by its name on the wire. It may be one that this program does not know.
        kind: String,
        /// Its id.
        id: String,
        /// Revision, fields, and what contests them.
        told: Told,
    },
    /// What only a later release reads: all of the event, as JSON.
    Unknown(Box<str>),
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.body {
            EventBody::Unknown(text) => {
                let value: &RawValue = serde_json::from_str(text).map_err(S::Error::custom)?;
                value.serialize(serializer)
            }
            _ => EventWire::from(self.clone()).serialize(serializer),
        }
    }
}

from_fields!(PushResponse { epoch: need, results: need, at: or_default });

from_fields!(PullResponse {
    epoch: need,
    events: events,
    is_snapshot: or_default,
    next_cursor: need,
    has_more: need,
    ack_device_seq: need,
    late: or_default,
    at: or_default,
});

from_fields!(SubmissionStanding {
    state: need,
    rev: need,
    author: or_default,
    at: or_default,
    reason: maybe,
    asks: maybe,
});

from_fields!(Problem { status: need, code: need, title: need, title_en: need });

impl Fields<'_> {
    /// The events of a page. One that does not read stands in its place as its text, and stops none of the others.
    fn events(&self, name: &str) -> Vec<Event> {
        let all: Vec<&RawValue> = self.need(name);
        let read = |item: &&RawValue| {
            serde_json::from_str(item.get()).unwrap_or_else(|_| Event::unknown(item.get()))
        };
        all.iter().map(read).collect()
    }
}

/// Where a submission stands, since when and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct SubmissionStanding {
    /// State.
    pub state: State,
    /// Revision; 0 was never submitted.
    pub rev: u64,
    /// Who moved it last.
    pub author: String,
    /// When, by the server's clock (RFC 3339).
    pub at: String,
    /// Why, for a return or an adjustment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why its officer asks for it to be opened again; none once a reviewer has answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asks: Option<String>,
}

/// An error answer (`application/problem+json`) with a stable code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// Stable code.
    pub code: String,
    /// What happened, Vietnamese.
    pub title: String,
    /// What happened, English.
    pub title_en: String,
}
