//! Generated cases and their results as text. The journey `agreement` runs them natively and in a browser and
//! compares the two byte for byte.

use chitieu_domain::evaluate::{Evaluator, project::Projection};
use chitieu_domain::number::{Against, Style, percent};
use chitieu_domain::plan::{Calendar, Plan};
use chitieu_domain::privacy::publishable;
use chitieu_domain::quantity::Quantity;
use chitieu_domain::rules::{FormCheck, check_form, unusual};
use chitieu_domain::unit::Units;
use chitieu_domain::{ElementIx, Figure, Figures, Model, PeriodId, ReporterIx, UnitIx};
use chrono::NaiveDate;
use serde::Deserialize;
use std::fmt::Write as _;

/// A plan and its units, as they travel to the app.
#[derive(Deserialize)]
struct PlanBundle {
    plan: Plan,
    units: Units,
    calendars: Vec<Calendar>,
}

/// splitmix64: the same numbers everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

/// What came of `cases` generated cases on the plan given as JSON; or, as text, why it does not read.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen::prelude::wasm_bindgen)]
pub fn results(plan: &str, cases: u32) -> String {
    let model = match serde_json::from_str::<PlanBundle>(plan) {
        Ok(PlanBundle { plan, units, calendars }) => Model::new(Plan { calendars, ..plan }, units),
        Err(error) => return error.to_string(),
    };
    match model {
        Ok(model) => (0..cases).map(|case| one(&model, u64::from(case))).collect(),
        Err(mistakes) => mistakes.to_string(),
    }
}

fn one(model: &Model, case: u64) -> String {
    let mut dice = Dice(case);
    let mut out = format!("case {case}\n");
    let year = 2021 + dice.below(6) as i16;
    let label = [
        PeriodId::Year(year),
        PeriodId::Half(year, 1),
        PeriodId::NineMonths(year),
        PeriodId::Quarter(year, 1 + dice.below(4) as u8),
        PeriodId::Month(year, 1 + dice.below(12) as u8),
    ][dice.below(5)];
    let provinces: Vec<UnitIx> = ["33@2021-01-01", "33@2025-07-01", "323@2021-01-01", "11977@2025-07-01"]
        .iter()
        .filter_map(|id| model.unit_ix(&id.parse().ok()?))
        .chain([model.own_territory()])
        .collect();
    let scope = provinces[dice.below(provinces.len())];
    let evaluator = Evaluator::new(model);
    let figures = figures(model, &evaluator, scope, label, &mut dice);
    let today = NaiveDate::from_ymd_opt(2026, 1 + dice.below(12) as u32, 1).unwrap_or_default();
    let all = evaluator.evaluate_all(&figures, scope, label, today);
    for evaluation in all.iter().chain(&publishable(model, all.clone())) {
        let text = serde_json::to_string(evaluation).unwrap_or_else(|e| e.to_string());
        let rate = evaluation.numerator.zip(evaluation.denominator);
        let rate = rate.and_then(|(n, d)| percent(n, d, Against::Percent(75), Style::Vietnamese));
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{text} {rate:?}");
    }
    for target in 0..model.plan().targets.len() {
        let seen: Option<Projection> = evaluator.project(&figures, target, scope, label);
        let _ = writeln!(out, "{seen:?}");
    }
    let places: Vec<(ReporterIx, PeriodId, ElementIx)> = figures.iter().map(|(place, _)| place).collect();
    if !places.is_empty() {
        let (reporter, period, element) = places[dice.below(places.len())];
        let check = FormCheck { model, figures: &figures, reporter, form: model.form_of(element), period };
        let _ = writeln!(out, "{:?} {:?}", check_form(&check), unusual(&check));
    }
    let typed =
        ["1.234", "12,5", "9007199254740993", "9223372036854775808", "-", "…", "1 234", "٣", "007", "1e3"];
    let text = typed[dice.below(typed.len())];
    for style in [Style::Vietnamese, Style::English] {
        let money = Quantity::parse_money(&format!("{text} tỷ"), style);
        let _ = writeln!(out, "{text} {:?} {money:?}", Quantity::parse(text, style));
    }
    out
}

/// Most cells that the label needs, of anything from nothing to sums beyond 2^53.
fn figures(
    model: &Model,
    evaluator: &Evaluator<'_>,
    scope: UnitIx,
    label: PeriodId,
    dice: &mut Dice,
) -> Figures {
    let mut figures = Figures::default();
    let size = [3, 50, 1_000, 4_000_000_000_000_000][dice.below(4)];
    for (element, period) in evaluator.cells_needed(label) {
        for reporter in model.assigned_inside(model.form_of(element), period, scope) {
            let roll = dice.next();
            if roll.is_multiple_of(40) {
                continue;
            }
            let figure = Figure {
                value: (!roll.is_multiple_of(41)).then(|| (dice.next() % size) as i64),
                contested: roll.is_multiple_of(43),
                approved: !roll.is_multiple_of(7),
                estimated: roll.is_multiple_of(11),
            };
            figures.set(reporter, period, element, figure);
        }
    }
    figures
}
