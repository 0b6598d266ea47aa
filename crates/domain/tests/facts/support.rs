//! The real plan and unit tables, read from their files as the server reads them.

use chitieu_domain::unit::{Tables, Units};
use chitieu_domain::{Figure, Figures, Model, PeriodId, UnitId, plan::Plan};
use serde::de::DeserializeOwned;
use std::path::Path;

fn rows<T: DeserializeOwned>(file: &str) -> Vec<T> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("units").join(file);
    let mut reader = csv::Reader::from_path(path).expect("the table is there");
    reader.deserialize().collect::<Result<_, _>>().expect("the table reads")
}

pub fn units() -> Units {
    let tables = Tables {
        list_2021: rows("units-2021.csv"),
        list_2024_12: rows("units-2024-12.csv"),
        list_2025: rows("units-2025.csv"),
        mapping: rows("units-mapping.csv"),
        mapping_joined: rows("units-mapping-thaibinh.csv"),
        regions: rows("regions-2025.csv"),
        provinces_joined: rows("provinces-joined.csv"),
        aliases: rows("aliases.csv"),
    };
    Units::derive(&tables).expect("the tables fit together")
}

pub fn model() -> Model {
    model_of(|plan| plan)
}

/// The plan with its text changed.
pub fn model_of(change: impl FnOnce(String) -> String) -> Model {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("plans/hung-yen-188.toml");
    let text = change(std::fs::read_to_string(path).expect("the plan is there"));
    let plan: Plan = toml::from_str(&text).expect("it reads");
    Model::new(plan, units()).expect("the plan is sound")
}

pub fn unit(model: &Model, id: &str) -> chitieu_domain::UnitIx {
    model.unit_ix(&id.parse::<UnitId>().expect("a unit id")).expect("a unit")
}

/// Reports `value` for one element in every period the span needs, all of it by the first reporter assigned
/// inside the scope and 0 by the others, so that the sum is `value` (a flow's goes into the first period).
pub fn report(model: &Model, figures: &mut Figures, scope: &str, period: &str, element: &str, value: i64) {
    let scope = unit(model, scope);
    let element = model.element_ix(element).expect("an element");
    let form_ix = model.form_of(element);
    let form = model.form(form_ix);
    let period: PeriodId = period.parse().expect("a period");
    let periods = if model.is_period_of(form_ix, period)
        && form.periodicity == chitieu_domain::calendar::Periodicity::Once
    {
        vec![period]
    } else {
        model.calendar(form_ix).periods_to_date(period, form.periodicity)
    };
    for (nth, p) in periods.iter().enumerate() {
        for (i, reporter) in model.assigned_inside(form_ix, *p, scope).into_iter().enumerate() {
            let first = nth == 0 && i == 0;
            figures.set(reporter, *p, element, Figure::of(if first { value } else { 0 }));
        }
    }
}
