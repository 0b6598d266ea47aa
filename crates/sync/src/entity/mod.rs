//! Entities: everything that changes and is neither a figure nor a submission. They share outbox, log, replay, holds,
//! cursor and snapshot with those, and one table; what is a kind's own is its fields, who may change them, and who reads
//! them. A new kind is a module beside this one and a line in `kinds!`.

pub mod annual_plan_document;
pub mod annual_plan_item;
pub mod field;
mod key;
mod merge;
pub mod task_assignment;
pub mod task_evidence;
pub mod task_report;
mod turn;

use crate::from_fields;
use crate::grants::Grants;
use crate::raw::Raw;
use crate::rights::Thing;
use crate::stream::StreamId;
use crate::{Op, Rejection};
use chitieu_domain::{Model, ReporterId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

pub use field::{Field, Holds, Policy};
pub use key::EntityKey;
pub use merge::Said;
pub(crate) use merge::{Base, Merge, merge};

/// Longest id of an entity, in bytes.
pub const LONGEST_ID: usize = 100;
/// Most bytes of what one op changes.
pub const MOST_CHANGE: usize = 16 * 1024;
/// Most values that contest an entity's fields; what would be one more is rejected.
pub const MOST_BRANCHES: usize = 32;

/// An entity as the server last told: what it holds is carried as text, so that a kind which this program does not know is
/// kept for a later release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Its revision.
    pub rev: u64,
    /// Its fields: [`Fields`], for the kinds that this program knows.
    pub state: Raw,
    /// What contests them: a list of [`Contested`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branches: Option<Raw>,
    /// Who changed it last.
    pub author: String,
    /// When, by the server's clock (RFC 3339).
    pub at: String,
}

from_fields!(Told { rev: need, state: demand, branches: maybe, author: need, at: need });

/// What an op changes: fields by name, and their new values; `null` empties one.
pub type Change = BTreeMap<String, Raw>;

/// What stands in an entity's fields.
pub type Fields = BTreeMap<String, Register>;

/// What stands in a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    /// The value.
    pub value: Raw,
    /// The entity's revision that brought it.
    pub rev: u64,
    /// The op that did.
    pub op_id: Uuid,
    /// Who.
    pub author: String,
    /// When, by the server's clock (RFC 3339).
    pub at: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Register {
    /// What an op puts in a field, before the server numbers it: empty.
    pub(crate) fn own(op: &Op) -> Self {
        let (value, author, reason) = (Raw::of(&None::<String>), op.author.clone(), op.reason.clone());
        Self { value, rev: 0, op_id: op.op_id, author, at: String::new(), reason }
    }
}

/// A value that contests a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contested {
    /// Names the conflict; an op that settles it names this.
    pub conflict_id: Uuid,
    /// Which field.
    pub field: String,
    /// The value.
    pub value: Raw,
    /// The op that holds it.
    pub op_id: Uuid,
    /// Who.
    pub author: String,
    /// When, by the server's clock (RFC 3339).
    pub at: String,
}

/// An entity as the server holds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entity {
    /// Its revision; 0 is not there yet.
    pub rev: u64,
    /// Its fields.
    pub fields: Fields,
    /// What contests them, oldest first.
    pub branches: Vec<Contested>,
    /// Who changed it last.
    pub author: String,
    /// When, by the server's clock (RFC 3339).
    pub at: String,
}

impl Entity {
    /// As it is told.
    pub fn told(&self) -> Told {
        let branches = (!self.branches.is_empty()).then(|| Raw::of(&self.branches));
        let Self { rev, author, at, .. } = self.clone();
        Told { rev, state: Raw::of(&self.fields), branches, author, at }
    }

    /// What was told; none where it is of a shape that this program does not know.
    pub fn read(told: &Told) -> Option<Self> {
        let branches = match &told.branches {
            Some(branches) => branches.read()?,
            None => Vec::new(),
        };
        let Told { rev, author, at, .. } = told.clone();
        Some(Self { rev, fields: told.state.read()?, branches, author, at })
    }

    /// The value of a field; none where it is empty or something else.
    pub fn value<'a, T: Deserialize<'a>>(&'a self, field: &str) -> Option<T> {
        self.fields.get(field)?.value.read()
    }
}

/// What a kind looks at to say whether an op is allowed.
pub struct Asking<'a> {
    /// Plan and units.
    pub model: &'a Model,
    /// The author's rights.
    pub grants: &'a Grants,
    /// The author fills in this report together with its reporter ([`crate::cooperation`]).
    pub cooperates: bool,
    /// The day, by the clock of whoever asks.
    pub today: NaiveDate,
    /// The op.
    pub op: &'a Op,
    /// The entity's id, as its kind writes it.
    pub id: &'a str,
    /// What it changes.
    pub change: &'a Change,
    /// The entity as it stands.
    pub now: &'a Entity,
    /// Of an attachment, the report that it stands behind ([`task_evidence::report_of`]).
    pub report: Report<'a>,
}

/// As much of a report as decides about an attachment.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// As it stands.
    pub stands: &'a Entity,
    /// How many other attachments are there ([`task_evidence::is_there`]).
    pub others: usize,
}

impl Asking<'_> {
    /// True where a reason is given.
    pub fn has_reason(&self) -> bool {
        self.op.reason.as_ref().is_some_and(|reason| !reason.trim().is_empty())
    }
}

/// The kinds that this program knows. Each module has an `ID`, frozen on the wire and in rows, its `FIELDS`, and says who may
/// change and who reads it.
macro_rules! kinds {
    ($($kind:ident = $module:ident),* $(,)?) => {
        /// A kind of entity.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind { $(#[allow(missing_docs, reason = "each has a module that says what it is")] $kind),* }

        impl Kind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind),*];
            /// Their names on the wire.
            pub const IDS: &[&str] = &[$($module::ID),*];

            /// The kind of this name.
            pub fn parse(id: &str) -> Option<Self> {
                match id { $($module::ID => Some(Self::$kind),)* _ => None }
            }

            /// Its name on the wire.
            pub fn id(self) -> &'static str {
                match self { $(Self::$kind => $module::ID),* }
            }

            /// Its fields.
            pub fn fields(self) -> &'static [Field] {
                match self { $(Self::$kind => $module::FIELDS),* }
            }

            /// Says why an op is not allowed.
            fn admits(self, asking: &Asking<'_>) -> Result<(), Rejection> {
                match self { $(Self::$kind => $module::admit(asking)),* }
            }

            /// True where somebody with these rights is told what happens to entities of this kind in a stream.
            pub fn may_read(self, grants: &Grants, stream: &StreamId, model: &Model, today: NaiveDate) -> bool {
                let (right, about) = match self { $(Self::$kind => ($module::READ, about(stream, model))),* };
                about.is_some_and(|about| grants.allows(right, about, model, today))
            }

            /// An entity of the kind, where it may be a reporter's: for the lists that run over all kinds.
            pub fn sample_key(self, reporter: &ReporterId) -> EntityKey {
                let (stream, id) = match self { $(Self::$kind => $module::sample(reporter)),* };
                EntityKey { stream, kind: self.id().to_owned(), id: id.to_owned() }
            }
        }
    };
}

/// What an entity of a stream is about; none where its reporter is not of the plan.
fn about(stream: &StreamId, model: &Model) -> Option<Thing> {
    match stream.reporter() {
        Some(reporter) => model.reporter_ix(reporter).map(Thing::Reporter),
        None => Some(Thing::Plan),
    }
}

kinds! {
    TaskAssignment = task_assignment,
    TaskReport = task_report,
    TaskEvidence = task_evidence,
    AnnualPlanDocument = annual_plan_document,
    AnnualPlanItem = annual_plan_item,
}

impl Kind {
    /// A field by its name.
    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// True where a person fills its fields in one by one; else it is made whole, and said to be gone.
    pub fn is_filled_in(self) -> bool {
        self.fields().iter().all(|field| field.policy != Policy::Once)
    }

    /// A change of one field, each time another: for the lists that run over all kinds. A day of a later field is later. Of a
    /// kind that is made whole all that it needs to be there, and each time something else.
    pub fn sample_change(self, value: usize) -> Change {
        if !self.is_filled_in() {
            return task_evidence::sample_change(value);
        }
        let fields = self.fields().iter().filter(|field| field.policy == Policy::Register);
        let plain: Vec<&Field> =
            fields.filter(|field| matches!(field.holds, Holds::Text(_) | Holds::Day)).collect();
        let nth = value % plain.len().max(1);
        let day = format!("2026-{:02}-{:02}", nth + 1, value % 28 + 1);
        let written = |field: &&Field| {
            let text = if field.holds == Holds::Day { day } else { format!("văn bản {value}") };
            (field.name.to_owned(), Raw::of(&text))
        };
        plain.get(nth).map(written).into_iter().collect()
    }

    /// What an op changes, each value as its field writes it: the one function that decides whether an op is allowed. The
    /// app asks it before it keeps an op, the server before it merges one.
    pub fn admit(self, asking: &Asking<'_>) -> Result<Change, Rejection> {
        if asking.id.len() > LONGEST_ID || asking.change.is_empty() {
            return Err(Rejection::Malformed);
        }
        if asking.op.reason.as_ref().is_some_and(|reason| reason.chars().count() > crate::op::LONGEST_TEXT) {
            return Err(Rejection::TooLong);
        }
        let mut change = Change::new();
        for (name, value) in asking.change {
            let field = self.field(name).ok_or(Rejection::Malformed)?;
            change.insert(name.clone(), field.written(value, asking.model)?);
        }
        self.admits(asking)?;
        Ok(change)
    }
}
