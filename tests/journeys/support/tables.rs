//! The plan's tables as their makers keep them, read anew: what a screen shows is held against them.

use std::collections::HashMap;

const TASKS: &str = include_str!("../../../crates/domain/tests/tables/tasks.csv");
const ELEMENTS: &str = include_str!("../../../crates/domain/tests/tables/elements.csv");
const FORMS: &str = include_str!("../../../crates/domain/tests/tables/forms.csv");
const TARGETS: &str = include_str!("../../../crates/domain/tests/tables/targets.csv");
const AGENCIES: &str = include_str!("../../../crates/domain/tests/tables/agencies.csv");

/// A row, by the names of its columns.
pub type Row = HashMap<String, String>;

fn rows(table: &str) -> Vec<Row> {
    csv::Reader::from_reader(table.as_bytes()).deserialize().map(|row| row.expect("a row")).collect()
}

pub fn tasks() -> Vec<Row> {
    rows(TASKS)
}

/// The elements by their ids.
pub fn elements() -> HashMap<String, Row> {
    by_id(ELEMENTS)
}

/// The forms by their ids.
pub fn forms() -> HashMap<String, Row> {
    by_id(FORMS)
}

fn by_id(table: &str) -> HashMap<String, Row> {
    rows(table).into_iter().map(|row| (row["id"].clone(), row)).collect()
}

/// The targets in which an element counts, by their formulas.
pub fn targets_of(element: &str) -> Vec<String> {
    let names = |row: &Row| {
        let formulas = [&row["numerator"], &row["denominator"], &row["alternative"]];
        let is_it = |formula: &&String| {
            formula.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == element)
        };
        formulas.iter().any(is_it)
    };
    rows(TARGETS).into_iter().filter(names).map(|row| row["id"].clone()).collect()
}

/// What the table says of agencies, by their ids.
pub fn all_agencies() -> HashMap<String, Row> {
    by_id(AGENCIES)
}

/// The names of these agencies, those that there are on a day.
pub fn agencies(ids: &str, day: &str) -> String {
    let all = by_id(AGENCIES);
    let is_there = |row: &&Row| {
        (row["valid_from"].is_empty() || &*row["valid_from"] <= day)
            && (row["valid_to"].is_empty() || day <= &*row["valid_to"])
    };
    let known = ids.split(';').filter_map(|id| all.get(id)).filter(is_there);
    known.map(|row| row["name_vi"].clone()).collect::<Vec<_>>().join("; ")
}
