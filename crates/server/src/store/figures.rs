//! Loads figures for evaluation: only the elements and periods that are asked for.

use super::database::{Purpose, Row, Tx, Value};
use super::error::StoreError;
use super::{Store, json, unreadable};
use crate::values;
use chitieu_domain::{ElementIx, Figure, Figures, Model, PeriodId, ReporterId, ReporterIx};
use chitieu_sync::judge::CellState;
use chitieu_sync::message::SubmissionStanding;
use chitieu_sync::outcome::Head;
use chitieu_sync::sight::Sight;
use chitieu_sync::submission::State;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A cell of one reporter, with its element.
pub type NamedCell = (PeriodId, String, CellState);

/// Where submissions stand, by reporter, period and form; one that is not here is a draft.
type States = HashMap<(String, PeriodId, String), State>;

/// The figures that somebody's sums may rest on.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// All of them.
    pub figures: Figures,
    /// Which of them are drafts.
    pub drafts: Vec<(ReporterIx, PeriodId, ElementIx)>,
}

pub(super) fn cell_state(row: &Row) -> Result<CellState, StoreError> {
    let branches = serde_json::from_str(&row.text("branches")?).map_err(unreadable)?;
    let (rev, more) = (row.int("rev")? as u64, row.int("more")? as u64);
    if rev == 0 {
        return Ok(CellState { head: None, branches, more });
    }
    let head = Head {
        value: row.maybe_int("value")?,
        rev,
        op_id: row.text("op_id")?.parse().map_err(unreadable)?,
        author: row.text("author")?,
        at: row.text("received_at")?,
        reason: row.maybe_text("reason")?,
        note: row.maybe_text("note")?,
        estimated: row.int("estimated")? != 0,
        cleared: row.int("cleared")? != 0,
    };
    Ok(CellState { head: Some(head), branches, more })
}

pub(super) fn standing(row: &Row) -> Result<SubmissionStanding, StoreError> {
    Ok(SubmissionStanding {
        state: State::of_word(&row.text("state")?),
        rev: row.int("rev")? as u64,
        author: row.text("author")?,
        at: row.text("received_at")?,
        reason: row.maybe_text("reason")?,
        asks: row.maybe_text("asks")?,
    })
}

pub(super) fn period_of(row: &Row) -> Result<PeriodId, StoreError> {
    row.text("period")?.parse().map_err(unreadable)
}

impl Store {
    /// The figures in force of these cells, as far as somebody's sums may rest on them.
    pub async fn figures(
        &self,
        model: &Model,
        needed: &BTreeSet<(ElementIx, PeriodId)>,
        sight: &Sight,
    ) -> Result<Seen, StoreError> {
        // Of one moment: a form that is returned between two reads would give its next draft away.
        let mut tx = self.database.begin(Purpose::Read).await?;
        let states = states(&mut tx, needed).await?;
        let sql = "SELECT s.reporter, c.period, c.element, c.value, c.estimated, \
             CAST(CASE WHEN c.branches <> '[]' THEN 1 ELSE 0 END AS BIGINT) AS contested \
             FROM cells c JOIN streams s ON s.id = c.stream WHERE c.rev > 0 AND c.cleared = 0 \
             AND c.period IN {list $1} AND c.element IN {list $2}";
        let rows = tx.fetch(sql, &wanted(model, needed)?).await?;
        tx.commit().await?;
        let mut seen = Seen::default();
        each(&rows, model, |name, reporter, period, element, figure| {
            let form = model.form(model.form_of(element)).id.clone();
            let state = states.get(&(name.to_owned(), period, form)).copied().unwrap_or_default();
            if !sight.rests_on(reporter, state) {
                return;
            }
            if !state.is_submitted() {
                seen.drafts.push((reporter, period, element));
            }
            seen.figures.set(reporter, period, element, Figure { approved: state.is_approved(), ..figure });
        })?;
        Ok(seen)
    }

    /// The public snapshot of these cells.
    pub async fn published_figures(
        &self,
        model: &Model,
        needed: &BTreeSet<(ElementIx, PeriodId)>,
    ) -> Result<Figures, StoreError> {
        let sql = "SELECT s.reporter, c.period, c.element, c.value, c.estimated, CAST(0 AS BIGINT) AS contested \
             FROM published c JOIN streams s ON s.id = c.stream \
             WHERE c.period IN {list $1} AND c.element IN {list $2}";
        let rows = self.database.fetch(sql, &wanted(model, needed)?).await?;
        let mut figures = Figures::default();
        each(&rows, model, |_, reporter, period, element, figure| {
            figures.set(reporter, period, element, figure);
        })?;
        Ok(figures)
    }

    /// The day on which each of these cells was published, the latest over all reporters.
    pub async fn published_days(
        &self,
        model: &Model,
        cells: &BTreeSet<(ElementIx, PeriodId)>,
    ) -> Result<BTreeMap<(ElementIx, PeriodId), NaiveDate>, StoreError> {
        let sql = "SELECT c.element, c.period, MAX(c.published_at) AS at FROM published c \
             WHERE c.period IN {list $1} AND c.element IN {list $2} GROUP BY c.element, c.period";
        let rows = self.database.fetch(sql, &wanted(model, cells)?).await?;
        let mut days = BTreeMap::new();
        for row in &rows {
            let (at, period) = (row.text("at")?, period_of(row)?);
            let day = at.get(..10).and_then(|day| day.parse().ok());
            let cell = model.element_ix(&row.text("element")?).map(|element| (element, period));
            days.extend(cell.filter(|cell| cells.contains(cell)).zip(day));
        }
        Ok(days)
    }

    /// How often something was published: another number, another snapshot.
    pub async fn publication(&self) -> Result<u64, StoreError> {
        Ok(self.meta("publication").await?.and_then(|n| n.parse().ok()).unwrap_or(0))
    }

    /// The periods of which something is published.
    pub async fn published_periods(&self) -> Result<BTreeSet<PeriodId>, StoreError> {
        let rows = self.database.fetch("SELECT DISTINCT period FROM published", values![]).await?;
        // A period that only a later release reads is not shown by this one.
        Ok(rows.iter().filter_map(|row| period_of(row).ok()).collect())
    }

    /// Grows with everything that is written: another number, other figures. Every change raises the counter of its
    /// stream.
    pub async fn data_revision(&self) -> Result<u64, StoreError> {
        let sql = "SELECT CAST(COALESCE(SUM(seq), 0) AS BIGINT) AS seq FROM streams";
        let rows = self.database.fetch(sql, values![]).await?;
        rows.first().map_or(Ok(0), |row| Ok(row.int("seq")? as u64))
    }

    /// Every cell's value in force as `reporter, period, element, value`, in a settled order.
    pub async fn all_figures(&self) -> Result<Vec<(String, String, String, Option<i64>)>, StoreError> {
        let sql = "SELECT s.reporter, c.period, c.element, c.value FROM cells c \
             JOIN streams s ON s.id = c.stream WHERE c.rev > 0 AND c.cleared = 0 \
             ORDER BY s.reporter, c.period, c.element";
        let rows = self.database.fetch(sql, values![]).await?;
        let figure = |row: &Row| {
            Ok((row.text("reporter")?, row.text("period")?, row.text("element")?, row.maybe_int("value")?))
        };
        rows.iter().map(figure).collect()
    }

    /// The cells of one form of one reporter in one period, for whoever may read them.
    pub async fn form_cells(
        &self,
        reporter: &ReporterId,
        elements: &[&str],
        period: PeriodId,
    ) -> Result<Vec<NamedCell>, StoreError> {
        let sql = "SELECT c.period, c.element, c.rev, c.value, c.op_id, c.author, c.received_at, c.reason, \
             c.note, c.estimated, c.cleared, c.branches, c.more FROM cells c JOIN streams s ON s.id = c.stream \
             WHERE s.reporter = $1 AND c.period = $2 AND c.element IN {list $3}";
        let values = values![reporter.to_string(), period.to_string(), json(&elements)?];
        let rows = self.database.fetch(sql, values).await?;
        rows.iter().map(|row| Ok((period_of(row)?, row.text("element")?, cell_state(row)?.told()))).collect()
    }
}

/// Periods and elements of cells, to be bound.
fn wanted(model: &Model, cells: &BTreeSet<(ElementIx, PeriodId)>) -> Result<[Value; 2], StoreError> {
    let periods: BTreeSet<String> = cells.iter().map(|(_, p)| p.to_string()).collect();
    let elements: BTreeSet<&str> = cells.iter().map(|(e, _)| model.element(*e).id.as_str()).collect();
    Ok([json(&periods)?.into(), json(&elements)?.into()])
}

/// Hands every row that the plan knows on, as whose it is (by name too), of when and what, and its figure.
fn each(
    rows: &[Row],
    model: &Model,
    mut take: impl FnMut(&str, ReporterIx, PeriodId, ElementIx, Figure),
) -> Result<(), StoreError> {
    let mut reporters: HashMap<String, Option<ReporterIx>> = HashMap::new();
    for row in rows {
        let name = row.text("reporter")?;
        let of_plan = |name: &str| name.parse::<ReporterId>().ok().and_then(|id| model.reporter_ix(&id));
        let reporter = *reporters.entry(name.clone()).or_insert_with_key(|name| of_plan(name));
        let element = model.element_ix(&row.text("element")?);
        let (Some(reporter), Some(element)) = (reporter, element) else { continue };
        let (value, contested) = (row.maybe_int("value")?, row.int("contested")? != 0);
        let estimated = row.int("estimated")? != 0;
        take(
            &name,
            reporter,
            period_of(row)?,
            element,
            Figure { value, contested, approved: true, estimated },
        );
    }
    Ok(())
}

/// Where the submissions of these cells' periods stand.
async fn states(tx: &mut Tx, cells: &BTreeSet<(ElementIx, PeriodId)>) -> Result<States, StoreError> {
    let periods: BTreeSet<String> = cells.iter().map(|(_, p)| p.to_string()).collect();
    let sql = "SELECT s.reporter, u.period, u.form, u.state FROM submissions u \
         JOIN streams s ON s.id = u.stream WHERE u.period IN {list $1}";
    let rows = tx.fetch(sql, values![json(&periods)?]).await?;
    let state = |row: &Row| {
        Ok(((row.text("reporter")?, period_of(row)?, row.text("form")?), State::of_word(&row.text("state")?)))
    };
    rows.iter().map(state).collect()
}
