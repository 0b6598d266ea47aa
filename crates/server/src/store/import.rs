//! What an import looks at before it makes ops: what stands where it would write, and what it wrote before.

use super::database::Purpose;
use super::error::StoreError;
use super::figures::{cell_state, period_of, standing};
use super::{Store, json, unreadable};
use crate::values;
use chitieu_sync::Outcome;
use chitieu_sync::judge::CellState;
use chitieu_sync::message::SubmissionStanding;
use chitieu_sync::replica::{CellKey, SubmissionKey};
use serde_json::{Value as Json, json as list};
use std::collections::HashMap;
use uuid::Uuid;

/// What stands; what is not here never was.
#[derive(Debug, Default)]
pub struct Standing {
    /// Cells, with the contested values that are told.
    pub cells: HashMap<CellKey, CellState>,
    /// Submissions.
    pub submissions: HashMap<SubmissionKey, SubmissionStanding>,
    /// What became of ops that are in the log.
    pub ops: HashMap<Uuid, Outcome>,
}

impl Store {
    /// What stands of these, at one moment.
    pub async fn standing(
        &self,
        cells: &[CellKey],
        submissions: &[SubmissionKey],
        ops: &[Uuid],
    ) -> Result<Standing, StoreError> {
        let mut found = Standing::default();
        let mut tx = self.database.begin(Purpose::Read).await?;
        let keys: Vec<Json> = cells.iter().map(|k| list!([k.reporter, k.period, k.element])).collect();
        let sql = "SELECT s.reporter, c.period, c.element, c.rev, c.value, c.op_id, c.author, c.received_at, \
             c.reason, c.note, c.estimated, c.cleared, c.branches, c.more \
             FROM {rows $1} AS k JOIN streams s ON s.reporter = k.value ->> 0 \
             JOIN cells c ON c.stream = s.id AND c.period = k.value ->> 1 AND c.element = k.value ->> 2";
        for row in tx.fetch(sql, values![json(&keys)?]).await? {
            let reporter = row.text("reporter")?.parse().map_err(unreadable)?;
            let key = CellKey { reporter, period: period_of(&row)?, element: row.text("element")? };
            found.cells.insert(key, cell_state(&row)?);
        }
        let keys: Vec<Json> = submissions.iter().map(|k| list!([k.reporter, k.period, k.form])).collect();
        let sql = "SELECT s.reporter, u.period, u.form, u.state, u.rev, u.author, u.received_at, u.reason, u.asks \
             FROM {rows $1} AS k JOIN streams s ON s.reporter = k.value ->> 0 \
             JOIN submissions u ON u.stream = s.id AND u.period = k.value ->> 1 AND u.form = k.value ->> 2";
        for row in tx.fetch(sql, values![json(&keys)?]).await? {
            let reporter = row.text("reporter")?.parse().map_err(unreadable)?;
            let key = SubmissionKey { reporter, period: period_of(&row)?, form: row.text("form")? };
            found.submissions.insert(key, standing(&row)?);
        }
        let sql = "SELECT op_id, outcome FROM ops WHERE op_id IN {list $1}";
        for row in tx.fetch(sql, values![json(&ops)?]).await? {
            let id = row.text("op_id")?.parse().map_err(unreadable)?;
            found.ops.insert(id, serde_json::from_str(&row.text("outcome")?).unwrap_or(Outcome::Unknown));
        }
        tx.commit().await?;
        Ok(found)
    }
}
