//! Ops: immutable changes to a cell or a submission. The wire shape is frozen; golden samples hold it.

mod wire;

use crate::entity::EntityKey;
use crate::fields::{Fields, Missing};
use crate::from_fields;
use crate::outcome::Head;
use crate::raw::Raw;
use crate::replica::{CellKey, SubmissionKey};
use crate::stream::StreamId;
use crate::submission::Action;
use chitieu_domain::PeriodId;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;
use wire::OpWire;

/// What the author was looking at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// A revision made by the server; 0 is the empty cell.
    Rev(u64),
    /// A value made on this device, acknowledged or not.
    Op(Uuid),
}

/// The empty cell.
impl Default for Base {
    fn default() -> Self {
        Self::Rev(0)
    }
}

impl<'de> Deserialize<'de> for Base {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::deserialize(deserializer)?;
        let base = match (fields.maybe("rev"), fields.maybe("op")) {
            (Some(rev), None) => Some(Self::Rev(rev)),
            (None, Some(op)) => Some(Self::Op(op)),
            _ => None,
        };
        let base = fields.end(base).ok().flatten();
        base.ok_or_else(|| D::Error::custom("a base is a `rev` or an `op`"))
    }
}

/// A change, with its id, author and what it was based on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "OpWire", into = "OpWire")]
pub struct Op {
    /// The idempotency key.
    pub op_id: Uuid,
    /// The device's database.
    pub device_id: Uuid,
    /// 1, 2, 3 … without gaps on that device.
    pub device_seq: u64,
    /// User name of the person who entered it.
    pub author: String,
    /// Where it is numbered: whose figure or submission it is, or the plan's.
    pub stream: StreamId,
    /// What was in view.
    pub base: Base,
    /// Hash of the plan in force on the device.
    pub plan: String,
    /// The device's clock, for display alone.
    pub entered_at: String,
    /// Why: for `null`, a return, an adjustment, a resolution.
    pub reason: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// The change itself.
    pub body: OpBody,
}

/// What an op changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpBody {
    /// A cell gets a value, or is cleared.
    Figure {
        /// Of which period.
        period: PeriodId,
        /// Which element.
        element: String,
        /// The value; none is "no data yet" and carries a reason.
        value: Option<i64>,
        /// Ước thực hiện.
        estimated: bool,
        /// Answered no more: there is no value, and the cell counts as one that nobody reported. On the wire it is an op
        /// of its own kind, `clear`.
        cleared: bool,
        /// Conflicts this value settles.
        resolves: Vec<Uuid>,
    },
    /// A form moves on its road.
    Submission {
        /// Of which period.
        period: PeriodId,
        /// Which form.
        form: String,
        /// What is done.
        action: Action,
        /// What a submit covers.
        covers: Vec<Cover>,
    },
    /// Fields of an entity change.
    Entity {
        /// Its kind, by its name on the wire. It may be one that this program does not know.
        kind: String,
        /// Its id.
        id: String,
        /// What changes: for the kinds that this program knows, a [`crate::entity::Change`].
        change: Raw,
        /// Conflicts that are settled.
        resolves: Vec<Uuid>,
    },
}

/// What a submit covers, as it was in view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CoverWire", into = "CoverWire")]
pub struct Cover {
    /// What.
    pub what: Covered,
    /// The value in view.
    pub base: Base,
}

/// What a submit can cover.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Covered {
    /// A figure of the form, by its element.
    Element(String),
    /// An entity of the reporter's stream.
    Entity {
        /// Its kind, by its name on the wire.
        kind: String,
        /// Its id.
        id: String,
    },
}

/// What a submit covers, on the wire.
#[derive(Clone, Serialize)]
struct CoverWire {
    #[serde(skip_serializing_if = "Option::is_none")]
    element: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    base: Base,
}

from_fields!(CoverWire { element: maybe, kind: maybe, id: maybe, base: need });

impl TryFrom<CoverWire> for Cover {
    type Error = Missing;
    fn try_from(wire: CoverWire) -> Result<Self, Missing> {
        let what = match (wire.element, wire.kind, wire.id) {
            (Some(element), ..) => Covered::Element(element),
            (None, Some(kind), Some(id)) => Covered::Entity { kind, id },
            _ => return Err(Missing("element")),
        };
        Ok(Self { what, base: wire.base })
    }
}

impl From<Cover> for CoverWire {
    fn from(cover: Cover) -> Self {
        let (element, kind, id) = match cover.what {
            Covered::Element(element) => (Some(element), None, None),
            Covered::Entity { kind, id } => (None, Some(kind), Some(id)),
        };
        Self { element, kind, id, base: cover.base }
    }
}

impl Cover {
    /// Covers a figure.
    pub fn of(element: impl Into<String>, base: Base) -> Self {
        Self { what: Covered::Element(element.into()), base }
    }

    /// The element whose figure is covered.
    pub fn element(&self) -> Option<&str> {
        match &self.what {
            Covered::Element(element) => Some(element),
            Covered::Entity { .. } => None,
        }
    }
}

/// Longest reason or note, in characters.
pub const LONGEST_TEXT: usize = 2_000;
/// Longest name of an element, a form or a plan, in characters.
pub const LONGEST_NAME: usize = 200;
/// Longest time, in characters.
pub const LONGEST_TIME: usize = 40;
/// Most conflicts that one op settles, and most figures that a submit covers.
pub const MOST_NAMED: usize = 1_000;
/// Most bytes of an op as it travels.
pub const MOST_BYTES: usize = 64 * 1024;

/// A text without control characters, but for tabs and ends of lines, and without marks that turn the direction of what
/// is written around it (Unicode Standard Annex 9): who reads it sees what is there.
pub fn cleaned(text: &str) -> String {
    let stays = |c: &char| match c {
        '\n' | '\t' => true,
        '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => false,
        other => !other.is_control(),
    };
    text.chars().filter(stays).collect()
}

impl Op {
    /// What two sendings of one op must agree on. A cloned device renumbers, so its two fields are left out; texts are
    /// compared as they are kept, whenever that was.
    pub fn fingerprint(&self) -> String {
        let mut bare = Op { device_id: Uuid::nil(), device_seq: 0, ..self.clone() };
        bare.clean();
        serde_json::to_string(&bare).expect("an op has only string keys")
    }

    /// Its reason and note as they are kept.
    pub fn clean(&mut self) {
        for text in self.reason.iter_mut().chain(&mut self.note) {
            *text = cleaned(text);
        }
    }

    /// The cell that it gives a figure.
    pub fn cell(&self) -> Option<CellKey> {
        let OpBody::Figure { period, element, .. } = &self.body else { return None };
        let reporter = self.stream.reporter()?.clone();
        Some(CellKey { reporter, period: *period, element: element.clone() })
    }

    /// The submission that it moves.
    pub fn submission(&self) -> Option<SubmissionKey> {
        let OpBody::Submission { period, form, .. } = &self.body else { return None };
        let reporter = self.stream.reporter()?.clone();
        Some(SubmissionKey { reporter, period: *period, form: form.clone() })
    }

    /// The entity that it changes.
    pub fn entity(&self) -> Option<EntityKey> {
        let OpBody::Entity { kind, id, .. } = &self.body else { return None };
        Some(EntityKey { stream: self.stream.clone(), kind: kind.clone(), id: id.clone() })
    }

    /// The period that a figure or submission is of.
    pub fn period(&self) -> Option<PeriodId> {
        match &self.body {
            OpBody::Figure { period, .. } | OpBody::Submission { period, .. } => Some(*period),
            OpBody::Entity { .. } => None,
        }
    }

    /// What a figure says, as the head that it means to be; the server adds revision and time. A blank note is none.
    pub fn said(&self) -> Head {
        let OpBody::Figure { value, estimated, cleared, .. } = self.body else { return Head::default() };
        Head {
            value,
            op_id: self.op_id,
            author: self.author.clone(),
            reason: self.reason.clone(),
            note: self.note.clone().filter(|note| !note.trim().is_empty()),
            estimated,
            cleared,
            ..Head::default()
        }
    }

    /// The conflicts that a figure settles.
    pub fn resolves(&self) -> &[Uuid] {
        match &self.body {
            OpBody::Figure { resolves, .. } => resolves,
            OpBody::Submission { .. } | OpBody::Entity { .. } => &[],
        }
    }

    /// The ops this one builds on.
    pub fn based_on(&self) -> Option<Uuid> {
        match self.base {
            Base::Op(id) => Some(id),
            Base::Rev(_) => None,
        }
    }
}
