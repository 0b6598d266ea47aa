//! Loads figures for evaluation: only the elements and periods that are asked for.

use super::database::Row;
use super::{Store, json, unreadable};
use crate::values;
use chitieu_domain::{ElementIx, Figure, Figures, Model, PeriodId, ReporterId};
use chitieu_sync::judge::CellState;
use chitieu_sync::message::SubmissionStanding;
use chitieu_sync::outcome::Head;
use chitieu_sync::submission::State;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A cell of one reporter, with its element.
pub type NamedCell = (PeriodId, String, CellState);

pub(super) fn cell_state(row: &Row) -> Result<CellState, sqlx::Error> {
    let branches = serde_json::from_str(&row.text("branches")?).map_err(unreadable)?;
    let rev = row.int("rev")? as u64;
    if rev == 0 {
        return Ok(CellState { head: None, branches });
    }
    let head = Head {
        value: row.maybe_int("value")?,
        rev,
        op_id: row.text("op_id")?.parse().map_err(unreadable)?,
        author: row.text("author")?,
        at: row.text("received_at")?,
        reason: row.maybe_text("reason")?,
    };
    Ok(CellState { head: Some(head), branches })
}

pub(super) fn standing(row: &Row) -> Result<SubmissionStanding, sqlx::Error> {
    Ok(SubmissionStanding {
        state: parse_state(&row.text("state")?)?,
        rev: row.int("rev")? as u64,
        author: row.text("author")?,
        at: row.text("received_at")?,
        reason: row.maybe_text("reason")?,
        asks: row.maybe_text("asks")?,
    })
}

pub(super) fn period_of(row: &Row) -> Result<PeriodId, sqlx::Error> {
    row.text("period")?.parse().map_err(unreadable)
}

impl Store {
    /// The figures in force of these cells, over all reporters.
    pub async fn figures(
        &self,
        model: &Model,
        needed: &BTreeSet<(ElementIx, PeriodId)>,
    ) -> Result<Figures, sqlx::Error> {
        let approved = self.approved(needed).await?;
        let sql = "SELECT s.reporter, c.period, c.element, c.value, \
             CAST(CASE WHEN c.branches <> '[]' THEN 1 ELSE 0 END AS BIGINT) AS contested \
             FROM cells c JOIN streams s ON s.id = c.stream WHERE c.rev > 0 \
             AND c.period IN {list $1} AND c.element IN {list $2}";
        self.collect(sql, model, needed, |reporter, period, form| {
            approved.contains(&(reporter.to_owned(), period, form.to_owned()))
        })
        .await
    }

    /// The public snapshot of these cells.
    pub async fn published_figures(
        &self,
        model: &Model,
        needed: &BTreeSet<(ElementIx, PeriodId)>,
    ) -> Result<Figures, sqlx::Error> {
        let sql = "SELECT s.reporter, c.period, c.element, c.value, CAST(0 AS BIGINT) AS contested \
             FROM published c JOIN streams s ON s.id = c.stream \
             WHERE c.period IN {list $1} AND c.element IN {list $2}";
        self.collect(sql, model, needed, |_, _, _| true).await
    }

    /// The day on which each of these cells was published, the latest over all reporters.
    pub async fn published_days(
        &self,
        model: &Model,
        cells: &BTreeSet<(ElementIx, PeriodId)>,
    ) -> Result<BTreeMap<(ElementIx, PeriodId), NaiveDate>, sqlx::Error> {
        let periods: BTreeSet<String> = cells.iter().map(|(_, p)| p.to_string()).collect();
        let elements: BTreeSet<&str> = cells.iter().map(|(e, _)| model.element(*e).id.as_str()).collect();
        let sql = "SELECT c.element, c.period, MAX(c.published_at) AS at FROM published c \
             WHERE c.period IN {list $1} AND c.element IN {list $2} GROUP BY c.element, c.period";
        let rows = self.database.fetch(sql, values![json(&periods)?, json(&elements)?]).await?;
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
    pub async fn publication(&self) -> Result<u64, sqlx::Error> {
        Ok(self.meta("publication").await?.and_then(|n| n.parse().ok()).unwrap_or(0))
    }

    /// The periods of which something is published.
    pub async fn published_periods(&self) -> Result<BTreeSet<PeriodId>, sqlx::Error> {
        let rows = self.database.fetch("SELECT DISTINCT period FROM published", values![]).await?;
        rows.iter().map(period_of).collect()
    }

    /// Grows with everything that is written: another number, other figures. Every change raises the counter of its
    /// stream.
    pub async fn data_revision(&self) -> Result<u64, sqlx::Error> {
        let sql = "SELECT CAST(COALESCE(SUM(seq), 0) AS BIGINT) AS seq FROM streams";
        let rows = self.database.fetch(sql, values![]).await?;
        rows.first().map_or(Ok(0), |row| Ok(row.int("seq")? as u64))
    }

    /// Every cell's value in force as `reporter, period, element, value`, in a settled order.
    pub async fn all_figures(&self) -> Result<Vec<(String, String, String, Option<i64>)>, sqlx::Error> {
        let sql = "SELECT s.reporter, c.period, c.element, c.value FROM cells c \
             JOIN streams s ON s.id = c.stream WHERE c.rev > 0 ORDER BY s.reporter, c.period, c.element";
        let rows = self.database.fetch(sql, values![]).await?;
        let figure = |row: &Row| {
            Ok((row.text("reporter")?, row.text("period")?, row.text("element")?, row.maybe_int("value")?))
        };
        rows.iter().map(figure).collect()
    }

    async fn collect(
        &self,
        sql: &'static str,
        model: &Model,
        needed: &BTreeSet<(ElementIx, PeriodId)>,
        approved: impl Fn(&str, PeriodId, &str) -> bool,
    ) -> Result<Figures, sqlx::Error> {
        let periods: BTreeSet<String> = needed.iter().map(|(_, p)| p.to_string()).collect();
        let elements: BTreeSet<&str> = needed.iter().map(|(e, _)| model.element(*e).id.as_str()).collect();
        let rows = self.database.fetch(sql, values![json(&periods)?, json(&elements)?]).await?;
        let mut figures = Figures::default();
        let mut reporters: HashMap<String, Option<chitieu_domain::ReporterIx>> = HashMap::new();
        for row in &rows {
            let name = &row.text("reporter")?;
            let reporter = *reporters
                .entry(name.clone())
                .or_insert_with(|| name.parse::<ReporterId>().ok().and_then(|id| model.reporter_ix(&id)));
            let (Some(reporter), Some(element)) = (reporter, model.element_ix(&row.text("element")?)) else {
                continue;
            };
            let period = period_of(row)?;
            let form = &model.form(model.form_of(element)).id;
            let figure = Figure {
                value: row.maybe_int("value")?,
                contested: row.int("contested")? != 0,
                approved: approved(name, period, form),
            };
            figures.set(reporter, period, element, figure);
        }
        Ok(figures)
    }

    async fn approved(
        &self,
        needed: &BTreeSet<(ElementIx, PeriodId)>,
    ) -> Result<BTreeSet<(String, PeriodId, String)>, sqlx::Error> {
        let periods: BTreeSet<String> = needed.iter().map(|(_, p)| p.to_string()).collect();
        let sql = "SELECT s.reporter, u.period, u.form, u.state FROM submissions u \
             JOIN streams s ON s.id = u.stream WHERE u.period IN {list $1}";
        let rows = self.database.fetch(sql, values![json(&periods)?]).await?;
        let mut approved = BTreeSet::new();
        for row in &rows {
            if parse_state(&row.text("state")?)?.is_approved() {
                approved.insert((row.text("reporter")?, period_of(row)?, row.text("form")?));
            }
        }
        Ok(approved)
    }

    /// The cells of one form of one reporter in one period, for whoever may read them.
    pub async fn form_cells(
        &self,
        reporter: &ReporterId,
        elements: &[&str],
        period: PeriodId,
    ) -> Result<Vec<NamedCell>, sqlx::Error> {
        let sql = "SELECT c.period, c.element, c.rev, c.value, c.op_id, c.author, c.received_at, c.reason, \
             c.branches FROM cells c JOIN streams s ON s.id = c.stream \
             WHERE s.reporter = $1 AND c.period = $2 AND c.element IN {list $3}";
        let values = values![reporter.to_string(), period.to_string(), json(&elements)?];
        let rows = self.database.fetch(sql, values).await?;
        rows.iter().map(|row| Ok((period_of(row)?, row.text("element")?, cell_state(row)?))).collect()
    }
}

pub(super) fn parse_state(text: &str) -> Result<State, sqlx::Error> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(unreadable)
}

/// A state as it is stored.
pub fn state_text(state: State) -> &'static str {
    match state {
        State::Draft => "draft",
        State::Submitted => "submitted",
        State::Returned => "returned",
        State::Approved => "approved",
        State::Published => "published",
    }
}
