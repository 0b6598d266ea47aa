//! A file that stands behind a report on a turn of a task: what it is called, what it is and how large. The file itself goes by
//! itself, named by its hash ([`crate::api::attachments`]); this says where it belongs.
//!
//! Of the reporter's stream, named by the turn and the content: `I.2/2026-Q3/9f86…`. Each attachment is an entity of its own, so that two
//! people who attach something at once never stand in each other's way, and the same file attached twice is one.

use super::field::Holds;
use super::{Asking, Change, Entity, EntityKey, Field, Policy, Report, task_report, turn};
use crate::Rejection;
use crate::raw::Raw;
use crate::rights::{Right, Thing};
use crate::stream::StreamId;
use chitieu_domain::ReporterId;
use chitieu_domain::attachment::{ContentHash, LONGEST_NAME, MOST_BYTES, MOST_PER_REPORT, MediaType};
use chitieu_domain::task::{Occurrence, Openness};

/// Its name on the wire.
pub const ID: &str = "task_evidence";
/// What the file is called.
pub const NAME: &str = "name";
/// What it is, by its content ([`MediaType`]).
pub const MEDIA: &str = "media";
/// How many bytes were attached.
pub const BYTES: &str = "bytes";
/// [`NONE`]: a person says that no mark of secrecy is on it. Of a picture nobody else can say so.
pub const MARKS: &str = "marks";
/// [`YES`]: it was attached by mistake, and is shown no more. Emptied, it is there again.
pub const REMOVED: &str = "removed";

/// There is none.
pub const NONE: &str = "none";
/// It is so.
pub const YES: &str = "yes";

const fn once(name: &'static str, holds: Holds) -> Field {
    Field { name, holds, policy: Policy::Once }
}

/// Its fields.
pub const FIELDS: &[Field] = &[
    once(NAME, Holds::FileName(LONGEST_NAME)),
    once(MEDIA, Holds::Word(MediaType::IDS)),
    once(BYTES, Holds::Number(MOST_BYTES as u64)),
    once(MARKS, Holds::Word(&[NONE])),
    Field::register(REMOVED, Holds::Word(&[YES])),
];

/// Names an attachment of a turn: `I.2`, `2026-Q3` and the content.
pub fn id(task: &str, turn: Occurrence, content: ContentHash) -> String {
    format!("{task}/{turn}/{content}")
}

/// The task, the turn and the content of an attachment.
pub fn place(id: &str) -> Option<(&str, Occurrence, ContentHash)> {
    let (place, content) = id.rsplit_once('/')?;
    let (task, turn) = turn::place(place)?;
    Some((task, turn, content.parse().ok()?))
}

/// The report that an attachment stands behind; none of another kind, and of an id that names no turn.
pub fn report_of(key: &EntityKey) -> Option<EntityKey> {
    let (place, _) = key.id.rsplit_once('/').filter(|_| key.kind == ID)?;
    Some(EntityKey { stream: key.stream.clone(), kind: task_report::ID.to_owned(), id: place.to_owned() })
}

/// True for an attachment of a report.
pub fn is_behind(key: &EntityKey, report: &EntityKey) -> bool {
    let rest = key.id.strip_prefix(&report.id).and_then(|rest| rest.strip_prefix('/'));
    key.kind == ID && key.stream == report.stream && rest.is_some_and(|rest| !rest.contains('/'))
}

/// True where an attachment is there, and was not taken out.
pub fn is_there(attachment: &Entity) -> bool {
    attachment.fields.contains_key(MEDIA) && attachment.value::<String>(REMOVED).as_deref() != Some(YES)
}

pub(super) fn admit(asking: &Asking<'_>) -> Result<(), Rejection> {
    let (place, content) = asking.id.rsplit_once('/').ok_or(Rejection::Malformed)?;
    content.parse::<ContentHash>().map_err(|_| Rejection::Malformed)?;
    let turn::Open { reporter, task } = turn::open(asking, place)?;
    let may = asking.grants.allows(Right::ReportTask, Thing::Reporter(reporter), asking.model, asking.today);
    if !may || task.openness() == Openness::WordsOnly {
        return Err(Rejection::NoRight);
    }
    let Report { stands, others } = asking.report;
    if task_report::is_locked(stands) {
        return Err(Rejection::Locked);
    }
    let is_taken_out = asking.change.get(REMOVED).is_some_and(|value| value.text() != "null");
    if !is_taken_out && others >= MOST_PER_REPORT {
        return Err(Rejection::TooMany);
    }
    if asking.now.fields.contains_key(MEDIA) {
        return Ok(());
    }
    let said = |field: &str| asking.change.get(field).filter(|value| value.text() != "null");
    let media = said(MEDIA).and_then(Raw::read::<String>).and_then(|id| MediaType::parse(&id));
    let is_confirmed = said(MARKS).is_some() || !media.is_some_and(MediaType::is_image);
    let is_whole = [NAME, MEDIA, BYTES].into_iter().all(|field| said(field).is_some());
    if is_whole && is_confirmed { Ok(()) } else { Err(Rejection::Incomplete) }
}

/// Read by whoever reads the report.
pub(super) const READ: Right = Right::ReadReports;

pub(super) fn sample(reporter: &ReporterId) -> (StreamId, &'static str) {
    let id = "I.2/2026-Q3/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    (reporter.clone().into(), id)
}

/// An attachment, and in turns that it is removed and there again.
pub(super) fn sample_change(value: usize) -> Change {
    let removed = (value % 2 == 1).then_some(YES);
    let fields = [
        (NAME, Raw::of(&format!("biên bản {value}.pdf"))),
        (MEDIA, Raw::of(&MediaType::Pdf.id())),
        (BYTES, Raw::of(&(value + 1))),
        (REMOVED, Raw::of(&removed)),
    ];
    fields.map(|(field, value)| (field.to_owned(), value)).into()
}
