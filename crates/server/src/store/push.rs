//! Takes ops in: one transaction a batch, one result an op; nothing in a batch stands in the way of another
//! cell. The judgement itself is `chitieu_sync::judge`, the admission `chitieu_sync::admit`.

use super::figures::{cell_state, cells_of, parse_state, state_text};
use super::{EPOCH_SIZE, Store, unreadable};
use crate::problem::Problem;
use crate::session::Person;
use chitieu_domain::{Figure, Figures, Model, PeriodId, ReporterId};
use chitieu_sync::admit::{Circumstances, Place, admit, place};
use chitieu_sync::grants::went_on_from;
use chitieu_sync::judge::{CellState, Entry, Recorded, judge};
use chitieu_sync::message::{Event, EventBody, OpResult, SubmissionStanding};
use chitieu_sync::op::Cover;
use chitieu_sync::submission::{Action, State};
use chitieu_sync::{Act, Base, Op, Outcome, Rejection};
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use sqlx::{Row, SqliteConnection};
use std::collections::HashMap;
use uuid::Uuid;

/// Who pushes, when, under which plan.
pub struct Push<'a> {
    /// Plan and units.
    pub model: &'a Model,
    /// Versions accepted, the present one first.
    pub plans: &'a [String],
    /// The author.
    pub person: &'a Person,
    /// Today.
    pub today: NaiveDate,
    /// Now, as it is recorded.
    pub received_at: String,
}

impl Store {
    /// Judges a batch and keeps everything about it, or nothing.
    pub async fn push(&self, push: &Push<'_>, ops: &[Op]) -> Result<Vec<OpResult>, Problem> {
        let epoch = self.epoch().await?;
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let mut batch = Batch { push, floor: epoch * EPOCH_SIZE, connection: &mut tx };
        let mut results = Vec::with_capacity(ops.len());
        for op in ops {
            let outcome = batch.take(op).await?;
            batch.release(op.op_id).await?;
            results.push(OpResult { op_id: op.op_id, outcome });
        }
        tx.commit().await?;
        Ok(results)
    }
}

struct Batch<'a> {
    push: &'a Push<'a>,
    floor: u64,
    connection: &'a mut SqliteConnection,
}

impl Batch<'_> {
    async fn take(&mut self, op: &Op) -> Result<Outcome, Problem> {
        let fingerprint = Sha256::digest(op.fingerprint().as_bytes()).to_vec();
        if let Some((stored, known)) = self.stored(op.op_id).await? {
            if stored == fingerprint {
                return Ok(known.outcome);
            }
            tracing::error!(op_id = %op.op_id, "the same op id came with another content");
            return Ok(Outcome::Rejected { code: Rejection::PayloadDiffers });
        }
        let clash: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM ops WHERE device_id = ? AND device_seq = ?")
                .bind(op.device_id.as_bytes().as_slice())
                .bind(op.device_seq as i64)
                .fetch_optional(&mut *self.connection)
                .await?;
        if clash.is_some() {
            return Err(Problem::DeviceCloned);
        }
        let (stream, outcome) = match place(self.push.model, op) {
            Err(code) => (None, Outcome::Rejected { code }),
            Ok(place) => {
                let stream = self.stream(&op.reporter).await?;
                (Some(stream), self.admit_and_judge(op, place, stream).await?)
            }
        };
        sqlx::query(
            "INSERT INTO ops (op_id, device_id, device_seq, author, stream, body, fingerprint, base_op, outcome, \
             held, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(op.op_id.as_bytes().as_slice())
        .bind(op.device_id.as_bytes().as_slice())
        .bind(op.device_seq as i64)
        .bind(&op.author)
        .bind(stream)
        .bind(serde_json::to_string(op).map_err(unreadable)?)
        .bind(fingerprint)
        .bind(op.based_on().map(|id| id.as_bytes().to_vec()))
        .bind(serde_json::to_string(&outcome).map_err(unreadable)?)
        .bind(outcome == Outcome::Held)
        .bind(&self.push.received_at)
        .execute(&mut *self.connection)
        .await?;
        Ok(outcome)
    }

    /// Judges the ops that waited for this one, and those that waited for them.
    async fn release(&mut self, op_id: Uuid) -> Result<(), Problem> {
        let mut arrived = vec![op_id];
        while let Some(base) = arrived.pop() {
            let held: Vec<String> = sqlx::query_scalar("SELECT body FROM ops WHERE base_op = ? AND held = 1")
                .bind(base.as_bytes().as_slice())
                .fetch_all(&mut *self.connection)
                .await?;
            for body in held {
                let op: Op = serde_json::from_str(&body).map_err(unreadable)?;
                sqlx::query("DELETE FROM ops WHERE op_id = ?")
                    .bind(op.op_id.as_bytes().as_slice())
                    .execute(&mut *self.connection)
                    .await?;
                if self.take(&op).await? != Outcome::Held {
                    arrived.push(op.op_id);
                }
            }
        }
        Ok(())
    }

    async fn stored(&mut self, op_id: Uuid) -> Result<Option<(Vec<u8>, Recorded)>, sqlx::Error> {
        let row = sqlx::query("SELECT fingerprint, outcome, body FROM ops WHERE op_id = ?")
            .bind(op_id.as_bytes().as_slice())
            .fetch_optional(&mut *self.connection)
            .await?;
        row.map(|row| {
            let outcome = serde_json::from_str(row.get("outcome")).map_err(unreadable)?;
            let op: Op = serde_json::from_str(row.get("body")).map_err(unreadable)?;
            Ok((row.get("fingerprint"), Recorded { outcome, base: op.base }))
        })
        .transpose()
    }

    /// What is recorded of the ops a base leads to.
    async fn chain(&mut self, mut base: Base) -> Result<HashMap<Uuid, Recorded>, sqlx::Error> {
        let mut chain = HashMap::new();
        while let Base::Op(id) = base {
            let Some((_, recorded)) = self.stored(id).await? else { break };
            base = recorded.base;
            let goes_on = matches!(recorded.outcome, Outcome::Rejected { .. });
            if chain.insert(id, recorded).is_some() || !goes_on {
                break;
            }
        }
        Ok(chain)
    }

    async fn stream(&mut self, reporter: &ReporterId) -> Result<i64, sqlx::Error> {
        let reporter = reporter.to_string();
        sqlx::query("INSERT OR IGNORE INTO streams (reporter, seq) VALUES (?, ?)")
            .bind(&reporter)
            .bind(self.floor as i64)
            .execute(&mut *self.connection)
            .await?;
        sqlx::query_scalar("SELECT id FROM streams WHERE reporter = ?")
            .bind(reporter)
            .fetch_one(&mut *self.connection)
            .await
    }

    async fn admit_and_judge(&mut self, op: &Op, place: Place, stream: i64) -> Result<Outcome, Problem> {
        let model = self.push.model;
        let form = model.form(place.form);
        let standing = self.standing(stream, op.period, &form.id).await?;
        let submits = matches!(&op.act, Act::Submission { action: Action::Submit, .. });
        let mut figures = Figures::default();
        if submits {
            let elements: Vec<&str> = form.elements.iter().map(|e| e.id.as_str()).collect();
            let mut whose = vec![(place.reporter, stream)];
            for before in went_on_from(model, place.reporter, place.form, self.push.today) {
                whose.push((before, self.stream(&model.reporter(before).id).await?));
            }
            for (reporter, stream) in whose {
                for (period, element, cell) in cells_of(self.connection, stream, &elements, None).await? {
                    if let (Some(head), Some(ix)) = (cell.head, model.element_ix(&element)) {
                        let figure = Figure { value: head.value, contested: false, approved: false };
                        figures.set(reporter, period, ix, figure);
                    }
                }
            }
        }
        let circumstances = Circumstances {
            model,
            plans: self.push.plans,
            grants: &self.push.person.grants,
            state: standing.state,
            figures: &figures,
            today: self.push.today,
        };
        if let Err(code) = admit(op, &circumstances) {
            return Ok(Outcome::Rejected { code });
        }
        match &op.act {
            Act::Figure { element, value, resolves, .. } => {
                self.figure(op, stream, element, *value, resolves).await
            }
            Act::Submission { form, action, covers } => {
                self.submission(op, stream, form, *action, covers, &standing).await
            }
        }
    }

    async fn figure(
        &mut self,
        op: &Op,
        stream: i64,
        element: &str,
        value: Option<i64>,
        resolves: &[Uuid],
    ) -> Result<Outcome, Problem> {
        let mut cell = self.cell(stream, op.period, element).await?;
        let chain = self.chain(op.base).await?;
        let entry = Entry {
            op_id: op.op_id,
            value,
            base: op.base,
            resolves,
            author: &op.author,
            at: &op.entered_at,
            reason: op.reason.as_deref(),
        };
        let judgement = judge(&entry, &cell, self.floor, &|id| chain.get(&id).cloned());
        judgement.carry_out(&mut cell);
        let mut seq = 0;
        if judgement.is_visible() {
            self.write_cell(stream, op.period, element, &cell).await?;
            let CellState { head, branches } = cell.clone();
            let body = EventBody::Cell { element: element.to_owned(), head, branches };
            seq = self.tell(op, stream, body).await?;
        }
        Ok(judgement.outcome(&cell, seq))
    }

    async fn submission(
        &mut self,
        op: &Op,
        stream: i64,
        form: &str,
        action: Action,
        covers: &[Cover],
        standing: &SubmissionStanding,
    ) -> Result<Outcome, Problem> {
        let rejected = |code| Ok(Outcome::Rejected { code });
        match self.rev_of(op.base).await? {
            None => return Ok(Outcome::Held),
            Some(rev) if rev != standing.rev => return rejected(Rejection::MovedOn),
            Some(_) => {}
        }
        for cover in covers {
            let cell = self.cell(stream, op.period, &cover.element).await?;
            if !cell.branches.is_empty() {
                return rejected(Rejection::Contested);
            }
            if self.rev_of(cover.base).await? != Some(cell.rev()) {
                return rejected(Rejection::CoverMoved);
            }
        }
        let Some(state) = standing.state.after(action) else { return rejected(Rejection::BadTransition) };
        let next = SubmissionStanding {
            state,
            rev: standing.rev.max(self.floor) + 1,
            author: op.author.clone(),
            at: op.entered_at.clone(),
            reason: op.reason.clone(),
        };
        self.write_standing(stream, op.period, form, &next).await?;
        if state == State::Published {
            self.publish(stream, op.period, form).await?;
        }
        let rev = next.rev;
        let seq =
            self.tell(op, stream, EventBody::Submission { form: form.to_owned(), standing: next }).await?;
        Ok(Outcome::Applied { rev, seq })
    }

    /// The revision a base stands for; none while it is not here or has none.
    async fn rev_of(&mut self, base: Base) -> Result<Option<u64>, sqlx::Error> {
        let id = match base {
            Base::Rev(rev) => return Ok(Some(rev)),
            Base::Op(id) => id,
        };
        Ok(self.stored(id).await?.and_then(|(_, recorded)| match recorded.outcome {
            Outcome::Applied { rev, .. } | Outcome::SameValue { rev } => Some(rev),
            _ => None,
        }))
    }

    async fn cell(&mut self, stream: i64, period: PeriodId, element: &str) -> Result<CellState, sqlx::Error> {
        let row = sqlx::query(
            "SELECT rev, value, op_id, author, entered_at, reason, branches FROM cells \
             WHERE stream = ? AND period = ? AND element = ?",
        )
        .bind(stream)
        .bind(period.to_string())
        .bind(element)
        .fetch_optional(&mut *self.connection)
        .await?;
        row.map_or(Ok(CellState::default()), |row| cell_state(&row))
    }

    async fn write_cell(
        &mut self,
        stream: i64,
        period: PeriodId,
        element: &str,
        cell: &CellState,
    ) -> Result<(), sqlx::Error> {
        let head = cell.head.as_ref();
        sqlx::query(
            "INSERT INTO cells (stream, period, element, rev, value, op_id, author, entered_at, reason, branches) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (stream, period, element) DO UPDATE SET \
             rev = excluded.rev, value = excluded.value, op_id = excluded.op_id, author = excluded.author, \
             entered_at = excluded.entered_at, reason = excluded.reason, branches = excluded.branches",
        )
        .bind(stream)
        .bind(period.to_string())
        .bind(element)
        .bind(cell.rev() as i64)
        .bind(head.and_then(|h| h.value))
        .bind(head.map(|h| h.op_id.as_bytes().to_vec()))
        .bind(head.map(|h| h.author.clone()))
        .bind(head.map(|h| h.at.clone()))
        .bind(head.and_then(|h| h.reason.clone()))
        .bind(serde_json::to_string(&cell.branches).map_err(unreadable)?)
        .execute(&mut *self.connection)
        .await
        .map(drop)
    }

    async fn standing(
        &mut self,
        stream: i64,
        period: PeriodId,
        form: &str,
    ) -> Result<SubmissionStanding, sqlx::Error> {
        let row = sqlx::query(
            "SELECT state, rev, author, entered_at, reason FROM submissions \
             WHERE stream = ? AND period = ? AND form = ?",
        )
        .bind(stream)
        .bind(period.to_string())
        .bind(form)
        .fetch_optional(&mut *self.connection)
        .await?;
        let Some(row) = row else { return Ok(SubmissionStanding::default()) };
        Ok(SubmissionStanding {
            state: parse_state(row.get("state"))?,
            rev: row.get::<i64, _>("rev") as u64,
            author: row.get("author"),
            at: row.get("entered_at"),
            reason: row.get("reason"),
        })
    }

    async fn write_standing(
        &mut self,
        stream: i64,
        period: PeriodId,
        form: &str,
        standing: &SubmissionStanding,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO submissions (stream, period, form, state, rev, author, entered_at, reason) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (stream, period, form) DO UPDATE SET \
             state = excluded.state, rev = excluded.rev, author = excluded.author, \
             entered_at = excluded.entered_at, reason = excluded.reason",
        )
        .bind(stream)
        .bind(period.to_string())
        .bind(form)
        .bind(state_text(standing.state))
        .bind(standing.rev as i64)
        .bind(&standing.author)
        .bind(&standing.at)
        .bind(&standing.reason)
        .execute(&mut *self.connection)
        .await
        .map(drop)
    }

    /// Freezes what the public sees of a form at the revisions in force now.
    async fn publish(&mut self, stream: i64, period: PeriodId, form: &str) -> Result<(), sqlx::Error> {
        let model = self.push.model;
        let form = model.form_ix(form).map(|f| model.form(f));
        let elements: Vec<&str> =
            form.iter().flat_map(|f| f.elements.iter().map(|e| e.id.as_str())).collect();
        sqlx::query(
            "INSERT OR REPLACE INTO published (stream, period, element, value, rev, published_at) \
             SELECT stream, period, element, value, rev, ?1 FROM cells WHERE stream = ?2 AND period = ?3 \
             AND rev > 0 AND element IN (SELECT value FROM json_each(?4))",
        )
        .bind(&self.push.received_at)
        .bind(stream)
        .bind(period.to_string())
        .bind(serde_json::to_string(&elements).map_err(unreadable)?)
        .execute(&mut *self.connection)
        .await
        .map(drop)
    }

    /// Adds an event to a stream and gives its number. The counter is the last thing touched.
    async fn tell(&mut self, op: &Op, stream: i64, body: EventBody) -> Result<u64, sqlx::Error> {
        let event = Event { reporter: op.reporter.clone(), period: op.period, body };
        let seq: i64 = sqlx::query_scalar("UPDATE streams SET seq = seq + 1 WHERE id = ? RETURNING seq")
            .bind(stream)
            .fetch_one(&mut *self.connection)
            .await?;
        sqlx::query("INSERT INTO events (stream, seq, body) VALUES (?, ?, ?)")
            .bind(stream)
            .bind(seq)
            .bind(serde_json::to_string(&event).map_err(unreadable)?)
            .execute(&mut *self.connection)
            .await?;
        Ok(seq as u64)
    }
}
