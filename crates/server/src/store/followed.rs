//! What a person's device is told of: which streams, of which of them the single figures, and which events of those.

use super::database::{Purpose, Row, Tx};
use super::error::StoreError;
use super::page::entity_row;
use super::{Store, json};
use crate::bytes::hex;
use crate::values;
use chitieu_domain::Model;
use chitieu_sync::StreamId;
use chitieu_sync::cooperation::{self, Cooperation, Named};
use chitieu_sync::entity::{Entity, Kind, task_assignment};
use chitieu_sync::grants::Grants;
use chitieu_sync::message::{Event, EventBody};
use chitieu_sync::rights::{Reach, Right, Thing};
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody who is told what is in the store, and what they may read.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// User name.
    pub username: &'a str,
    /// Rights.
    pub grants: &'a Grants,
}

/// What a device follows.
#[expect(clippy::struct_excessive_bools, reason = "each is true or false whatever the others are")]
pub(super) struct Followed<'a> {
    /// The streams, with their present end.
    pub ends: BTreeMap<i64, i64>,
    /// Those of them whose figures the device keeps.
    pub cells: BTreeSet<i64>,
    /// Those of them whose submissions the device is told.
    pub submissions: BTreeSet<i64>,
    /// Those are all there are.
    pub is_all: bool,
    /// What is reported of tasks is told of more streams than of those, and of these nothing else.
    pub reads_reports_alone: bool,
    /// Names the person and what they may read: another cursor than one of these rights is of no use.
    pub mark: String,
    /// Who works with what others submit learns of a new stream from its first event on.
    pub oversees: bool,
    /// Some grant is for some forms alone, so that each event is looked at.
    is_limited: bool,
    reader: Reader<'a>,
    /// The reports of others that the person fills in with them, and does not read anyway.
    cooperation: Cooperation,
    /// The streams that are followed for those alone.
    shared: BTreeSet<StreamId>,
    pub model: &'a Model,
    today: NaiveDate,
}

impl Store {
    /// The reports of others that somebody with these grants fills in with them.
    pub async fn cooperation(
        &self,
        grants: &Grants,
        model: &Model,
        today: NaiveDate,
    ) -> Result<Cooperation, StoreError> {
        let mut tx = self.database.begin(Purpose::Read).await?;
        let found = cooperation(&mut tx, grants, model, today).await?;
        tx.commit().await?;
        Ok(found)
    }
}

async fn cooperation(
    tx: &mut Tx,
    grants: &Grants,
    model: &Model,
    today: NaiveDate,
) -> Result<Cooperation, StoreError> {
    if !cooperation::may_cooperate(grants, today) {
        return Ok(Cooperation::default());
    }
    let sql = "SELECT s.reporter, n.kind, n.id, n.rev, n.state, n.branches, n.author, n.received_at \
         FROM entities n JOIN streams s ON s.id = n.stream WHERE s.reporter = $1 AND n.kind = $2 AND n.rev > 0";
    let rows = tx.fetch(sql, values![StreamId::Plan.to_string(), task_assignment::ID]).await?;
    let read = |row: &Row| {
        let (key, told) = entity_row(row)?;
        // What a later release wrote names nobody here.
        Ok((key.id, Named::from(&Entity::read(&told).unwrap_or_default())))
    };
    let assignments = rows.iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Cooperation::of(grants, model, today, &assignments))
}

/// Characters of the mark: enough to tell rights apart, nothing is kept secret by it.
const MARK: usize = 16;

impl<'a> Followed<'a> {
    /// What a person follows on a day; `reads_entities` where the device reads some.
    pub async fn of(
        tx: &mut Tx,
        reader: Reader<'a>,
        model: &'a Model,
        today: NaiveDate,
        reads_entities: bool,
    ) -> Result<Self, StoreError> {
        let grants = reader.grants;
        let reach = |right| match grants.reach(right, model, today) {
            Reach::All => (true, Vec::new()),
            Reach::Of(theirs) => {
                (false, theirs.into_iter().map(|r| model.reporter(r).id.to_string()).collect())
            }
        };
        let (is_all, theirs) = reach(Right::ReadSubmissions);
        // Who reads nothing but figures and submissions does not learn of the rest, and keeps the cursor that it has.
        let (has_all_reports, mut names) =
            if reads_entities { reach(Right::ReadReports) } else { (false, Vec::new()) };
        let cooperation = if reads_entities && !has_all_reports {
            let read: BTreeSet<&String> = names.iter().collect();
            let all = cooperation(tx, grants, model, today).await?;
            all.without(|reporter| read.contains(&reporter.to_string()))
        } else {
            Cooperation::default()
        };
        let shared: BTreeSet<StreamId> =
            cooperation.reporters().into_iter().cloned().map(Into::into).collect();
        let with: BTreeSet<String> = shared.iter().map(StreamId::to_string).collect();
        names.extend(with.iter().cloned());
        if reads_entities && grants.allows(Right::ReadPlan, Thing::Plan, model, today) {
            names.push(StreamId::Plan.to_string());
        }
        // Nobody's device has everybody's figures.
        let (_, kept) = reach(Right::KeepCells);
        let sql = "SELECT id, seq, reporter, CAST(CASE WHEN reporter IN {list $3} THEN 1 ELSE 0 END AS BIGINT) AS kept, \
             CAST(CASE WHEN $1 = 1 OR reporter IN {list $2} THEN 1 ELSE 0 END AS BIGINT) AS submits \
             FROM streams WHERE $1 = 1 OR $5 = 1 OR reporter IN {list $2} OR reporter IN {list $4}";
        let values = values![
            i64::from(is_all),
            json(&theirs)?,
            json(&kept)?,
            json(&names)?,
            i64::from(has_all_reports)
        ];
        let (mut ends, mut cells, mut submissions) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        let mut reads_reports_alone = false;
        for row in tx.fetch(sql, values).await? {
            let id = row.int("id")?;
            ends.insert(id, row.int("seq")?);
            if row.int("kept")? != 0 {
                cells.insert(id);
            }
            if row.int("submits")? != 0 {
                submissions.insert(id);
            } else {
                let stream = row.text("reporter")?;
                reads_reports_alone |= stream != StreamId::Plan.to_string() && !with.contains(&stream);
            }
        }
        let in_force: Vec<_> = grants.in_force(today).collect();
        let rights = format!("{}\n{}", reader.username, json(&in_force)?);
        // Who has part in no report of others keeps the cursor that they have.
        let rights = cooperation.mark().into_iter().fold(rights, |all, more| all + "\n" + &more);
        let mut mark = hex(&Sha256::digest(rights));
        mark.truncate(MARK);
        Ok(Self {
            ends,
            cells,
            submissions,
            is_all,
            reads_reports_alone,
            mark,
            oversees: grants.allows(Right::Oversee, Thing::Anything, model, today),
            is_limited: in_force.iter().any(|grant| grant.forms.is_some()),
            reader,
            cooperation,
            shared,
            model,
            today,
        })
    }

    /// True where the device follows streams whose figures it does not keep.
    pub fn goes_beyond_cells(&self) -> bool {
        self.oversees || self.reads_reports_alone || !self.shared.is_empty()
    }

    /// True where the person has a right at a form of an event's reporter.
    pub fn may(&self, right: Right, event: &Event, form: &str) -> bool {
        let reporter = event.stream.reporter().and_then(|reporter| self.model.reporter_ix(reporter));
        let about =
            reporter.zip(self.model.form_ix(form)).map(|(reporter, form)| Thing::Form(reporter, form));
        about.is_some_and(|about| self.reader.grants.allows(right, about, self.model, self.today))
    }

    /// True where an event of a stream that is followed is one that its person may read.
    pub fn tells(&self, event: &Event) -> bool {
        let Self { reader, model, today, .. } = self;
        if self.shared.contains(&event.stream) {
            let EventBody::Entity { kind, id, .. } = &event.body else { return false };
            return self.cooperation.covers(&event.stream, kind, id);
        }
        let about = |form: Option<_>| {
            let reporter = event.stream.reporter().and_then(|reporter| model.reporter_ix(reporter));
            reporter.zip(form).map(|(reporter, form)| Thing::Form(reporter, form))
        };
        let may = |right, about: Option<_>| {
            about.is_some_and(|about| reader.grants.allows(right, about, model, *today))
        };
        match &event.body {
            EventBody::Cell { element, .. } => {
                let form = || model.element_ix(element).map(|element| model.form_of(element));
                // An officer's streams are those whose figures they keep.
                let is_kept = !self.cells.is_empty() && !self.is_limited && !self.goes_beyond_cells();
                is_kept || may(Right::KeepCells, about(form()))
            }
            EventBody::Submission { form, .. } => {
                let is_all = !self.is_limited && !self.reads_reports_alone;
                is_all || may(Right::ReadSubmissions, about(model.form_ix(form)))
            }
            // Of which form it is, nobody here knows.
            EventBody::Unknown(_) => !self.is_limited && !self.reads_reports_alone,
            EventBody::Entity { kind, .. } => {
                // One that this server does not know any more, after it was put back a release.
                Kind::parse(kind)
                    .is_none_or(|kind| kind.may_read(reader.grants, &event.stream, model, *today))
            }
        }
    }
}
