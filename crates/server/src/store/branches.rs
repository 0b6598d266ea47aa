//! Contested values of a cell besides those that are told with it. They are kept in a table of their own, so that a cell
//! and its events stay small however many contest it; a push loads those that it is about and as many as may come into view.

use super::database::{Row, Tx};
use super::error::StoreError;
use super::figures::cell_state;
use super::{Store, json, unreadable};
use crate::values;
use chitieu_domain::{PeriodId, ReporterId};
use chitieu_sync::judge::{CellState, MOST_BRANCHES};
use chitieu_sync::ledger::{Loaded, ReadSet};
use chitieu_sync::outcome::Branch;
use chitieu_sync::replica::CellKey;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Most that one answer tells.
const PAGE: i64 = 100;

/// A cell that is there, with what is loaded of its older contested values.
struct Locked {
    id: i64,
    /// The cell as its row tells it.
    row: CellState,
    older: BTreeMap<i64, Branch>,
    named: BTreeSet<Uuid>,
}

/// The locked cells of a batch.
#[derive(Default)]
pub(super) struct Older(HashMap<CellKey, Locked>);

/// A page of a cell's contested values, newest first.
pub struct BranchPage {
    /// Values.
    pub branches: Vec<Branch>,
    /// Where to go on; none at the end.
    pub next: Option<i64>,
}

fn branch(row: &Row) -> Result<(i64, Branch), StoreError> {
    Ok((row.int("id")?, serde_json::from_str(&row.text("body")?).map_err(unreadable)?))
}

impl Older {
    /// A cell of a locked stream is there.
    pub(super) fn lock(&mut self, key: CellKey, id: i64, row: CellState) {
        let locked = Locked { id, row, older: BTreeMap::new(), named: BTreeSet::new() };
        self.0.insert(key, locked);
    }

    /// Loads what a batch names of the cells that have older values, and the newest of the others.
    pub(super) async fn load(
        &mut self,
        tx: &mut Tx,
        wanted: &ReadSet,
        known: &mut Loaded,
    ) -> Result<(), StoreError> {
        let mut cells: BTreeSet<&CellKey> = wanted.cells.iter().collect();
        for (key, conflict) in &wanted.conflicts {
            if let Some(locked) = self.0.get_mut(key) {
                locked.named.insert(*conflict);
                cells.insert(key);
            }
        }
        for key in cells {
            let Some(locked) = self.0.get_mut(key).filter(|locked| locked.row.more > 0) else { continue };
            let named = json(&locked.named)?;
            let sql = "SELECT b.id, b.body FROM branches b WHERE b.cell = $1 AND b.conflict_id IN {list $2}";
            let mut rows = tx.fetch(sql, values![locked.id, &named]).await?;
            let sql = "SELECT b.id, b.body FROM branches b WHERE b.cell = $1 AND b.conflict_id NOT IN {list $2} \
                 ORDER BY b.id DESC LIMIT $3";
            rows.extend(tx.fetch(sql, values![locked.id, named, MOST_BRANCHES as i64]).await?);
            for row in &rows {
                let (id, branch) = branch(row)?;
                locked.older.insert(id, branch);
            }
            let CellState { head, branches, more } = locked.row.clone();
            let more = more.saturating_sub(locked.older.len() as u64);
            let branches = locked.older.values().cloned().chain(branches).collect();
            known.cells.insert(key.clone(), CellState { head, branches, more });
        }
        Ok(())
    }

    /// Writes what changed. The cells' own rows are there, written by the caller.
    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        cells: &HashMap<CellKey, CellState>,
    ) -> Result<(), StoreError> {
        let (mut gone, mut new) = (Vec::new(), Vec::new());
        let none = BTreeMap::new();
        for (key, cell) in cells {
            let known = self.0.get(key).map_or(&none, |locked| &locked.older);
            let (older, _) = cell.split();
            let stays = |branch: &Branch| older.iter().any(|b| b.op_id == branch.op_id);
            gone.extend(known.iter().filter(|(_, branch)| !stays(branch)).map(|(id, _)| *id));
            let is_new = |branch: &&Branch| known.values().all(|b| b.op_id != branch.op_id);
            new.extend(older.iter().filter(is_new).map(|branch| (key, branch)));
        }
        if !gone.is_empty() {
            tx.execute("DELETE FROM branches WHERE id IN {ints $1}", values![json(&gone)?]).await?;
        }
        // One after another: their ids are their order.
        for (key, branch) in new {
            let sql = "INSERT INTO branches (cell, conflict_id, body) SELECT c.id, $4, $5 FROM cells c \
                 JOIN streams s ON s.id = c.stream WHERE s.reporter = $1 AND c.period = $2 AND c.element = $3";
            let (reporter, period) = (key.reporter.to_string(), key.period.to_string());
            let id = branch.conflict_id.to_string();
            tx.execute(sql, values![reporter, period, &key.element, id, json(branch)?]).await?;
        }
        Ok(())
    }
}

impl Store {
    /// The contested values of a cell that are not told with it, newest first, a page at a time.
    pub async fn older_branches(
        &self,
        reporter: &ReporterId,
        period: PeriodId,
        element: &str,
        before: Option<i64>,
    ) -> Result<BranchPage, StoreError> {
        let sql = "SELECT b.id, b.body FROM branches b JOIN cells c ON c.id = b.cell \
             JOIN streams s ON s.id = c.stream WHERE s.reporter = $1 AND c.period = $2 AND c.element = $3 \
             AND b.id < $4 ORDER BY b.id DESC LIMIT $5";
        let (reporter, period) = (reporter.to_string(), period.to_string());
        let mut branches = Vec::new();
        if before.is_none() {
            // An older program wrote all of them into the cell's row.
            let sql = "SELECT c.rev, c.value, c.op_id, c.author, c.received_at, c.reason, c.note, \
                 c.estimated, c.cleared, c.branches, c.more FROM cells c JOIN streams s ON s.id = c.stream \
                 WHERE s.reporter = $1 AND c.period = $2 AND c.element = $3";
            for row in self.database.fetch(sql, values![&reporter, &period, element]).await? {
                branches.extend(cell_state(&row)?.split().0.iter().rev().cloned());
            }
        }
        let values = values![reporter, period, element, before.unwrap_or(i64::MAX), PAGE];
        let rows = self.database.fetch(sql, values).await?;
        let mut next = None;
        for row in &rows {
            let (id, branch) = branch(row)?;
            branches.push(branch);
            next = (rows.len() as i64 == PAGE).then_some(id);
        }
        Ok(BranchPage { branches, next })
    }
}
