//! Loads figures for evaluation: only the elements and periods that are asked for.

use super::{Store, unreadable};
use chitieu_domain::{ElementIx, Figure, Figures, Model, PeriodId, ReporterId};
use chitieu_sync::judge::CellState;
use chitieu_sync::outcome::Head;
use chitieu_sync::submission::State;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::{BTreeSet, HashMap};

/// A cell of one reporter, with its element.
pub type NamedCell = (PeriodId, String, CellState);

pub(super) fn cell_state(row: &SqliteRow) -> Result<CellState, sqlx::Error> {
    let branches = serde_json::from_str(row.get("branches")).map_err(unreadable)?;
    let rev: i64 = row.get("rev");
    if rev == 0 {
        return Ok(CellState { head: None, branches });
    }
    let op_id: Vec<u8> = row.get("op_id");
    let head = Head {
        value: row.get("value"),
        rev: rev as u64,
        op_id: uuid::Uuid::from_slice(&op_id).map_err(unreadable)?,
        author: row.get("author"),
        at: row.get("entered_at"),
        reason: row.get("reason"),
    };
    Ok(CellState { head: Some(head), branches })
}

pub(super) fn period_of(row: &SqliteRow) -> Result<PeriodId, sqlx::Error> {
    row.get::<&str, _>("period").parse().map_err(unreadable)
}

/// Cells of one reporter's form, of one period or of all.
pub(super) async fn cells_of(
    connection: &mut SqliteConnection,
    stream: i64,
    elements: &[&str],
    period: Option<PeriodId>,
) -> Result<Vec<NamedCell>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT period, element, rev, value, op_id, author, entered_at, reason, branches FROM cells \
         WHERE stream = ?1 AND element IN (SELECT value FROM json_each(?2)) AND (?3 IS NULL OR period = ?3)",
    )
    .bind(stream)
    .bind(serde_json::to_string(elements).map_err(unreadable)?)
    .bind(period.map(|p| p.to_string()))
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok((period_of(row)?, row.get("element"), cell_state(row)?))).collect()
}

impl Store {
    /// The figures in force of these cells, over all reporters.
    pub async fn figures(
        &self,
        model: &Model,
        needed: &BTreeSet<(ElementIx, PeriodId)>,
    ) -> Result<Figures, sqlx::Error> {
        let approved = self.approved(needed).await?;
        let sql = "SELECT s.reporter, c.period, c.element, c.value, c.branches <> '[]' AS contested \
             FROM cells c JOIN streams s ON s.id = c.stream WHERE c.rev > 0 \
             AND c.period IN (SELECT value FROM json_each(?)) AND c.element IN (SELECT value FROM json_each(?))";
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
        let sql = "SELECT s.reporter, c.period, c.element, c.value, 0 AS contested \
             FROM published c JOIN streams s ON s.id = c.stream WHERE \
             c.period IN (SELECT value FROM json_each(?)) AND c.element IN (SELECT value FROM json_each(?))";
        self.collect(sql, model, needed, |_, _, _| true).await
    }

    /// When something was last published; none while nothing is.
    pub async fn last_published(&self) -> Result<Option<String>, sqlx::Error> {
        sqlx::query_scalar("SELECT MAX(published_at) FROM published").fetch_one(&self.pool).await
    }

    /// Every cell's value in force as `reporter, period, element, value`, in a settled order.
    pub async fn all_figures(&self) -> Result<Vec<(String, String, String, Option<i64>)>, sqlx::Error> {
        sqlx::query_as(
            "SELECT s.reporter, c.period, c.element, c.value FROM cells c JOIN streams s ON s.id = c.stream \
             ORDER BY s.reporter, c.period, c.element",
        )
        .fetch_all(&self.pool)
        .await
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
        let rows = sqlx::query(sql)
            .bind(serde_json::to_string(&periods).map_err(unreadable)?)
            .bind(serde_json::to_string(&elements).map_err(unreadable)?)
            .fetch_all(&self.pool)
            .await?;
        let mut figures = Figures::default();
        let mut reporters: HashMap<String, Option<chitieu_domain::ReporterIx>> = HashMap::new();
        for row in &rows {
            let name: &str = row.get("reporter");
            let reporter = *reporters
                .entry(name.to_owned())
                .or_insert_with(|| name.parse::<ReporterId>().ok().and_then(|id| model.reporter_ix(&id)));
            let (Some(reporter), Some(element)) = (reporter, model.element_ix(row.get("element"))) else {
                continue;
            };
            let period = period_of(row)?;
            let form = &model.form(model.form_of(element)).id;
            let figure = Figure {
                value: row.get("value"),
                contested: row.get::<i64, _>("contested") != 0,
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
        let rows = sqlx::query(
            "SELECT s.reporter, u.period, u.form, u.state FROM submissions u JOIN streams s ON s.id = u.stream \
             WHERE u.period IN (SELECT value FROM json_each(?))",
        )
        .bind(serde_json::to_string(&periods).map_err(unreadable)?)
        .fetch_all(&self.pool)
        .await?;
        let mut approved = BTreeSet::new();
        for row in &rows {
            if parse_state(row.get("state"))?.is_approved() {
                approved.insert((row.get("reporter"), period_of(row)?, row.get("form")));
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
        let mut connection = self.pool.acquire().await?;
        let stream: Option<i64> = sqlx::query_scalar("SELECT id FROM streams WHERE reporter = ?")
            .bind(reporter.to_string())
            .fetch_optional(&mut *connection)
            .await?;
        match stream {
            Some(stream) => cells_of(&mut connection, stream, elements, Some(period)).await,
            None => Ok(Vec::new()),
        }
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
