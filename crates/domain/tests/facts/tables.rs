//! Every row of the reference tables stands in the plan file or the unit tables, field by field.

use super::support;

use chitieu_domain::plan::Plan;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

type Row = BTreeMap<String, String>;

fn table(name: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables").join(name);
    let mut reader = csv::Reader::from_path(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    reader.deserialize().collect::<Result<_, _>>().unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// A value of the plan as its table writes it: lists joined by `;`, yes and no, nothing for what is absent.
fn flat(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Array(all) => all.iter().map(flat).collect::<Vec<_>>().join(";"),
        serde_json::Value::Bool(b) => if *b { "yes" } else { "no" }.into(),
        serde_json::Value::String(s) => s.clone(),
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Compares the columns that both have names for; `other_names` maps a column to the plan's field.
fn same<T: Serialize>(
    table_name: &str,
    rows: &[Row],
    planned: &[T],
    other_names: &[(&str, &str)],
    apart: &[&str],
) {
    assert_eq!(rows.len(), planned.len(), "{table_name}: rows");
    let planned: BTreeMap<String, serde_json::Value> = planned
        .iter()
        .map(|p| serde_json::to_value(p).expect("serialises"))
        .map(|v| (v["id"].as_str().expect("an id").to_owned(), v))
        .collect();
    for row in rows {
        let id = &row["id"];
        let found = planned.get(id).unwrap_or_else(|| panic!("{table_name}: {id} is not in the plan"));
        for (column, text) in row.iter().filter(|(c, _)| !apart.contains(&c.as_str())) {
            let field = other_names.iter().find(|(c, _)| c == column).map_or(column.as_str(), |(_, f)| f);
            let said = match flat(&found[field]) {
                said if said.is_empty() && (text == "no") => "no".into(),
                said => said,
            };
            assert_eq!(said, *text, "{table_name}: {id}, {column}");
        }
    }
}

fn plan() -> Plan {
    support::model().plan().clone()
}

#[test]
fn every_target_stands_in_the_plan() {
    let rows = table("targets.csv");
    assert_eq!(rows.len(), 21);
    same("targets", &rows, &plan().targets, &[], &[]);
}

#[test]
fn every_agency_stands_in_the_plan() {
    same("agencies", &table("agencies.csv"), &plan().agencies, &[], &[]);
}

#[test]
fn every_task_stands_in_the_plan() {
    same("tasks", &table("tasks.csv"), &plan().tasks, &[], &[]);
}

#[test]
fn every_form_stands_in_the_plan() {
    same("forms", &table("forms.csv"), &plan().forms, &[], &[]);
}

#[test]
fn every_element_stands_on_its_form_and_is_reported_by_whom_the_table_says() {
    let (plan, rows) = (plan(), table("elements.csv"));
    let elements: Vec<_> = plan.forms.iter().flat_map(|f| f.elements.clone()).collect();
    // Form, calendar and reporter are the form's in the plan; they are compared below.
    same("elements", &rows, &elements, &[("row_no", "row")], &["form", "calendar", "reporter"]);
    for row in &rows {
        let form = plan.forms.iter().find(|f| f.id == row["form"]).expect("the form is in the plan");
        assert!(form.elements.iter().any(|e| e.id == row["id"]), "{} on {}", row["id"], form.id);
        assert_eq!(form.calendar, row["calendar"], "{}", row["id"]);
        let named: BTreeSet<&str> = row["reporter"].split(';').collect();
        let assigned: BTreeSet<&str> =
            form.assigned_to.iter().map(|a| a.split('[').next().unwrap_or(a)).collect();
        assert_eq!(assigned, named, "{}", row["id"]);
    }
}

#[test]
fn every_rule_stands_on_its_form() {
    let (plan, rows) = (plan(), table("rules.csv"));
    let rules: Vec<_> = plan.forms.iter().flat_map(|f| f.rules.clone()).collect();
    same("rules", &rows, &rules, &[], &["form"]);
    for row in &rows {
        let form = plan.forms.iter().find(|f| f.id == row["form"]).expect("the form is in the plan");
        assert!(form.rules.iter().any(|r| r.id == row["id"]), "{} on {}", row["id"], form.id);
    }
}

#[test]
fn the_unit_tables_are_the_reference_tables() {
    for name in [
        "units-2021.csv",
        "units-2024-12.csv",
        "units-2025.csv",
        "units-mapping.csv",
        "units-mapping-thaibinh.csv",
    ] {
        let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("units").join(name);
        let ours = std::fs::read(&ours).unwrap_or_else(|e| panic!("{}: {e}", ours.display()));
        let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables/units").join(name);
        assert!(ours == std::fs::read(reference).expect("the copy"), "{name} differs from the reference");
    }
}

#[test]
fn every_unit_of_every_table_exists_in_its_time() {
    let model = support::model();
    for (name, day) in [
        ("units-2021.csv", "2021-12-14"),
        ("units-2024-12.csv", "2024-12-14"),
        ("units-2025.csv", "2025-07-14"),
    ] {
        let day: chrono::NaiveDate = day.parse().expect("a day");
        for row in table(&format!("units/{name}")) {
            let in_force = model.units().all().iter().filter(|u| {
                u.id.code() == row["code"]
                    && u.starts().is_none_or(|s| s <= day)
                    && u.valid_to.is_none_or(|t| day <= t)
            });
            let names: Vec<&str> = in_force.map(|u| u.name.as_str()).collect();
            assert_eq!(names, [row["name"].as_str()], "{name}: {}", row["code"]);
        }
    }
}

/// The handbook's table of targets is the plan's: id, section and wording of each.
#[test]
fn the_handbook_leads_from_every_target_to_its_sentence() {
    let handbook = include_str!("../../src/lib.rs");
    for row in table("targets.csv") {
        let line = format!("//! | {} | {} | “{}” |", row["id"], row["section"], row["wording_vi"]);
        assert!(handbook.contains(&line), "{line}");
    }
}
