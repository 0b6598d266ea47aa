//! How many of the free texts that stand look like personal data, by reporter and rule. What a text says leaves this file in
//! no form: whoever keeps accounts learns where to remind people of the rule, and reads nothing of what was written.

use super::Store;
use super::database::{Purpose, Row, Tx};
use super::error::StoreError;
use super::json;
use crate::values;
use chitieu_domain::personal_data;
use std::collections::{BTreeMap, BTreeSet};

/// How often each rule found something, by its name.
pub type Counts = BTreeMap<&'static str, u64>;

/// Rows that are read at once.
const PAGE: i64 = 2_000;

/// Where texts stand: which columns are texts, which are JSON that has some in it, and the rows.
const TEXTS: [(&[&str], &[&str], &str); 3] = [
    (
        &["reason", "note"],
        &["branches"],
        "SELECT t.id AS nth, s.reporter, t.reason, t.note, t.branches FROM cells t JOIN streams s ON s.id = t.stream \
         WHERE t.id > $1 AND (t.reason IS NOT NULL OR t.note IS NOT NULL OR t.branches <> '[]')",
    ),
    (
        &["reason"],
        &["asks"],
        "SELECT t.id AS nth, s.reporter, t.reason, t.asks FROM submissions t JOIN streams s ON s.id = t.stream \
         WHERE t.id > $1 AND (t.reason IS NOT NULL OR t.asks IS NOT NULL)",
    ),
    (
        &[],
        &["state", "branches"],
        "SELECT t.nth, s.reporter, t.state, t.branches FROM entities t JOIN streams s ON s.id = t.stream WHERE t.nth > $1",
    ),
];

impl Store {
    /// Counts in what stands in these streams, by stream.
    pub async fn personal_data(&self, streams: &[String]) -> Result<BTreeMap<String, Counts>, StoreError> {
        let mut found = BTreeMap::new();
        let mut tx = self.database.begin(Purpose::Read).await?;
        for (texts, documents, sql) in TEXTS {
            let sql = format!("{sql} AND s.reporter IN {{list $2}} ORDER BY nth LIMIT $3");
            count(&mut tx, &sql, &json(&streams)?, (texts, documents), &mut found).await?;
        }
        tx.commit().await?;
        Ok(found)
    }
}

async fn count(
    tx: &mut Tx,
    sql: &str,
    streams: &str,
    (texts, documents): (&[&str], &[&str]),
    found: &mut BTreeMap<String, Counts>,
) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let rows = tx.fetch(sql, values![after, streams, PAGE]).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.int("nth")?;
        for row in &rows {
            let kinds = kinds(row, texts, documents)?;
            if kinds.is_empty() {
                continue;
            }
            let counts = found.entry(row.text("reporter")?).or_default();
            for kind in kinds {
                *counts.entry(kind).or_default() += 1;
            }
        }
    }
}

/// The rules that find something in a row, each once.
fn kinds(row: &Row, texts: &[&str], documents: &[&str]) -> Result<BTreeSet<&'static str>, StoreError> {
    let mut kinds = BTreeSet::new();
    let mut look = |text: &str| kinds.extend(personal_data::find(text).iter().map(|found| found.kind.name()));
    for column in texts {
        if let Some(text) = row.maybe_text(column)? {
            look(&text);
        }
    }
    for column in documents {
        if let Some(document) = row.maybe_text(column)? {
            // What does not read is of a later release, whose server counts it.
            walk(&serde_json::from_str(&document).unwrap_or_default(), &mut look);
        }
    }
    Ok(kinds)
}

/// Looks at what people wrote: values, reasons and notes. Ids and times beside them are made up of digits too.
fn walk(document: &serde_json::Value, look: &mut impl FnMut(&str)) {
    match document {
        serde_json::Value::Array(all) => all.iter().for_each(|one| walk(one, look)),
        serde_json::Value::Object(all) => {
            for (key, value) in all {
                match value {
                    serde_json::Value::String(text)
                        if matches!(key.as_str(), "value" | "reason" | "note") =>
                    {
                        look(text);
                    }
                    other => walk(other, look),
                }
            }
        }
        _ => {}
    }
}
